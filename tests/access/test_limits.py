"""Rate limits: what is counted together, what is taken off again, and what happens where nothing can be."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress

import pytest
from limits.errors import StorageError
from limits.storage import MemoryStorage

from service.access.actors import ANYONE, Actor, ActorKind
from service.access.limits import Limits, network_of
from service.access.policy import POLICY
from service.errors import Refusal, TooManyRequests

HERE, THERE = "203.0.113.7", "203.0.113.8"


class WrongGuessError(Exception):
    """What an operation raises at a wrong password."""


class Broken(MemoryStorage):
    """A storage that cannot be reached."""

    def incr(self, key, expiry, amount=1):
        raise StorageError(OSError("gone"))


@pytest.fixture
def limits():
    return Limits(MemoryStorage(), time.time)


def how_often(act, most=700):
    """Do it until it is refused; say how often it was not, and for how long it is."""
    for done in range(most):
        try:
            act()
        except TooManyRequests as refused:
            return done, refused.retry_after
    return most, 0


def guess(limits, account, address, *, right=False, code=False):
    """Guess once, right or wrong; raise where it is not even looked at."""
    with suppress(WrongGuessError), limits.guessing(account, address, code=code):
        if not right:
            raise WrongGuessError


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("anyone", 60),
        ("volunteer", 120),
        ("coordinator", 300),
        ("staff", 300),
        ("operator", 300),
        ("centre", 600),
    ],
)
def test_each_kind_has_its_own_number_a_minute(limits, kind, most):
    actor = Actor(ActorKind(kind), account_id=uuid.uuid4(), token_id=uuid.uuid4())
    done, wait = how_often(lambda: limits.count(actor, "me.read", HERE))
    assert (done, 0 < wait <= 60) == (most, True)
    if kind == "anyone":
        limits.count(ANYONE, "me.read", THERE)
    else:
        limits.count(Actor(actor.kind, account_id=uuid.uuid4(), token_id=uuid.uuid4()), "me.read", HERE)


def test_a_worker_is_never_counted(limits):
    assert how_often(lambda: limits.count(Actor(ActorKind.WORKER), "me.read", None))[0] == 700


def test_files_are_brought_four_times_an_hour(limits):
    centre = Actor(ActorKind.CENTRE, centre_id=uuid.uuid4(), token_id=uuid.uuid4())
    assert "imports.start" in POLICY
    done, wait = how_often(lambda: limits.count(centre, "imports.start", HERE))
    assert (done, 3500 < wait <= 3600) == (4, True)
    limits.count(centre, "imports.read", HERE)


def test_five_wrong_passwords_for_one_account_from_one_address(limits):
    done, wait = how_often(lambda: guess(limits, "Olena@Example.org", HERE))
    assert (done, 800 < wait <= 900) == (5, True)
    with pytest.raises(TooManyRequests):
        guess(limits, " olena@example.ORG ", HERE, right=True)
    guess(limits, "olena@example.org", THERE)


def test_ten_wrong_passwords_from_one_address_whatever_the_account(limits):
    numbers = iter(range(100))
    done, wait = how_often(lambda: guess(limits, f"person{next(numbers)}", HERE))
    assert (done, 200 < wait <= 300) == (10, True)


def test_what_was_right_does_not_count(limits):
    """A computer room signs in from one address; nobody is shut out by others who do nothing wrong."""
    assert how_often(lambda: guess(limits, "olena", HERE, right=True), 50)[0] == 50
    assert how_often(lambda: guess(limits, "olena", HERE))[0] == 5


def test_many_guesses_at_once_are_not_all_looked_at(limits):
    looked_at, waiting = 0, []
    for _ in range(8):
        one = limits.guessing("olena", HERE)
        try:
            one.__enter__()
        except TooManyRequests:
            continue
        looked_at += 1
        waiting.append(one)
    assert looked_at == 5


def test_codes_of_one_account_are_guessed_twenty_times_an_hour_from_wherever(limits):
    numbers = iter(range(1, 200))
    done, _ = how_often(lambda: guess(limits, "olena", f"198.51.100.{next(numbers)}", code=True))
    assert done == 20


def test_mail_is_not_sent_to_somebody_without_end(limits):
    assert how_often(lambda: limits.ask_for_mail("olena@example.org", HERE))[0] == 5


def test_where_nothing_can_be_counted_requests_pass_and_guesses_do_not():
    limits = Limits(Broken(), time.time)
    limits.count(ANYONE, "me.read", HERE)
    with pytest.raises(Refusal) as refused, limits.guessing("olena", HERE):
        pytest.fail("the guess was looked at")
    assert refused.value.code == "unavailable"


def test_the_limits_may_be_raised_or_taken_away():
    twice, none = Limits(MemoryStorage(), time.time, 2), Limits(None, time.time, 0)
    assert how_often(lambda: twice.count(ANYONE, "", HERE))[0] == 120
    assert how_often(lambda: guess(none, "olena", HERE))[0] == 700


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (HERE, HERE),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", HERE),
        ("", "unknown"),
        (None, "unknown"),
        ("nonsense, 1.2.3.4", "unknown"),
    ],
)
def test_ipv6_is_counted_by_network(address, network):
    assert network_of(address) == network
