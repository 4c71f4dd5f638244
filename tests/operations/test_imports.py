"""Imports: dirt is told row by row, good rows are in, and bringing a file again changes nothing (I-34)."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from models import Event, Import, ImportRow, Job, Need, Organisation, Volunteer
from models.imports import ImportStatus, RowStatus
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service import db
from service.access.actors import WORKER
from service.errors import Invalid, NotAllowed
from service.operations.imports import ROWS_OF_PART, run_import_batch
from service.operations.organisations import verify_organisation
from service.operations.volunteers import change_volunteer
from service.schemas.import_issues import say_issue
from tests.files import messy
from tests.making import actor_for, make_centre, make_need, make_organisation, make_volunteer
from tests.operations.bringing import NEED, bring, codes_of, counts, file_of, finish, rows_of, start

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def centre(session):
    session.info["at"] = AT
    return make_centre(session)


def needs_of(session, centre):
    return list(session.scalars(select(Need).where(Need.centre_id == centre.id).order_by(Need.external_id)))


def organisations_of(session, centre):
    return list(session.scalars(select(Organisation).where(Organisation.centre_id == centre.id)))


def snapshot(session, *models):
    """Everything that is kept of these, to see that nothing changed."""
    session.flush()
    session.expire_all()
    return {
        model.__name__: sorted(
            repr({column.key: getattr(row, column.key) for column in model.__table__.columns})
            for row in session.scalars(select(model))
        )
        for model in models
    }


# ----------------------------------------------------------------- dirt


def test_a_messy_file_is_told_row_by_row_and_its_good_rows_are_in(session, centre):
    done = bring(session, centre, messy.MESSY, mapping="nyc", verify=True, publish=True)

    assert counts(done) == (messy.READ, messy.ADDED, 0, messy.UNCHANGED, len(messy.REFUSED))
    rows = rows_of(session, done)
    refused = {row.number: row for row in rows if row.status is RowStatus.REFUSED}
    assert {
        number: [(one["field"], one["code"]) for one in row.issues if one["fatal"]]
        for number, row in refused.items()
    } == {number: [issue] for number, issue in messy.REFUSED.items()}
    assert {
        row.number: {one["code"] for one in row.issues}
        for row in rows
        if row.issues and row.number not in messy.REFUSED
    } == messy.WARNED
    assert all((row.subject_id is None) == (row.number in messy.REFUSED) for row in rows)
    assert [row.number for row in rows] == [one for one in range(2, 35) if one != 15]
    assert {one.name for one in organisations_of(session, centre)} == {
        "Harbour Elders Club",
        "Дім на розі",
        "Green Corner",
    }
    needs = needs_of(session, centre)
    assert sum(one.status is NeedStatus.OPEN for one in needs) == messy.OPEN


def test_rows_are_kept_as_found_whatever_becomes_of_them(session, centre):
    done = bring(session, centre, messy.MESSY, mapping="nyc")

    raw = {row.number: row.raw for row in rows_of(session, done)}
    assert raw[11]["vol_requests"] == "9999"
    assert raw[33]["title"] == '=HYPERLINK("http://example.org")<script>alert(1)</script>'
    assert raw[6]["summary"].splitlines()[2] == 'with "our" cans.'


def test_bringing_a_file_again_changes_nothing(session, centre):
    bring(session, centre, messy.MESSY, mapping="nyc", verify=True, publish=True)
    kept = (Need, Organisation)
    before, known = snapshot(session, *kept), session.scalar(select(func.max(Event.number)))

    again = bring(session, centre, messy.MESSY, mapping="nyc", verify=True, publish=True, at=LATER)

    assert counts(again) == (messy.READ, 0, 0, messy.ADDED + messy.UNCHANGED, len(messy.REFUSED))
    assert snapshot(session, *kept) == before
    new = session.scalars(select(Event.name).where(Event.number > known).order_by(Event.number)).all()
    assert new == ["import.started", "import.begun", "import.finished"]


def test_a_finished_import_that_is_run_again_changes_nothing(session, centre):
    done = bring(session, centre, messy.MESSY, mapping="nyc")
    before = snapshot(session, Import, ImportRow, Need, Event, Job)

    run_import_batch(session, WORKER, done.id, at=LATER)

    assert snapshot(session, Import, ImportRow, Need, Event, Job) == before


def test_the_schema_of_the_api_refuses_by_field_and_code(session, centre):
    wrong = {**NEED, "external_id": "1", "minimum_age": 50, "maximum_age": 20, "rrule": "now and then"}

    done = bring(session, centre, file_of([wrong, {**NEED, "external_id": "2", "title": "x" * 301}]))

    assert codes_of(session, done) == {1: [("rrule", "invalid_rule")], 2: [("title", "too_long")]}


def test_what_an_operation_refuses_is_told_and_undone_whole(session, centre):
    bring(session, centre, file_of([{**NEED, "external_id": "1"}]))
    moved = {**NEED, "external_id": "1", "organisation": {"name": "Somebody else"}}
    ages = {**NEED, "external_id": "2", "minimum_age": 50, "maximum_age": 20}
    fine = {**NEED, "external_id": "3", "organisation": {"name": "Somebody else"}}

    done = bring(session, centre, file_of([moved, ages]))
    assert codes_of(session, done) == {
        1: [("external_id", "external_id_taken")],
        2: [("maximum_age", "before_minimum_age")],
    }
    assert [one.name for one in organisations_of(session, centre)] == ["Green Corner"]

    # the organisation that went with its row comes in with the next one that names it
    assert counts(bring(session, centre, file_of([moved, fine])))[1:] == (1, 0, 0, 1)


def test_reasons_are_read_in_each_language(session, centre):
    done = bring(session, centre, messy.MESSY, mapping="nyc")
    by_row = {row.number: row.issues[0] for row in rows_of(session, done) if row.issues}

    assert say_issue(by_row[11], "en")["message"] == (
        "“9999” in column vol_requests stands for “not known”; it is not a number."
    )
    assert say_issue(by_row[32], "en") == {
        "field": "title",
        "code": "too_long",
        "message": "At most 300 characters are possible.",
        "fatal": True,
    }
    for row in (11, 32):
        words = {say_issue(by_row[row], language)["message"] for language in ("en", "uk", "ru")}
        assert len(words) == 3


# ----------------------------------------------------------------- parts


def many(count):
    return [{**NEED, "external_id": f"n{one}", "title": f"Need {one}"} for one in range(count)]


def test_repeats_are_found_across_parts(session, centre):
    rows = many(2 * ROWS_OF_PART + 5)
    rows[-1] = {**rows[0]}
    rows[-2] = {**rows[1], "title": "Another"}
    rows[ROWS_OF_PART + 1] = {**rows[2]}

    done = bring(session, centre, file_of(rows))

    assert counts(done) == (len(rows), len(rows) - 3, 0, 2, 1)
    assert codes_of(session, done) == {
        ROWS_OF_PART + 2: [("external_id", "repeated_row")],
        len(rows) - 1: [("external_id", "repeated_external_id")],
        len(rows): [("external_id", "repeated_row")],
    }
    assert rows_of(session, done)[-2].issues[0]["values"]["row"] == "2"


def test_rows_that_look_the_same_are_found_across_parts(session, centre):
    head = "opportunity_id,title,summary,org_title,org_content_id,vol_requests\r\n"
    lines = [f"{one},Need {one},Words.,Green Corner,1,3\r\n" for one in range(ROWS_OF_PART + 3)]
    lines[-1] = "last,NEED  0!,Words.,Green Corner,1,3\r\n"

    done = bring(session, centre, (head + "".join(lines)).encode(), mapping="nyc")

    found = codes_of(session, done)
    assert [number for number, issues in found.items() if ("row", "looks_repeated") in issues] == [
        len(lines) + 1
    ]


def test_one_that_is_killed_in_the_midst_accounts_for_each_row_once(committed_database_url):
    engine = db.make_engine(committed_database_url)
    sessions = db.make_sessions(engine)
    count = 2 * ROWS_OF_PART + 50
    with db.unit_of_work(sessions, at=AT) as session:
        started = start(session, make_centre(session), file_of(many(count)))
    with db.unit_of_work(sessions, at=AT) as session:
        run_import_batch(session, WORKER, started.id, at=AT)
    with pytest.raises(RuntimeError), db.unit_of_work(sessions, at=AT) as session:
        run_import_batch(session, WORKER, started.id, at=AT)
        raise RuntimeError("killed before the commit")

    for _ in range(2):
        with db.unit_of_work(sessions, at=LATER) as session:
            done = run_import_batch(session, WORKER, started.id, at=LATER)

    with db.unit_of_work(sessions, readonly=True) as session:
        assert done.status is ImportStatus.DONE
        assert counts(done) == (count, count, 0, 0, 0)
        assert session.scalar(select(func.count()).select_from(Need)) == count
        added = select(func.count()).select_from(Event).where(Event.name == "need.added")
        assert session.scalar(added) == count
    engine.dispose()


def status_after_part(sessions, import_id):
    try:
        with db.unit_of_work(sessions, at=AT) as session:
            return run_import_batch(session, WORKER, import_id, at=AT).status
    except OperationalError:
        return None  # the other one kept us waiting too long; a job would be tried again


def test_two_workers_on_one_import_take_no_row_twice(committed_database_url):
    engine = db.make_engine(committed_database_url)
    sessions = db.make_sessions(engine)
    count = 3 * ROWS_OF_PART
    with db.unit_of_work(sessions, at=AT) as session:
        started = start(session, make_centre(session), file_of(many(count)))
    failures = []

    def run():
        try:
            while status_after_part(sessions, started.id) is not ImportStatus.DONE:
                pass
        except Exception as failure:  # noqa: BLE001 told by the assertion below
            failures.append(failure)

    workers = [Thread(target=run) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    with db.unit_of_work(sessions, readonly=True) as session:
        done = session.get_one(Import, started.id)
        assert failures == []
        assert counts(done) == (count, count, 0, 0, 0)
        assert session.scalar(select(func.count()).select_from(Need)) == count
        assert session.scalar(select(func.count()).select_from(Organisation)) == 1
    engine.dispose()


# ----------------------------------------------------------------- organisations


def test_organisations_of_a_needs_file_come_in_unverified_and_once(session, centre):
    named = [{"name": "Green Corner", "external_id": "7"}, {"name": "GREEN  corner"}, {"external_id": "7"}]
    rows = [{**NEED, "external_id": str(at), "organisation": one} for at, one in enumerate(named)]

    done = bring(session, centre, file_of(rows))

    (only,) = organisations_of(session, centre)
    assert counts(done)[1] == len(rows)
    assert (only.name, only.external_id, only.status) == ("Green Corner", "7", OrganisationStatus.UNVERIFIED)
    assert {one.organisation_id for one in needs_of(session, centre)} == {only.id}


def test_an_organisation_that_is_there_stays_as_it_is(session, centre):
    known = make_organisation(session, centre, name="green corner", name_folded="green corner")
    other = make_organisation(session, name="Green Corner")  # of another centre
    before = snapshot(session, Organisation)

    bring(session, centre, file_of([{**NEED, "external_id": "1"}]), verify=True, publish=True)

    assert snapshot(session, Organisation) == before
    (need,) = needs_of(session, centre)
    assert need.organisation_id == known.id != other.id


def test_one_with_another_id_is_another_of_the_same_name(session, centre):
    make_organisation(session, centre, name="Green Corner", external_id="of-old")
    row = {**NEED, "external_id": "1", "organisation": {"name": "Green Corner", "external_id": "new"}}

    bring(session, centre, file_of([row]))

    assert sorted(one.external_id for one in organisations_of(session, centre)) == ["new", "of-old"]


def test_an_organisation_that_is_only_numbered_must_be_known(session, centre):
    row = {**NEED, "external_id": "1", "organisation": {"external_id": "nobody"}}

    assert codes_of(session, bring(session, centre, file_of([row]))) == {
        1: [("organisation.name", "required")]
    }


def test_a_suspension_is_never_undone_by_a_file(session, centre):
    known = make_organisation(session, centre, name="Green Corner")
    verify_organisation(session, WORKER, known.id, OrganisationStatus.SUSPENDED, "", at=AT)

    done = bring(session, centre, file_of([{**NEED, "external_id": "1"}]), verify=True, publish=True)

    assert known.status is OrganisationStatus.SUSPENDED
    assert needs_of(session, centre)[0].status is NeedStatus.DRAFT
    assert codes_of(session, done) == {1: [("organisation", "not_published")]}


def test_organisations_by_file_are_added_updated_and_verified_where_asked(session, centre):
    rows = [{"external_id": "1", "name": "Green Corner"}, {"external_id": "2", "name": "Blue Corner"}]
    first = bring(session, centre, file_of(rows), "organisations")
    rows[1]["description"] = "Boats and swimming."
    second = bring(session, centre, file_of(rows), "organisations", at=LATER)
    third = bring(session, centre, file_of(rows), "organisations", at=LATER, verify=True)
    fourth = bring(session, centre, file_of(rows), "organisations", at=LATER, verify=True)

    assert [counts(one)[1:] for one in (first, second, third, fourth)] == [
        (2, 0, 0, 0),
        (0, 1, 1, 0),
        (0, 2, 0, 0),
        (0, 0, 2, 0),
    ]
    assert {one.status for one in organisations_of(session, centre)} == {OrganisationStatus.VERIFIED}


# ----------------------------------------------------------------- needs, their dates, their state


def test_needs_come_in_as_drafts_and_are_published_where_asked(session, centre):
    file = file_of([{**NEED, "external_id": "1"}])
    bring(session, centre, file)
    (need,) = needs_of(session, centre)
    assert need.status is NeedStatus.DRAFT

    done = bring(session, centre, file, publish=True, at=LATER)

    assert (need.status, counts(done)) == (NeedStatus.OPEN, (1, 0, 1, 0, 0))


@pytest.mark.parametrize("status", [NeedStatus.CLOSED, NeedStatus.CANCELLED, NeedStatus.FULL])
def test_what_people_have_closed_stays_closed(session, centre, status):
    file = file_of([{**NEED, "external_id": "1"}])
    bring(session, centre, file, publish=True)
    (need,) = needs_of(session, centre)
    need.status = status

    assert counts(bring(session, centre, file, publish=True, at=LATER)) == (1, 0, 0, 1, 0)
    assert need.status is status


def test_needs_whose_dates_have_passed_come_in_closed_and_an_event_says_so(session, centre):
    row = {**NEED, "external_id": "1", "starts_at": "2026-01-01T10:00:00Z", "ends_at": "2026-01-01T12:00:00Z"}

    done = bring(session, centre, file_of([row]), publish=True)

    (need,) = needs_of(session, centre)
    assert (need.status, need.published_at) == (NeedStatus.CLOSED, None)
    event = session.scalars(select(Event).where(Event.subject_id == need.id)).one()
    assert (event.name, event.to_state) == ("need.added", "closed")
    assert ("row", "dates_passed") in codes_of(session, done)[1]


def test_dates_are_moved_by_whole_weeks_on_the_clock_of_the_place(session, centre):
    row = {**NEED, "external_id": "1", "timezone": "Europe/Kyiv", "starts_at": "2026-03-20T10:00"}
    file = file_of([row])

    bring(session, centre, file, shift_weeks=54, publish=True)

    (need,) = needs_of(session, centre)
    # 20 March 2026 is winter time, 2 April 2027 summer time: both Fridays, both at ten.
    assert (need.starts_at, need.status) == (datetime(2027, 4, 2, 7, tzinfo=UTC), NeedStatus.OPEN)
    assert counts(bring(session, centre, file, shift_weeks=54, publish=True, at=LATER))[3] == 1


def test_a_changed_row_updates_its_need_and_others_are_left_alone(session, centre):
    rows = [{**NEED, "external_id": "1"}, {**NEED, "external_id": "2"}]
    bring(session, centre, file_of(rows))
    rows[0] = {**rows[0], "places": 4}

    done = bring(session, centre, file_of(rows), at=LATER)

    first, second = needs_of(session, centre)
    assert counts(done) == (2, 0, 1, 1, 0)
    assert (first.places, first.updated_at, second.updated_at) == (4, LATER, AT)


def test_fewer_places_than_are_held_refuse_the_row(session, centre):
    organisation = make_organisation(session, centre, name="Green Corner")
    need = make_need(session, organisation, external_id="1", places=3)
    need.places_taken = 2

    done = bring(session, centre, file_of([{**NEED, "external_id": "1", "places": 1}]))

    assert codes_of(session, done)[1][-1] == ("places", "places_held")
    assert (need.places, need.title) == (3, "Sort donated clothes")


# ----------------------------------------------------------------- volunteers


def test_a_volunteers_own_words_stay(session, centre):
    row = {"external_id": "v1", "name": "Olena", "interests": "books", "radius_km": 5}
    bring(session, centre, file_of([row]), "volunteers")
    volunteer = session.scalars(select(Volunteer).where(Volunteer.external_id == "v1")).one()
    volunteer.keep_as_own(["interests"])
    volunteer.interests = "birds, and books about birds"

    done = bring(
        session, centre, file_of([{**row, "interests": "cars", "radius_km": 9}]), "volunteers", at=LATER
    )

    assert counts(done) == (1, 0, 1, 0, 0)
    assert (volunteer.interests, volunteer.radius_km) == ("birds, and books about birds", 9)


# ----------------------------------------------------------------- who, and which file


def test_a_centres_system_never_verifies_and_brings_nothing_to_another_centre(session, centre):
    actor, file = actor_for(session, centre), file_of([{**NEED, "external_id": "1"}])

    with pytest.raises(NotAllowed):
        start(session, centre, file, actor=actor, verify=True)
    with pytest.raises(NotAllowed):
        start(session, make_centre(session), file, actor=actor)


def test_two_centres_know_their_needs_by_the_same_id(session, centre):
    other, file = make_centre(session), file_of([{**NEED, "external_id": "1"}])

    assert counts(bring(session, centre, file))[1] == counts(bring(session, other, file))[1] == 1


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"rows": 3}, "rows", "mismatch"),
        ({"sha256": "0" * 64}, "sha256", "mismatch"),
        ({"source": b"\xff\xfe\x00"}, "file", "bad_encoding"),
        ({"source": b""}, "file", "empty_file"),
        ({"source": b"title,title\n1,2\n"}, "file", "duplicate_columns"),
        ({"source": b"name\n1\n"}, "file", "columns_missing"),
    ],
)
def test_a_file_that_is_not_what_was_said_is_refused_whole(session, centre, said, field, code):
    said = {"source": file_of([{**NEED, "external_id": "1"}]), **said}

    with pytest.raises(Invalid) as refused:
        start(session, centre, **said)

    assert [(one.field, one.code) for one in refused.value.errors] == [(field, code)]


def test_a_file_that_is_what_was_said_is_taken_and_its_job_ordered_with_it(session, centre):
    file = file_of([{**NEED, "external_id": "1"}])

    started = start(session, centre, file, rows=1)

    assert (started.status, started.read) == (ImportStatus.WAITING, 1)
    job = session.scalars(select(Job).where(Job.kind == "imports.run")).one()
    assert job.payload == {"import_id": str(started.id)}
    assert finish(session, started).finished_at == AT


def test_each_step_of_an_import_is_on_record_once(session, centre):
    done = bring(session, centre, file_of(many(ROWS_OF_PART + 1)))

    steps = session.execute(
        select(Event.name, Event.from_state, Event.to_state)
        .where(Event.subject_id == done.id)
        .order_by(Event.number)
    ).all()
    assert [tuple(one) for one in steps] == [
        ("import.started", None, "waiting"),
        ("import.begun", "waiting", "running"),
        ("import.finished", "running", "done"),
    ]


def test_a_file_without_rows_is_done_at_once(session, centre):
    head = b"opportunity_id,title,summary,org_title,vol_requests\n"

    assert counts(bring(session, centre, head, mapping="nyc")) == (0, 0, 0, 0, 0)


def test_changing_ones_profile_keeps_it_from_later_files(session, centre):
    volunteer = make_volunteer(session, centre, external_id="v1")
    me = actor_for(session, volunteer)
    change_volunteer(session, me, volunteer.id, {"causes": ["Health"]}, at=AT)
    row = {"external_id": "v1", "name": "Oksana", "causes": ["Environment"], "email": "else@example.org"}

    done = bring(session, centre, file_of([row]), "volunteers", at=LATER)

    assert counts(done)[2:4] == (0, 1)
    assert volunteer.causes == ["Health"]
