"""Forms are taken from our own pages only, and what is refused says so on a page."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import func, select

from models import Account
from tests.making import make_account, make_volunteer


def sign_up(visitor, headers, **over):
    data = {
        "csrf_token": visitor.token("/sign-up"),
        "email": "new@example.org",
        "name": "New",
        "kind": "volunteer",
        "password": "four quiet green bicycles",
        **over,
    }
    return visitor.client.post("/sign-up", data=data, headers=headers)


def accounts(session):
    return session.scalar(select(func.count()).select_from(Account))


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {}, {"Origin": "null"}, {"Origin": "http://localhost"}],
)
def test_a_form_of_our_own_page_is_taken(session, visitor, headers):
    assert sign_up(visitor, headers).status_code == 303
    assert accounts(session) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(session, visitor, headers):
    answer = sign_up(visitor, headers)

    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    assert 'href="/"' in answer.text
    assert accounts(session) == 0


@pytest.mark.parametrize("token", ["", "made up", "x" * 5000])
def test_a_form_without_its_token_is_refused(session, visitor, token):
    assert sign_up(visitor, {}, csrf_token=token).status_code == 403
    assert accounts(session) == 0


def test_a_token_of_another_browser_is_refused(session, app, visitor):
    from tests.web.conftest import Visitor

    assert sign_up(visitor, {}, csrf_token=Visitor(app).token()).status_code == 403
    assert accounts(session) == 0


def test_a_form_that_does_not_say_its_length_is_refused(session, visitor):
    token = visitor.token("/sign-up")
    answer = visitor.client.post(
        "/sign-up",
        input_stream=BytesIO(f"csrf_token={token}".encode()),
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == 411
    assert answer.mimetype == "text/html"


ODD = ("\0", "\N{REPLACEMENT CHARACTER}", "[" * 5000, "%", "1e999", "-" * 300)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("page", ["/sign-in", "/sign-up", "/confirm", "/take-over"])
def test_odd_text_in_a_form_is_refused_on_a_page(visitor, page, odd):
    names = ("email", "name", "kind", "password", "code", "next", "language")
    answer = visitor.send(page, page, dict.fromkeys(names, odd))

    assert answer.status_code in (401, 422)
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("odd", ODD)
def test_odd_text_in_an_address_is_no_failure(session, visit, odd):
    account = make_account(session)
    make_volunteer(session, account_id=account.id)
    browser = visit(account)
    for path in ("/sign-in", "/sign-up", "/confirm", "/proposals", "/placements", "/no-such-page"):
        answer = browser.get(path, query_string=dict.fromkeys(("cursor", "next", "code", "as"), odd))
        assert answer.status_code in (200, 404, 422), path
