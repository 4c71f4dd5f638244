"""The ranking's life: what is learnt from, who may, what is refused, and what ranks when something breaks."""

from __future__ import annotations

import math
import uuid
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logit
from sqlalchemy import select

from matching.model import rule_model
from matching.model_files import manifest_of, to_bytes
from matching.swaps import PART_SWAPPED, SHORTEST_SWAPPED, swap, swapped_place
from matching.training import fit
from models import Event, Proposal, RankedList, RankingModel, RankingUse
from models.proposals import DeclineReason, ProposalStatus
from service.access.actors import WORKER
from service.errors import NotAllowed, NotFound
from service.operations import rankings
from service.operations.proposals import accept_proposal, decline_proposal
from service.operations.proposing import propose_for, refresh_proposals
from service.operations.rankings import (
    TooFewLists,
    UnusableModel,
    train_by_night,
    train_ranking,
    use_ranking,
)
from service.queries.ranked_lists import count_seen_lists, get_shown
from service.queries.rankings import get_ranking
from tests.apps import app_with
from tests.making import (
    HERE,
    actor_for,
    make_account,
    make_need,
    make_organisation,
    make_volunteer,
    time_of,
)
from tests.matching.lists import made_up

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


# ----------------------------------------------------------------- neighbours that change places


def test_one_list_in_twenty_is_swapped_each_place_alike_and_always_the_same():
    generator = np.random.default_rng(1)
    ids = [uuid.UUID(bytes=generator.bytes(16)) for _ in range(20_000)]
    places = [swapped_place(one, 20) for one in ids]
    swapped = [place for place in places if place is not None]

    assert len(swapped) / len(ids) == pytest.approx(PART_SWAPPED, abs=0.01)
    assert set(swapped) == set(range(19))
    assert places == [swapped_place(one, 20) for one in ids]
    assert all(swapped_place(one, SHORTEST_SWAPPED - 1) is None for one in ids)


@given(st.lists(st.integers(), min_size=2), st.data())
def test_a_swap_moves_two_neighbours_and_nothing_else(order, data):
    place = data.draw(st.integers(0, len(order) - 2))
    swapped = swap(order, place)

    assert swapped[place : place + 2] == [order[place + 1], order[place]]
    assert (swapped[:place], swapped[place + 2 :]) == (order[:place], order[place + 2 :])
    assert swap(order, None) == order


def test_a_swapped_list_is_shown_and_kept_so(session, monkeypatch):
    monkeypatch.setattr("service.operations.ranked_lists.swapped_place", lambda _id, _length: 0)
    for places in (1, 4, 9):
        make_need(session, places=places)
    volunteer = make_volunteer(session)
    session.flush()

    propose_for(session, WORKER, volunteer.id, at=time_of(session))

    session.flush()
    kept = session.scalars(select(RankedList)).one()
    scores = [item["score"] for item in kept.items]
    positions = {one.need_id: one.position for one in session.scalars(select(Proposal))}
    assert kept.swapped_place == 0
    assert [scores[1], scores[0], scores[2]] == sorted(scores, reverse=True)
    assert [positions[uuid.UUID(item["need_id"])] for item in kept.items] == [0, 1, 2]


# ----------------------------------------------------------------- what is learnt from


@pytest.fixture
def town(session):
    """Give a volunteer, and propose to them at a time; by the service, or because they ask."""
    organisation = make_organisation(session)
    for number in range(4):
        make_need(session, organisation, places=20, title=f"Need {number}")
    volunteer = make_volunteer(session)
    session.flush()
    return Town(session, volunteer, time_of(session))


class Town:
    """A volunteer and a few needs that suit them."""

    def __init__(self, session, volunteer, start):
        self.session, self.volunteer, self.start = session, volunteer, start

    def propose(self, after, *, asked=False):
        ask = refresh_proposals if asked else propose_for
        actor = self.actor() if asked else WORKER
        ask(self.session, actor, self.volunteer.id, at=self.start + after)
        self.session.flush()

    def actor(self):
        return actor_for(self.session, self.volunteer)

    def proposals(self):
        rows = self.session.scalars(select(Proposal).order_by(Proposal.position))
        return [one for one in rows if one.status is ProposalStatus.PROPOSED]


def shown(session, at):
    session.flush()
    return get_shown(session, WORKER, at=at)


