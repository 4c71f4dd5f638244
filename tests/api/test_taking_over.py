"""Taking over an account over HTTP."""

from models.accounts import CodePurpose
from service.access.actors import WORKER
from service.operations.accounts import make_code
from tests.apps import app_with
from tests.making import make_account

PASSWORD = "river stones sing at dawn"


def test_an_invitation_and_a_password_open_the_account(session, sessions):
    account = make_account(session, email="taras@example.org", confirmed_at=None)
    code = make_code(session, WORKER, account, CodePurpose.TAKE_OVER, at=session.info["at"])
    session.commit()
    client = app_with(sessions).test_client()
    who = {"email": "taras@example.org", "password": PASSWORD}
    assert client.post("/v1/tokens", json=who).status_code == 401
    assert client.post("/v1/accounts/take-over", json={"code": code, "password": PASSWORD}).status_code == 204
    assert client.post("/v1/tokens", json=who).status_code == 201
    again = client.post("/v1/accounts/take-over", json={"code": code, "password": PASSWORD})
    assert again.status_code == 422
    assert again.get_json()["errors"][0]["field"] == "code"
