"""What notices say of shifts: when they are, and when they were."""

from __future__ import annotations

from datetime import datetime

from models.notices import NoticeKind
from service.errors import N_
from service.i18n import say
from service.schemas.dates import say_time
from service.schemas.notice_parts import Seen, Speaker, Words, about_need, values_of

SHIFT_NAMES: dict[str, str] = {
    NoticeKind.SHIFT_CHANGED: N_("A shift that I accepted is moved"),
    NoticeKind.SHIFT_CANCELLED: N_("A shift that I accepted is cancelled"),
    NoticeKind.SHIFTS_CHOSEN_ANEW: N_("Somebody gave shifts back, or took others"),
}


def _moved(seen: Seen, language: str) -> Words:
    values = {**values_of(seen, language), "was": _was(seen, language), "when": _when(seen, language)}
    lines = (
        say(language, "It was: %(was)s. It is now: %(when)s.", **values),
        say(language, "Your place is still yours. If it does not suit you any more, give the shift back."),
    )
    return Words(say(language, "A shift of “%(need)s” is moved", **values), lines, path="/placements/asked")


def _cancelled(seen: Seen, language: str) -> Words:
    values = {**values_of(seen, language), "when": _when(seen, language)}
    lines = (
        values["when"],
        say(language, "%(organisation)s has cancelled it. You do not have to come.", **values),
        say(language, "Others may still be open: look at the need."),
    )
    title = say(language, "A shift of “%(need)s” will not take place", **values)
    return Words(title, [one for one in lines if one], path=f"/needs/{seen.notice.need_id}")


def _when(seen: Seen, language: str) -> str:
    if seen.shift is None or seen.need is None:
        return ""
    return say_time(language, seen.shift.starts_at, seen.shift.ends_at, seen.need.timezone)


def _was(seen: Seen, language: str) -> str:
    times = [seen.notice.body.get(name) for name in ("was_starts_at", "was_ends_at")]
    if seen.need is None or not all(times):
        return ""
    starts_at, ends_at = (datetime.fromisoformat(str(one)) for one in times)
    return say_time(language, starts_at, ends_at, seen.need.timezone)


SHIFT_SPEAKERS: dict[str, Speaker] = {
    NoticeKind.SHIFT_CHANGED: _moved,
    NoticeKind.SHIFT_CANCELLED: _cancelled,
    NoticeKind.SHIFTS_CHOSEN_ANEW: about_need(
        N_("A volunteer chose other shifts of “%(need)s”"),
        N_("Places taken: %(taken)s of %(places)s."),
        path="/needs/%(need_id)s/placements",
    ),
}
