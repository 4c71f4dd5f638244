"""Secrets: API tokens that carry their own check sum, hashes of what is kept, and the service's own key."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from service.config import Settings, SettingWrong

LEAST_KEY = 32
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SHAPE = re.compile(r"hw_([a-z]+)_([0-9A-Za-z]{8})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})")


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it is shown once, and the parts of it that are kept."""

    text: str
    short_id: str
    secret_hash: str


def make_token(kind: str) -> NewToken:
    """Make `hw_<kind>_<id8>_<secret43>_<crc6>`: 43 letters of 62 hold 256 bits."""
    short_id, secret = _letters(8), _letters(43)
    body = f"hw_{kind}_{short_id}_{secret}"
    return NewToken(f"{body}_{_check(body)}", short_id, digest(secret))


def read_token(text: str) -> tuple[str, str] | None:
    """Take (id8, SHA-256 of the secret) out of a token; None where it cannot be one of ours."""
    found = SHAPE.fullmatch(text)
    if found is None or _check(text.rpartition("_")[0]) != found[4]:
        return None
    return found[2], digest(found[3])


def make_secret() -> str:
    """Make 256 bits for a cookie or a mailed link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Hash what has 256 random bits already; slowness would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_key(settings: Settings) -> str:
    """Give the key that signs cookies: the one that is set, or the one kept in the secret key file.

    The first process that asks makes the file, readable by its owner only; all others read it.
    """
    if settings.secret_key:
        return settings.secret_key
    path = Path(settings.secret_key_file)
    if not path.exists():
        _keep_new_key(path)
    key = path.read_text(encoding="utf-8").strip()
    if len(key) < LEAST_KEY:
        raise SettingWrong(f"{path} holds no usable key; remove it, and a new one is made")
    return key


def _keep_new_key(path: Path) -> None:
    # Written whole under another name and then linked: nobody reads half a key, and the first one wins.
    with tempfile.NamedTemporaryFile("w", dir=path.absolute().parent, prefix=path.name) as file:
        file.write(make_secret() + "\n")
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)


def _letters(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def _check(body: str) -> str:
    # Tells a mistyped or cut token from a revoked one without asking the database.
    number, text = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        text += ALPHABET[rest]
    return text
