"""Browsers signed in to the pages, listed and ended over HTTP."""

from __future__ import annotations

from datetime import timedelta

from models import Account, WebSession
from tests.making import headers_for, make_centre, make_volunteer, time_of
from tests.web.sessions_of import open_session_of


def test_a_person_lists_and_ends_their_own_sessions_only(client, session):
    mine, theirs = make_volunteer(session), make_volunteer(session)
    me, other = (session.get_one(Account, one.account_id) for one in (mine, theirs))
    at, day = time_of(session), timedelta(days=1)
    kept = [open_session_of(session, me, created_at=at - one * day) for one in range(3)]
    open_session_of(session, me, expires_at=at)
    open_session_of(session, me, revoked_at=at)
    open_session_of(session, me, last_seen_at=at - day)
    foreign = open_session_of(session, other)
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
