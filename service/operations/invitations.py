"""Invitations: sent by an organisation in the dark, delivered by a job, decided like any other proposal.

The coordinator's request looks only at what the coordinator knows: the need, and whether the way is a
valid one. Whom it reaches, and whether, is the job's to find out; so neither the answer nor the time that
it takes can tell whether somebody has declined, does not suit, takes no invitations, or has left.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from matching.ranking import Match, consider
from models import Invitation, Proposal, Volunteer
from models.errors import NotPossible
from models.needs import NeedStatus
from models.proposals import INVITED, ProposalOrigin, ProposalStatus
from service.access.actors import Actor
from service.errors import N_, FieldError, Invalid, NotFound
from service.operations.events import record_event
from service.operations.jobs import order_job
from service.operations.proposal_steps import must_be_open
from service.operations.proposing import as_kept
from service.operations.share_codes import hash_share_code
from service.queries.candidates import get_person, get_volunteer_for_ranking, list_published_needs
from service.queries.invitations import (
    count_invitations,
    find_invitation,
    find_invitation_settings,
    find_invited,
    find_placement_at,
    find_proposal_of,
    find_share_code,
    get_invitation_to_deliver,
    get_need_to_invite,
    was_invited,
)
from service.queries.openings import index_one_need, list_open_needs
from service.queries.rankings import get_ranking
from service.queries.texts import add_meaning

Fields = Mapping[str, Any]
DAY = timedelta(days=1)
MOST_A_DAY = 100
# What the volunteer has not decided yet; all else is their answer, and is left alone.
WAITING = (ProposalStatus.PROPOSED, ProposalStatus.SNOOZED)


def send_invitation(
    session: Session, actor: Actor, need_id: uuid.UUID, fields: Fields, *, at: datetime
) -> Invitation:
    """Invite whoever is behind a placement there, or a share code; `fields` are those of `InvitationNew`.

    What was sent in the very same way before is not sent again, and answered alike.
    """
    organisation, need = get_need_to_invite(session, actor, need_id)
    must_be_open(organisation, need, at)
    placement_id, share_code_id = _way(session, actor, organisation.id, fields, at)
    kept = find_invitation(session, actor, need_id, placement_id, share_code_id)
    if kept is not None:
        return kept
    if count_invitations(session, actor, organisation.id, since=at - DAY) >= MOST_A_DAY:
        raise NotPossible("invitations_spent")
    invitation = Invitation(
        id=uuid.uuid4(),
        need_id=need_id,
        organisation_id=organisation.id,
        placement_id=placement_id,
        share_code_id=share_code_id,
    )
    session.add(invitation)
    session.flush()
    record_event(
        session, actor, "invitation.sent", invitation.id, at=at,
        centre_id=organisation.centre_id, need_id=need_id, organisation_id=organisation.id,
    )  # fmt: skip
    order_job(session, actor, "invitations.deliver", {"invitation_id": str(invitation.id)}, at=at)
    return invitation


def _way(
    session: Session, actor: Actor, organisation_id: uuid.UUID, fields: Fields, at: datetime
) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """Say by which placement or which share code; of a code that is ended, expired or another's, nothing."""
    placement_id, code = fields.get("placement_id"), fields.get("share_code")
    if (placement_id is None) == (code is None):
        message = N_("Name either a placement or a share code.")
        raise Invalid(FieldError("placement_id" if code is None else "share_code", "one_of_two", message))
    if placement_id is not None:
        if find_placement_at(session, actor, placement_id, organisation_id) is None:
            raise NotFound
        return placement_id, None
    known = find_share_code(session, actor, hash_share_code(str(code)))
    if known is None or not known.opens(organisation_id, at):
        raise Invalid(FieldError("share_code", "unknown", N_("This code opens nothing, or not any more.")))
    return None, known.id


def deliver_invitation(session: Session, actor: Actor, invitation_id: uuid.UUID, *, at: datetime) -> None:
    """Bring an invitation to its volunteer, once for each need, where they take invitations; a job does."""
    invitation = get_invitation_to_deliver(session, actor, invitation_id)
    volunteer_id = find_invited(session, actor, invitation) if invitation else None
    if invitation is None or volunteer_id is None:
        return
    volunteer = get_volunteer_for_ranking(session, actor, volunteer_id)
    wishes = find_invitation_settings(session, actor, volunteer_id)
    need_id = invitation.need_id
    if wishes is not None and not wishes.lets_in(invitation.organisation_id):
        return
    published = list_published_needs(session, actor, [need_id], at=at)
    if was_invited(session, actor, volunteer_id, need_id) or need_id not in published:
        return
    proposal, news = _propose(session, actor, volunteer, need_id, published[need_id], at)
    invitation.reach(volunteer_id, at)
    # In nobody's log: that it came would be seen in an organisation's, and that it did not, too.
    record_event(
        session, actor, "invitation.reached", invitation.id, at=at,
        need_id=need_id, proposal_id=proposal.id if proposal and news else None,
    )  # fmt: skip
    session.flush()


def _propose(
    session: Session, actor: Actor, volunteer: Volunteer, need_id: uuid.UUID, status: NeedStatus, at: datetime
) -> tuple[Proposal | None, bool]:
    """Make or mark the proposal; say whether it waits for the volunteer's answer now.

    Nothing where they have answered, nor where the need does not suit them: what a ranking may never
    propose, an invitation may not either (I-25).
    """
    proposal = find_proposal_of(session, actor, volunteer.id, need_id)
    if proposal is not None and proposal.status in WAITING:
        proposal.invite()
        return proposal, proposal.status is ProposalStatus.PROPOSED
    if status is not NeedStatus.OPEN or (proposal and proposal.status is not ProposalStatus.EXPIRED):
        return proposal, False
    model = get_ranking(session, actor, at=at).model
    person = add_meaning(session, actor, get_person(session, actor, volunteer))
    index = list_open_needs(session, actor, at=at)
    if not index.marked([need_id]).any():
        index = index_one_need(session, actor, need_id)
    if index.explain_ineligible(person, need_id, at):
        return proposal, False
    match = consider(person, index, need_id, model, at=at)
    before = proposal.status if proposal else None
    if proposal is None:
        proposal = _make(volunteer.id, match, model.version)
        session.add(proposal)
    else:
        proposal.propose_again(match.score, as_kept(match), model.version)
        proposal.invite()
    record_event(
        session, actor, "proposal.proposed", proposal.id, at=at, centre_id=volunteer.centre_id,
        from_state=before, to_state=proposal.status, need_id=need_id,
    )  # fmt: skip
    return proposal, True


def _make(volunteer_id: uuid.UUID, match: Match, model: str) -> Proposal:
    return Proposal(
        id=uuid.uuid4(),
        volunteer_id=volunteer_id,
        need_id=match.need_id,
        status=ProposalStatus.PROPOSED,
        origin=ProposalOrigin.INVITATION,
        score=match.score,
        reasons=[INVITED, *as_kept(match)],
        model=model,
    )
