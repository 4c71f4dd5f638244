"""Reading which ranking is in use: the model itself, or the rules where it cannot be used.

Every process keeps the model that it has read. Each use asks which version is meant, which is one quick
statement, and every minute the model is read and checked anew: what is put into use, and what breaks, is
noticed on all machines without a restart.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from matching.model import Model, rule_model
from matching.model_files import BrokenModel, from_bytes
from models.rankings import RULES_VERSION, RankingModel, RankingUse
from service.access.actors import Actor
from service.errors import NotFound

log = logging.getLogger(__name__)
READ_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The version that is meant, the model that ranks, and what is wrong where it is not that version's."""

    version: str
    model: Model
    problem: str | None = None


@dataclass
class Kept:
    """What this process has read, and when."""

    ranking: Ranking
    read_at: datetime


_KEPT: WeakKeyDictionary[Engine | Connection, Kept] = WeakKeyDictionary()
_LOCK = threading.Lock()


def get_ranking(session: Session, actor: Actor, *, at: datetime) -> Ranking:
    """Give the ranking in use; it is the same for all who ask."""
    version = get_version_in_use(session, actor)
    session.connection()
    with _LOCK:
        kept = _KEPT.get(session.get_bind())
    if kept is None or kept.ranking.version != version or abs(at - kept.read_at) >= READ_AGAIN_AFTER:
        ranking = _read(session, version)
        if ranking.problem and (kept is None or kept.ranking.problem != ranking.problem):
            log.error("ranking %s cannot be used, the rules rank: %s", version, ranking.problem)
        kept = Kept(ranking, at)
        with _LOCK:
            _KEPT[session.get_bind()] = kept
    return kept.ranking


def get_version_in_use(session: Session, actor: Actor) -> str:
    """Say which version is meant to rank: "rules" until a model is put into use."""
    version = session.scalar(select(RankingUse.version).order_by(RankingUse.number.desc()).limit(1))
    return version or RULES_VERSION


def _read(session: Session, version: str) -> Ranking:
    if version == RULES_VERSION:
        return Ranking(version, rule_model())
    row = session.execute(
        select(RankingModel.manifest, RankingModel.arrays).where(RankingModel.version == version)
    ).one_or_none()
    if row is None:
        return Ranking(version, rule_model(), "it is not there")
    try:
        model = from_bytes(row.arrays, row.manifest)
    except BrokenModel as broken:
        return Ranking(version, rule_model(), str(broken))
    if model.version != version:
        return Ranking(version, rule_model(), "it is another version's")
    return Ranking(version, model)


def list_ranking_models(session: Session, actor: Actor) -> Sequence[RankingModel]:
    """List all models, the newest first."""
    return session.scalars(
        select(RankingModel).order_by(RankingModel.trained_at.desc(), RankingModel.version.desc())
    ).all()


def get_ranking_model(session: Session, actor: Actor, version: str) -> RankingModel:
    """Get a model by its version; NotFound where there is none."""
    found = session.scalar(select(RankingModel).where(RankingModel.version == version))
    if found is None:
        raise NotFound
    return found


def find_newest_model(session: Session, actor: Actor) -> RankingModel | None:
    """Find the model that was learnt last."""
    newest = RankingModel.trained_at.desc(), RankingModel.version.desc()
    return session.scalar(select(RankingModel).order_by(*newest).limit(1))


def count_models_like(session: Session, actor: Actor, beginning: str) -> int:
    """Count the models whose version begins so."""
    alike = RankingModel.version.startswith(beginning, autoescape=True)
    return session.scalar(select(func.count()).select_from(RankingModel).where(alike)) or 0