def test_a_list_that_nobody_saw_teaches_nothing(session, town):
    town.propose(timedelta(0))
    town.propose(DAY)

    assert len(shown(session, town.start + 10 * DAY)) == 0


def test_a_list_counts_that_was_asked_for_once_it_is_a_day_old_or_gone(session, town):
    town.propose(timedelta(0), asked=True)

    assert len(shown(session, town.start + DAY / 2)) == 0
    assert len(shown(session, town.start + 2 * DAY)) == 1
    town.propose(timedelta(hours=1))
    assert len(shown(session, town.start + DAY / 2)) == 1


def test_a_list_counts_while_which_somebody_signed_in(session, town):
    town.propose(timedelta(0))
    account_id = town.volunteer.account_id
    session.add(
        Event(
            at=town.start + 2 * DAY, name="session.opened", actor_kind="volunteer", actor_id=account_id,
            subject_kind="session", subject_id=uuid.uuid4(), body={},
        )
    )  # fmt: skip
    town.propose(DAY)
    town.propose(3 * DAY)

    lists = shown(session, town.start + 10 * DAY)
    assert len(lists) == 1
    assert count_seen_lists(session, WORKER, since=town.start, at=town.start + 10 * DAY) == 1
    assert count_seen_lists(session, WORKER, since=town.start + DAY, at=town.start + 10 * DAY) == 0


def test_a_list_that_was_replaced_at_once_counts_only_with_a_yes(session, town):
    town.propose(timedelta(0), asked=True)
    town.propose(MINUTE / 2, asked=True)
    assert len(shown(session, town.start + MINUTE)) == 0

    accept_proposal(session, town.actor(), town.proposals()[0].id, at=town.start + MINUTE)
    town.propose(1.5 * MINUTE, asked=True)

    assert len(shown(session, town.start + 2 * MINUTE)) == 1


def test_what_was_taken_stands_with_the_list_that_was_seen_then(session, town):
    town.propose(timedelta(0), asked=True)
    second = town.proposals()[1]
    accept_proposal(session, town.actor(), second.id, at=town.start + DAY)
    town.propose(2 * DAY, asked=True)
    kept = session.scalars(select(RankedList).order_by(RankedList.ranked_at)).first()

    lists = shown(session, town.start + 10 * DAY)

    assert len(lists) == 2
    assert lists.taken.tolist() == [False, True, False, False, False, False, False]
    assert lists.needs[1] == str(second.need_id)
    assert lists.places.tolist() == [0, 1, 2, 3, 0, 1, 2]
    assert lists.volunteers.tolist() == [str(town.volunteer.id)] * 2
    features = np.array(kept.items[1]["features"], float)
    assert np.array_equal(lists.features[1], features, equal_nan=True)
    assert np.isnan(features).any(), "what was unknown is null, and unknown again"


def test_a_decline_changes_nothing_of_what_is_learnt(session, town):
    """I-30: with and without a decline, the lists, what was taken and the model are the same."""
    town.propose(timedelta(0), asked=True)
    town.propose(DAY)
    before = shown(session, town.start + 10 * DAY)

    decline_proposal(session, town.actor(), town.proposals()[0].id, at=town.start + 2 * DAY)
    after = shown(session, town.start + 10 * DAY)

    assert len(before) == 1
    assert np.array_equal(before.features, after.features, equal_nan=True)
    assert np.array_equal(before.taken, after.taken)
    one, other = fit(before, "one").lookups, fit(after, "other").lookups
    assert np.array_equal(one.weight, other.weight)


# What is added to the utility of a need of the same one cause and organisation: each share is 1 / 3.
TASTE = -rule_model().weights.of("unlike_declined")[0] * (1 - (1 - 1 / 3) ** 2)


