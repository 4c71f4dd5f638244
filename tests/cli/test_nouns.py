"""The commands for centres, tokens, organisations and accounts."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import Account, Centre, Coordinator, Event, SecondFactor, Token, Volunteer
from models.organisations import OrganisationStatus
from service.access.actors import ANYONE, WORKER
from service.access.policy import SCOPES
from service.access.secrets import read_token
from service.operations.organisations import save_organisation
from service.operations.tokens import create_token
from service.queries.tokens import find_actor_by_token
from tests.making import NO_FACTORS

PASSWORD = "river stones sing at dawn"


def actor_of(rows, text):
    parts = read_token(text)
    assert parts
    return find_actor_by_token(rows, ANYONE, *parts, at=datetime.now(UTC))


def count(rows, kind):
    return rows.scalar(select(func.count()).select_from(kind))


def add_organisation(rows, centre_id, name):
    rows.info["at"] = datetime.now(UTC)
    centre = rows.get_one(Centre, uuid.UUID(centre_id))
    fields = {"name": name, "description": "Helps."}
    organisation, _ = save_organisation(rows, WORKER, centre, fields, external_id=None, at=rows.info["at"])
    rows.commit()
    return organisation


# --- centres


def test_a_centre_is_added_and_its_id_is_the_last_line(last_line, rows):
    added = last_line("centre", "add", "Вінницький центр", "--language", "uk")
    centre = rows.get_one(Centre, uuid.UUID(added))
    assert (centre.name, centre.language, centre.timezone) == ("Вінницький центр", "uk", "Europe/Kyiv")
    assert rows.scalars(select(Event.name)).all() == ["centre.added"]


def test_a_centre_takes_the_time_zone_of_the_settings(last_line, rows, monkeypatch):
    monkeypatch.setenv("HALFWAY_TIMEZONE", "America/New_York")
    centre = rows.get_one(Centre, uuid.UUID(last_line("centre", "add", "NYC Service")))
    assert centre.timezone == "America/New_York"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Centre", "--timezone", "Mars/Olympus"], "timezone: "),
        (["Centre", "--language", "xx"], "language: "),
        (["   "], "name: "),
        (["x" * 201], "name: "),
    ],
)
def test_what_a_centre_cannot_be_is_refused_by_field(halfway, rows, arguments, words):
    result = halfway("centre", "add", *arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {words}")
    assert count(rows, Centre) == 0


def test_two_centres_of_one_name_are_refused(halfway, last_line):
    last_line("centre", "add", "Centre")
    result = halfway("centre", "add", "Centre")
    assert (result.exit_code, "already" in result.stderr) == (1, True)


# --- tokens


def test_a_token_speaks_for_its_centre_with_its_scopes_and_stands_alone_on_the_last_line(last_line, rows):
    centre_id = last_line("centre", "add", "Centre")
    text = last_line(
        "token", "issue", "--centre", "Centre", "--scope", "needs:write", "--scope", "needs:read"
    )
    actor = actor_of(rows, text)
    assert (str(actor.centre_id), actor.scopes) == (centre_id, {"needs:read", "needs:write"})


def test_scopes_may_follow_one_another(last_line, rows):
    last_line("centre", "add", "Centre")
    assert actor_of(rows, last_line("token", "issue", "--scope", *SCOPES)).scopes == set(SCOPES)


def test_a_token_lives_as_long_as_was_said(last_line, rows):
    last_line("centre", "add", "Centre")
    last_line("token", "issue", "--scope", "needs:read", "--days", "7")
    token = rows.scalars(select(Token)).one()
    assert token.expires_at - token.created_at == timedelta(days=7)


@pytest.mark.parametrize(
    "more", [["--scope", "proposals:accept"], ["--scope", "needs:read", "--days", "366"], []]
)
def test_a_token_of_another_kind_is_wrong_usage(halfway, rows, more):
    result = halfway("token", "issue", "--centre", "Centre", *more)
    assert result.exit_code == 2
    assert count(rows, Token) == 0


def test_an_unknown_scope_is_answered_with_the_list_of_all(halfway):
    result = halfway("token", "issue", "--scope", "needs:delete")
    assert all(scope in result.stderr for scope in SCOPES)


@pytest.mark.parametrize("named", [["--centre", "Nowhere"], []])
def test_a_token_of_no_centre_is_refused(halfway, named):
    result = halfway("token", "issue", *named, "--scope", "needs:read")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: centre: ")


# --- organisations


def test_organisations_are_verified_by_name_or_id(last_line, rows):
    centre_id = last_line("centre", "add", "Centre")
    first = add_organisation(rows, centre_id, "Друзі Лунки")
    second = add_organisation(rows, centre_id, "Repair Café")
    last_line("organisation", "verify", "друзі  ЛУНКИ", str(second.id))
    rows.expire_all()
    assert {first.status, second.status} == {OrganisationStatus.VERIFIED}


def test_where_one_of_several_is_not_found_none_is_verified(halfway, last_line, rows):
    organisation = add_organisation(rows, last_line("centre", "add", "Centre"), "Repair Café")
    result = halfway("organisation", "verify", "Repair Café", "Nobody knows it")
    assert result.exit_code == 1
    assert "Nobody knows it" in result.stderr
    rows.expire_all()
    assert organisation.status is OrganisationStatus.UNVERIFIED


def test_a_name_is_looked_for_in_the_centre_that_is_named(halfway, last_line, rows):
    ours, theirs = (last_line("centre", "add", name) for name in ("Ours", "Theirs"))
    our_one, their_one = (add_organisation(rows, centre, "Repair Café") for centre in (ours, theirs))
    assert halfway("organisation", "verify", "Repair Café").exit_code == 1
    last_line("organisation", "verify", "Repair Café", "--centre", "Theirs")
    rows.expire_all()
    assert our_one.status is OrganisationStatus.UNVERIFIED
    assert their_one.status is OrganisationStatus.VERIFIED


# --- accounts


@pytest.mark.parametrize("kind", ["volunteer", "coordinator", "staff", "operator"])
def test_an_account_can_sign_in_at_once_and_its_token_is_the_last_line(last_line, rows, kind):
    centre_id = last_line("centre", "add", "Centre")
    arguments = [
        "account",
        "add",
        "oksana@example.org",
        "--kind",
        kind,
        "--name",
        "Oksana",
        "--language",
        "uk",
    ]
    text = last_line(*arguments, stdin=f"{PASSWORD}\n")
    actor = actor_of(rows, text)
    assert (actor.kind, actor.language, str(actor.centre_id)) == (kind, "uk", centre_id)
    assert (actor.volunteer_id is not None) is (kind == "volunteer")
    assert create_token(
        rows, ANYONE, "oksana@example.org", PASSWORD, factors=NO_FACTORS, at=datetime.now(UTC)
    )


def test_an_operator_takes_a_second_factor_away_and_says_where_there_is_none(halfway, last_line, rows):
    last_line("centre", "add", "Centre")
    last_line("account", "add", "a@example.org", "--kind", "staff", "--name", "Oksana", stdin=PASSWORD)
    remove = ("account", "remove-second-factor", "A@example.org")
    for arguments in (remove, (*remove[:2], "nobody@example.org")):
        result = halfway(*arguments)
        assert (result.exit_code, "has no second factor" in result.stderr) == (1, True)
    at = datetime.now(UTC)
    account = rows.scalars(select(Account)).one()
    rows.add(SecondFactor(account_id=account.id, salt="salt", created_at=at, confirmed_at=at))
    rows.commit()
    assert "signs in with the password alone" in last_line(*remove)
    rows.expire_all()
    assert count(rows, SecondFactor) == 0
    names = rows.scalars(select(Event.name).where(Event.name.startswith("second_factor."))).all()
    assert names == ["second_factor.removed"]


def test_the_password_may_come_without_a_line_end_and_is_never_shown(halfway, last_line):
    last_line("centre", "add", "Centre")
    result = halfway("account", "add", "a@example.org", "--kind", "staff", "--name", "Oksana", stdin=PASSWORD)
    assert result.exit_code == 0
    assert PASSWORD not in result.output


def test_a_coordinator_is_given_their_organisation(last_line, rows):
    organisation = add_organisation(rows, last_line("centre", "add", "Centre"), "Repair Café")
    named = ["--kind", "coordinator", "--name", "Martin", "--organisation", "Repair Café"]
    text = last_line("account", "add", "martin@example.org", *named, stdin=PASSWORD)
    assert actor_of(rows, text).organisation_ids == {organisation.id}


@pytest.mark.parametrize(
    ("email", "more", "password", "field"),
    [
        ("nobody", ["--kind", "staff"], PASSWORD, "email"),
        ("a@example.org", ["--kind", "staff"], "short", "password"),
        ("a@example.org", ["--kind", "staff"], "", "password"),
        ("a@example.org", ["--kind", "staff", "--centre", "Nowhere"], PASSWORD, "centre"),
        ("a@example.org", ["--kind", "staff", "--organisation", "Repair Café"], PASSWORD, "organisation"),
        ("a@example.org", ["--kind", "coordinator", "--organisation", "Nobody"], PASSWORD, "organisation"),
        ("A@Example.org", ["--kind", "staff", "--language", "xx"], PASSWORD, "language"),
    ],
)
def test_what_an_account_cannot_be_is_refused_by_field(
    halfway, last_line, rows, email, more, password, field
):
    add_organisation(rows, last_line("centre", "add", "Centre"), "Repair Café")
    result = halfway("account", "add", email, "--name", "Oksana", *more, stdin=password)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {field}: ")
    assert count(rows, Account) == count(rows, Token) == count(rows, Coordinator) == 0


def test_an_address_that_has_an_account_is_refused(halfway, last_line, rows):
    last_line("centre", "add", "Centre")
    arguments = ["--kind", "volunteer", "--name", "Oksana"]
    last_line("account", "add", "oksana@example.org", *arguments, stdin=PASSWORD)
    again = halfway("account", "add", "Oksana@Example.org", *arguments, stdin=PASSWORD)
    assert again.exit_code == 1
    assert again.stderr.startswith("Error: email: ")
    assert count(rows, Volunteer) == 1


def test_staff_must_belong_to_a_centre(halfway):
    result = halfway("account", "add", "a@example.org", "--kind", "staff", "--name", "Oksana", stdin=PASSWORD)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: centre: ")
