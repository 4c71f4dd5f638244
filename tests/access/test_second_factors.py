"""Codes of devices: which are taken, when, and never twice."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp import TOTP

from service.access.second_factors import (
    RECOVERY_CODES,
    device_address,
    device_key,
    digest_recovery_code,
    find_step,
    make_recovery_codes,
)

AT = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)
KEY = device_key("k" * 40, uuid.UUID(int=1), "salt")


def code_at(seconds):
    return TOTP(KEY).at(AT + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-40, True), (0, True), (40, True), (-75, False), (90, False)]
)
def test_a_clock_may_be_off_by_one_step_and_no_more(seconds, taken):
    assert (find_step(KEY, code_at(seconds), None, at=AT) is not None) is taken


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 45)), max_size=12))
def test_a_code_is_taken_once_and_none_older_after_it(tries):
    """However devices and clocks run, the steps that are taken only grow."""
    at, last, taken = AT, None, []
    for off, later in tries:
        at += timedelta(seconds=later)
        step = find_step(KEY, TOTP(KEY).at(at + timedelta(seconds=30 * off)), last, at=at)
        if step is not None:
            taken.append(step)
            last = step
    assert taken == sorted(set(taken))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "０００００", "١٢٣٤٥٦", "\0" * 6])
def test_what_is_no_code_is_refused(typed):
    assert find_step(KEY, typed, None, at=AT) is None


def test_a_code_may_be_typed_with_a_gap():
    code = code_at(0)
    assert find_step(KEY, f"{code[:3]} {code[3:]}", None, at=AT) is not None


def test_each_account_service_and_salt_has_a_key_of_its_own():
    keys = {
        device_key(service, uuid.UUID(int=account), salt)
        for service in ("k" * 40, "l" * 40)
        for account in (1, 2)
        for salt in ("salt", "pepper")
    }
    assert len(keys) == 8
    assert {len(one) for one in keys} == {32}
    assert device_address(KEY, "olena@example.org").startswith(
        "otpauth://totp/Halfway:olena%40example.org?secret="
    )


def test_recovery_codes_are_many_long_and_found_however_they_are_typed():
    codes = make_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    one = codes[0]
    assert len(one.replace("-", "")) == 16
    assert {digest_recovery_code(text) for text in (one, one.upper(), one.replace("-", " "), f" {one} ")} == {
        digest_recovery_code(one)
    }
