"""Forms are taken from our own pages only, and what is refused says so on a page."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from models import Account


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
