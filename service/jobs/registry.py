"""The list of jobs: which function runs an order of which kind."""

from __future__ import annotations

from service.jobs import accounts, imports, proposals
from service.jobs.tools import Run, in_one_transaction

JOBS: dict[str, Run] = {
    "accounts.mail_confirmation": accounts.mail_confirmation,
    "accounts.mail_known": accounts.mail_known,
    "accounts.mail_take_over": accounts.mail_take_over,
    "imports.run": imports.run_import,
    "proposals.need_changed": in_one_transaction(proposals.need_changed),
    "proposals.propose_for": in_one_transaction(proposals.propose_for_volunteer),
}
