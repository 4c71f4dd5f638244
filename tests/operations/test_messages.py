"""Messages: who may write when, what each side sees of the other, and that no rule tells of a no."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import Conversation, Event, Message, Notice, Placement, Proposal
from models.errors import NotPossible
from models.introductions import Side
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.placements import PlacementStatus
from models.proposals import ProposalStatus
from service.db import make_engine, make_sessions, now, unit_of_work
from service.errors import NotFound
from service.operations.conversation_views import see_conversation, see_message
from service.operations.introductions import ask_introduction
from service.operations.messages import (
    GRACE,
    MOST_IN_A_ROW,
    read_messages,
    write_message,
    write_message_about_placement,
    write_message_about_proposal,
)
from service.operations.placements import release_placement
from service.operations.proposals import accept_proposal, decline_proposal, snooze_proposal, withdraw_proposal
from service.queries.conversations import get_conversation, list_conversations
from service.queries.messages import list_messages
from service.queries.notices import list_notices
from service.schemas.notice_words import say_notice
from tests.making import (
    actor_for,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
)

AT = datetime(2027, 3, 3, 10, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Two:
    """A volunteer with a proposal, and the coordinators of its organisation; time goes by with each act."""

    def __init__(self, session):
        self.session = session
        session.info["at"] = AT
        self.organisation = make_organisation(session, name="Riverside")
        self.need = make_need(session, self.organisation, title="Paint boats")
        self.volunteer = make_volunteer(session, name="Zephyrine Quillfeather")
        self.proposal = make_proposal(session, self.volunteer, self.need)
        self.actor = actor_for(session, self.volunteer)
        self.coordinator = make_coordinator(session, self.organisation)
        self.boss = actor_for(session, self.coordinator)

    @property
    def at(self):
        return self.session.info["at"]

    def pass_time(self, time=MINUTE):
        self.session.info["at"] += time

    def says(self, text="When do we begin?"):
        self.pass_time()
        return write_message_about_proposal(self.session, self.actor, self.proposal.id, text, at=self.at)

    def answers(self, text="At nine."):
        self.pass_time()
        conversation_id = self.session.scalars(select(Conversation.id)).one()
        return write_message(self.session, self.boss, conversation_id, text, at=self.at)

    def accepts(self):
        self.pass_time()
        return accept_proposal(self.session, self.actor, self.proposal.id, at=self.at)

    def seen_by(self, actor):
        """Give (conversation, texts, when each was read) as a side sees them."""
        self.session.flush()
        self.session.expire_all()
        (found,) = list_conversations(self.session, actor).items
        rows = list_messages(self.session, actor, found.conversation.id).items
        shown = [see_message(actor, found, one, at=self.at) for one in rows]
        return (
            see_conversation(actor, found, at=self.at),
            [one["text"] for one in shown],
            [one["read_at"] is not None for one in shown],
        )

    def told(self, account_id):
        self.session.flush()
        kind = Notice.kind == "message_received"
        return self.session.scalars(select(Notice).where(Notice.account_id == account_id, kind)).all()


@pytest.fixture
def two(session):
    return Two(session)


def refused(code, act, *args):
    with pytest.raises(NotPossible, match=code):
        act(*args)


def test_before_acceptance_the_volunteer_begins_and_is_a_label_as_in_what_they_ask(two, session):
    question = {"kind": "question", "text": "Is there a bus?"}
    label = ask_introduction(session, two.actor, two.proposal.id, question, at=AT).label
    two.says()
    two.answers()

    seen, texts, _ = two.seen_by(two.boss)
    assert (seen["label"], seen["first_name"]) == (label, None)
    assert (seen["proposal_id"], seen["placement_id"], seen["may_write"]) == (None, None, True)
    assert texts == ["When do we begin?", "At nine."]
    own = two.seen_by(two.actor)[0]
    assert (own["proposal_id"], own["first_name"]) == (two.proposal.id, "Zephyrine")
    events = session.scalars(select(Event).where(Event.name == "message.sent")).all()
    assert [one.centre_id for one in events] == [None, None]
    assert "When" not in str([one.body for one in events])
    second = make_proposal(session, two.volunteer, make_need(session, two.organisation))
    assert ask_introduction(session, two.actor, second.id, question, at=AT).label
    write_message_about_proposal(session, two.actor, second.id, "And here?", at=two.at)
    assert session.scalar(select(func.count()).select_from(Conversation)) == 2


def test_an_acceptance_shows_the_first_name_and_its_end_takes_name_and_words_back(two, session):
    two.says("Before")
    placement = two.accepts()
    two.says("I am Zephyrine, 067 123")
    two.pass_time()
    write_message_about_placement(session, two.boss, placement.id, "Welcome", at=two.at)
    seen, texts, _ = two.seen_by(two.boss)
    assert (seen["first_name"], seen["placement_id"]) == ("Zephyrine", placement.id)
    assert texts == ["Before", "I am Zephyrine, 067 123", "Welcome"]

    two.pass_time(DAY)
    withdraw_proposal(session, two.actor, two.proposal.id, at=two.at)

    seen, texts, _ = two.seen_by(two.boss)
    assert (seen["first_name"], seen["placement_id"], seen["may_write"]) == (None, None, False)
    assert texts == [None, None, "Welcome"]
    assert two.seen_by(two.actor)[1] == ["Before", "I am Zephyrine, 067 123", "Welcome"]
    refused("conversation_over", two.answers)
    refused("conversation_over", two.says)


def test_after_completion_there_are_days_to_thank_each_other(two, session):
    placement = two.accepts()
    two.says("See you")
    placement = session.get_one(Placement, placement.id)
    placement.status, placement.ended_at = PlacementStatus.COMPLETED, two.at
    session.flush()
    two.pass_time(GRACE - DAY)
    two.answers("Thank you")
    two.says("Thank you, too")
    seen, texts, _ = two.seen_by(two.boss)
    assert seen["first_name"] is None, "the name goes at once (I-10)"
    assert texts == ["See you", "Thank you", "Thank you, too"]
    two.pass_time(DAY)
    refused("conversation_over", two.answers)
    refused("conversation_over", two.says)
    assert two.seen_by(two.boss)[1] == [None, "Thank you", None]


def test_who_was_released_cannot_be_written_to_any_more(two, session):
    placement = two.accepts()
    two.says()
    release_placement(session, two.boss, placement.id, "It rains", at=two.at)
    refused("conversation_over", two.answers)


@pytest.mark.parametrize(
    "decide",
    [
        lambda two: None,
        lambda two: decline_proposal(two.session, two.actor, two.proposal.id, at=two.at),
        lambda two: snooze_proposal(two.session, two.actor, two.proposal.id, until=two.at + DAY, at=two.at),
        lambda two: setattr(two.proposal, "status", ProposalStatus.EXPIRED),
    ],
    ids=["silent", "declined", "snoozed", "expired"],
)
def test_what_an_organisation_sees_and_may_is_the_same_whatever_the_volunteer_decided(two, session, decide):
    two.says()
    decide(two)
    session.flush()
    two.answers()
    read_messages(session, two.actor, session.scalars(select(Conversation.id)).one(), at=two.at)
    seen, texts, read = two.seen_by(two.boss)
    assert {name: seen[name] for name in ("may_write", "first_name", "unread")} == {
        "may_write": True,
        "first_name": None,
        "unread": 0,
    }
    assert (texts, read) == (["When do we begin?", "At nine."], [True, False])


def test_who_has_said_no_is_not_told_and_finds_it_if_they_look(two, session):
    two.says()
    decline_proposal(session, two.actor, two.proposal.id, at=two.at)
    two.answers()
    assert two.told(two.volunteer.account_id) == []
    assert two.seen_by(two.actor)[1] == ["When do we begin?", "At nine."]
    refused("conversation_over", two.says)


def test_nobody_writes_about_what_is_closed_or_to_whom_is_not_verified(two, session):
    two.says()
    for row, status in (
        (two.need, NeedStatus.CLOSED),
        (two.organisation, OrganisationStatus.SUSPENDED),
    ):
        before, row.status = row.status, status
        session.flush()
        refused("conversation_over", two.says)
        refused("conversation_over", two.answers)
        row.status = before
    two.says()


def test_who_holds_a_place_and_the_organisation_write_whatever_becomes_of_the_need(two, session):
    placement = two.accepts()
    two.need.status = NeedStatus.CLOSED
    session.flush()
    two.says()
    write_message_about_placement(session, two.boss, placement.id, "Nine", at=two.at)


def test_who_chose_it_anew_and_writes_can_be_answered_again(two, session):
    two.accepts()
    two.says("Old")
    withdraw_proposal(session, two.actor, two.proposal.id, at=two.at)
    two.proposal.choose(two.at)
    session.flush()
    refused("conversation_over", two.answers)
    two.pass_time()
    two.says("New")
    two.answers("Gladly")
    assert two.seen_by(two.boss)[1] == [None, "New", "Gladly"]


def test_whoever_is_under_18_is_reached_through_the_centre(two, session):
    two.volunteer.birth_date = date(2011, 5, 1)
    session.flush()
    refused("through_centre", two.says)
    placement = two.accepts()
    refused("through_centre", two.says)
    refused(
        "through_centre",
        lambda: write_message_about_placement(session, two.boss, placement.id, "Hi", at=two.at),
    )
    two.volunteer.birth_date = date(2009, 3, 3)
    session.flush()
    two.says()


def test_an_age_that_is_said_later_is_not_told_before_acceptance(two, session):
    two.says()
    two.volunteer.birth_date = date(2011, 5, 1)
    session.flush()
    refused("conversation_over", two.answers)


def test_who_gets_no_answer_stops_after_so_many(two):
    for _ in range(MOST_IN_A_ROW):
        two.says()
    refused("conversation_waits", two.says)
    two.answers()
    two.says()


def test_only_the_two_sides_read_and_write(two, session):
    placement = two.accepts()
    conversation_id = two.says().conversation_id
    strangers = [
        actor_for(session, make_volunteer(session)),
        actor_for(session, make_coordinator(session, make_organisation(session))),
        actor_for(session, make_staff(session, make_centre(session))),
        actor_for(session, make_centre(session)),
    ]
    for one in strangers:
        for act in (
            lambda one=one: get_conversation(session, one, conversation_id),
            lambda one=one: write_message(session, one, conversation_id, "x", at=two.at),
            lambda one=one: read_messages(session, one, conversation_id, at=two.at),
            lambda one=one: write_message_about_proposal(session, one, two.proposal.id, "x", at=two.at),
            lambda one=one: write_message_about_placement(session, one, placement.id, "x", at=two.at),
        ):
            with pytest.raises(NotFound):
                act()
        assert list_conversations(session, one).items == []
    with pytest.raises(NotFound):
        write_message_about_placement(session, two.actor, placement.id, "I am not they", at=two.at)


def test_coordinators_share_a_conversation_and_one_reads_for_all(two, session):
    second = make_coordinator(session, two.organisation)
    other = actor_for(session, second)
    two.says()
    assert two.seen_by(two.boss)[0]["unread"] == two.seen_by(other)[0]["unread"] == 1
    assert len(list_conversations(session, other, unread=True).items) == 1
    two.says("And where?")
    assert [len(two.told(one.id)) for one in (two.coordinator, second)] == [1, 1], "once, until it is read"
    conversation_id = session.scalars(select(Conversation.id)).one()
    read_messages(session, other, conversation_id, until=two.at - MINUTE, at=two.at)
    assert two.seen_by(two.boss)[0]["unread"] == 1
    write_message(session, other, conversation_id, "At nine.", at=two.at)
    assert two.seen_by(two.boss)[0]["unread"] == 0
    assert list_conversations(session, two.boss, unread=True).items == []
    assert [one.read_at is not None for one in (*two.told(two.coordinator.id), *two.told(second.id))] == [
        *(True, True),
    ]
    assert len(two.told(two.volunteer.account_id)) == 1
    two.says("Fine")
    assert [len(two.told(one.id)) for one in (two.coordinator, second)] == [2, 2]


def test_a_notice_leads_to_the_conversation_and_names_no_volunteer(two, session):
    two.says("I collect brass astrolabes")
    session.flush()
    (seen,) = list_notices(session, two.boss, at=two.at).items
    words = say_notice(seen, "en")
    assert words.path == f"/messages/{seen.notice.body['conversation_id']}"
    for trace in ("Zephyrine", "astrolabes", str(two.proposal.id), str(two.volunteer.id)):
        assert trace not in str(words) + str(seen.notice.body)


class Crowd:
    """A volunteer and a coordinator who act at the same moment, each act in a transaction of its own."""

    def __init__(self, url):
        self.engine = make_engine(url, pool_size=6)
        self.sessions = make_sessions(self.engine)
        with unit_of_work(self.sessions) as session:
            organisation = make_organisation(session)
            volunteer = make_volunteer(session)
            self.proposal_id = make_proposal(session, volunteer, make_need(session, organisation)).id
            self.actor = actor_for(session, volunteer)
            self.boss = actor_for(session, make_coordinator(session, organisation))

    def do(self, act):
        """Do one act; give what it was refused with."""
        try:
            with unit_of_work(self.sessions, at=now()) as session:
                act(session, session.info["at"])
        except Exception as error:  # noqa: BLE001 whatever it is, the test looks at it
            return error
        return None

    def says(self, session, at):
        write_message_about_proposal(session, self.actor, self.proposal_id, "I am here", at=at)

    def at_once(self, *acts):
        """Do all at once; give what went wrong."""
        start, failed = threading.Barrier(len(acts)), []

        def run(act):
            start.wait()
            failed.append(self.do(act))

        threads = [threading.Thread(target=run, args=(one,)) for one in acts]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        return [one for one in failed if one is not None]


@pytest.fixture
def crowd(committed_database_url):
    crowd = Crowd(committed_database_url)
    yield crowd
    crowd.engine.dispose()


def test_of_many_first_messages_at_once_one_begins_the_conversation(crowd):
    assert crowd.at_once(*[crowd.says] * 5) == []
    with unit_of_work(crowd.sessions, readonly=True) as session:
        assert session.scalar(select(func.count()).select_from(Conversation)) == 1
        assert session.scalar(select(func.count()).where(Message.side == Side.VOLUNTEER)) == 5


def test_what_is_written_while_a_place_is_given_back_goes_with_it(crowd):
    for _ in range(3):
        with unit_of_work(crowd.sessions, at=now()) as session:
            status = session.get_one(Proposal, crowd.proposal_id).status
            if status is ProposalStatus.WITHDRAWN:
                session.get_one(Proposal, crowd.proposal_id).choose(now())
            accept_proposal(session, crowd.actor, crowd.proposal_id, at=now())
        crowd.do(crowd.says)
        failed = crowd.at_once(
            crowd.says,
            crowd.says,
            lambda session, at: withdraw_proposal(session, crowd.actor, crowd.proposal_id, at=at),
            crowd.says,
        )
        assert {str(one) for one in failed} <= {"conversation_over"}
        with unit_of_work(crowd.sessions, at=now(), readonly=True) as session:
            (found,) = list_conversations(session, crowd.boss).items
            rows = list_messages(session, crowd.boss, found.conversation.id, limit=100).items
            assert rows
            texts = {see_message(crowd.boss, found, one, at=now())["text"] for one in rows}
            assert texts == {None}
