"""The index of open needs: in step with the rows, whoever changed them and in whatever order they commit."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event

from models import Need, Organisation
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service.access.actors import ANYONE
from service.db import make_engine, make_sessions, now, unit_of_work
from service.queries import openings
from service.queries.openings import LONG_LOOK_EVERY, list_open_needs
from service.queries.search import search_open_needs
from tests.making import make_need, make_organisation, time_of


@pytest.fixture
def committed(committed_database_url):
    engine = make_engine(committed_database_url)
    yield make_sessions(engine)
    engine.dispose()


def index_of(session, after=timedelta(0)):
    session.flush()
    return list_open_needs(session, ANYONE, at=time_of(session) + after)


def found(session, text="clothes", after=timedelta(0)):
    at = time_of(session) + after
    return {need_id for need_id, _ in search_open_needs(session, ANYONE, text, at=at, limit=100)}


def statements_of(engine):
    seen = []
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    return seen


def test_open_needs_of_verified_organisations_are_in_and_no_others(session):
    open_ = make_need(session)
    for status in set(NeedStatus) - {NeedStatus.OPEN}:
        make_need(session, status=status)
    for trust in set(OrganisationStatus) - {OrganisationStatus.VERIFIED}:
        make_need(session, make_organisation(session, status=trust))

    index = index_of(session)

    assert len(index) == 1
    assert open_.id in index


def test_the_index_is_built_once_and_then_only_asked_what_changed(committed):
    with unit_of_work(committed) as session:
        make_need(session)
    with unit_of_work(committed, readonly=True) as session:
        first = index_of(session)
    seen = statements_of(committed.kw["bind"])
    with unit_of_work(committed, readonly=True) as session:
        assert index_of(session, LONG_LOOK_EVERY / 2) is first

    assert len([one for one in seen if one.startswith("SELECT")]) == 1


def test_each_database_has_an_index_of_its_own(committed, session):
    with unit_of_work(committed) as other:
        need = make_need(other)
    with unit_of_work(committed, readonly=True) as other:
        assert need.id in index_of(other)

    assert need.id not in index_of(session)


@pytest.mark.parametrize(
    "change",
    [
        lambda need, _: setattr(need, "status", NeedStatus.CLOSED),
        lambda need, _: setattr(need, "status", NeedStatus.FULL),
        lambda _, organisation: setattr(organisation, "status", OrganisationStatus.SUSPENDED),
        lambda _, organisation: setattr(organisation, "status", OrganisationStatus.UNVERIFIED),
    ],
)
def test_what_closed_or_lost_its_verification_goes_and_comes_back(session, change):
    organisation = make_organisation(session)
    need, other = make_need(session, organisation), make_need(session)
    assert need.id in index_of(session)

    change(need, organisation)
    index = index_of(session)
    assert need.id not in index
    assert other.id in index

    need.status, organisation.status = NeedStatus.OPEN, OrganisationStatus.VERIFIED
    assert need.id in index_of(session)


def test_a_changed_text_and_a_changed_name_are_found(session):
    organisation = make_organisation(session, name="Warm Hands")
    need = make_need(session, organisation, title="Walk dogs")
    assert found(session, "libraries") == set()

    need.title = "Help in libraries"
    session.flush()
    assert found(session, "libraries") == {need.id}

    organisation.name = "Quiet Rivers"
    session.flush()
    assert found(session, "rivers") == {need.id}
    assert found(session, "warm hands") == set()


def test_places_left_follow_each_acceptance(session):
    need = make_need(session, places=3)
    index = index_of(session)
    assert index.rows["places"][index.row_of(need.id)] == 3

    need.take_place()

    index = index_of(session)
    assert index.rows["places"][index.row_of(need.id)] == 2


def test_a_need_published_in_another_transaction_is_found_at_once(committed):
    with unit_of_work(committed) as session:
        need = make_need(session, status=NeedStatus.DRAFT)
    with unit_of_work(committed, readonly=True) as session:
        assert need.id not in index_of(session)
    with unit_of_work(committed) as session:
        session.get_one(Need, need.id).publish(time_of(session))
    with unit_of_work(committed, readonly=True) as session:
        assert need.id in index_of(session)


@pytest.mark.postgres
def test_what_commits_after_a_look_but_began_before_it_is_not_lost(committed):
    """Transactions commit out of order; SQLite knows one writer at a time, whose rows bear later times."""
    with unit_of_work(committed, readonly=True) as session:
        index_of(session)
    with unit_of_work(committed) as slow:
        need = make_need(slow)
        for later in (1, 5, 9):
            with unit_of_work(committed, at=now() + timedelta(seconds=later), readonly=True) as session:
                assert need.id not in index_of(session)
    with unit_of_work(committed, at=now() + timedelta(seconds=10), readonly=True) as session:
        assert need.id in index_of(session)


def test_what_a_very_slow_transaction_wrote_is_found_by_the_next_long_look(committed):
    with unit_of_work(committed, readonly=True) as session:
        index_of(session)
    long_ago = now() - timedelta(minutes=5)
    with unit_of_work(committed, at=long_ago) as session:
        need = make_need(session)
    with unit_of_work(committed, readonly=True) as session:
        assert need.id not in index_of(session), "the usual look does not go back so far"
        assert need.id in index_of(session, LONG_LOOK_EVERY)


def test_old_rows_read_late_change_nothing(session):
    need = make_need(session)
    index_of(session)
    before = (need.version, session.get_one(Organisation, need.organisation_id).version)
    need.status = NeedStatus.CLOSED
    assert need.id not in index_of(session)

    assert not openings._is_newer(before, (need.version, before[1]))
    assert need.id not in index_of(session)


def test_needs_whose_time_has_not_come_or_has_passed_are_not_found(session):
    at = time_of(session)
    need = make_need(session)
    expiring = make_need(session, expires_at=at + timedelta(days=1))
    dated = make_need(session, starts_at=at + timedelta(hours=1), ends_at=at + timedelta(days=1))
    coming = make_need(session, publish_at=at + timedelta(days=2))

    assert found(session) == {need.id, expiring.id, dated.id}
    assert found(session, after=timedelta(days=1)) == {need.id}
    assert found(session, after=timedelta(days=2)) == {need.id, coming.id}


def test_search_gives_the_most_similar_first_and_no_more_than_asked(session):
    make_need(session, title="Drive a van")
    needs = [make_need(session, title=title) for title in ("Walk dogs", "Walk dogs in the park, slowly")]

    ranked = search_open_needs(session, ANYONE, "walk dogs", at=time_of(session), limit=2)

    assert [need_id for need_id, _ in ranked] == [one.id for one in needs]
    assert 0 < ranked[1][1] < ranked[0][1] <= 1
    assert len(search_open_needs(session, ANYONE, "walk dogs", at=time_of(session), limit=1)) == 1


def test_threads_share_one_index_while_needs_come_and_go(committed):
    with unit_of_work(committed) as session:
        organisation = make_organisation(session)
        needs = [make_need(session, organisation).id for _ in range(20)]
    failures = []

    def look():
        try:
            for _ in range(15):
                with unit_of_work(committed, readonly=True) as session:
                    found(session)
        except Exception as error:  # noqa: BLE001 a thread's failure is shown by the test
            failures.append(error)

    def close():
        try:
            for need_id in needs[:10]:
                with unit_of_work(committed) as session:
                    session.get_one(Need, need_id).close(time_of(session))
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=one) for one in (look, look, close)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert failures == []
    with unit_of_work(committed, readonly=True) as session:
        assert found(session) == set(needs[10:])
