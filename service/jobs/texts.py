"""Jobs about what texts mean: embedding them, and estimating the means of languages by night.

The model is loaded by the first text, in the worker that runs the job, and stays there; web workers never
load it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from matching.embedding import embed
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.jobs.tools import Tools
from service.operations.text_orders import order_embedding
from service.operations.texts import estimate_means, keep_texts
from service.queries.texts import Due, forget_all_vectors, list_texts_due

log = logging.getLogger(__name__)
# Looked at by one job; and embedded, a few at once, for so long: well below its lease on a busy machine, too.
LOOKED_AT, AT_ONCE, EMBED_SECONDS = 500, 4, 10.0


def order_texts(tools: Tools) -> None:
    """See to it that what has no vector yet gets one: a setting or a model may be new."""
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        order_embedding(session, WORKER, at=at)


def embed_texts(tools: Tools, _payload: dict[str, Any]) -> bool:
    """Embed some of the texts that are new or changed; where more remain, order that, behind what waits.

    Each batch is kept at once: a run that is killed leaves the rest to the next. The same text is
    never embedded twice.
    """
    if tools.settings.text == "plain":
        with unit_of_work(tools.sessions, at=now()) as session:
            forget_all_vectors(session, WORKER)
        return False
    if not tools.settings.embeds_texts:
        return False
    with unit_of_work(tools.sessions, readonly=True) as session:
        due = list_texts_due(session, WORKER, limit=LOOKED_AT)
    if not due:
        return False
    vectors = _embed_some([one for one in due if one.digest != one.embedded])
    same = {one: None for one in due if one.digest == one.embedded}
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        keep_texts(session, WORKER, {**same, **vectors}, at=at)
        order_embedding(session, WORKER, at=at)
    log.info("%d texts embedded, %d were as before", len(vectors), len(same))
    return False


def _embed_some(changed: Sequence[Due]) -> dict[Due, bytes]:
    vectors: dict[Due, bytes] = {}
    until = time.monotonic() + EMBED_SECONDS
    for first in range(0, len(changed), AT_ONCE):
        some = changed[first : first + AT_ONCE]
        vectors |= zip(some, embed([one.text for one in some]), strict=True)
        if time.monotonic() >= until:
            break
    return vectors


def estimate(tools: Tools, at: datetime) -> None:
    """Estimate the means of languages anew, and have embedded what may have been missed."""
    order_texts(tools)
    if tools.settings.text != "plain":
        texts = estimate_means(tools.sessions, WORKER, at=at)
        log.info("means of languages estimated, by texts: %s", texts)
