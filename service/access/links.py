"""Links out of a mail that work without signing in: signed, and good for one small thing only."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from service.access.secrets import secret_key
from service.config import Settings

PURPOSE = "notices.unsubscribe"


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """Whose mail ends, and of which kinds."""

    account_id: uuid.UUID
    kinds: tuple[str, ...]


def sign_unsubscribing(settings: Settings, account_id: uuid.UUID, kinds: Collection[str]) -> str:
    """Make the key of a link that ends mail of these kinds; it does not expire, as old mail does not."""
    return str(_serializer(settings).dumps([account_id.hex, *sorted(set(kinds))]))


def read_unsubscribing(settings: Settings, key: str) -> Unsubscribing | None:
    """Read such a key; None where it is not one of ours."""
    try:
        account, *kinds = _serializer(settings).loads(key)
        return Unsubscribing(uuid.UUID(account), tuple(str(one) for one in kinds))
    except (BadData, ValueError, TypeError, AttributeError):
        return None


def _serializer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(settings), salt=PURPOSE)
