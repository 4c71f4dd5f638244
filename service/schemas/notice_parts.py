"""What words of notices are made of: what is known of a notice, the form of its words, and what most say."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from models import Import, Introduction, IntroductionSlot, Need, Notice, Organisation, Shift
from service.errors import N_
from service.i18n import say
from service.schemas.dates import say_when

ASPECTS = {"date": N_("the date"), "place": N_("the place"), "task": N_("the task")}


class Named(Protocol):
    """A need as a list names it."""

    @property
    def id(self) -> uuid.UUID:
        """Its id."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def organisation(self) -> str:
        """The name of its organisation."""


class Seen(Protocol):
    """A notice with what it is about (`queries.notices.NoticeSeen`)."""

    @property
    def notice(self) -> Notice:
        """The notice itself."""

    @property
    def need(self) -> Need | None:
        """The need it is about."""

    @property
    def organisation(self) -> Organisation | None:
        """The organisation it is about."""

    @property
    def proposed(self) -> Sequence[Named]:
        """The proposals that can still be answered."""

    @property
    def imported(self) -> Import | None:
        """The file it is about."""

    @property
    def to_volunteer(self) -> bool:
        """Whether the reader is a volunteer."""

    @property
    def introduction(self) -> Introduction | None:
        """The question, visit or call it is about."""

    @property
    def slot(self) -> IntroductionSlot | None:
        """The time that was taken for it."""

    @property
    def shift(self) -> Shift | None:
        """The shift it is about."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says."""

    title: str
    lines: Sequence[str] = ()
    # Things that are named one below the other.
    items: Sequence[str] = field(default=())
    path: str | None = None


Speaker = Callable[[Seen, str], Words]


def about_need(title: str, *lines: str, path: str = "/placements") -> Speaker:
    """Make the speaker of a notice about a need: when it is, and these lines."""

    def speak(seen: Seen, language: str) -> Words:
        values = values_of(seen, language)
        said = [say(language, one, **values) for one in lines]
        when = say_when(language, seen.need) if seen.need else ""
        leads = path % {"need_id": seen.notice.need_id}
        return Words(say(language, title, **values), [*([when] if when else []), *said], path=leads)

    return speak


def values_of(seen: Seen, language: str) -> dict[str, Any]:
    """Give what a text about a notice may name."""
    need, organisation = seen.need, seen.organisation
    aspects = [say(language, ASPECTS[one]) for one in seen.notice.body.get("aspects", ()) if one in ASPECTS]
    return {
        "need": need.title if need else "",
        "organisation": organisation.name if organisation else "",
        "taken": need.all_places_taken if need else 0,
        "places": need.all_places if need else 0,
        "aspects": ", ".join(aspects),
    }
