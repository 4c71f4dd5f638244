"""Places: how a need comes to have more or fewer of them, while volunteers hold some."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Need
from models.needs import NeedStatus
from service.access.actors import Actor
from service.errors import N_, FieldError, Refusal
from service.i18n import say_count
from service.queries.places import add_places, list_place_numbers, remove_free_places

TOO_FEW = N_("Volunteers hold more places than that.")


def change_places(session: Session, actor: Actor, need: Need, places: int) -> None:
    """Give a need whose lock is held more places, or take free ones away, those with high numbers first.

    Held places stay, whatever their numbers (I-03); `places_held` where more are held than would remain.
    A full need with a free place is open again, and an open one without is full.
    """
    if places < need.places_taken:
        raise places_held(actor, need.places_taken)
    if places > need.places:
        used = set(list_place_numbers(session, actor, need.id))
        # Numbers may have gaps where free places were taken away; `places` of them are always enough.
        unused = [one for one in range(1, need.places + places + 1) if one not in used]
        add_places(session, actor, need.id, unused[: places - need.places])
    elif places < need.places:
        free = list_place_numbers(session, actor, need.id, free=True)
        remove_free_places(session, actor, need.id, free[places - need.places :])
    need.places = places
    if need.status is NeedStatus.OPEN and not need.places_left:
        need.status = NeedStatus.FULL
    elif need.status is NeedStatus.FULL and need.places_left:
        need.status = NeedStatus.OPEN


def places_held(actor: Actor, held: int) -> Refusal:
    """Say how many places are held, where there were to be fewer."""
    detail = say_count(
        actor.language,
        "%(count)s volunteer holds a place; there cannot be fewer places.",
        "%(count)s volunteers hold a place; there cannot be fewer places.",
        held,
    )
    return Refusal("places_held", detail, (FieldError("places", "places_held", TOO_FEW),))
