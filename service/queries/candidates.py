"""What a ranking needs to know and to ask: the person, what they have answered, what is still open."""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, true, update
from sqlalchemy.orm import Session

from matching.profiles import Person, Taste
from models import Need, Organisation, Proposal, Volunteer
from models.needs import LocationType, NeedStatus
from models.proposals import DeclineReason, ProposalStatus
from service.access.actors import Actor
from service.errors import NotFound
from service.queries.json_lists import holds_any
from service.queries.needs import is_not_over, is_public

# What a volunteer has said, or has yet to say, themselves: the ranking leaves these needs alone.
ANSWERED = frozenset(ProposalStatus) - {ProposalStatus.PROPOSED, ProposalStatus.EXPIRED}
# What they said yes to, whatever the organisation made of it; and what a no to tells of their taste. Other
# reasons, too far or the wrong time, say nothing of it.
ACCEPTED = frozenset({ProposalStatus.ACCEPTED, ProposalStatus.RELEASED})
UNINTERESTED = frozenset({DeclineReason.NOT_INTERESTED, None})
NOTHING = Taste()
# Those that can still be taken off the list when their need is gone.
WAITING = (ProposalStatus.PROPOSED, ProposalStatus.SNOOZED)
SKILL_LEVELS = {"beginner": 1, "intermediate": 2, "expert": 3}
# A degree of latitude, a hair short; and what keeps a large circle far north from being cut off.
_KM_PER_DEGREE, _LEEWAY = 111.1, 0.9


