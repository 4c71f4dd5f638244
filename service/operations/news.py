"""News: what a kind of notice says, and to whom; the shape of what tells of an event."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from models import Event
from models.notices import NoticeKind
from service.access.actors import Actor
from service.queries.notice_recipients import Recipient


@dataclass(frozen=True, slots=True)
class News:
    """What a kind of notice says, and to whom."""

    kind: NoticeKind
    recipients: Sequence[Recipient]
    need_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    body: dict[str, Any] = field(default_factory=dict)
    # Once until it is read or mailed: one who enters a month of hours is told of once.
    gathers: bool = False


Teller = Callable[[Session, Actor, Event], Iterable[News]]
