"""What notices say of a waitlist: that a place is offered, or that there is nothing to wait for any more."""

from __future__ import annotations

from datetime import datetime

from models.notices import NoticeKind
from service.errors import N_
from service.i18n import say
from service.schemas.dates import say_clock, say_day, say_when
from service.schemas.notice_parts import Seen, Speaker, Words, values_of

WAITLIST_NAMES: dict[str, str] = {
    NoticeKind.PLACE_OFFERED: N_("A place that I wait for is offered to me"),
    NoticeKind.WAITING_ENDED: N_("What I wait for is not possible any more"),
}
WHY = {
    "gone": N_("It takes no more volunteers, so there is nothing to wait for any more."),
    "unfit": N_("It has changed, and no longer fits what you say about yourself."),
    "late": N_(
        "The time to decide has passed, and the place goes to the next."
        " You can choose it again and wait anew."
    ),
}


def _offered(seen: Seen, language: str) -> Words:
    title = say(language, "A place in “%(need)s” is free for you", **values_of(seen, language))
    lines = [say_when(language, seen.need)] if seen.need and seen.need.starts_at else []
    if seen.need and (text := seen.notice.body.get("due")):
        due, zone = datetime.fromisoformat(text), seen.need.timezone
        until = f"{say_day(language, due, zone)}, {say_clock(language, due, zone)}"
        lines.append(say(language, "It is kept for you until %(until)s.", until=until))
    lines.append(say(language, "You decide, and a no costs you nothing."))
    return Words(title, lines, path="/proposals")


def _ended(seen: Seen, language: str) -> Words:
    title = say(language, "You do not wait for “%(need)s” any more", **values_of(seen, language))
    why = WHY.get(seen.notice.body.get("why", ""), WHY["gone"])
    return Words(title, (say(language, why),), path="/proposals")


WAITLIST_SPEAKERS: dict[str, Speaker] = {
    NoticeKind.PLACE_OFFERED: _offered,
    NoticeKind.WAITING_ENDED: _ended,
}
