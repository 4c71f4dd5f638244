"""What holds on every page: headers, no inline code, no outside address, no hostile text, no changing GET."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select

from models import Account, Base, Centre, Organisation
from models.organisations import OrganisationStatus
from service.errors import CODES
from service.web.assets import FOLDER
from tests.making import (
    make_account,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
)
from tests.web.ends import make_ended

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><svg onload=alert(1)>",
    "{{ 7 * 7 }} {% raw %} %(name)s %s {0}",
    "javascript:alert(1)",
    "\N{RIGHT-TO-LEFT OVERRIDE}<b>turned</b>",
)


@pytest.fixture
def town(session):
    """Make one of everything, with hostile text wherever text can stand."""
    text = " ".join(HOSTILE)
    organisation = make_organisation(
        session, name=text[:300], description=text, mission=text, place=text, status_note=text,
        registrations=[{"registrar": text, "number": text}], website="https://x.example.org/?a=\"'<b>",
    )  # fmt: skip
    need = make_need(session, organisation, title=text[:300], description=text, place=text)
    volunteer = make_volunteer(session, name=f"{HOSTILE[0]} Last", interests=text, place=text)
    reasons = [{"code": "text", "weight": 1.0, "params": {"words": text}}]
    proposals = [
        make_proposal(session, volunteer, need, reasons=reasons),
        make_proposal(session, volunteer, make_need(session, organisation, title=text), reasons=reasons),
    ]
    make_organisation(
        session, session.get_one(Centre, organisation.centre_id), name=text[:300], description=text,
        status=OrganisationStatus.UNVERIFIED,
    )  # fmt: skip
    ended = make_ended(session, organisation, volunteer, text)
    session.commit()
    town = {"organisation": organisation, "need": need, "volunteer": volunteer, "proposals": proposals}
    return {**town, "placement": ended}


@pytest.fixture
def every_page(session, visit, visitor, town):
    """Read every page as whoever may, after one proposal was accepted and one declined."""
    person = visit(session.get_one(Account, town["volunteer"].account_id))
    first, second = town["proposals"]
    text = " ".join(HOSTILE)

    def read() -> dict[str, str]:
        public = ["/", "/sign-in", "/sign-up", f"/confirm?code={HOSTILE[1]}", f"/take-over?code={HOSTILE[1]}"]
        public += ["/docs", "/docs/errors", "/no-such-page", f"/sign-in?next=/{HOSTILE[0]}"]
        public += [f"/needs/{town['need'].id}", f"/organisations/{town['organisation'].id}", "/record"]
        ended = f"/placements/{town['placement'].id}"
        own = ["/profile", "/proposals", "/proposals/declined", "/placements"]
        own += ["/hours", "/records", f"{ended}/hours", f"{ended}/feedback"]
        at_work = ["/organisation", f"/needs/{town['need'].id}/placements", "/organisation/hours"]
        at_work += [f"/needs/{town['placement'].need_id}/placements"]
        coordinator = visit(make_coordinator(session, session.get_one(Organisation, town["organisation"].id)))
        staff = visit(make_staff(session, session.get_one(Centre, town["organisation"].centre_id)))
        answers = [
            *((path, visitor.get(path)) for path in public),
            *((path, person.get(path)) for path in own),
            *((path, coordinator.get(path)) for path in at_work),
            *(
                (path, staff.get(path))
                for path in ("/staff/organisations", "/staff/no-shows", "/staff/feedback")
            ),
        ]
        assert {one.status_code for path, one in answers if path != "/no-such-page"} == {200}
        return dict(answers)

    before = read()
    person.send("/proposals", f"/proposals/{first.id}/accept", {"message": text})
    person.send("/proposals", f"/proposals/{second.id}/decline", {"note": text, "reason": "other"})
    after = {f"{path} after": answer for path, answer in read().items()}
    return {**before, **after}


def test_no_page_runs_or_shows_what_people_wrote_as_code(every_page):
    assert any("&lt;script&gt;alert(1)" in one.text for one in every_page.values())
    for path, answer in every_page.items():
        tags = re.findall(r"<[a-zA-Z/][^>]*>", answer.text)
        for tag in tags:
            quoted = re.sub(r'"[^"]*"', '""', tag)
            assert not re.search(r"\son\w+\s*=|\sstyle\s*=", quoted), (path, tag)
            assert not re.search(r"""(href|src|action)\s*=\s*["']?\s*javascript:""", tag), (path, tag)
        assert "<b>turned" not in answer.text, path
        assert "alert(1)</script>" not in answer.text, path
        assert "<svg" not in answer.text, path
        assert "{{ 7 * 7 }}" in answer.text or " 49 " not in answer.text, path


def test_no_page_holds_inline_code_or_an_outside_address(every_page, town):
    for path, answer in every_page.items():
        assert not re.search(r"<script(?![^>]*\ssrc=)", answer.text), path
        assert "<style" not in answer.text, path
        for address in re.findall(r'(?:src|href|action)="([^"]*)"', answer.text):
            outside = address.startswith(("http:", "https:", "//"))
            assert not outside or address.startswith("https://x.example.org"), (path, address)


def test_every_page_has_its_headers(every_page):
    for path, answer in every_page.items():
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'"), path
        assert "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "http:" not in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["Cache-Control"] == "no-store", path


def test_every_page_names_itself_and_its_language(every_page):
    for path, answer in every_page.items():
        assert '<html lang="en">' in answer.text, path
        assert len(re.findall("<h1[ >]", answer.text)) == 1, path
        assert "<title>" in answer.text, path


