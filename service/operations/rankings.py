"""The ranking's life: learning a model from what volunteers saw and took, and putting one into use."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from matching.model_files import BrokenModel, from_bytes, manifest_of, to_bytes
from models.rankings import RULES_VERSION, RankingModel, RankingUse
from service.access.actors import Actor, ActorKind
from service.db import Sessions, unit_of_work
from service.errors import NotAllowed
from service.operations.events import record_event
from service.queries.ranked_lists import count_seen_lists, get_shown
from service.queries.rankings import (
    count_models_like,
    find_newest_model,
    get_ranking,
    get_ranking_model,
    get_version_in_use,
)

if TYPE_CHECKING:
    from matching.training import Trained

#: So many lists must have come since the last model for a night to learn a new one.
LISTS_FOR_A_NIGHT = 500


class TooFewLists(Exception):
    """There are too few lists with a yes to learn from and to judge by."""


class UnusableModel(Exception):
    """A kept model cannot be put into use, for the reason named."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What training came to: its measures, and the version under which the model is kept; None: refused."""

    trained: Trained
    against: str
    version: str | None


def train_ranking(sessions: Sessions, actor: Actor, *, at: datetime) -> Outcome:
    """Learn a model from all lists that were seen, and keep it if it is not worse than the one in use.

    It reads in one transaction, learns in none, and keeps the model in another: nobody waits for it. The
    model is a candidate until it is put into use. Raises TooFewLists.
    """
    # scikit-learn takes a second to import, and only training needs it: no web worker ever does.
    from matching import training  # noqa: PLC0415
    from matching.card import numbers_of, write_card  # noqa: PLC0415

    _must_run_the_service(actor)
    with unit_of_work(sessions, readonly=True) as session:
        shown, in_use = get_shown(session, actor, at=at), get_ranking(session, actor, at=at)
    try:
        trained = training.train(shown, in_use.model, "candidate")
    except training.TooFewLists:
        raise TooFewLists from None
    against = in_use.model.version
    if trained.is_worse:
        return Outcome(trained, against, None)
    with unit_of_work(sessions, at=at) as session:
        named = trained.named(_next_version(session, actor, at))
        arrays = to_bytes(named.model)
        manifest = manifest_of(
            named.model,
            arrays,
            trained_at=at.astimezone(UTC).isoformat(),
            lists=named.lists,
            answered=named.answered,
            pull=named.pull,
            trees=named.trees,
            metrics=numbers_of(named.judged),
            against={"version": against, "metrics": numbers_of(named.against)},
        )
        card = write_card(named, against=against, at=at)
        kept = RankingModel(
            id=uuid.uuid4(),
            version=named.model.version,
            trained_at=at,
            manifest=manifest,
            arrays=arrays,
            card=card,
        )
        session.add(kept)
        record_event(session, actor, "ranking.trained", kept.id, at=at, version=kept.version)
        return Outcome(named, against, kept.version)


def _next_version(session: Session, actor: Actor, at: datetime) -> str:
    day = f"learned-{at.astimezone(UTC):%Y%m%d}-"
    return f"{day}{count_models_like(session, actor, day) + 1}"


def use_ranking(session: Session, actor: Actor, version: str, *, at: datetime) -> None:
    """Put a version into use, or the rules again; all machines notice with their next proposals.

    Raises UnusableModel where it is broken, NotFound where there is none.
    """
    _must_run_the_service(actor)
    subject = uuid.UUID(int=0)
    if version != RULES_VERSION:
        model = get_ranking_model(session, actor, version)
        subject = model.id
        try:
            from_bytes(model.arrays, model.manifest)
        except BrokenModel as broken:
            raise UnusableModel(str(broken)) from None
    if get_version_in_use(session, actor) == version:
        return
    session.add(RankingUse(version=version, begun_at=at, begun_by=actor.account_id))
    record_event(session, actor, "ranking.used", subject, at=at, version=version)


def train_by_night(sessions: Sessions, actor: Actor, *, use_at_once: bool, at: datetime) -> Outcome | None:
    """Learn a new model if enough lists have come since the last one, and propose it; None where not.

    It stays a candidate for somebody to look at, unless the service is set to use it at once.
    """
    with unit_of_work(sessions, readonly=True) as session:
        newest = find_newest_model(session, actor)
        since = newest.trained_at if newest else None
        if count_seen_lists(session, actor, since=since, at=at) < LISTS_FOR_A_NIGHT:
            return None
    try:
        outcome = train_ranking(sessions, actor, at=at)
    except TooFewLists:
        return None
    if use_at_once and outcome.version is not None:
        with unit_of_work(sessions, at=at) as session:
            use_ranking(session, actor, outcome.version, at=at)
    return outcome


def _must_run_the_service(actor: Actor) -> None:
    if actor.kind is not ActorKind.WORKER:
        raise NotAllowed