@pytest.mark.parametrize(
    ("reason", "added"),
    [
        (None, TASTE),
        (DeclineReason.NOT_INTERESTED, TASTE),
        (DeclineReason.TOO_FAR, 0.0),
        (DeclineReason.WRONG_TIME, 0.0),
        (DeclineReason.ALREADY_BUSY, 0.0),
        (DeclineReason.SKILLS, 0.0),
        (DeclineReason.OTHER, 0.0),
    ],
)
def test_a_decline_changes_nobody_elses_list_and_of_ones_own_only_what_it_says(
    session, town, monkeypatch, reason, added
):
    """I-30: lists made at one moment, with the decline and without it."""
    other = make_volunteer(session)
    nature = make_need(session, causes=["Nature"], places=20)
    town.propose(timedelta(0))
    monkeypatch.setattr("service.operations.ranked_lists.swapped_place", lambda _id, _length: None)
    monkeypatch.setattr("matching.ranking.MOST_OF_ONE_ORGANISATION", 9)
    declined = next(one for one in town.proposals() if one.need_id != nature.id)
    lists = {}
    for said in ("nothing", "no"):
        if said == "no":
            decline_proposal(session, town.actor(), declined.id, reason=reason, at=town.start + DAY)
            session.flush()
        for volunteer in (town.volunteer, other):
            propose_for(session, WORKER, volunteer.id, at=town.start + DAY)
            session.flush()
            rows = session.scalars(
                select(Proposal).where(
                    Proposal.volunteer_id == volunteer.id, Proposal.status == ProposalStatus.PROPOSED
                )
            )
            ordered = sorted(rows, key=lambda one: one.position)
            lists[said, volunteer.id] = [(one.need_id, one.score, one.reasons) for one in ordered]

    own, before = lists["no", town.volunteer.id], lists["nothing", town.volunteer.id]
    were = {need_id: (score, reasons) for need_id, score, reasons in before}
    assert {one[0] for one in own} == were.keys() - {declined.need_id}
    for need_id, score, reasons in own:
        expected = added if need_id != nature.id else 0.0
        assert logit(score) - logit(were[need_id][0]) == pytest.approx(expected, abs=1e-9)
        others = [one for one in reasons if one["code"] != "like_declined"]
        assert others == were[need_id][1]
        assert (others != reasons) == (expected != 0)
    if not added:
        assert own == [one for one in before if one[0] != declined.need_id]
    assert lists["no", other.id] == lists["nothing", other.id]


def test_a_yes_brings_the_like_of_it_up_for_that_volunteer_alone(session, town):
    other = make_volunteer(session)
    nature = make_need(session, causes=["Nature"], places=20)
    town.propose(timedelta(0))
    accept_proposal(session, town.actor(), town.proposals()[0].id, at=town.start)
    for volunteer in (town.volunteer, other):
        propose_for(session, WORKER, volunteer.id, at=town.start + DAY)
    session.flush()

    told = {
        (one.volunteer_id, one.need_id): [reason["code"] for reason in one.reasons]
        for one in session.scalars(select(Proposal).where(Proposal.status == ProposalStatus.PROPOSED))
    }
    mine = {need_id: codes for (whose, need_id), codes in told.items() if whose == town.volunteer.id}
    assert all(("accepted_there" in codes) == (need_id != nature.id) for need_id, codes in mine.items())
    assert len(mine) == 4
    assert not any("accepted_there" in codes for (whose, _), codes in told.items() if whose == other.id)


# ----------------------------------------------------------------- which ranks


def keep(session, model, *, arrays=None, manifest=None):
    """Keep a model as training would, or with something wrong about it."""
    written = to_bytes(model)
    row = RankingModel(
        id=uuid.uuid4(),
        version=model.version,
        trained_at=time_of(session),
        manifest=manifest or manifest_of(model, written),
        arrays=arrays or written,
        card="# A card",
    )
    session.add(row)
    session.flush()
    return row


def learnt(version="learned-1", seed=1):
    return fit(made_up(300, seed=seed), version, pull=1.0)


def ranking(session, after=timedelta(0)):
    return get_ranking(session, WORKER, at=time_of(session) + after)


def test_the_rules_rank_until_a_model_is_put_into_use_and_again_after(session):
    model = learnt()
    keep(session, model)
    assert ranking(session).model is rule_model()

    use_ranking(session, WORKER, "learned-1", at=time_of(session))
    session.flush()
    used = ranking(session)
    assert (used.version, used.problem) == ("learned-1", None)
    assert np.array_equal(used.model.lookups.weight, model.lookups.weight)

    use_ranking(session, WORKER, "rules", at=time_of(session))
    session.flush()
    assert ranking(session).model is rule_model()
    told = session.scalars(select(Event).where(Event.name == "ranking.used")).all()
    assert [one.body for one in told] == [{"version": "learned-1"}, {"version": "rules"}]


