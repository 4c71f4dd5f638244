"""Passwords: how they are hashed, and which ones are refused."""

from __future__ import annotations

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's smallest argon2id setting; one hash takes 19 MiB, so no more than two run at a time.
HASHER = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
AT_ONCE = BoundedSemaphore(2)
SHORTEST, LONGEST = 15, 256
# zxcvbn counts from 0 to 4; below 2, somebody who knows the service guesses it in hours.
WEAKEST = 2


def why_refused(password: str, *known: str) -> str | None:
    """Say why a password cannot be taken, as a code; None where it can.

    `known` are words an attacker would try first: the person's own name and address.
    """
    text = unicodedata.normalize("NFKC", password)
    if len(text) < SHORTEST:
        return "too_short"
    if len(text) > LONGEST:
        return "too_long"
    # zxcvbn is imported late: its word lists cost every process memory that most never use.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    return "too_common" if zxcvbn(text[:100], user_inputs=list(known))["score"] < WEAKEST else None


def hash_password(password: str) -> str:
    """Hash a password for keeping."""
    with AT_ONCE:
        return HASHER.hash(unicodedata.normalize("NFKC", password))


def password_fits(kept: str | None, password: str) -> bool:
    """Compare; where nothing is kept, take as long all the same."""
    with AT_ONCE:
        try:
            return HASHER.verify(kept or _nobody(), unicodedata.normalize("NFKC", password)) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


def wants_rehash(kept: str) -> bool:
    """Say whether the hash was made with older settings."""
    return HASHER.check_needs_rehash(kept)


@cache
def _nobody() -> str:
    return HASHER.hash("nobody has this password")
