"""The list of jobs: which function runs an order of which kind."""

from __future__ import annotations

from service.jobs import accounts
from service.jobs.tools import Run

JOBS: dict[str, Run] = {
    "accounts.mail_confirmation": accounts.mail_confirmation,
    "accounts.mail_known": accounts.mail_known,
    "accounts.mail_take_over": accounts.mail_take_over,
}
