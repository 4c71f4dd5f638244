"""Requests drawn from the document itself, as every kind of caller: no 5xx, no answer that it does not name.

schemathesis draws what the document allows and what it forbids, and holds each answer to the document:
status, content type, schema, headers. What is drawn is the same in every run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.openapi import from_wsgi
from schemathesis.schemas import APIOperation

from service.access.actors import ActorKind
from service.access.policy import POLICY
from service.db import Sessions, make_engine, make_sessions, unit_of_work
from tests.api.world import CALLERS, World, make_world
from tests.apps import app_with

pytestmark = pytest.mark.slow
# What of a request may be refused though the document allows it: the rules that no schema can tell.
REFUSALS = ["401", "403", "404", "409", "412", "422", "428"]
DRAWN = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "304", *REFUSALS]},
        "negative_data_rejection": {"expected-statuses": ["400", "405", "411", "413", "415", *REFUSALS]},
        "missing_required_header": {"expected-statuses": ["400", *REFUSALS]},
    },
    # NUL is refused everywhere, and test_bad_input.py asks for it; who asks is said below.
    "generation": {"allow-x00": False, "with-security-parameters": False},
}
QUIET = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
EXAMPLES = {"sqlite": 16, "postgresql": 5}
# Whom the policy does not let in is refused before anything else is looked at.
KEPT_OUT = 2


@pytest.fixture
def sessions_of_its_own(committed_database_url: str) -> Iterator[Sessions]:
    engine = make_engine(committed_database_url)
    yield make_sessions(engine)
    engine.dispose()


@pytest.mark.parametrize("caller", CALLERS)
def test_every_answer_is_one_that_the_document_names(caller, sessions_of_its_own, database_kind, subtests):
    with unit_of_work(sessions_of_its_own) as session:
        world = make_world(session, caller)
    app = app_with(sessions_of_its_own)
    for operation in operations_of(app):
        with subtests.test(operation.label):
            kinds = let_in(app, operation.path, operation.method.upper())
            enters = not kinds or ActorKind(caller) in kinds
            ask(operation, world, EXAMPLES[database_kind] if enters else KEPT_OUT)


@cache
def operations_of(app: Flask) -> list[APIOperation]:
    """Read the document once for all callers; answers first: what changes a need makes proposals expire."""
    document = from_wsgi("/openapi.json", app, config=schemathesis.Config.from_dict(DRAWN))
    operations = [found.ok() for found in document.get_all_operations()]
    return sorted(operations, key=lambda one: "proposals" not in (one.tags or ()))


@cache
def let_in(app: Flask, path: str, method: str) -> frozenset[ActorKind]:
    """Say whom the policy lets knock at a route; nobody named means anyone."""
    for route in app.url_map.iter_rules():
        if re.sub(r"<(?:[^<>]+:)?(\w+)>", r"{\1}", route.rule) == path and method in (route.methods or ()):
            return POLICY[app.view_functions[route.endpoint].rule].kinds
    raise AssertionError(f"{method} {path} is documented, and not there")


def ask(operation: APIOperation, world: World, examples: int) -> None:
    """Draw requests of one operation, half of them as the document allows; check each answer."""
    drawn = st.one_of([operation.as_strategy(generation_mode=one) for one in schemathesis.GenerationMode])

    @given(case=drawn)
    @settings(QUIET, max_examples=examples)
    def one_answer(case: schemathesis.Case) -> None:
        world.put_into(case)
        answer = case.call_and_validate(headers=world.headers)
        assert str(answer.status_code) in operation.definition.raw["responses"], answer.status_code

    one_answer()
