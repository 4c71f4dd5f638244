"""Reading notices: each person their own, with the names of what they are about; and what mail waits."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, func, select, update
from sqlalchemy.orm import Session

from models import (
    Import,
    Introduction,
    IntroductionSlot,
    Need,
    Notice,
    Organisation,
    Proposal,
    Shift,
    Volunteer,
)
from models.needs import NeedStatus
from models.notices import NoticeKind
from models.proposals import ProposalStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.needs import is_not_over, is_public
from service.queries.paging import Page, by_id, by_time, take_page

# More than this nobody counts.
MOST_COUNTED = 99


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say which notices the actor may see: a person their own, anyone else none."""
    return false() if actor.account_id is None else Notice.account_id == actor.account_id


@dataclass(frozen=True, slots=True)
class Proposed:
    """A need that still waits for the reader's answer, as a notice names it."""

    id: uuid.UUID
    title: str
    language: str
    organisation: str


@dataclass(frozen=True, slots=True)
class NoticeSeen:
    """A notice with what it is about, as things are now; of proposals those that can still be answered."""

    notice: Notice
    need: Need | None = None
    organisation: Organisation | None = None
    proposed: Sequence[Proposed] = ()
    imported: Import | None = None
    # Whether the reader is a volunteer: a few kinds say another thing to each side.
    to_volunteer: bool = field(default=True)
    introduction: Introduction | None = None
    slot: IntroductionSlot | None = None
    shift: Shift | None = None


def list_notices(
    session: Session,
    actor: Actor,
    *,
    read: bool | None = None,
    updated_since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 20,
    at: datetime,
) -> Page[NoticeSeen]:
    """List the person's own notices, newest first: all, or those that are read, or are not."""
    statement = select(Notice).where(visible_to(actor))
    if read is not None:
        statement = statement.where(Notice.read_at.is_not(None) if read else Notice.read_at.is_(None))
    if updated_since is not None:
        statement = statement.where(Notice.updated_at >= updated_since)
    keys = [by_time(Notice.created_at, descending=True), by_id(Notice.id)]
    page = take_page(session, statement, keys, cursor, limit)
    return Page(see_notices(session, actor, page.items, at=at), page.next_cursor)


def get_notice(session: Session, actor: Actor, notice_id: uuid.UUID, *, at: datetime) -> NoticeSeen:
    """Get one of the person's own notices."""
    found = session.scalar(select(Notice).where(Notice.id == notice_id, visible_to(actor)))
    if found is None:
        raise NotFound
    return see_notices(session, actor, [found], at=at)[0]


def get_notice_for_change(session: Session, actor: Actor, notice_id: uuid.UUID) -> Notice:
    """Get one of the person's own notices, locked as it is now."""
    found: Notice | None = session.scalar(
        select(Notice)
        .where(Notice.id == notice_id, visible_to(actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def count_unread(session: Session, actor: Actor) -> int:
    """Count what the person has not read, up to `MOST_COUNTED`."""
    unread = select(Notice.id).where(visible_to(actor), Notice.read_at.is_(None)).limit(MOST_COUNTED)
    return session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def mark_all_read(session: Session, actor: Actor, *, until: datetime, at: datetime) -> None:
    """Mark as read all of the person's notices up to a moment; nothing of them needs a mail any more."""
    session.execute(
        update(Notice)
        .where(visible_to(actor), Notice.read_at.is_(None), Notice.created_at <= until)
        .values(read_at=at, mail_due_at=None, updated_at=at, version=Notice.version + 1)
        .execution_options(synchronize_session=False)
    )


def find_gathering_notice(
    session: Session,
    actor: Actor,
    account_id: uuid.UUID,
    kind: NoticeKind,
    *,
    since: datetime,
    need_id: uuid.UUID | None = None,
) -> Notice | None:
    """Find a person's notice of a kind to which more can be added: unread, unsent and young; locked."""
    about = () if need_id is None else (Notice.need_id == need_id,)
    return session.scalar(
        select(Notice)
        .where(
            Notice.account_id == account_id,
            Notice.kind == kind.value,
            Notice.read_at.is_(None),
            Notice.mail_id.is_(None),
            Notice.created_at >= since,
            *about,
        )
        .order_by(Notice.created_at.desc(), Notice.id)
        .limit(1)
        .with_for_update()
    )


def see_notices(
    session: Session, actor: Actor, notices: Sequence[Notice], *, at: datetime
) -> list[NoticeSeen]:
    """Put notices of one reader together with what they are about, each thing asked for once."""
    if not notices:
        return []
    needs = _by_id(session, Need, {one.need_id for one in notices})
    organisations = _by_id(session, Organisation, {one.organisation_id for one in notices})
    imports = _by_id(session, Import, {_id_in(one, "import_id") for one in notices})
    introductions = _by_id(session, Introduction, {_id_in(one, "introduction_id") for one in notices})
    shifts = _by_id(session, Shift, {_id_in(one, "shift_id") for one in notices})
    slots = _by_id(session, IntroductionSlot, {one.slot_id for one in introductions.values()})
    named = {uuid.UUID(need_id) for one in notices for need_id in one.body.get("need_ids", ())}
    proposed = _open_proposals(session, notices[0].account_id, named, at)
    volunteers = select(Volunteer.id).where(Volunteer.account_id == notices[0].account_id)
    to_volunteer = actor.kind is ActorKind.VOLUNTEER or session.scalar(volunteers) is not None
    return [
        NoticeSeen(
            one,
            needs.get(one.need_id),
            organisations.get(one.organisation_id),
            [
                proposed[key]
                for need_id in one.body.get("need_ids", ())
                if (key := uuid.UUID(need_id)) in proposed
            ],
            imports.get(_id_in(one, "import_id")),
            to_volunteer,
            (asked := introductions.get(_id_in(one, "introduction_id"))),
            slots.get(asked.slot_id) if asked else None,
            shifts.get(_id_in(one, "shift_id")),
        )
        for one in notices
    ]


def _id_in(notice: Notice, name: str) -> uuid.UUID | None:
    return uuid.UUID(notice.body[name]) if name in notice.body else None


def _by_id(session: Session, kind: Any, ids: Collection[uuid.UUID | None]) -> dict[Any, Any]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {one.id: one for one in session.scalars(select(kind).where(kind.id.in_(wanted)))}


def _open_proposals(
    session: Session, account_id: uuid.UUID, need_ids: Collection[uuid.UUID], at: datetime
) -> dict[uuid.UUID, Proposed]:
    """Say which of these needs wait for the answer of that person and still have room for them."""
    if not need_ids:
        return {}
    rows = session.execute(
        select(Need.id, Need.title, Need.language, Organisation.name)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .join(Proposal, Proposal.need_id == Need.id)
        .join(Volunteer, Volunteer.id == Proposal.volunteer_id)
        .where(
            Volunteer.account_id == account_id,
            Proposal.status == ProposalStatus.PROPOSED,
            Need.id.in_(need_ids),
            Need.status == NeedStatus.OPEN,
            is_public(at),
            is_not_over(at),
        )
    )
    return {row.id: Proposed(*row) for row in rows}
