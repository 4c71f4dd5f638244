"""What each kind of notice says: a title, some lines, and where it leads; in the reader's language.

Words are made when somebody reads them, from things as they are then. None of them names a volunteer: a
notice lives longer than the organisation's right to know who it was.
"""

from __future__ import annotations

from models.notices import NoticeKind
from service.errors import N_
from service.i18n import say, say_count
from service.schemas.introduction_words import INTRODUCTION_NAMES, INTRODUCTION_SPEAKERS
from service.schemas.notice_parts import Seen, Speaker, Words, about_need, values_of
from service.schemas.placement_words import PLACEMENT_NAMES, PLACEMENT_SPEAKERS
from service.schemas.shift_words import SHIFT_NAMES, SHIFT_SPEAKERS
from service.schemas.waitlist_words import WAITLIST_NAMES, WAITLIST_SPEAKERS

# What the switches are called.
NAMES: dict[str, str] = {
    NoticeKind.NEW_PROPOSALS: N_("New proposals for me"),
    **INTRODUCTION_NAMES,
    **WAITLIST_NAMES,
    NoticeKind.NEED_CHANGED: N_("Something I accepted has changed"),
    NoticeKind.NEED_CANCELLED: N_("Something I accepted is cancelled"),
    NoticeKind.NEED_CLOSED: N_("Something I accepted takes no more volunteers"),
    NoticeKind.PLACEMENT_CONFIRMED: N_("An organisation confirms that it counts on me"),
    NoticeKind.PLACEMENT_RELEASED: N_("An organisation releases me"),
    **PLACEMENT_NAMES,
    **SHIFT_NAMES,
    NoticeKind.SOMEBODY_ACCEPTED: N_("Somebody accepted one of our needs"),
    NoticeKind.SOMEBODY_WITHDREW: N_("Somebody withdrew"),
    NoticeKind.ORGANISATION_VERIFIED: N_("My organisation is verified"),
    NoticeKind.ORGANISATION_SUSPENDED: N_("An organisation of mine is suspended"),
    NoticeKind.ORGANISATION_WAITING: N_("An organisation waits to be verified"),
    NoticeKind.IMPORT_FINISHED: N_("A file has been brought in"),
}


def say_notice(seen: Seen, language: str) -> Words:
    """Put a notice into words."""
    speaker = SPEAKERS.get(seen.notice.kind)
    if speaker is None:  # a kind that a newer version has written
        return Words(say(language, "Something has changed"))
    return speaker(seen, language)


def _proposals(seen: Seen, language: str) -> Words:
    count = len(seen.proposed)
    if not count:
        lines = (say(language, "What we proposed is answered, full or gone by now."),)
        return Words(say(language, "New proposals for you"), lines, path="/proposals")
    title = say_count(language, "%(count)s new proposal for you", "%(count)s new proposals for you", count)
    items = [f"{one.title} ({one.organisation})" for one in seen.proposed]
    lines = (say(language, "You decide, and a no costs you nothing."),)
    return Words(title, lines, items, "/proposals")


def _suspended(seen: Seen, language: str) -> Words:
    values = values_of(seen, language)
    title = say(language, "The volunteer centre has suspended %(organisation)s", **values)
    if seen.to_volunteer:
        line = say(language, "You hold a place there. Please ask the centre before you go.")
        return Words(title, (line,), path="/placements")
    line = say(language, "Its needs are not shown or proposed any more. Please ask the centre why.")
    return Words(title, (line,), path="/organisation")


def _imported(seen: Seen, language: str) -> Words:
    row = seen.imported
    if row is None:
        return Words(say(language, "A file has been brought in"))
    counts = {name: getattr(row, name) for name in ("read", "added", "updated", "unchanged", "refused")}
    line = say(
        language,
        "Rows: %(read)s. Added: %(added)s, changed: %(updated)s, as they were: %(unchanged)s,"
        " refused: %(refused)s.",
        **counts,
    )
    return Words(say(language, "The file %(name)s has been brought in", name=row.filename), (line,))


SPEAKERS: dict[str, Speaker] = {
    NoticeKind.NEW_PROPOSALS: _proposals,
    **INTRODUCTION_SPEAKERS,
    **WAITLIST_SPEAKERS,
    NoticeKind.NEED_CHANGED: about_need(
        N_("“%(need)s” has changed"),
        N_("What changed: %(aspects)s."),
        N_("You hold a place there. Please say whether you still come."),
        path="/placements/asked",
    ),
    NoticeKind.NEED_CANCELLED: about_need(
        N_("“%(need)s” will not take place"),
        N_("%(organisation)s has cancelled it. You do not have to come."),
    ),
    NoticeKind.NEED_CLOSED: about_need(
        N_("“%(need)s” takes no more volunteers"), N_("Nothing changes for you: your place stays yours.")
    ),
    NoticeKind.PLACEMENT_CONFIRMED: about_need(
        N_("%(organisation)s counts on you"), N_("Your place in “%(need)s” is confirmed.")
    ),
    NoticeKind.PLACEMENT_RELEASED: about_need(
        N_("%(organisation)s has released you"),
        N_("You do not hold a place in “%(need)s” any more. The reason stands with your placement."),
    ),
    **PLACEMENT_SPEAKERS,
    **SHIFT_SPEAKERS,
    NoticeKind.SOMEBODY_ACCEPTED: about_need(
        N_("A volunteer accepted “%(need)s”"),
        N_("Places taken: %(taken)s of %(places)s. Please say that you count on them."),
        path="/needs/%(need_id)s/placements",
    ),
    NoticeKind.SOMEBODY_WITHDREW: about_need(
        N_("A volunteer withdrew from “%(need)s”"),
        N_("Places taken: %(taken)s of %(places)s. The free place is proposed to others."),
        path="/needs/%(need_id)s/placements",
    ),
    NoticeKind.ORGANISATION_VERIFIED: about_need(
        N_("%(organisation)s is verified"),
        N_("Its open needs are shown and proposed from now on."),
        path="/organisation",
    ),
    NoticeKind.ORGANISATION_SUSPENDED: _suspended,
    NoticeKind.ORGANISATION_WAITING: about_need(
        N_("%(organisation)s waits to be verified"),
        N_("Its needs are seen by nobody else until somebody has looked."),
        path="/staff/organisations",
    ),
    NoticeKind.IMPORT_FINISHED: _imported,
}
