"""What notices say of what happens before a decision: questions, messages, visits, a not-now that ends."""

from __future__ import annotations

from models.notices import NoticeKind
from service.errors import N_
from service.i18n import say, say_count
from service.schemas.dates import say_when
from service.schemas.notice_parts import Seen, Speaker, Words, about_need, values_of

QUESTIONS = "/organisation/questions"

INTRODUCTION_NAMES: dict[str, str] = {
    NoticeKind.INVITED: N_("An organisation that knows me invites me"),
    NoticeKind.MESSAGE_RECEIVED: N_("Somebody writes to me"),
    NoticeKind.PROPOSAL_WOKEN: N_("Something I put off comes back"),
    NoticeKind.QUESTION_ANSWERED: N_("An organisation answers my question"),
    NoticeKind.QUESTION_ASKED: N_("A volunteer asks us something"),
    NoticeKind.QUESTION_WAITS: N_("A volunteer still waits for our answer"),
    NoticeKind.INTRODUCTION_BOOKED: N_("A volunteer takes a visit or a call"),
    NoticeKind.INTRODUCTION_CANCELLED: N_("A visit or a call is cancelled"),
}


def _waits(seen: Seen, language: str) -> Words:
    title = say_count(
        language,
        "A volunteer has waited %(count)s day for your answer about “%(need)s”.",
        "A volunteer has waited %(count)s days for your answer about “%(need)s”.",
        int(seen.notice.body.get("days", 1)),
        need=values_of(seen, language)["need"],
    )
    line = say(language, "Those who hear nothing look elsewhere. A line is enough.")
    return Words(title, (line,), path=QUESTIONS)


def _answered(seen: Seen, language: str) -> Words:
    values = values_of(seen, language)
    title = say(language, "%(organisation)s has answered your question", **values)
    line = say(language, "It was about “%(need)s”. You decide, and a no costs you nothing.", **values)
    return Words(title, (line,), path=_own_page(seen))


def _booked(seen: Seen, language: str) -> Words:
    values = values_of(seen, language)
    title = say(language, "A volunteer has taken a time that you offer")
    text = N_("They want to know you because of “%(need)s”. Who they are you learn if they accept.")
    return Words(title, (*_time(seen, language), say(language, text, **values)), path=QUESTIONS)


def _cancelled(seen: Seen, language: str) -> Words:
    values = values_of(seen, language)
    about = say(language, "It was about “%(need)s”.", **values)
    if seen.to_volunteer:
        title = say(language, "%(organisation)s has cancelled your visit or call", **values)
        other = say(language, "You can choose another time, or ask a question.")
        return Words(title, (*_time(seen, language), about, other), path=_own_page(seen))
    title = say(language, "A volunteer will not come at the time they had taken")
    free = say(language, "Others can take it now.")
    return Words(title, (*_time(seen, language), about, free), path=QUESTIONS)


def _written(seen: Seen, language: str) -> Words:
    values = values_of(seen, language)
    if seen.to_volunteer:
        title = say(language, "%(organisation)s has written to you", **values)
    else:
        title = say(language, "A volunteer has written to you")
    about = say(language, "It is about “%(need)s”.", **values)
    return Words(title, (about,), path=f"/messages/{seen.notice.body.get('conversation_id')}")


def _time(seen: Seen, language: str) -> list[str]:
    return [] if seen.slot is None else [say_when(language, seen.slot)]


def _own_page(seen: Seen) -> str:
    """Lead to the page of the reader's own proposal: for volunteers only."""
    asked = seen.introduction
    return "/proposals" if asked is None else f"/proposals/{asked.proposal_id}/introductions"


INTRODUCTION_SPEAKERS: dict[str, Speaker] = {
    NoticeKind.PROPOSAL_WOKEN: about_need(
        N_("“%(need)s” is back among your proposals"),
        N_("You had put it off until now. You decide, and a no costs you nothing."),
        path="/proposals",
    ),
    NoticeKind.INVITED: about_need(
        N_("%(organisation)s invites you: “%(need)s”"),
        N_("It does not learn what you say to it unless you accept. A no costs you nothing."),
        path="/proposals",
    ),
    NoticeKind.QUESTION_ANSWERED: _answered,
    NoticeKind.MESSAGE_RECEIVED: _written,
    NoticeKind.QUESTION_ASKED: about_need(
        N_("A volunteer asks you about “%(need)s”"),
        N_("Those who hear nothing look elsewhere. A line is enough."),
        path=QUESTIONS,
    ),
    NoticeKind.QUESTION_WAITS: _waits,
    NoticeKind.INTRODUCTION_BOOKED: _booked,
    NoticeKind.INTRODUCTION_CANCELLED: _cancelled,
}
