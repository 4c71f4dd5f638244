"""Idempotency-Key: a request that is sent twice has one effect and one answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from flask import Response, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import IdempotencyRecord
from service.access.actors import Actor, ActorKind
from service.errors import Refusal
from service.queries.idempotency import find_record

LONGEST_KEY = 255
# Visible ASCII, with blanks between: what a header can carry unchanged.
KEY = re.compile(r"^[!-~]([ -~]*[!-~])?$")


def answer_once(
    session: Session, actor: Actor, answer: Callable[[], Response], *, required: bool
) -> Response:
    """Answer, and remember the answer under the key in the same transaction; or say it again.

    A refusal is not remembered: it has changed nothing, and may be different next time.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        if required:
            raise Refusal("idempotency_key_missing")
        return answer()
    if not KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        raise Refusal("idempotency_key_invalid")
    if actor.kind is ActorKind.ANYONE:
        return answer()
    print_of_request = _fingerprint()
    kept = find_record(session, actor, request.endpoint or "", key)
    if kept is not None:
        return _say_again(kept, print_of_request)
    record = _claim(session, actor, key, print_of_request)
    done = answer()
    record.status, record.answer = done.status_code, done.get_data(as_text=True)
    record.etag = done.headers.get("ETag")
    return done


def _fingerprint() -> str:
    body = request.get_data(cache=True)
    # The mark between the parts of a multipart body is drawn anew whenever a client sends it.
    if mark := request.mimetype_params.get("boundary"):
        body = body.replace(mark.encode(), b"")
    whole = b"\0".join((request.full_path.encode(), body))
    return hashlib.sha256(whole).hexdigest()


def _claim(session: Session, actor: Actor, key: str, fingerprint: str) -> IdempotencyRecord:
    record = IdempotencyRecord(
        caller=actor.caller,
        route=request.endpoint or "",
        key=key,
        fingerprint=fingerprint,
        status=0,
        answer="",
        created_at=session.info["at"],
    )
    session.add(record)
    try:
        # Whoever sends the same key at the same moment waits here, and then finds it taken.
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Refusal("idempotency_in_progress") from None
    return record


def _say_again(kept: IdempotencyRecord, fingerprint: str) -> Response:
    if kept.fingerprint != fingerprint:
        raise Refusal("idempotency_key_reused")
    answer = Response(kept.answer, kept.status, content_type="application/json")
    answer.headers["Idempotent-Replayed"] = "true"
    if kept.etag:
        answer.headers["ETag"] = kept.etag
    return answer
