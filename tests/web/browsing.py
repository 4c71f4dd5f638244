"""A real Chromium before a served Halfway: pages that neither complain nor ask anybody else for anything."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from service.app import create_app
from service.db import Sessions, make_engine, make_sessions
from service.i18n import say
from tests.apps import USUAL
from tests.databases import Databases
from tests.web.conftest import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE, DESK = 360, 1280
HEIGHT = 844
REFUSED = ("status of 422 (UNPROCESSABLE ENTITY)", "status of 409 (CONFLICT)")
# With HALFWAY_PICTURES=FOLDER every page that is looked at is kept there as a picture.
PICTURES = os.environ.get("HALFWAY_PICTURES")


@dataclass
class Served:
    """The service, and the addresses of the people in it."""

    address: str
    sessions: Sessions
    emails: dict[str, str] = field(default_factory=dict)


@contextmanager
def serving(databases: Databases) -> Iterator[Served]:
    """Serve an empty Halfway from a database of its own."""
    with databases.migrated("sqlite") as url:
        engine = make_engine(url)
        sessions = make_sessions(engine)
        app = create_app(USUAL, sessions=sessions)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Served(f"http://127.0.0.1:{server.port}", sessions)
        server.shutdown()
        thread.join()
        server.server_close()
        engine.dispose()


@contextmanager
def watched(chromium: Browser, served: Served, language: str, width: int) -> Iterator[Page]:
    """Open a page that may neither complain nor ask anybody else for anything."""
    context = chromium.new_context(locale=language, viewport={"width": width, "height": HEIGHT})
    context.set_default_timeout(10_000)
    page, wrong = context.new_page(), []
    # Chromium itself notes each form that was refused.
    page.on(
        "console",
        lambda said: (
            wrong.append(said.text)
            if said.type in ("error", "warning") and not said.text.endswith(REFUSED)
            else None
        ),
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if is_own(asked.url, served) else wrong.append(asked.url))
    yield page
    context.close()
    assert not wrong


def is_own(address: str, served: Served) -> bool:
    """Say whether an address is the service's own, or within the page."""
    return address.startswith((served.address, "data:", "blob:"))


def fits(page: Page) -> bool:
    """Say whether nothing of the page stands out to the right."""
    page.wait_for_load_state()  # between two pages there is nothing to be measured
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def look(page: Page, name: str) -> None:
    """Look at a page on a phone and on a desk: it fits, and no text has a hole where a value should be."""
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert fits(page), f"{page.url} at {width}"
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
    shown = page.locator("body").inner_text()
    assert "%(" not in shown, page.url


def sign_in(page: Page, served: Served, email: str, language: str) -> None:
    """Sign in as somebody, from the first page."""
    page.goto(served.address)
    page.get_by_role("navigation").get_by_role("link", name=say(language, "Sign in"), exact=True).click()
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button").click()
    page.wait_for_load_state()
