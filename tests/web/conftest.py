"""A browser without a screen: it keeps cookies, reads pages and fills in the forms that stand on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from models import Account, WebSession
from service.access.passwords import hash_password
from service.access.secrets import digest, make_secret
from tests.apps import app_with
from tests.making import time_of

PASSWORD = "four quiet green bicycles"


class FormReader(HTMLParser):
    """Collects the forms of a page: where each goes, and what stands in its fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._area: str | None = None
        self._select: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((found.get("action", ""), []))
        elif tag == "input" and (
            found.get("type") not in ("checkbox", "radio", "submit") or "checked" in found
        ):
            self._add(found.get("name", ""), found.get("value", ""))
        elif tag == "textarea":
            self._area = found.get("name", "")
        elif tag == "select":
            self._select = found.get("name", "")
        elif tag == "option" and self._select and "selected" in found:
            self._add(self._select, found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, text: str) -> None:
        if self._area:
            self._add(self._area, text.removeprefix("\n"))

    def _add(self, name: str, value: str) -> None:
        self.forms[-1][1].append((name, value))


class Visitor:
    """One person's browser."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self.client = app.test_client()
        self.headers = {"Accept-Language": language}

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(path, headers=self.headers, buffered=True, **kwargs)

    def send(
        self, page: str, action: str, values: Mapping[str, object] | None = None, **kwargs: Any
    ) -> TestResponse:
        """Open a page, fill in the form with that action that stands on it, and send it."""
        forms = FormReader(self.get(page).text).forms
        standing = [fields for at, fields in forms if at == action]
        assert standing, f"{page} has no form for {action}: {[at for at, _ in forms]}"
        filled: dict[str, Any] = {}
        for name, value in standing[0]:
            filled.setdefault(name, []).append(value)
        filled.update(values or {})
        return self.client.post(action, data=filled, headers=self.headers, **kwargs)

    def sign_in(self, account: Account, password: str = PASSWORD) -> TestResponse:
        return self.send("/sign-in", "/sign-in", {"email": account.email, "password": password})

    def token(self, page: str = "/sign-in") -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert found
        return found[1]


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hash the password of all people in these tests once."""
    return hash_password(PASSWORD)


@pytest.fixture
def app(sessions: sessionmaker[Session]) -> Flask:
    """Make the application within the test's transaction."""
    return app_with(sessions)


@pytest.fixture
def app_over_https(sessions: sessionmaker[Session]) -> Flask:
    """Make the application as it runs where people reach it by https."""
    return app_with(sessions, public_url="https://halfway.example")


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Open a browser in which nobody is signed in."""
    return Visitor(app)


@pytest.fixture
def visit(app: Flask, session: Session) -> Callable[[Account], Visitor]:
    """Give the way to open a browser in which that person is signed in already."""

    def open_browser(account: Account) -> Visitor:
        at, secret, browser = time_of(session), make_secret(), Visitor(app)
        row = WebSession(
            account_id=account.id,
            secret_hash=digest(secret),
            created_at=at,
            last_seen_at=at,
            expires_at=at + timedelta(hours=1),
        )
        session.add(row)
        session.commit()
        browser.client.set_cookie("halfway", secret)
        return browser

    return open_browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start one Chromium for all tests of this process, or skip."""
    from tests.web.browsing import CHROMIUM

    if CHROMIUM is None:
        pytest.skip("there is no Chromium here (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
