"""Mail of notices: all that is due to one person, in one message.

Begun in one transaction, sent after its commit, noted in another. A worker that dies in between leaves a
message that the next one sends again, under the same Message-ID and with the same notices in it.
"""

from __future__ import annotations

import uuid
from typing import Any

from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.jobs.notice_letters import write_letter
from service.jobs.tools import Tools
from service.operations.notice_mails import begin_mail, finish_mail, give_mail_back


def mail_notices(tools: Tools, payload: dict[str, Any]) -> bool:
    """Send the next message to {account_id}; say whether there was one, for then there may be another."""
    with unit_of_work(tools.sessions, at=now()) as session:
        at = session.info["at"]
        account_id = uuid.UUID(payload["account_id"])
        mailing = begin_mail(session, WORKER, account_id, lease=tools.lease, at=at)
        letter = write_letter(tools.settings, mailing) if mailing else None
    if mailing is None or letter is None:
        return False
    try:
        tools.sender.send(letter)
    except Exception:
        with unit_of_work(tools.sessions, at=now()) as session:
            give_mail_back(session, WORKER, mailing.mail.id, at=session.info["at"])
        raise
    with unit_of_work(tools.sessions, at=now()) as session:
        finish_mail(session, WORKER, mailing.mail.id, at=session.info["at"])
    return True
