"""Requests drawn from the document itself, as every kind of caller: no 5xx, no answer that it does not name.

schemathesis draws what the document allows and what it forbids, and holds each answer to the document:
status, content type, schema, headers. What is drawn is the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.openapi import from_wsgi
from schemathesis.schemas import APIOperation

from service.app import create_app
from service.config import Settings
from service.db import Sessions, make_engine, make_sessions, unit_of_work
from tests.api.world import CALLERS, World, make_world

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


@pytest.fixture
def sessions_of_its_own(committed_database_url: str) -> Iterator[Sessions]:
    engine = make_engine(committed_database_url)
    yield make_sessions(engine)
    engine.dispose()


@pytest.mark.parametrize("caller", CALLERS)
def test_every_answer_is_one_that_the_document_names(
    caller, sessions_of_its_own, database_kind, tmp_path, subtests
):
    with unit_of_work(sessions_of_its_own) as session:
        world = make_world(session, caller)
    app = create_app(Settings(secret_key_file=str(tmp_path / "key")), sessions=sessions_of_its_own)
    document = from_wsgi("/openapi.json", app, config=schemathesis.Config.from_dict(DRAWN))
    operations = [found.ok() for found in document.get_all_operations()]
    # Answers first: what changes a volunteer or a need makes proposals expire.
    for operation in sorted(operations, key=lambda one: "proposals" not in (one.tags or ())):
        with subtests.test(operation.label):
            ask(operation, world, EXAMPLES[database_kind])


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
