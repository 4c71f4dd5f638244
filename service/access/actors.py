"""Actors: whoever asks for something, as every operation and query is told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.errors import NotAllowed, NotFound


class ActorKind(StrEnum):
    """Who can ask."""

    ANYONE = "anyone"
    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"
    STAFF = "staff"
    OPERATOR = "operator"
    CENTRE = "centre"
    WORKER = "worker"


PERSONS = frozenset({ActorKind.VOLUNTEER, ActorKind.COORDINATOR, ActorKind.STAFF, ActorKind.OPERATOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, for whom they may speak, and in which language they read."""

    kind: ActorKind
    language: str = "en"
    account_id: uuid.UUID | None = None
    volunteer_id: uuid.UUID | None = None
    centre_id: uuid.UUID | None = None
    organisation_ids: frozenset[uuid.UUID] = frozenset()
    scopes: frozenset[str] = frozenset()
    token_id: uuid.UUID | None = None
    token_used_on: date | None = None

    @property
    def id(self) -> uuid.UUID | None:
        """Say by which id events remember this actor: the person, or the centre."""
        return self.account_id or self.centre_id

    @property
    def caller(self) -> str:
        """Name the caller for what is counted or remembered for each of them."""
        return f"{self.kind}:{self.id}"

    def must_be_volunteer(self, volunteer_id: uuid.UUID) -> None:
        """Let only that volunteer through; to anyone else the thing does not exist."""
        if self.kind is not ActorKind.VOLUNTEER:
            raise NotAllowed
        if self.volunteer_id != volunteer_id:
            raise NotFound

    def writes_for(self, organisation_id: uuid.UUID, centre_id: uuid.UUID) -> bool:
        """Say whether the actor may write for that organisation of that centre."""
        if self.kind is ActorKind.COORDINATOR:
            return organisation_id in self.organisation_ids
        return self.of_centre(centre_id)

    def of_centre(self, centre_id: uuid.UUID | None) -> bool:
        """Say whether the actor is the centre's staff or system, or an operator's command."""
        if self.kind is ActorKind.WORKER:
            return True
        return self.kind in (ActorKind.STAFF, ActorKind.CENTRE) and (
            centre_id is not None and self.centre_id == centre_id
        )


ANYONE = Actor(ActorKind.ANYONE)
# Jobs and an operator's commands act for the service itself; it decides nothing for a volunteer.
WORKER = Actor(ActorKind.WORKER)
