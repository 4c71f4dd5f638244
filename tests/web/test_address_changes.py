"""Another mail address, as pages and over HTTP."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import Account, AddressChange
from service.access.actors import WORKER
from service.operations.address_changes import renew_address_code
from tests.making import headers_for, make_account, make_volunteer
from tests.web.conftest import PASSWORD

NEW = "new@example.org"


@pytest.fixture
def account(session, password_hash):
    account = make_account(session, password_hash=password_hash)
    make_volunteer(session, account_id=account.id)
    session.commit()
    return account


def code_for(session):
    change = session.scalars(select(AddressChange).where(AddressChange.used_at.is_(None))).one()
    code = renew_address_code(session, WORKER, change)
    session.commit()
    return code


def test_from_the_wish_to_signing_in_with_the_new_address(session, visitor, account):
    visitor.sign_in(account)
    page = "/account/address"
    assert f'href="{page}"' in visitor.get("/account").text
    wrong = visitor.send(page, page, {"email": NEW, "current_password": "not this one at all"})
    assert (wrong.status_code, "This is not your password." in wrong.text) == (422, True)
    assert f'value="{NEW}"' in wrong.text
    done = visitor.send(page, page, {"email": NEW, "current_password": PASSWORD})
    assert done.location == "/account"
    link = f"/address?code={code_for(session)}"
    for _ in range(3):
        assert visitor.get(link).status_code == 200
    session.expire_all()
    assert session.get_one(Account, account.id).email != NEW, "opening the link changes nothing"

    assert visitor.send(link, "/address").location == "/sign-in"
    assert "Sign out" not in visitor.get("/").text
    old = visitor.send("/sign-in", "/sign-in", {"email": account.email, "password": PASSWORD})
    new = visitor.send("/sign-in", "/sign-in", {"email": NEW, "password": PASSWORD})
    assert (old.status_code, new.location) == (401, "/proposals")
    assert visitor.send(link, "/address").status_code == 422


def test_the_same_over_http(session, app, account):
    client, headers = app.test_client(), headers_for(session, account)
    session.commit()
    asked = {"email": NEW, "current_password": PASSWORD}
    assert client.post("/v1/accounts/address", json=asked).status_code == 401
    wrong = client.post("/v1/accounts/address", json={**asked, "current_password": "x"}, headers=headers)
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "current_password")
    assert client.post("/v1/accounts/address", json=asked, headers=headers).status_code == 202
    code = code_for(session)
    assert client.post("/v1/accounts/address/confirm", json={"code": code}).status_code == 204
    assert client.get("/v1/me", headers=headers).json["email"] == NEW
    assert client.post("/v1/accounts/address/confirm", json={"code": code}).status_code == 422
