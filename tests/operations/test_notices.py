"""Who is told what: in the transaction of the change, once, and not of what they did themselves."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import Event, Job, Notice
from models.mail_times import MailRhythm
from models.notices import KINDS_OF, NoticeKind
from models.organisations import OrganisationStatus
from service.access.actors import WORKER
from service.errors import Invalid, NotFound
from service.i18n import LANGUAGES, say
from service.operations.introductions import (
    ask_introduction,
    cancel_introduction,
    cancel_slot,
    offer_slot,
    reply_to_introduction,
)
from service.operations.needs import cancel_need, change_need, close_need
from service.operations.notice_mails import is_pointless
from service.operations.notice_reading import change_notice, read_notices
from service.operations.notice_settings import change_notice_settings, unsubscribe
from service.operations.organisations import create_organisation, verify_organisation
from service.operations.placements import confirm_placement, release_placement
from service.operations.proposals import (
    accept_proposal,
    decline_proposal,
    snooze_proposal,
    wake_proposal,
    withdraw_proposal,
)
from service.operations.proposing import propose_for
from service.queries.notices import count_unread, list_notices
from service.schemas.notice_words import NAMES, SPEAKERS, say_notice
from service.schemas.notices import show_notice
from tests.making import (
    actor_for,
    make_account,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
)
from tests.operations.bringing import bring, file_of

AT = datetime(2027, 3, 3, 10, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
QUESTION = {"kind": "question", "text": "Is there a bus?"}


class Scene:
    """A volunteer who holds a place of a need, its coordinator, and the staff of the centre."""

    def __init__(self, session):
        session.info["at"] = AT
        self.session = session
        self.centre = make_centre(session)
        self.organisation = make_organisation(session, self.centre, name="Riverside")
        self.need = make_need(session, self.organisation, title="Paint boats", places=2)
        self.volunteer = make_volunteer(session, self.centre)
        self.coordinator = make_coordinator(session, self.organisation, centre_id=self.centre.id)
        self.staff = make_staff(session, self.centre)
        self.actor, self.boss = actor_for(session, self.volunteer), actor_for(session, self.coordinator)

    def accept(self):
        proposal = make_proposal(self.session, self.volunteer, self.need)
        return accept_proposal(self.session, self.actor, proposal.id, at=AT)

    def told(self, account_id):
        self.session.flush()
        rows = self.session.scalars(select(Notice).where(Notice.account_id == account_id))
        return sorted(one.kind for one in rows)

    @property
    def told_volunteer(self):
        return self.told(self.volunteer.account_id)


@pytest.fixture
def scene(session):
    return Scene(session)


def test_an_acceptance_and_a_withdrawal_are_told_to_the_coordinator_only(scene, session):
    placement = scene.accept()
    assert scene.told(scene.coordinator.id) == ["somebody_accepted"]
    withdraw_proposal(session, scene.actor, placement.proposal_id, at=AT)
    assert scene.told(scene.coordinator.id) == ["somebody_accepted", "somebody_withdrew"]
    assert scene.told_volunteer == []


def test_a_no_is_told_to_nobody(scene, session):
    proposal = make_proposal(session, scene.volunteer, scene.need)
    decline_proposal(session, scene.actor, proposal.id, at=AT)
    session.flush()
    assert session.scalars(select(Notice)).all() == []


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda s, p: confirm_placement(s.session, s.boss, p.id, at=AT), "placement_confirmed"),
        (lambda s, p: release_placement(s.session, s.boss, p.id, "It rains", at=AT), "placement_released"),
        (lambda s, p: close_need(s.session, s.boss, s.need.id, at=AT), "need_closed"),
        (lambda s, p: cancel_need(s.session, s.boss, s.need.id, at=AT), "need_cancelled"),
        (lambda s, p: change_need(s.session, s.boss, s.need, {"starts_at": AT}, at=AT), "need_changed"),
        (lambda s, p: suspend(s), "organisation_suspended"),
    ],
)
def test_who_holds_a_place_is_told_what_becomes_of_it(scene, act, kind):
    placement = scene.accept()
    act(scene, placement)
    assert scene.told_volunteer == [kind]


def suspend(scene):
    staff = actor_for(scene.session, scene.staff)
    suspended = OrganisationStatus.SUSPENDED
    verify_organisation(scene.session, staff, scene.organisation.id, suspended, "looked", at=AT)


def test_who_holds_no_place_any_more_is_not_told(scene, session):
    placement = scene.accept()
    withdraw_proposal(session, scene.actor, placement.proposal_id, at=AT)
    cancel_need(session, scene.boss, scene.need.id, at=AT)
    assert scene.told_volunteer == []


def test_a_change_that_does_not_matter_to_those_who_come_is_not_told(scene, session):
    scene.accept()
    change_need(session, scene.boss, scene.need, {"places": 5, "rewards": ["expenses"]}, at=AT)
    assert scene.told_volunteer == []


def test_a_change_says_in_which_respect(scene, session):
    scene.accept()
    change_need(session, scene.boss, scene.need, {"starts_at": AT, "title": "Paint more boats"}, at=AT)
    (notice,) = session.scalars(select(Notice).where(Notice.account_id == scene.volunteer.account_id))
    assert notice.body == {"aspects": ["date", "task"]}


def test_what_a_coordinator_does_is_told_to_the_others_not_to_themselves(scene, session):
    other = make_coordinator(session, scene.organisation)
    suspend(scene)
    assert scene.told(scene.coordinator.id) == scene.told(other.id) == ["organisation_suspended"]
    assert scene.told(scene.staff.id) == []


def test_staff_are_told_of_what_a_coordinator_adds_and_not_of_each_row_of_a_file(scene, session):
    create_organisation(session, scene.boss, {"name": "Green Corner", "language": "en"}, at=AT)
    assert scene.told(scene.staff.id) == ["organisation_waiting"]
    bring(session, scene.centre, file_of([{"name": "One"}, {"name": "Two"}]), kind="organisations")
    assert scene.told(scene.staff.id) == ["import_finished", "organisation_waiting"]


def test_who_never_confirmed_the_address_or_has_no_account_is_told_nothing(scene, session):
    make_coordinator(session, scene.organisation, confirmed_at=None)
    brought = make_volunteer(session, scene.centre, account_id=None)
    propose_for(session, WORKER, brought.id, at=AT)
    scene.accept()
    session.flush()
    assert set(session.scalars(select(Notice.account_id))) == {scene.coordinator.id}


# --- before a decision


def test_what_happens_before_a_decision_is_told_to_the_other_side(scene, session):
    proposal = make_proposal(session, scene.volunteer, scene.need)
    slot = {"kind": "visit", "starts_at": AT + DAY, "ends_at": AT + DAY + HOUR, "timezone": "Europe/Kyiv"}
    slots = [offer_slot(session, scene.boss, scene.organisation.id, slot, at=AT) for _ in range(2)]
    boss, volunteer = scene.coordinator.id, scene.volunteer.account_id

    asked = ask_introduction(session, scene.actor, proposal.id, QUESTION, at=AT)
    assert scene.told(boss) == ["question_asked"]
    reply_to_introduction(session, scene.boss, asked.id, "Line 5.", at=AT)
    assert scene.told(volunteer) == ["question_answered"]
    visits = [
        ask_introduction(session, scene.actor, proposal.id, {"kind": "visit", "slot_id": one.id}, at=AT)
        for one in slots
    ]
    assert scene.told(boss) == ["introduction_booked"] * 2 + ["question_asked"]
    cancel_introduction(session, scene.actor, visits[0].id, at=AT)
    assert "introduction_cancelled" in scene.told(boss)
    cancel_slot(session, scene.boss, slots[1].id, at=AT)
    assert scene.told(volunteer) == ["introduction_cancelled", "question_answered"]
    for account, actor in ((boss, scene.boss), (volunteer, scene.actor)):
        for seen in list_notices(session, actor, at=AT).items:
            words = say_notice(seen, "en")
            assert words.path
            assert (str(proposal.id) in str(words)) <= (account == volunteer)
            if seen.notice.kind.startswith("introduction"):
                assert "Thu, 4 Mar 2027, 12:00–13:00" in words.lines


def test_a_question_taken_back_and_an_answer_after_a_no_are_told_to_nobody(scene, session):
    proposal = make_proposal(session, scene.volunteer, scene.need)
    first, second = (ask_introduction(session, scene.actor, proposal.id, QUESTION, at=AT) for _ in range(2))
    cancel_introduction(session, scene.actor, first.id, at=AT)
    decline_proposal(session, scene.actor, proposal.id, at=AT)
    reply_to_introduction(session, scene.boss, second.id, "Line 5.", at=AT)
    assert scene.told(scene.coordinator.id) == ["question_asked"] * 2
    assert scene.told_volunteer == []


def test_a_question_that_was_answered_and_a_proposal_that_is_gone_are_not_mailed(scene, session):
    proposal = make_proposal(session, scene.volunteer, scene.need)
    asked = ask_introduction(session, scene.actor, proposal.id, QUESTION, at=AT)
    snooze_proposal(session, scene.actor, proposal.id, until=AT + HOUR, at=AT)
    wake_proposal(session, WORKER, proposal.id, at=AT + HOUR)
    assert scene.told_volunteer == ["proposal_woken"]
    waiting = [seen for who in (scene.actor, scene.boss) for seen in list_notices(session, who, at=AT).items]
    assert [is_pointless(one) for one in waiting] == [False, False]
    reply_to_introduction(session, scene.boss, asked.id, "Line 5.", at=AT + HOUR)
    close_need(session, scene.boss, scene.need.id, at=AT + HOUR)
    waiting = [seen for who in (scene.actor, scene.boss) for seen in list_notices(session, who, at=AT).items]
    assert {one.notice.kind: is_pointless(one) for one in waiting} == {
        "proposal_woken": True,
        "question_asked": True,
        "question_answered": False,
    }


def test_who_answers_before_the_time_of_a_not_now_is_told_nothing(scene, session):
    proposal = make_proposal(session, scene.volunteer, scene.need)
    snooze_proposal(session, scene.actor, proposal.id, until=AT + DAY, at=AT)
    accept_proposal(session, scene.actor, proposal.id, at=AT + HOUR)
    assert scene.told_volunteer == []


# --- new proposals


def test_new_proposals_are_one_notice_and_more_of_them_are_added_until_it_is_read(scene, session):
    make_need(session, scene.organisation, title="Read aloud")
    propose_for(session, WORKER, scene.volunteer.id, at=AT)
    (notice,) = session.scalars(select(Notice))
    assert len(notice.body["need_ids"]) == 2
    session.info["at"] = AT + timedelta(hours=1)
    third = make_need(session, scene.organisation, title="Plant trees")
    propose_for(session, WORKER, scene.volunteer.id, at=AT + timedelta(hours=1))
    assert scene.told_volunteer == ["new_proposals"]
    assert str(third.id) in notice.body["need_ids"]
    read_notices(session, scene.actor, at=AT + timedelta(hours=2))
    session.expire_all()
    session.info["at"] = AT + timedelta(hours=3)
    make_need(session, make_organisation(session, scene.centre), title="Cook soup")
    propose_for(session, WORKER, scene.volunteer.id, at=AT + timedelta(hours=3))
    assert scene.told_volunteer == ["new_proposals"] * 2


def test_who_looks_themselves_is_not_told_what_they_see(scene, session):
    propose_for(session, scene.actor, scene.volunteer.id, at=AT)
    assert scene.told_volunteer == []


def test_what_was_told_once_is_not_told_again(scene, session):
    propose_for(session, WORKER, scene.volunteer.id, at=AT)
    change_notice(session, scene.actor, session.scalars(select(Notice.id)).one(), read=True, at=AT)
    propose_for(session, WORKER, scene.volunteer.id, at=AT + timedelta(days=1))
    assert scene.told_volunteer == ["new_proposals"]


def test_a_notice_names_only_proposals_that_can_still_be_answered(scene, session):
    full = make_need(session, scene.organisation, title="Read aloud", places=1)
    propose_for(session, WORKER, scene.volunteer.id, at=AT)
    other = make_volunteer(session)
    accept_proposal(session, actor_for(session, other), make_proposal(session, other, full).id, at=AT)
    session.flush()
    seen = list_notices(session, scene.actor, at=AT).items[0]
    assert [one.title for one in seen.proposed] == ["Paint boats"]
    close_need(session, scene.boss, scene.need.id, at=AT)
    assert list_notices(session, scene.actor, at=AT).items[0].proposed == []


# --- once, and only if it happened


def test_the_database_refuses_to_tell_the_same_again(scene, session):
    scene.accept()
    session.flush()
    kept = session.scalars(select(Notice)).one()
    again = Notice(
        id=uuid.uuid4(), account_id=kept.account_id, kind=kept.kind, event_number=kept.event_number, body={}
    )
    session.add(again)
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_change_that_is_undone_tells_nobody(scene, session):
    session.commit()
    with session.begin_nested() as undone:
        scene.accept()
        session.flush()
        assert scene.told(scene.coordinator.id)
        undone.rollback()
    assert scene.told(scene.coordinator.id) == []
    assert session.scalars(select(Job).where(Job.kind == "notices.mail")).all() == []


def test_many_are_told_with_one_order_of_mail_each(scene, session):
    need = make_need(session, scene.organisation, places=12)
    people = [make_volunteer(session) for _ in range(12)]
    for one in people:
        proposal = make_proposal(session, one, need)
        accept_proposal(session, actor_for(session, one), proposal.id, at=AT)
    change_need(session, scene.boss, need, {"title": "Other boats"}, at=AT)
    cancel_need(session, scene.boss, need.id, at=AT + timedelta(minutes=1))
    session.flush()
    accounts = {str(one.account_id) for one in people}
    jobs = session.scalars(select(Job).where(Job.kind == "notices.mail"))
    ordered = [one.payload["account_id"] for one in jobs]
    assert sorted(one for one in ordered if one in accounts) == sorted(accounts)


# --- reading, choosing


def test_notices_are_each_persons_own(scene, session):
    scene.accept()
    (seen,) = list_notices(session, scene.boss, at=AT).items
    with pytest.raises(NotFound):
        change_notice(session, scene.actor, seen.notice.id, read=True, at=AT)
    read_notices(session, scene.actor, at=AT)
    assert count_unread(session, scene.boss) == 1
    read_notices(session, scene.boss, until=AT - timedelta(seconds=1), at=AT)
    assert count_unread(session, scene.boss) == 1
    read_notices(session, scene.boss, at=AT)
    assert count_unread(session, scene.boss) == 0


def test_a_kind_that_is_switched_off_stays_on_the_pages(scene, session):
    unsubscribe(session, WORKER, scene.coordinator.id, ["somebody_accepted"], at=AT)
    scene.accept()
    (seen,) = list_notices(session, scene.boss, at=AT).items
    assert seen.notice.mail_due_at is None


def test_mail_that_waits_follows_what_is_chosen_later(scene, session):
    propose_for(session, WORKER, scene.volunteer.id, at=AT)
    account_id = scene.volunteer.account_id
    (notice,) = session.scalars(select(Notice))
    assert notice.mail_due_at == datetime(2027, 3, 4, 6, tzinfo=UTC)  # eight in Kyiv, the next morning
    weekly = {"kinds": [{"kind": "new_proposals", "mail": "weekly"}]}
    change_notice_settings(session, scene.actor, account_id, weekly, at=AT)
    assert notice.mail_due_at == datetime(2027, 3, 8, 6, tzinfo=UTC)  # a Monday
    change_notice_settings(session, scene.actor, account_id, {"timezone": "America/New_York"}, at=AT)
    assert notice.mail_due_at == datetime(2027, 3, 8, 13, tzinfo=UTC)
    unsubscribe(session, scene.actor, account_id, ["new_proposals"], at=AT)
    assert notice.mail_due_at is None


def test_settings_are_on_record_once_for_each_change(scene, session):
    for _ in range(2):
        unsubscribe(session, scene.actor, scene.volunteer.account_id, ["new_proposals"], at=AT)
    events = select(Event).where(Event.name == "notice_settings.changed")
    assert [one.body for one in session.scalars(events)] == [{"fields": "rhythms"}]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"quiet_from": 60}, "quiet_until"),
        ({"quiet_until": 60}, "quiet_from"),
        ({"kinds": [{"kind": "import_finished", "mail": "never"}]}, "kinds.0.kind"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(scene, session, fields, field):
    with pytest.raises(Invalid) as refused:
        change_notice_settings(session, scene.actor, scene.volunteer.account_id, fields, at=AT)
    assert [one.field for one in refused.value.errors] == [field]


# --- words


def test_every_kind_has_a_switch_words_and_somebody_to_tell():
    assert set(NAMES) == set(SPEAKERS) == set(NoticeKind)
    assert {kind for kinds in KINDS_OF.values() for kind in kinds} == set(NoticeKind)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_notice_is_put_into_words_in_every_language(scene, session, kind, language):
    scene.accept()
    session.flush()
    event = session.scalars(select(Event)).first()
    session.add(
        Notice(
            id=uuid.uuid4(),
            account_id=scene.volunteer.account_id,
            kind=kind.value,
            event_number=event.number,
            need_id=scene.need.id,
            organisation_id=scene.organisation.id,
            body={"aspects": ["date"], "need_ids": [str(scene.need.id)]},
        )
    )
    session.flush()
    seen = list_notices(session, scene.actor, at=AT).items[0]
    words = say_notice(seen, language)
    assert words.title.strip()
    assert "%(" not in words.title + "".join(words.lines)
    shown = show_notice(seen, language)
    assert shown["kind"] == kind
    assert say(language, NAMES[kind])


def test_a_rhythm_has_a_word_for_each_switch():
    from service.web.notices import RHYTHMS

    assert set(RHYTHMS) == set(MailRhythm)


def test_no_notice_names_the_volunteer(scene, session):
    scene.volunteer.name = "Solomiia Unmistakable"
    placement = scene.accept()
    withdraw_proposal(session, scene.actor, placement.proposal_id, note="Solomiia is ill", at=AT)
    for seen in list_notices(session, scene.boss, at=AT).items:
        assert "Solomiia" not in str(show_notice(seen, "en"))


def test_an_operator_is_told_nothing_and_can_look_all_the_same(session):
    session.info["at"] = AT
    operator = actor_for(session, make_account(session, "operator"))
    assert list_notices(session, operator, at=AT).items == []
