"""Fair exposure over HTTP: a quiet organisation's need comes up for whom it suits, and it is said why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.access.actors import WORKER
from service.operations.pricing import price_needs
from tests.making import headers_for, make_need, make_organisation, make_volunteer, time_of


@pytest.fixture(autouse=True)
def _no_swaps(monkeypatch):
    """Keep neighbours in their places: in one list of twenty two change theirs by chance."""
    monkeypatch.setattr("service.operations.ranked_lists.swapped_place", lambda *_: None)


def listed(client, session, volunteer):
    path = f"/v1/volunteers/{volunteer.id}/proposals"
    answer = client.post(f"{path}/refresh", headers=headers_for(session, volunteer))
    assert answer.status_code == 200, answer.json
    items = client.get(path, headers=headers_for(session, volunteer)).json["items"]
    return {one["need"]["id"]: one for one in items}


def test_needs_of_a_quiet_organisation_come_up_for_those_whom_they_suit(client, session, sessions):
    for _ in range(21):
        make_need(session, make_organisation(session), places=9, places_taken=1)
    organisation = make_organisation(session, name="Quiet Yard")
    quiet = make_need(session, organisation, causes=["Community", "Sports"], places=2)
    someone, far = make_volunteer(session), make_volunteer(session, latitude=50.45, longitude=30.52)
    night = time_of(session)

    before = listed(client, session, someone)
    session.commit()
    price_needs(sessions, WORKER, spread=1.0, at=night)
    after = listed(client, session, someone)

    first = str(quiet.id)
    assert first not in before  # twenty others suit better
    assert list(after).index(first) == 1  # behind the most relevant one
    assert next(iter(before)) == next(iter(after))
    assert after[first]["score"] <= min(one["score"] for one in after.values())
    reasons = {one["code"]: one for one in after[first]["reasons"]}
    assert reasons["no_volunteer_yet"]["text"] == "has no volunteer yet"
    assert reasons["no_volunteer_yet"]["weight"] > 0
    assert first not in listed(client, session, far)

    quiet.places_taken = 1
    session.commit()
    assert first not in listed(client, session, someone)  # somebody came: at once it is by relevance again

    price_needs(sessions, WORKER, spread=0.0, at=night + timedelta(days=1))
    assert list(listed(client, session, someone)) == list(before)
