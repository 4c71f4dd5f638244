"""Recording what happened: one row for each change of state, in the transaction of the change.

Whom it concerns is told of it in the same transaction (service/operations/notices.py).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Event
from service.access.actors import Actor
from service.operations.notices import tell

# Every fact there is, and what it means; docs/events.md is checked against this table.
EVENTS: dict[str, str] = {
    "account.added": "somebody signed up, or an operator added them",
    "account.confirmed": "a person proved that the address is theirs",
    "account.taken_over": "a volunteer brought by a centre made the account their own",
    "account.password_changed": "a person chose another password, knowing the old one",
    "account.password_reset": "a person chose a new password by a mailed link, having forgotten the old one",
    "account.address_changed": "a person proved that another address is theirs, and signs in with it",
    "address_change.asked": "a person asked to sign in with another address; nothing has changed yet",
    "second_factor.added": "a person set up a device that makes codes; it is asked for from now on",
    "second_factor.removed": "a person, or an operator for them, took the second factor away",
    "second_factor.shown": "a person showed a code of their device when signing in",
    "second_factor.recovered": "a person used one of their recovery codes instead of the device",
    "second_factor.codes_renewed": "a person made new recovery codes; the old ones open nothing any more",
    "session.opened": "a person signed in to the pages",
    "session.closed": "a person signed out, or the session was ended",
    "token.issued": "a token was made",
    "token.revoked": "a token was ended before its time",
    "centre.added": "an operator added a volunteer centre",
    "organisation.added": "an organisation came in, unverified",
    "organisation.changed": "what is said about an organisation changed",
    "organisation.verified": "its centre vouches for an organisation",
    "organisation.suspended": "its centre took an organisation off everywhere",
    "need.added": "a need came in",
    "need.changed": "what is said about a need changed; the body names the fields",
    "need.published": "a need was opened",
    "need.filled": "the last place of a need was taken, or is over",
    "need.reopened": "a place of a full need came free, or was added, and nobody waited for it",
    "need.closed": "a need was taken off the lists; those who hold places keep them",
    "need.completion_due": "the dates of a need have passed, and some of its placements are not completed",
    "need.hours_waiting": "hours given to a need have waited for the organisation's word for a week",
    "need.cancelled": "a need will not happen; the body says how many hold a place",
    "shift.added": "a need was given a shift",
    "shift.changed": "a shift was moved, or its places changed; the body names the fields, and when it was",
    "shift.filled": "the last place of a shift was taken",
    "shift.reopened": "a place of a full shift came free, or was added",
    "shift.cancelled": "a shift will not take place; the body says how many held a place",
    "volunteer.added": "a centre brought a volunteer",
    "volunteer.changed": "a profile changed; the body names the fields, not what they say",
    "volunteer.erased": "a volunteer left; nothing else is kept that is about them",
    "proposal.proposed": "a need was put before a volunteer",
    "proposal.accepted": "the volunteer said yes",
    "proposal.declined": "the volunteer said no",
    "proposal.waitlisted": "the volunteer waits for a place of a full need",
    "proposal.offered": "a place came free, and is kept for the first who waited, until they decide",
    "proposal.snoozed": "the volunteer said not now",
    "proposal.woken": "the time of a not-now came, or the volunteer answered before it",
    "proposal.chosen": "the volunteer took up a need that they found by themselves",
    "proposal.reconsidered": "the volunteer took a no back",
    "proposal.withdrawn": "the volunteer took a yes back, or waits no more",
    "proposal.released": "the organisation let the volunteer go",
    "proposal.expired": "the need went or no longer fits, or an offer's date passed; the body may say why",
    "introduction.asked": "a volunteer asked an organisation a question; no log says who",
    "introduction.answered": "the organisation answered a question",
    "introduction.reminded": "a question has waited so many days, and its organisation was reminded",
    "introduction.booked": "a volunteer took a visit or a call that the organisation offers",
    "introduction.cancelled": "one of the two said that a question, a visit or a call will not be",
    "invitation.sent": "an organisation invited whoever is behind a placement there, or a share code",
    "invitation.reached": "an invitation came to its volunteer; no log says so",
    "share_code.made": "a volunteer made a code by which an organisation can invite them",
    "share_code.ended": "a volunteer ended such a code before its time",
    "invitation_settings.changed": "a volunteer chose from whom they take invitations",
    "message.sent": "a volunteer or an organisation wrote to the other; no log says who, nor what",
    "introduction_slot.offered": "an organisation offered a time for a visit or a call",
    "introduction_slot.cancelled": "an organisation took an offered time back",
    "placement.held": "a volunteer holds a place",
    "placement.confirmed": "the organisation counts on the volunteer",
    "placement.completed": "what was promised has been done; or a no-show was taken back",
    "placement.no_show": "the organisation says that the volunteer did not come; the words stay behind",
    "placement.no_show_answered": "the volunteer said how it was",
    "placement.asked_again": "date, place or task changed; who holds the place is asked whether they stay",
    "placement.reconfirmed": "the volunteer stays, as it is now",
    "placement.withdrawn": "the volunteer gave the place back",
    "placement.released": "the organisation let the volunteer go; the reason stays with the placement",
    "placement.shifts_changed": "a volunteer gave shifts of a placement back, or took others",
    "hours.entered": "a volunteer said how long they were there",
    "hours.changed": "they mended it before anybody had answered",
    "hours.removed": "they took it back before anybody had answered",
    "hours.confirmed": "the organisation says that it was so; or the volunteer that its correction is right",
    "hours.corrected": "the organisation says how long it was, and why; the words stay behind",
    "hours.disputed": "the volunteer says that it was otherwise; the words stay behind",
    "feedback.given": "one side said how a placement was; the body says which, not what it said",
    "feedback.changed": "it said it otherwise, before the other side had read it",
    "record.issued": "a volunteer was issued a record of what they have given",
    "record.revoked": "they took it back; its code tells nobody anything any more",
    "calendar.renewed": "a volunteer made a key to their calendar; the one before opens nothing any more",
    "calendar.ended": "a volunteer ended the key to their calendar",
    "notice_settings.changed": "what a person is told by mail, or when, changed; by them or by a mail's link",
    "ranking.trained": "a ranking was learnt; the body names its version",
    "ranking.used": "a ranking was put into use; the body names its version",
    "import.started": "a centre brought a file; its rows are kept, and wait",
    "import.begun": "the first rows of a file are brought in",
    "import.finished": "every row of a file is accounted for",
}


def record_event(
    session: Session,
    actor: Actor,
    name: str,
    subject_id: uuid.UUID,
    *,
    at: datetime,
    centre_id: uuid.UUID | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    **body: Any,
) -> Event:
    """Record a fact of `EVENTS`; what stands before the dot is the subject's kind.

    `body` holds ids, codes and names of fields, never personal data: events leave the service.
    """
    if name not in EVENTS:
        message = f"there is no event {name!r}: say in EVENTS what it means"
        raise KeyError(message)
    event = Event(
        at=at,
        name=name,
        centre_id=centre_id,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        subject_kind=name.partition(".")[0],
        subject_id=subject_id,
        from_state=from_state,
        to_state=to_state,
        body={key: str(value) for key, value in body.items() if value is not None},
    )
    session.add(event)
    tell(session, actor, event)
    return event