def test_what_cannot_be_used_is_not_put_into_use(session):
    keep(session, learnt(), arrays=b"PK")

    with pytest.raises(UnusableModel, match="manifest"):
        use_ranking(session, WORKER, "learned-1", at=time_of(session))
    with pytest.raises(NotFound):
        use_ranking(session, WORKER, "learned-2", at=time_of(session))
    with pytest.raises(NotAllowed):
        use_ranking(
            session, actor_for(session, make_account(session, "operator")), "rules", at=time_of(session)
        )


@pytest.fixture
def client(sessions):
    return app_with(sessions).test_client()


@pytest.mark.parametrize("how", ["other bytes", "cut off", "no numbers", "another's", "gone"])
def test_a_broken_model_means_the_rules_a_degraded_readyz_a_line_in_the_log_and_nothing_else(
    session, client, caplog, how
):
    row = keep(session, learnt())
    use_ranking(session, WORKER, "learned-1", at=time_of(session))
    session.flush()
    need, volunteer = make_need(session), make_volunteer(session)
    session.commit()
    assert client.get("/readyz").json["status"] == "ok"
    if how == "gone":
        session.delete(row)
    elif how == "another's":
        row.manifest = {**row.manifest, "version": "learned-9"}
    elif how == "no numbers":
        broken = to_bytes(learnt()).replace(np.float64(1.0).tobytes(), np.float64("nan").tobytes())
        row.arrays, row.manifest = broken[:-9], manifest_of(learnt(), broken[:-9])
    else:
        row.arrays = b"PK\x03\x04" if how == "other bytes" else row.arrays[:100]
    session.commit()

    propose_for(session, WORKER, volunteer.id, at=time_of(session) + 2 * MINUTE)
    session.commit()

    proposal = session.scalars(select(Proposal).where(Proposal.need_id == need.id)).one()
    assert proposal.model == "rules-3"
    assert "learned-1 cannot be used, the rules rank" in caplog.text
    assert ranking(session, 4 * MINUTE).problem


def test_readyz_names_the_ranking_that_is_broken_and_stays_up(session, client):
    keep(session, learnt(), arrays=b"no model")
    session.add(RankingUse(version="learned-1", begun_at=time_of(session)))
    session.commit()

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["status"] == "degraded"
    assert answer.json["checks"]["ranking"].startswith("rules instead of learned-1: ")


# ----------------------------------------------------------------- learning


def test_training_is_for_those_who_run_the_service_and_needs_lists(session, sessions):
    with pytest.raises(NotAllowed):
        train_ranking(sessions, actor_for(session, make_volunteer(session)), at=time_of(session))
    with pytest.raises(TooFewLists):
        train_ranking(sessions, WORKER, at=time_of(session))
    assert train_by_night(sessions, WORKER, use_at_once=True, at=time_of(session)) is None


def test_a_model_that_is_worse_than_the_one_in_use_is_refused_with_the_numbers(
    session, sessions, monkeypatch
):
    """The lists teach one thing for long, and at the end another, to which the one in use is fitted."""
    early, late = made_up(900, seed=1, tastes={"text": 6.0}), made_up(225, seed=2, tastes={"closeness": 9.0})
    monkeypatch.setattr(rankings, "get_shown", lambda *_, at: joined(early, late))
    keep(session, fit(made_up(3000, seed=3, tastes={"closeness": 9.0}), "learned-1", pull=1.0))
    use_ranking(session, WORKER, "learned-1", at=time_of(session))
    session.commit()

    outcome = train_ranking(sessions, WORKER, at=time_of(session))

    ours, theirs = outcome.trained.judged["all"], outcome.trained.against["all"]
    assert (outcome.version, outcome.against) == (None, "learned-1")
    assert (ours.log_loss, theirs.ndcg) > (theirs.log_loss, ours.ndcg)
    assert [one.version for one in session.scalars(select(RankingModel))] == ["learned-1"]


def joined(one, other):
    """Give the lists of one after those of the other."""
    parts = {
        name: np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("features", "taken", "places", "volunteers", "needs")
    }
    starts = np.concatenate([one.starts, one.starts[-1] + other.starts[1:]])
    return type(one)(names=one.names, starts=starts, **parts)


