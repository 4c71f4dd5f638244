"""Signing up, confirming and getting a token, as people do it over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Account, Event, Job, Token, Volunteer
from models.accounts import CodePurpose
from service.access.actors import WORKER
from service.access.secrets import make_token, read_token
from service.operations.accounts import make_code
from service.queries.accounts import find_account_by_email
from tests.making import headers_for, make_centre, make_coordinator, make_organisation, make_volunteer

PASSWORD = "four quiet green bicycles"
NEW = {"email": "Olena@Example.org", "password": PASSWORD, "name": "Олена", "kind": "volunteer"}


def sign_up_and_confirm(client, session, **over):
    answer = client.post("/v1/accounts", json={**NEW, **over})
    assert answer.status_code == 202
    session.expire_all()
    account = find_account_by_email(session, WORKER, over.get("email", NEW["email"]))
    code = make_code(session, WORKER, account, CodePurpose.CONFIRM, at=session.info["at"])
    session.commit()
    assert client.post("/v1/accounts/confirm", json={"code": code}).status_code == 204
    session.expire_all()
    return account, code


def ask_token(client, **over):
    return client.post("/v1/tokens", json={"email": NEW["email"], "password": PASSWORD, **over})


def test_from_sign_up_to_ones_own_token(client, session):
    account, _ = sign_up_and_confirm(client, session, language="uk")

    token = ask_token(client, label="phone").json

    me = client.get("/v1/me", headers={"Authorization": f"Bearer {token['token']}"}).json
    volunteer = session.scalar(select(Volunteer).where(Volunteer.account_id == account.id))
    assert me == {
        "account_id": str(account.id),
        "email": "Olena@Example.org",
        "kind": "volunteer",
        "name": "Олена",
        "volunteer_id": str(volunteer.id),
        "organisation_ids": [],
        "centre_id": None,
        "scopes": [],
        "language": "uk",
    }
    assert token["label"] == "phone"


def test_what_may_be_left_out_may_as_well_be_null(client, session):
    account, _ = sign_up_and_confirm(client, session, language=None, centre=None)

    token = ask_token(client, otp=None, label=None, expires_in_days=None)

    assert (account.language, token.status_code, token.json["label"]) == ("en", 201, "")


def test_a_sign_up_tells_nobody_whether_the_address_is_known(client, session):
    first = client.post("/v1/accounts", json=NEW)
    second = client.post("/v1/accounts", json={**NEW, "email": "olena@EXAMPLE.org", "name": "Other"})

    assert (first.status_code, first.data) == (second.status_code, second.data)
    accounts = session.scalars(select(Account)).all()
    assert [one.name for one in accounts] == ["Олена"]
    kinds = session.scalars(select(Job.kind).order_by(Job.created_at)).all()
    assert kinds == ["accounts.mail_confirmation", "accounts.mail_known"]


def test_jobs_and_events_hold_no_personal_data(client, session):
    client.post("/v1/accounts", json=NEW)

    kept = [job.payload for job in session.scalars(select(Job))]
    kept += [event.body for event in session.scalars(select(Event))]
    assert "olena" not in str(kept).casefold()
    assert "Олена" not in str(kept)


def test_nobody_signs_in_before_the_address_is_confirmed(client):
    client.post("/v1/accounts", json=NEW)

    assert ask_token(client).json["code"] == "wrong_credentials"


def test_wrong_password_and_unknown_address_get_the_same_answer(client, session):
    sign_up_and_confirm(client, session)

    wrong = ask_token(client, password="another password of mine")
    unknown = ask_token(client, email="nobody@example.org")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json == unknown.json


def test_a_code_is_good_once(client, session):
    _, code = sign_up_and_confirm(client, session)

    again = client.post("/v1/accounts/confirm", json={"code": code})

    assert (again.status_code, again.json["errors"][0]["field"]) == (422, "code")


def test_a_code_is_good_for_two_days(client, session):
    client.post("/v1/accounts", json=NEW)
    account = find_account_by_email(session, WORKER, NEW["email"])
    long_ago = session.info["at"] - timedelta(days=2, seconds=1)
    code = make_code(session, WORKER, account, CodePurpose.CONFIRM, at=long_ago)
    session.commit()

    assert client.post("/v1/accounts/confirm", json={"code": code}).status_code == 422


def test_a_revoked_token_opens_nothing(client, session):
    sign_up_and_confirm(client, session)
    issued = ask_token(client).json
    headers = {"Authorization": f"Bearer {issued['token']}"}

    assert client.delete(f"/v1/tokens/{issued['id']}", headers=headers).status_code == 204

    assert client.get("/v1/me", headers=headers).status_code == 401


def test_an_outlived_token_opens_nothing(client, session):
    volunteer = make_volunteer(session)
    headers = headers_for(session, volunteer)
    session.scalar(select(Token)).expires_at = session.info["at"] - timedelta(seconds=1)
    session.commit()

    assert client.get("/v1/me", headers=headers).status_code == 401


def test_nobody_revokes_anothers_token(client, session):
    sign_up_and_confirm(client, session)
    mine = ask_token(client).json
    theirs = headers_for(session, make_volunteer(session))
    session.commit()

    assert client.delete(f"/v1/tokens/{mine['id']}", headers=theirs).status_code == 404
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {mine['token']}"}).status_code == 200


def test_the_secret_of_a_token_is_nowhere_in_the_database(client, session):
    sign_up_and_confirm(client, session)
    text = ask_token(client).json["token"]

    row = session.scalar(select(Token))
    assert text.split("_")[3] not in str({one.key: getattr(row, one.key) for one in row.__table__.columns})


@pytest.mark.parametrize("kind", ["volunteer", "centre"])
def test_a_token_with_one_wrong_letter_is_not_even_looked_up(kind):
    new = make_token(kind)

    assert read_token(new.text) == (new.short_id, new.secret_hash)
    for at in range(len("hw_"), len(new.text)):
        changed = new.text[:at] + ("a" if new.text[at] != "a" else "b") + new.text[at + 1 :]
        assert read_token(changed) is None


def test_me_of_a_coordinator_and_of_a_centre(client, session):
    centre = make_centre(session)
    organisation = make_organisation(session, centre)
    coordinator = headers_for(session, make_coordinator(session, organisation))
    system = headers_for(session, centre, ["needs:read"])
    session.commit()

    assert client.get("/v1/me", headers=coordinator).json["organisation_ids"] == [str(organisation.id)]
    me = client.get("/v1/me", headers=system).json
    assert (me["kind"], me["centre_id"], me["scopes"]) == ("centre", str(centre.id), ["needs:read"])
    assert me["account_id"] is None
