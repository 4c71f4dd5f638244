"""A volunteer's proposals with their needs and organisations: the hottest list, read as plain columns."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from models import Need, Organisation, Proposal, Wait
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.errors import NotFound
from service.queries.paging import Page, by_id, by_number, make_cursor, read_cursor
from service.queries.proposals import visible_to

# What the volunteer has still to answer, now or later.
OPEN = (ProposalStatus.PROPOSED, ProposalStatus.SNOOZED, ProposalStatus.OFFERED)

_PROPOSALS, _NEEDS, _ORGANISATIONS = Proposal.__table__, Need.__table__, Organisation.__table__
_OWN, _AHEAD, _ALL = Wait.__table__.alias("own"), Wait.__table__.alias("ahead"), Wait.__table__.alias("waits")
# How many stand up to here, where they stand furthest to the front; asked for who waits only.
_UP_TO_HERE = select(func.count()).where(
    _AHEAD.c.need_id == _OWN.c.need_id,
    _AHEAD.c.shift_id.is_not_distinct_from(_OWN.c.shift_id),
    _AHEAD.c.number <= _OWN.c.number,
)
_POSITION = select(func.min(_UP_TO_HERE.correlate(_OWN).scalar_subquery())).where(
    _OWN.c.proposal_id == _PROPOSALS.c.id
)
_LENGTH = select(func.count(_ALL.c.proposal_id.distinct())).where(_ALL.c.need_id == _NEEDS.c.id)
# Made once: putting together sixty columns takes longer than reading them. A need's column is called
# need_<name> in the row, an organisation's organisation_<name>.
_SHOWN: Select[Any] = select(
    *(
        _PROPOSALS.c[name]
        for name in (
            *("id", "volunteer_id", "need_id", "status", "origin", "score", "position", "reasons", "model"),
            *("snoozed_until", "decision_due", "created_at", "version"),
        )
    ),
    case(
        (_PROPOSALS.c.status == ProposalStatus.WAITLISTED, _POSITION.correlate(_PROPOSALS).scalar_subquery())
    ).label("waitlist_position"),
    case((_NEEDS.c.status == NeedStatus.FULL, _LENGTH.correlate(_NEEDS).scalar_subquery())).label(
        "waitlist_length"
    ),
    *(column.label(f"need_{column.key}") for column in _NEEDS.c if column.key != "id"),
    *(column.label(f"organisation_{column.key}") for column in _ORGANISATIONS.c),
).select_from(
    _PROPOSALS.join(_NEEDS, _NEEDS.c.id == _PROPOSALS.c.need_id).join(
        _ORGANISATIONS, _ORGANISATIONS.c.id == _NEEDS.c.organisation_id
    )
)
# The list's own order: it is nearly that of the scores (operations/proposing.py).
_BEST_FIRST = (_PROPOSALS.c.position, _PROPOSALS.c.id)
_KEYS = (by_number(_PROPOSALS.c.position), by_id(_PROPOSALS.c.id))
# I-20: what waits for an answer is shown only while its need can be seen by anyone.
_PUBLISHED = and_(
    _NEEDS.c.status.in_((NeedStatus.OPEN, NeedStatus.FULL)),
    _ORGANISATIONS.c.status == OrganisationStatus.VERIFIED,
)


def list_proposals(
    session: Session,
    actor: Actor,
    *,
    status: Collection[ProposalStatus] = OPEN,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Row[Any]]:
    """List the volunteer's own proposals, best first: those that wait for an answer, or in these states."""
    statement = _SHOWN.where(
        visible_to(actor),
        _PROPOSALS.c.status.in_(status),
        or_(_PROPOSALS.c.status.not_in(OPEN), _PUBLISHED),
    )
    if cursor is not None:
        position, last = read_cursor(_KEYS, cursor)
        same = and_(_PROPOSALS.c.position == position, _PROPOSALS.c.id > last)
        statement = statement.where(or_(_PROPOSALS.c.position > position, same))
    rows = session.execute(statement.order_by(*_BEST_FIRST).limit(limit + 1)).all()
    shown = rows[:limit]
    more = make_cursor([shown[-1].position, shown[-1].id]) if len(rows) > limit else None
    return Page(shown, more)


def find_own_proposal(session: Session, actor: Actor, need_id: uuid.UUID) -> Row[Any] | None:
    """Find what a volunteer has for a need, with its need and organisation; others have none."""
    return session.execute(_SHOWN.where(visible_to(actor), _PROPOSALS.c.need_id == need_id)).one_or_none()


def get_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Row[Any]:
    """Get one of the volunteer's own proposals, with its need and organisation."""
    row = session.execute(_SHOWN.where(visible_to(actor), _PROPOSALS.c.id == proposal_id)).one_or_none()
    if row is None:
        raise NotFound
    return row
