"""What a person is told by mail, and when: chosen by themselves, or ended by a link in a mail."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Account, NoticeSettings
from models.accounts import AccountKind
from models.mail_times import MailRhythm
from models.notices import KINDS_OF, Wishes
from service.access.actors import Actor
from service.errors import N_, FieldError, Invalid, NotFound
from service.operations.changes import set_columns
from service.operations.events import record_event
from service.operations.notices import order_mails
from service.queries.notice_mails import list_unmailed
from service.queries.notice_recipients import find_notice_settings, get_wishes

Fields = Mapping[str, Any]


def change_notice_settings(
    session: Session, actor: Actor, account_id: uuid.UUID, fields: Fields, *, at: datetime
) -> None:
    """Change what a person is told and when; `fields` are some of `NoticeSettingsChanged`.

    Mail that waits follows the new settings: it goes out by them, or not at all. The caller has looked
    who asks: the person themselves, or whoever opens a link out of a mail to them.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    kept = find_notice_settings(session, actor, account_id, lock=True)
    settings = kept or NoticeSettings(id=uuid.uuid4(), account_id=account_id, rhythms={})
    changed = set_columns(settings, _columns(account.kind, settings, fields))
    if (settings.quiet_from is None) != (settings.quiet_until is None):
        missing = "quiet_from" if settings.quiet_from is None else "quiet_until"
        raise Invalid(FieldError(missing, "required", N_("Say both when it begins and when it ends.")))
    if not changed:
        return
    session.add(settings)
    record_event(
        session, actor, "notice_settings.changed", account_id, at=at,
        centre_id=account.centre_id, fields=" ".join(changed),
    )  # fmt: skip
    session.flush()
    _follow(session, actor, account_id, get_wishes(session, actor, account_id), at)


def unsubscribe(
    session: Session, actor: Actor, account_id: uuid.UUID, kinds: Iterable[str], *, at: datetime
) -> None:
    """Send a person no more mail of these kinds; all of it stays on their pages."""
    never = [{"kind": one, "mail": MailRhythm.NEVER.value} for one in kinds]
    change_notice_settings(session, actor, account_id, {"kinds": never}, at=at)


def _columns(kind: AccountKind, settings: NoticeSettings, fields: Fields) -> dict[str, Any]:
    columns = {name: fields[name] for name in ("timezone", "quiet_from", "quiet_until") if name in fields}
    if fields.get("kinds"):
        known = KINDS_OF[kind]
        strange = [
            FieldError(f"kinds.{at}.kind", "not_yours", N_("You are never told of this."))
            for at, one in enumerate(fields["kinds"])
            if one["kind"] not in known
        ]
        if strange:
            raise Invalid(*strange)
        columns["rhythms"] = {**settings.rhythms, **{one["kind"]: one["mail"] for one in fields["kinds"]}}
    return columns


def _follow(session: Session, actor: Actor, account_id: uuid.UUID, wishes: Wishes, at: datetime) -> None:
    waiting = list_unmailed(session, actor, account_id)
    for one in waiting:
        one.mail_due_at = wishes.due(one.kind, at)
    due = [one.mail_due_at for one in waiting if one.mail_due_at is not None]
    if due:
        order_mails(session, actor, [(account_id, min(due))], at=at)
