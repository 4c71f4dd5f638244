"""Imports: dirt is told row by row, good rows are in, and bringing a file again changes nothing (I-34)."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from models import Event, Import, ImportRow, Job, Need, Organisation
from models.imports import ImportStatus, RowStatus
from models.needs import NeedStatus
from service import db
from service.access.actors import WORKER
from service.errors import Invalid, NotAllowed
from service.operations.imports import ROWS_OF_PART, run_import_batch
from service.schemas.import_issues import say_issue
from tests.files import messy
from tests.making import actor_for, make_centre
from tests.operations.bringing import NEED, bring, codes_of, counts, file_of, finish, rows_of, snapshot, start

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
