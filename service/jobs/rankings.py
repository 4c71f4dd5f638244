"""Nightly steps of the ranking: learning a new model."""

from __future__ import annotations

import logging
from datetime import datetime

from service.access.actors import WORKER
from service.jobs.tools import Tools
from service.operations.rankings import train_by_night

log = logging.getLogger(__name__)


def train(tools: Tools, at: datetime) -> None:
    """Learn a model where enough lists have come, and propose it, or use it if the settings say so."""
    use_at_once = bool(tools.settings.use_trained_ranking)
    outcome = train_by_night(tools.sessions, WORKER, use_at_once=use_at_once, at=at)
    if outcome is None:
        log.info("too few new lists to learn a ranking from")
    elif outcome.version is None:
        log.info("a ranking was learnt and refused: it is worse than %s", outcome.against)
    else:
        log.info("ranking %s was learnt%s", outcome.version, " and is in use" if use_at_once else "")
