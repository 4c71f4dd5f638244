"""Lists of needs over HTTP: what can be asked in the address, and at what cost."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import event

from models.needs import NeedStatus
from tests.making import headers_for, make_coordinator, make_need, make_organisation

URL = "/v1/needs"


def test_a_day_in_the_address_is_that_whole_day(client, session):
    make_need(session, title="noon", starts_at=datetime(2099, 5, 4, 12, tzinfo=UTC))
    session.commit()

    def count(query):
        return len(client.get(f"{URL}?{query}").json["items"])

    assert [count(f"to=2099-05-0{day}") for day in (3, 4)] == [0, 1]
    assert [count(f"from=2099-05-0{day}") for day in (4, 5)] == [1, 0]
    assert count("from=2099-05-04T12:00:00Z") == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cause=Nonsense", "cause.0"),
        ("near=91,0", "near"),
        ("near=nan,0", "near"),
        ("near=1,2,3", "near"),
        ("near=1,2&radius_km=-1", "radius_km"),
        ("near=1,2&radius_km=inf", "radius_km"),
        ("slot=Monday", "slot.0"),
        ("from=2099-02-30", "from"),
        ("from=2099-02-03T10:00:00", "from"),
        ("updated_since=yesterday", "updated_since"),
        ("organisation=x", "organisation.0"),
        ("status=lost", "status.0"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=1.5", "limit"),
        ("cursor=zzz", "cursor"),
        ("q=help&cursor=WyIyMDIwLTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgIjEiXQ", "cursor"),
        ("colour=red", "colour"),
    ],
)
def test_what_a_list_cannot_be_asked_is_named(client, query, field):
    answer = client.get(f"{URL}?{query}")

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == [field]


def test_words_rank_and_filters_narrow(client, session):
    best = make_need(session, title="Walk dogs", description="Dogs, dogs and dogs.", causes=["AnimalWelfare"])
    good = make_need(
        session, title="Help at the fair", description="There are dogs, cats and a cake to bake."
    )
    closed = make_need(session, title="Dogs", description="Dogs", status=NeedStatus.CLOSED)
    session.commit()

    def found(query):
        return [UUID(one["id"]) for one in client.get(f"{URL}?{query}").json["items"]]

    assert found("q=dogs") == [best.id, good.id]
    assert found("q=dogs&cause=Community") == [good.id]
    assert found("q=dogs&limit=1") == [best.id]
    first = client.get(f"{URL}?q=dogs&limit=1").json["next_cursor"]
    assert found(f"q=dogs&limit=1&cursor={first}") == [good.id]
    assert set(found("q=+")) == {best.id, good.id}
    assert closed.id not in found("q=dogs")


def test_a_list_does_not_ask_for_each_row(client, session, connection):
    asked = []
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    writer = headers_for(session, make_coordinator(session, make_organisation(session)))

    def count():
        asked.clear()
        event.listen(connection, "before_cursor_execute", listener)
        answers = [client.get(f"{URL}?limit=100"), client.get(f"{URL}?limit=100", headers=writer)]
        event.remove(connection, "before_cursor_execute", listener)
        return len(asked), [len(one.json["items"]) for one in answers]

    make_need(session)
    session.commit()
    few, one = count()
    for _ in range(30):
        make_need(session)
    session.commit()
    many, all_ = count()

    assert (one, all_) == ([1, 1], [31, 31])
    assert few == many
