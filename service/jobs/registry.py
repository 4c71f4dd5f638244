"""The list of jobs: which function runs an order of which kind."""

from __future__ import annotations

from service.jobs import (
    accounts,
    address_changes,
    imports,
    introductions,
    invitations,
    nightly,
    notices,
    passwords,
    placements,
    proposals,
    second_factors,
    shifts,
    texts,
)
from service.jobs.tools import Run, in_one_transaction

JOBS: dict[str, Run] = {
    "accounts.mail_address_asked": address_changes.mail_address_asked,
    "accounts.mail_address_changed": address_changes.mail_address_changed,
    "accounts.mail_address_code": address_changes.mail_address_code,
    "accounts.mail_confirmation": accounts.mail_confirmation,
    "accounts.mail_known": accounts.mail_known,
    "accounts.mail_password_changed": passwords.mail_password_changed,
    "accounts.mail_reset": passwords.mail_reset,
    "accounts.mail_second_factor": second_factors.mail_second_factor,
    "accounts.mail_take_over": accounts.mail_take_over,
    "hours.remind": in_one_transaction(placements.remind_of_hours),
    "imports.run": imports.run_import,
    "invitations.deliver": in_one_transaction(invitations.deliver),
    "introductions.remind": in_one_transaction(introductions.remind),
    "nightly.run": nightly.run_night,
    "notices.mail": notices.mail_notices,
    "placements.remind": in_one_transaction(placements.remind_of_completion),
    "needs.pass": in_one_transaction(proposals.need_passed),
    "proposals.lapse": in_one_transaction(proposals.lapse_offered),
    "proposals.need_changed": in_one_transaction(proposals.need_changed),
    "proposals.renew": proposals.renew_shard,
    "proposals.wake": in_one_transaction(proposals.wake_snoozed),
    "proposals.propose_for": in_one_transaction(proposals.propose_for_volunteer),
    "shifts.pass": in_one_transaction(shifts.follow_time),
    "texts.embed": texts.embed_texts,
}
