"""What each side sees: no byte of a volunteer before they accepted there, nor after it ended (I-10)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from models.introductions import IntroductionStatus
from service.access.actors import Actor
from service.db import unit_of_work
from service.queries.introductions import list_introductions_of_organisation
from service.queries.placements import list_placements_of_need
from service.schemas.introductions import show_introduction
from service.schemas.placements import PlacementShown, as_coordinator_sees
from tests.life.town import CANARIES, LIVE, MINOR

if TYPE_CHECKING:
    from tests.life.machine import World


def look(world: World, written: Sequence[str]) -> None:
    """Look with each coordinator's eyes at what a step has written."""
    if not {"placements", "introductions"} & set(written):
        return
    side = world.sides[world.number % len(world.sides)]
    with unit_of_work(side.sessions, at=world.at, readonly=True) as session:
        for organisation_id, coordinator in world.town.coordinators.items():
            for view in _views(session, coordinator, organisation_id, world):
                must_not_show(world, view, others_than(world, met_by(world, organisation_id)))


def _views(session: Session, actor: Actor, organisation_id: uuid.UUID, world: World) -> Iterator[str]:
    needs = {one.need_id for one in world.rows["placements"].values() if one.updated_at == world.at}
    for need in world.list("needs", organisation_id=organisation_id):
        if need.id in needs:
            found = list_placements_of_need(session, actor, need.id, limit=100).items
            shown = [as_coordinator_sees(one.placement, one.volunteer, at=world.at) for one in found]
            yield _text(PlacementShown(many=True).dump(shown))
    if not any(one.updated_at == world.at for one in world.rows["introductions"].values()):
        return
    waiting = [IntroductionStatus.ASKED, IntroductionStatus.BOOKED]
    asked = list_introductions_of_organisation(session, actor, [organisation_id], status=waiting).items
    yield _text(
        [
            show_introduction(one.introduction, one.need, one.organisation, one.slot, own=False)
            for one in asked
        ]
    )


def _text(found: list[Any]) -> str:
    return json.dumps(found, default=str, ensure_ascii=False)


def met_by(world: World, organisation_id: uuid.UUID) -> set[uuid.UUID]:
    """Say which volunteers an organisation sees: who holds a place there now."""
    needs = {one.id for one in world.list("needs", organisation_id=organisation_id)}
    return {one.volunteer_id for one in world.list("placements", *LIVE) if one.need_id in needs}


def others_than(world: World, met: set[uuid.UUID]) -> list[str]:
    """List every word that only those bear who are not met; of a minor who is met, the address."""
    words = []
    for number, name in enumerate(CANARIES):
        volunteer = world.rows["volunteers"][world.town.volunteers[number].volunteer_id]
        mail = f"{name.casefold()}@"
        if volunteer.id not in met:
            words += [name, mail, *_ids(world, volunteer)]
        elif number == MINOR:
            words.append(mail)
    return words


def _ids(world: World, volunteer: SimpleNamespace) -> list[str]:
    proposals = [one.id for one in world.list("proposals", volunteer_id=volunteer.id)]
    return [str(one) for one in (volunteer.id, volunteer.account_id, *proposals) if one]


def must_not_show(world: World, text: str, words: list[str]) -> None:
    """Find none of these words, however they are written."""
    folded = text.casefold()
    for word in words:
        assert word.casefold() not in folded, f"{word} can be seen: {text}"