def get_volunteer_for_ranking(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> Volunteer:
    """Get a volunteer for whom new proposals are made, locked: two rankings at once take turns.

    The caller has looked who asks. This lock comes before those of organisations, needs and proposals;
    it lets rows that point to the volunteer be added, for an acceptance adds one while it holds its need.
    """
    found: Volunteer | None = session.scalar(
        select(Volunteer)
        .where(Volunteer.id == volunteer_id, Volunteer.erased_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def get_person(session: Session, actor: Actor, volunteer: Volunteer) -> Person:
    """Put a volunteer into the form in which the ranking knows them, with the needs they answered."""
    answered = session.execute(
        select(Proposal.need_id, Proposal.status, Proposal.decline_reason, Need.causes, Need.organisation_id)
        .join(Need, Need.id == Proposal.need_id)
        .where(Proposal.volunteer_id == volunteer.id, Proposal.status.in_(ANSWERED))
    ).all()
    return person_answering(volunteer, answered)


def person_answering(volunteer: Volunteer, answered: Sequence[Any]) -> Person:
    """Put a volunteer into that form with rows of what they answered: need_id, status, causes and so on.

    A no for want of time or for the way is an answer, but says nothing of taste.
    """
    yes = [one for one in answered if one.status in ACCEPTED]
    no = [one for one in answered if one.status is ProposalStatus.DECLINED]
    unliked = [one for one in no if one.decline_reason in UNINTERESTED]
    return person_of(
        volunteer,
        (one.need_id for one in answered),
        accepted=Taste.of((one.causes, one.organisation_id) for one in yes),
        declined=Taste.of((one.causes, one.organisation_id) for one in unliked),
    )


def person_of(
    volunteer: Volunteer | Row[Any],
    answered: Iterable[uuid.UUID] = (),
    *,
    accepted: Taste = NOTHING,
    declined: Taste = NOTHING,
) -> Person:
    """Put a volunteer, or a row of their columns, into the form in which the ranking knows them."""
    return Person(
        id=volunteer.id,
        interests=volunteer.interests,
        causes=frozenset(volunteer.causes),
        skills=tuple((one["code"], SKILL_LEVELS.get(one["level"])) for one in volunteer.skills),
        languages=tuple((one["code"], one["level"]) for one in volunteer.languages),
        slots=volunteer.slots,
        latitude=volunteer.latitude,
        longitude=volunteer.longitude,
        radius_km=volunteer.radius_km,
        location_types=frozenset(volunteer.location_types),
        birth_date=volunteer.birth_date,
        answered=frozenset(answered),
        accepted=accepted,
        declined=declined,
        language=volunteer.language,
    )


def list_waiting_need_ids(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """List the needs that wait for this volunteer's answer."""
    return session.scalars(
        select(Proposal.need_id).where(Proposal.volunteer_id == volunteer_id, Proposal.status.in_(WAITING))
    ).all()


def list_published_needs(
    session: Session, actor: Actor, need_ids: Collection[uuid.UUID], *, at: datetime
) -> dict[uuid.UUID, NeedStatus]:
    """Say which of these needs are open or full now; all of them stay as they are until the commit.

    Locked in one order, organisations before needs, as everywhere.
    """
    if not need_ids:
        return {}
    organisation_ids = select(Need.organisation_id).where(Need.id.in_(need_ids))
    organisations = select(Organisation.id).where(Organisation.id.in_(organisation_ids))
    session.execute(organisations.order_by(Organisation.id).with_for_update(read=True)).all()
    published = and_(is_public(at), is_not_over(at)).label("published")
    needs = select(Need.id, Need.status, published).where(Need.id.in_(need_ids))
    rows = session.execute(needs.order_by(Need.id).with_for_update(read=True)).all()
    return {row.id: row.status for row in rows if row.published}


def lock_need_to_follow(
    session: Session, actor: Actor, need_id: uuid.UUID
) -> tuple[Organisation, Need] | None:
    """Find a need and its organisation as they are now, locked in the house's order: it may lose offers."""
    organisation_id = session.scalar(select(Need.organisation_id).where(Need.id == need_id))
    if organisation_id is None:
        return None
    now_ = {"populate_existing": True}
    organisation = session.get_one(
        Organisation, organisation_id, with_for_update={"read": True}, execution_options=now_
    )
    return organisation, session.get_one(Need, need_id, with_for_update=True, execution_options=now_)


def list_proposals_to_revise(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, need_ids: Collection[uuid.UUID]
) -> Sequence[Proposal]:
    """List a volunteer's waiting proposals, and all there are for these needs, locked as they are now."""
    return session.scalars(
        select(Proposal)
        .where(
            Proposal.volunteer_id == volunteer_id,
            or_(Proposal.status.in_(WAITING), Proposal.need_id.in_(need_ids)),
        )
        .order_by(Proposal.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def note_ranking(session: Session, actor: Actor, volunteer_id: uuid.UUID, *, at: datetime) -> None:
    """Note when proposals were last made; nothing of the profile has changed, nor does its version."""
    session.execute(
        update(Volunteer)
        .where(Volunteer.id == volunteer_id)
        .values(ranked_at=at)
        .execution_options(synchronize_session=False)
    )


def list_volunteers_concerned(
    session: Session, actor: Actor, need: Need, *, limit: int
) -> Sequence[uuid.UUID]:
    """List the volunteers whose proposals a need may change, those not ranked for the longest time first.

    They have it before them already, or it lies within their reach and they share a cause with it,
    where both name any. Those who wait with an account of their own come before all others.
    """
    has_it = Volunteer.id.in_(
        select(Proposal.volunteer_id).where(Proposal.need_id == need.id, Proposal.status.in_(WAITING))
    )
    suits = and_(_reaches(need), _shares_a_cause(need))
    return session.scalars(
        select(Volunteer.id)
        .where(or_(has_it, suits), Volunteer.erased_at.is_(None))
        .order_by(Volunteer.account_id.is_(None), Volunteer.ranked_at.asc().nulls_first(), Volunteer.id)
        .limit(limit)
    ).all()


def _shares_a_cause(need: Need) -> ColumnElement[bool]:
    if not need.causes:
        return true()
    return or_(Volunteer.causes == [], holds_any(Volunteer.causes, need.causes))


def _reaches(need: Need) -> ColumnElement[bool]:
    """Compare with a box around each volunteer, no smaller than their circle; the ranking is exact.

    It reaches whoever has not said where they are.
    """
    if need.location_type is LocationType.REMOTE:
        return true()
    anywhere = Volunteer.latitude.is_(None)
    if need.latitude is None or need.longitude is None:
        return anywhere
    narrower = math.cos(math.radians(need.latitude)) * _LEEWAY
    east = func.abs(Volunteer.longitude - need.longitude)
    within = and_(
        func.abs(Volunteer.latitude - need.latitude) * _KM_PER_DEGREE <= Volunteer.radius_km,
        or_(*(way * (narrower * _KM_PER_DEGREE) <= Volunteer.radius_km for way in (east, 360 - east))),
    )
    return or_(anywhere, within)
