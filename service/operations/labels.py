"""Labels: four signs by which an organisation knows somebody again without knowing them."""

from __future__ import annotations

import secrets
import uuid

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.queries.introductions import find_label

# No 0 and O, no 1 and I: it is read aloud.
LABEL_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def label_of(session: Session, actor: Actor, proposal_id: uuid.UUID) -> str:
    """Give the label that a proposal bears in what its volunteer asks or writes, or draw one by lot."""
    return find_label(session, actor, proposal_id) or draw(4)


def draw(signs: int) -> str:
    """Draw so many signs by lot."""
    return "".join(secrets.choice(LABEL_SIGNS) for _ in range(signs))
