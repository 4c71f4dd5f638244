"""Second factors: the codes that a device makes by the clock (TOTP, RFC 6238), and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime

from pyotp import TOTP
from pyotp.utils import strings_equal

from service.access.secrets import digest

# NIST and the authenticator programs of telephones agree on it.
STEP_SECONDS = 30
# A device's clock may be a little off: the step before and the one after are taken, too.
STEPS_OFF = 1
ISSUER = "Halfway"
# 160 bits, as RFC 4226 asks of a key.
KEY_BYTES = 20
# What cannot be mistaken for one another on paper: 16 of 32 signs hold 80 bits.
RECOVERY_SIGNS = "abcdefghijkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH, RECOVERY_GROUP, RECOVERY_CODES = 16, 4, 10


@dataclass(frozen=True, slots=True)
class SecondFactorRule:
    """What the service goes by: its own key, of which those of devices are made, and whether it insists."""

    key: str
    demanded: bool


def device_key(service_key: str, account_id: uuid.UUID, salt: str) -> str:
    """Make the key that a device and the service share; only its salt is kept."""
    message = f"second factor:{account_id}:{salt}".encode()
    made = hmac.new(service_key.encode(), message, hashlib.sha256).digest()
    return b32encode(made[:KEY_BYTES]).decode()


def device_address(key: str, email: str) -> str:
    """Give the otpauth address that a device's program takes up."""
    return TOTP(key).provisioning_uri(name=email, issuer_name=ISSUER)


def find_step(key: str, code: str, last_step: int | None, *, at: datetime) -> int | None:
    """Say of which 30 seconds a code is; None where it is wrong, too old, or not newer than the last one."""
    now = int(at.timestamp()) // STEP_SECONDS
    typed = code.replace(" ", "")
    fitting = [
        step
        for step in range(now - STEPS_OFF, now + STEPS_OFF + 1)
        if strings_equal(TOTP(key).generate_otp(step), typed) and (last_step is None or step > last_step)
    ]
    return fitting[0] if fitting else None


def make_recovery_codes() -> list[str]:
    """Make the codes that a person keeps on paper."""
    return [
        "-".join(
            "".join(secrets.choice(RECOVERY_SIGNS) for _ in range(RECOVERY_GROUP))
            for _ in range(RECOVERY_LENGTH // RECOVERY_GROUP)
        )
        for _ in range(RECOVERY_CODES)
    ]


def digest_recovery_code(code: str) -> str:
    """Hash a recovery code, however it was typed."""
    return digest("".join(code.split()).replace("-", "").casefold())