def test_no_link_leads_nowhere(every_page, visitor):
    paths = {
        link.split("#")[0]
        for page, answer in every_page.items()
        if not page.startswith("/staff/")  # organisations that nobody else may see yet
        for link in re.findall(r'(?:href|src)="(/[^"]*)"', answer.text)
    }
    for path in sorted(paths):
        assert visitor.get(path).status_code in (200, 303), path


def rows_of(session) -> dict[str, list[object]]:
    session.expire_all()
    return {
        table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
        for table in Base.metadata.sorted_tables
    }


# What a key in the address does, for those who have no page of ours open; without the key it is not there.
SIGNED = {"/unsubscribe"}


def test_reading_pages_changes_nothing(session, app, visit, town):
    browser = visit(session.get_one(Account, town["volunteer"].account_id))
    before = rows_of(session)
    for rule in app.url_map.iter_rules():
        if (
            rule.endpoint.startswith("web.")
            and "GET" in (rule.methods or ())
            and "name" not in rule.arguments
        ):
            path = rule.rule
            for name, one in (
                ("need", town["need"]),
                ("organisation", town["organisation"]),
                ("proposal", town["proposals"][0]),
                ("placement", town["placement"]),
            ):
                path = path.replace(f"<uuid:{name}_id>", str(one.id))
            unknown = re.sub("<[^>]+>", str(uuid.UUID(int=0)), path)
            seen = (200, 403, 404) if path in SIGNED or path != unknown else (200, 403)
            path = unknown
            assert browser.get(path).status_code in seen, path
            assert browser.client.head(path).status_code in seen, path

    assert rows_of(session) == before


def test_every_page_that_changes_something_takes_its_token(session, app, visit, town):
    browser = visit(session.get_one(Account, town["volunteer"].account_id))
    before = rows_of(session)
    tried = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("web.") and "POST" in (rule.methods or ()):
            path = re.sub(r"<uuid:\w+>", str(town["proposals"][0].id), rule.rule)
            answer = browser.client.post(path, data={"email": "a@example.org", "language": "uk"})
            assert (path in SIGNED) == getattr(app.view_functions[rule.endpoint], "signed", False)
            tried += 1
            if path in SIGNED:
                assert answer.status_code == 404, path
                continue
            assert answer.status_code == 403, path
            assert "too old" in answer.text, path

    assert tried >= 12
    assert rows_of(session) == before


def test_machines_get_problems_and_people_get_pages(visitor):
    for path in ("/v1/nothing", "/v1/me"):
        assert visitor.get(path).content_type == "application/problem+json", path
    for path in ("/nothing", "/static/nothing.css", "/needs/not-an-id", "/proposals/x/accept"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "text/html"), path
        assert 'href="/"' in answer.text
    assert visitor.client.post("/").status_code == 405


def test_a_failure_in_a_language_says_so_in_it(visitor):
    page = visitor.client.get("/nothing", headers={"Accept-Language": "uk"}).text

    assert "Не знайдено" in page


def test_the_page_of_errors_has_an_anchor_for_every_code(visitor):
    page = visitor.get("/docs/errors").text

    for code, (status, title) in CODES.items():
        assert f'<tr id="{code}">' in page
        assert f"<td>{status}</td><td>{title}</td>" in page.replace("&#39;", "'")


def test_a_problem_leads_to_its_anchor(visitor):
    kind = visitor.get("/v1/me").get_json()["type"]

    assert kind == "/docs/errors#not_signed_in"
    assert 'id="not_signed_in"' in visitor.get("/docs/errors").text


def test_the_page_of_the_api_reads_the_document_from_here_alone(visitor):
    answer = visitor.get("/docs")

    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
    assert visitor.get("/openapi.json").get_json()["openapi"].startswith("3.1")


def test_a_file_asked_for_by_its_version_is_kept_for_ever_and_no_other(visitor):
    address = re.findall(r'href="(/static/halfway.css\?v=\w+)"', visitor.get("/").text)[0]
    kept = visitor.get(address)

    assert "immutable" in kept.headers["Cache-Control"]
    assert "Set-Cookie" not in kept.headers
    for other in ("/static/halfway.css", "/static/halfway.css?v=older"):
        assert visitor.get(other).headers["Cache-Control"] == "no-cache"
    assert visitor.get("/static/../assets.py").status_code == 404


def test_vendored_files_are_what_they_say():
    folder = FOLDER / "vendor"
    said = json.loads((folder / "vendor.json").read_text())
    named = {one["file"] for one in said}
    texts = {one.name for one in folder.iterdir() if one.name.endswith((".txt", ".json"))}

    assert {one.name for one in folder.iterdir()} - texts == named
    for one in said:
        assert hashlib.sha256((folder / one["file"]).read_bytes()).hexdigest() == one["sha256"], one["file"]
        assert one["version"]
        assert (folder / one["licence_file"]).read_text(), one["licence"]


def test_a_page_of_this_service_is_small(every_page):
    style = sum(
        (FOLDER / name).stat().st_size for name in ("halfway.css", "vendor/pico.classless.jade.min.css")
    )
    for path, answer in every_page.items():
        if not path.startswith(("/docs", "/profile")):
            assert len(answer.data) + style < 100_000, path
        assert len(answer.data) < 100_000, path


@pytest.mark.parametrize("kind", ["volunteer", "coordinator", "staff"])
def test_each_kind_of_person_starts_on_a_page_of_their_own(session, visit, kind):
    make: Callable[..., Account] = make_account
    browser = visit(make(session, kind))
    if kind == "volunteer":
        make_volunteer(session)
    page = browser.get("/").text
    first = {"volunteer": "/proposals", "coordinator": "/organisation", "staff": "/staff/organisations"}[kind]

    assert f'role="button" href="{first}"' in page
