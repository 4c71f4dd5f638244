"""Saving, publishing, closing and cancelling needs: once is enough, and each step is on record once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import Event, Job, Need, Place, Proposal
from models.errors import NotPossible
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import ProposalStatus
from service.access.actors import ANYONE, WORKER
from service.errors import Invalid, NotFound, Refusal
from service.operations.needs import cancel_need, change_need, close_need, publish_need, save_need
from service.operations.proposals import accept_proposal
from service.queries.needs import get_need, get_need_for_change
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
)

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FIELDS = {
    "title": "Plant trees",
    "description": "Bring boots.",
    "causes": ["Environment", "Environment"],
    "skills": ["gardening"],
    "location_type": "onsite",
    "location": {"latitude": 49.2331, "longitude": 28.4682},
    "availability": ["SundayMorning", "SaturdayMorning"],
    "starts_at": AT + DAY,
    "ends_at": AT + 2 * DAY,
    "timezone": "Europe/Kyiv",
    "places": 3,
    "commitment_hours_per_week": 2.1,
}


@pytest.fixture
def organisation(session):
    session.info["at"] = AT
    return make_organisation(session)


def steps(session, subject_id):
    events = session.scalars(select(Event).where(Event.subject_id == subject_id).order_by(Event.number))
    return [(one.name, one.from_state, one.to_state) for one in events]


def jobs(session):
    wanted = select(Job).where(Job.kind.not_in(("texts.embed", "needs.pass")))
    return session.scalars(wanted.order_by(Job.created_at, Job.id)).all()


def save(session, organisation, **over):
    fields = {**FIELDS, **{name: value for name, value in over.items() if name != "external_id"}}
    return save_need(session, WORKER, organisation, fields, external_id=over.get("external_id", "N-1"), at=AT)


# ------------------------------------------------------------------------------------------ saving


def test_saving_the_same_need_again_changes_nothing(session, organisation):
    need, first = save(session, organisation)
    session.expire_all()
    version, count = need.version, session.scalar(select(func.count(Event.number)))
    again, second = save(session, organisation)
    session.expire_all()

    assert (first, second, again.id) == ("added", "unchanged", need.id)
    assert (again.version, again.causes) == (version, ["Environment"])
    assert session.scalar(select(func.count(Event.number))) == count
    assert session.scalar(select(func.count(Place.number))) == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Plant more trees"),
        ("causes", []),
        ("location", None),
        ("availability", ["SundayMorning"]),
        ("starts_at", AT),
        ("places", 4),
        ("minimum_age", 18),
    ],
)
def test_saving_a_need_that_differs_changes_it_and_says_what(session, organisation, field, value):
    need, _ = save(session, organisation)
    version = need.version
    again, outcome = save(session, organisation, **{field: value})

    assert (again.id, outcome) == (need.id, "updated")
    assert again.version == version + 1
    assert steps(session, need.id) == [("need.added", None, "draft"), ("need.changed", None, None)]
    assert save(session, organisation, **{field: value})[1] == "unchanged"


def test_what_a_file_does_not_hold_stays_as_people_wrote_it(session, organisation):
    need, _ = save(session, organisation)
    locked = get_need_for_change(session, WORKER, need.id)
    change_need(session, WORKER, locked, {"rewards": ["travel_costs"]}, at=AT)

    assert save(session, organisation)[1] == "unchanged"
    assert need.rewards == ["travel_costs"]


def test_an_external_id_never_moves_a_need_to_another_organisation(session, organisation):
    need, _ = save(session, organisation)
    other = make_organisation(session, centre_id=organisation.centre_id)
    elsewhere = make_organisation(session)

    with pytest.raises(Refusal, match="external_id_taken"):
        save(session, other)
    assert save(session, elsewhere)[1] == "added"
    assert need.organisation_id == organisation.id


def test_without_an_external_id_each_is_a_new_need(session, organisation):
    assert [save(session, organisation, external_id=None)[1] for _ in range(2)] == ["added", "added"]


def test_a_need_whose_dates_have_passed_comes_in_closed_where_that_is_asked(session, organisation):
    past = {**FIELDS, "starts_at": AT - 2 * DAY, "ends_at": AT - DAY}
    ways = [(past, True), (past, False), (FIELDS, True), ({**past, "rrule": "FREQ=DAILY"}, True)]
    made = [
        save_need(session, WORKER, organisation, fields, external_id=None, at=AT, past_is_closed=closes)[0]
        for fields, closes in ways
    ]

    assert [one.status for one in made] == ["closed", "draft", "draft", "draft"]
    assert steps(session, made[0].id) == [("need.added", None, "closed")]


def test_what_contradicts_itself_is_refused_and_leaves_the_row_as_it_was(session, organisation):
    need, _ = save(session, organisation)
    with pytest.raises(Invalid), session.begin_nested():
        save(session, organisation, title="Other", ends_at=AT - DAY)
    session.expire_all()

    assert (need.title, need.ends_at) == ("Plant trees", AT + 2 * DAY)


# ------------------------------------------------------------------------------------------ publishing


def test_publishing_opens_a_draft_and_orders_that_it_be_proposed(session, organisation):
    need = make_need(session, organisation, status=NeedStatus.DRAFT, published_at=None)
    publish_need(session, WORKER, need.id, at=AT)

    assert (need.status, need.published_at) == (NeedStatus.OPEN, AT)
    assert steps(session, need.id) == [("need.published", "draft", "open")]
    assert [(one.kind, one.payload, one.key) for one in jobs(session)] == [
        ("proposals.need_changed", {"need_id": str(need.id)}, f"need:{need.id}")
    ]


def test_what_is_published_for_later_is_newest_then_and_proposed_then(session, organisation):
    need = make_need(session, organisation, status=NeedStatus.DRAFT, published_at=None, publish_at=AT + DAY)
    publish_need(session, WORKER, need.id, at=AT)

    assert (need.published_at, jobs(session)[0].due_at) == (AT + DAY, AT + DAY)
    with pytest.raises(NotFound):
        get_need(session, ANYONE, need.id, at=AT)
    assert get_need(session, ANYONE, need.id, at=AT + DAY).need.id == need.id


def test_a_closed_need_is_published_again_with_its_first_date(session, organisation):
    need = make_need(session, organisation, published_at=AT - DAY)
    close_need(session, WORKER, need.id, at=AT)
    publish_need(session, WORKER, need.id, at=AT + DAY)

    assert (need.status, need.published_at, need.closed_at) == ("open", AT - DAY, None)
    assert steps(session, need.id) == [
        ("need.closed", "open", "closed"),
        ("need.published", "closed", "open"),
    ]


def test_an_unverified_organisation_publishes_unseen_and_a_suspended_one_does_not(session, organisation):
    unverified = make_organisation(session, status=OrganisationStatus.UNVERIFIED)
    suspended = make_organisation(session, status=OrganisationStatus.SUSPENDED)
    hidden, refused = (make_need(session, one, status=NeedStatus.DRAFT) for one in (unverified, suspended))

    assert publish_need(session, WORKER, hidden.id, at=AT).status is NeedStatus.OPEN
    with pytest.raises(NotFound):
        get_need(session, ANYONE, hidden.id, at=AT)
    with pytest.raises(Refusal, match="organisation_suspended"):
        publish_need(session, WORKER, refused.id, at=AT)
    assert refused.status is NeedStatus.DRAFT


@pytest.mark.parametrize(
    ("state", "over", "code"),
    [
        (NeedStatus.DRAFT, {"starts_at": AT - DAY}, "need_over"),
        (NeedStatus.DRAFT, {"expires_at": AT}, "need_over"),
        (NeedStatus.OPEN, {}, "need_not_draft"),
        (NeedStatus.CANCELLED, {}, "need_not_draft"),
    ],
)
def test_what_cannot_be_published(session, organisation, state, over, code):
    need = make_need(session, organisation, status=state, **over)
    with pytest.raises(NotPossible, match=code):
        publish_need(session, WORKER, need.id, at=AT)
    assert (jobs(session), steps(session, need.id)) == ([], [])


# ------------------------------------------------------------------------------------ closing, cancelling


@pytest.mark.parametrize(("end", "state"), [(close_need, "closed"), (cancel_need, "cancelled")])
def test_the_end_of_a_need_expires_what_is_unanswered_and_leaves_what_was_answered(
    session, organisation, end, state
):
    need, other = make_need(session, organisation), make_need(session, organisation)
    people = [make_volunteer(session) for _ in range(5)]
    open_, snoozed, declined, accepted = (
        make_proposal(session, person, need, status=status)
        for person, status in zip(
            people,
            [
                ProposalStatus.PROPOSED,
                ProposalStatus.SNOOZED,
                ProposalStatus.DECLINED,
                ProposalStatus.PROPOSED,
            ],
            strict=False,
        )
    )
    elsewhere = make_proposal(session, people[0], other)
    accept_proposal(session, actor_for(session, people[3]), accepted.id, at=AT)
    session.flush()
    coordinator = actor_for(session, make_coordinator(session, organisation))

    end(session, coordinator, need.id, at=AT)

    session.flush()
    session.expire_all()
    states = [one.status for one in (open_, snoozed, declined, accepted, elsewhere)]
    assert states == ["expired", "expired", "declined", "accepted", "proposed"]
    assert (need.status, need.closed_at, need.places_taken) == (state, AT, 1)
    assert (open_.version, open_.decided_at, open_.updated_at) == (2, AT, AT)
    assert steps(session, open_.id) == [("proposal.expired", "proposed", "expired")]
    assert steps(session, snoozed.id) == [("proposal.expired", "snoozed", "expired")]
    assert steps(session, declined.id) == steps(session, elsewhere.id) == []
    assert steps(session, need.id) == [(f"need.{state}", "open", state)]
    ended = session.scalar(select(Event).where(Event.name == f"need.{state}"))
    assert (ended.body, ended.actor_kind) == ({"places_taken": "1"}, "coordinator")


def test_what_has_ended_does_not_end_twice(session, organisation):
    need = make_need(session, organisation)
    close_need(session, WORKER, need.id, at=AT)
    with pytest.raises(NotPossible, match="need_not_open"):
        close_need(session, WORKER, need.id, at=AT)
    cancel_need(session, WORKER, need.id, at=AT)
    with pytest.raises(NotPossible, match="need_cancelled"):
        cancel_need(session, WORKER, need.id, at=AT)

    assert [name for name, _, _ in steps(session, need.id)] == ["need.closed", "need.cancelled"]


# ------------------------------------------------------------------------------------ telling the matching


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"title": "Other"}, True),
        ({"starts_at": AT + DAY}, True),
        ({"location": None}, True),
        ({"rewards": ["travel_costs"]}, False),
        ({"accessibility": ["step_free"]}, False),
    ],
)
def test_only_a_change_that_matters_to_an_open_need_is_told_and_told_once(
    session, organisation, fields, told
):
    need, draft = make_need(session, organisation), make_need(session, organisation, status=NeedStatus.DRAFT)
    for one in (need, draft, need):
        change_need(session, WORKER, get_need_for_change(session, WORKER, one.id), fields, at=AT)
        session.flush()

    assert [one.payload for one in jobs(session)] == [{"need_id": str(need.id)}] * told


def test_proposals_are_not_made_by_any_of_this(session, organisation):
    need = make_need(session, organisation, status=NeedStatus.DRAFT)
    publish_need(session, WORKER, need.id, at=AT)

    assert session.scalar(select(func.count(Proposal.id))) == 0
    assert session.scalar(select(func.count(Need.id))) == 1
