"""The nightly step that tells what exposure is worth."""

from __future__ import annotations

import logging
from datetime import datetime

from service.access.actors import WORKER
from service.jobs.tools import Tools
from service.operations.pricing import price_needs

log = logging.getLogger(__name__)


def price(tools: Tools, at: datetime) -> None:
    """Tell the prices of all open needs."""
    found = price_needs(tools.sessions, WORKER, spread=tools.settings.spread, at=at)
    log.info("exposure of %d needs was priced, with a weight of %.2f", len(found.rows), found.weight)
