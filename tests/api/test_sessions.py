"""Browsers signed in to the pages, listed and ended over HTTP."""

from __future__ import annotations

from datetime import timedelta

from models import Account, WebSession
from service.access.secrets import digest, make_secret
from tests.making import headers_for, make_centre, make_volunteer, time_of


def open_browser(session, account_id, **over):
    at = time_of(session)
    values = {
        "account_id": account_id,
        "secret_hash": digest(make_secret()),
        "created_at": at,
        "last_seen_at": at,
        "expires_at": at + timedelta(hours=1),
        "browser": "Firefox, Linux",
    }
    row = WebSession(**{**values, **over})
    session.add(row)
    session.flush()
    return row


def test_a_person_lists_and_ends_their_own_sessions_only(client, session):
    mine, theirs = make_volunteer(session), make_volunteer(session)
    at, day = time_of(session), timedelta(days=1)
    kept = [open_browser(session, mine.account_id, created_at=at - one * day) for one in range(3)]
    open_browser(session, mine.account_id, expires_at=at)
    open_browser(session, mine.account_id, revoked_at=at)
    open_browser(session, mine.account_id, last_seen_at=at - day)
    foreign = open_browser(session, theirs.account_id)
    headers, system = headers_for(session, mine), headers_for(session, make_centre(session))
    session.commit()

    first = client.get("/v1/sessions?limit=2", headers=headers).json
    rest = client.get(f"/v1/sessions?limit=2&cursor={first['next_cursor']}", headers=headers).json
    assert [one["id"] for one in first["items"] + rest["items"]] == [str(one.id) for one in kept]
    assert first["items"][0]["browser"] == "Firefox, Linux"
    assert "secret_hash" not in first["items"][0]
    assert client.get("/v1/sessions").status_code == 401
    assert client.get("/v1/sessions", headers=system).status_code == 403

    assert client.delete(f"/v1/sessions/{foreign.id}", headers=headers).status_code == 404
    assert client.delete(f"/v1/sessions/{kept[1].id}", headers=headers).status_code == 204
    assert client.delete(f"/v1/sessions/{kept[1].id}", headers=headers).status_code == 404
    assert client.delete("/v1/sessions", headers=headers).status_code == 204
    assert client.get("/v1/sessions", headers=headers).json["items"] == []
    session.expire_all()
    assert session.get_one(WebSession, foreign.id).revoked_at is None
    assert session.get_one(Account, mine.account_id).password_hash is None
