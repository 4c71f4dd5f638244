"""A forgotten password over HTTP."""

from __future__ import annotations

from models.accounts import CodePurpose
from service.access.actors import WORKER
from service.operations.accounts import make_code
from tests.api.test_accounts import PASSWORD
from tests.making import headers_for, make_volunteer


def test_a_reset_over_http_tells_nobody_who_is_known_and_ends_tokens(client, session):
    from models import Account

    volunteer = make_volunteer(session)
    account = session.get_one(Account, volunteer.account_id)
    headers = headers_for(session, volunteer)
    code = make_code(session, WORKER, account, CodePurpose.RESET, at=session.info["at"])
    session.commit()

    answers = [
        client.post("/v1/accounts/reset", json={"email": email})
        for email in (account.email, "nobody@example.org")
    ]
    assert [one.status_code for one in answers] == [202, 202]
    assert answers[0].json == answers[1].json == {"status": "reset_sent"}
    wrong = client.post("/v1/accounts/reset/confirm", json={"code": "x" * 43, "password": PASSWORD})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "code")
    assert client.get("/v1/me", headers=headers).status_code == 200
    done = client.post("/v1/accounts/reset/confirm", json={"code": code, "password": PASSWORD})
    assert done.status_code == 204
    assert client.get("/v1/me", headers=headers).status_code == 401
    asked = {"email": account.email, "password": PASSWORD}
    assert client.post("/v1/tokens", json=asked).status_code == 201
