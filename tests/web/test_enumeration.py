"""Nobody learns who has an account, neither by what is answered nor by how long it takes."""

from __future__ import annotations

import time
from statistics import median

import pytest
from argon2 import PasswordHasher, extract_parameters

from service.access import passwords
from tests.making import make_account, make_centre

TRIES, MOST_SECONDS = 120, 0.005


@pytest.fixture
def cheap_hashes(monkeypatch):
    """Hash with a third of the effort: a hash left out is still seen, and so is all else that differs."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(memory_cost=8192, time_cost=2, parallelism=1))
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()


def test_an_unknown_account_costs_the_very_hash_that_a_known_one_does():
    passwords._nobody.cache_clear()
    assert extract_parameters(passwords._nobody()) == extract_parameters(passwords.hash_password("x" * 15))


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/tokens", {"password": "not this one at all"}), ("/v1/accounts/reset", {})],
    ids=["sign-in", "reset"],
)
def test_known_and_unknown_take_as_long_and_say_the_same(session, app, cheap_hashes, path, body):
    kept = passwords.hash_password("river stones sing at dawn")
    make_centre(session)
    known = [make_account(session, password_hash=kept).email for _ in range(TRIES)]
    session.commit()
    client = app.test_client()
    took: dict[bool, list[float]] = {True: [], False: []}
    answers = set()
    for number, email in enumerate(known):
        # One after the other, first this and then that: what slows one down slows the other down, too.
        pair = [(True, email), (False, f"nobody{number}@example.org")]
        for is_known, asked in pair if number % 2 else pair[::-1]:
            begun = time.perf_counter()
            answer = client.post(path, json={"email": asked, **body})
            took[is_known].append(time.perf_counter() - begun)
            answers.add((answer.status_code, answer.get_data()))
    assert len(answers) == 1
    assert abs(median(took[True]) - median(took[False])) < MOST_SECONDS