@pytest.mark.parametrize("use_at_once", [False, True])
def test_by_night_a_model_is_proposed_and_used_only_where_that_is_set(
    session, sessions, monkeypatch, use_at_once
):
    lists = made_up(600, seed=4)
    monkeypatch.setattr(rankings, "get_shown", lambda *_, at: lists)
    monkeypatch.setattr(
        rankings, "count_seen_lists", lambda *_, since, at: len(lists) if since is None else 0
    )

    outcome = train_by_night(sessions, WORKER, use_at_once=use_at_once, at=time_of(session))
    session.expire_all()

    kept = session.scalars(select(RankingModel)).one()
    assert kept.version == outcome.version == f"learned-{time_of(session):%Y%m%d}-1"
    assert kept.manifest["metrics"]["all"]["ndcg_at_10"] == outcome.trained.judged["all"].ndcg
    assert kept.card.startswith(f"# Ranking {kept.version}\n")
    assert "| closeness |" in kept.card
    assert ranking(session).version == (kept.version if use_at_once else "rules")
    assert train_by_night(sessions, WORKER, use_at_once=use_at_once, at=time_of(session)) is None


# ----------------------------------------------------------------- a town that teaches


@pytest.mark.slow
def test_a_town_teaches_its_tastes_and_the_next_proposals_follow_them(session, sessions):
    """Volunteers who want little time and a short way act through the service; its ranking learns it."""
    generator = np.random.default_rng(5)
    organisations = [make_organisation(session) for _ in range(20)]
    for number in range(80):
        hours, away = generator.uniform(0, 20), generator.uniform(0, 0.15)
        make_need(
            session, organisations[number % 20], places=100, title=f"Need {number}",
            commitment_hours_per_week=hours, latitude=HERE["latitude"] + away,
        )  # fmt: skip
    volunteers = [make_volunteer(session, radius_km=25.0) for _ in range(60)]
    session.commit()
    start = time_of(session)
    for day in range(6):
        for volunteer in volunteers:
            live_a_day(session, volunteer, start + day * DAY, generator)
    session.commit()

    at = start + 40 * DAY
    outcome = train_ranking(sessions, WORKER, at=at)

    ours, rules = outcome.trained.judged["all"], outcome.trained.against["all"]
    assert outcome.version is not None
    assert outcome.trained.lists == 6 * 60
    assert ours.ndcg > rules.ndcg + 0.05
    assert ours.log_loss < rules.log_loss
    with sessions() as work:
        use_ranking(work, WORKER, outcome.version, at=at)
        work.commit()
    newcomer = make_volunteer(session, radius_km=25.0)
    session.flush()
    propose_for(session, WORKER, newcomer.id, at=at)
    session.flush()
    proposals = session.scalars(select(Proposal).where(Proposal.volunteer_id == newcomer.id)).all()
    assert {one.model for one in proposals} == {outcome.version}
    model = get_ranking(session, WORKER, at=at).model
    kept = session.scalars(select(RankedList).where(RankedList.volunteer_id == newcomer.id)).one()
    for item in kept.items:
        features = np.array([item["features"]], float)
        assert 1 / (1 + math.exp(-model.lookups.scores(features)[0])) == pytest.approx(
            item["score"], abs=1e-4
        )
        proposal = next(one for one in proposals if str(one.need_id) == item["need_id"])
        added = model.contributions(features)[0]
        assert all(np.abs(added - one["weight"]).min() < 1e-4 for one in proposal.reasons)


def live_a_day(session, volunteer, at, generator):
    """The volunteer looks at their list, from the top, and takes one thing or nothing."""
    actor = actor_for(session, volunteer)
    refresh_proposals(session, actor, volunteer.id, at=at)
    session.flush()
    kept = session.scalars(
        select(RankedList)
        .where(RankedList.volunteer_id == volunteer.id)
        .order_by(RankedList.ranked_at.desc())
    ).first()
    told = [dict(zip(kept.names, item["features"], strict=True)) for item in kept.items]
    likes = [-1.0 + 16 * (one["commitment"] - 0.4) + 6 * (one["closeness"] - 0.4) for one in told]
    likes = [like - 0.1 * place for place, like in enumerate(likes)]
    drawn = np.append(likes, 0.0) + generator.gumbel(size=len(likes) + 1)
    if (at_place := int(drawn.argmax())) < len(likes):
        need_id = uuid.UUID(kept.items[at_place]["need_id"])
        chosen = session.scalars(
            select(Proposal).where(Proposal.volunteer_id == volunteer.id, Proposal.need_id == need_id)
        ).one()
        accept_proposal(session, actor, chosen.id, at=at + MINUTE)
