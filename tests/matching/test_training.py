"""Learning from lists: the rules without any, what people like with many, no decline held against anyone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import training
from matching.features import FEATURES
from matching.judging import Judged, judge, segments
from matching.model import rule_model
from matching.training import NEVER_LEARNT, TooFewLists, fit, split, train
from tests.matching.lists import PLACE_EFFECTS, TASTES, made_up


@pytest.fixture(scope="module")
def many():
    return made_up(4000, seed=1, swapped=0.3)


def same(one, other):
    """Two models are the same to the last bit."""
    parts = ((model.lookups, model.positions) for model in (one, other))
    (first, places), (second, other_places) = parts
    pairs = zip(
        (first.weight, first.neutral, *first.singles, places),
        (second.weight, second.neutral, *second.singles, other_places),
        strict=True,
    )
    return first.base == second.base and all(np.array_equal(a, b) for a, b in pairs)


def test_without_lists_the_learnt_model_is_the_rules():
    none = made_up(10).keep(np.zeros(10, bool))

    model = fit(none, "learned-1")

    assert model.version == "learned-1"
    assert same(model, rule_model())


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(1, 40))
def test_few_lists_move_it_a_little_and_never_against_what_is_never_worse(seed, lists):
    model, rules = fit(made_up(lists, seed), "learned"), rule_model()

    assert (model.lookups.weight >= 0).all()
    assert np.abs(model.lookups.weight - rules.lookups.weight).max() < lists
    assert abs(model.base - rules.base) < 0.5 * lists
    assert (np.diff(model.positions) <= 0).all()


def test_with_many_lists_it_is_what_people_like(many):
    model = fit(many, "learned", pull=3.0)

    learnt = dict(zip(model.names, model.lookups.weight, strict=True))
    for name, weight in TASTES.items():
        assert learnt[name] == pytest.approx(weight, abs=0.4), name
    assert model.base == pytest.approx(-2.0, abs=0.3)


def test_the_effects_of_places_are_told_apart_where_neighbours_change_places(many):
    model = fit(many, "learned", pull=3.0)

    assert model.positions[0] == 0
    assert np.abs(model.positions - PLACE_EFFECTS).max() < 0.3


def test_a_feature_that_is_all_the_same_keeps_nothing_from_being_learnt(many):
    """Its mean is a rounding error off: no spread to measure by."""
    features = many.features.copy()
    features[:, FEATURES.index("cause")] = 0.6
    model = fit(replace(many, features=features), "learned")

    assert model.weights.of("closeness")[0] == pytest.approx(TASTES["closeness"], abs=0.5)


def test_it_is_better_than_the_rules_on_lists_it_has_not_seen(many):
    trained = train(many, rule_model(), "learned")
    ours, rules = trained.judged["all"], trained.against["all"]

    assert not trained.is_worse
    assert ours.log_loss < rules.log_loss - 0.02
    assert ours.ndcg > rules.ndcg + 0.02
    assert ours.lists == rules.lists == 800
    assert set(trained.judged) == {"all", "new volunteers", "known volunteers", "new needs"}


def test_a_model_of_another_world_is_worse_than_the_one_in_use(many):
    """What is in use has learnt from this world; the lists of an upside-down one teach the contrary."""
    in_use = fit(many, "learned-1", pull=3.0)
    other = made_up(1500, seed=2, tastes={"text": 6.0, "skill": 4.0}, base=-4.0)
    here = split(many, 0.1)[1]

    judged = judge(fit(other, "learned-2", pull=3.0), here, in_use.positions)

    assert judged.is_worse_than(judge(in_use, here, in_use.positions))


@pytest.mark.parametrize(
    ("one", "other", "worse"),
    [
        (Judged(9, 5, 1.0, 0.5), Judged(9, 5, 1.0, 0.5), False),
        (Judged(9, 5, 1.1, 0.9), Judged(9, 5, 1.0, 0.5), True),
        (Judged(9, 5, 0.9, 0.4), Judged(9, 5, 1.0, 0.5), True),
        (Judged(9, 5, 0.9, 0.499), Judged(9, 5, 1.0, 0.5), False),
        (Judged(0, 0, None, None), Judged(0, 0, None, None), False),
    ],
)
def test_worse_is_a_higher_loss_or_a_lower_gain(one, other, worse):
    assert one.is_worse_than(other) is worse


def test_too_few_lists_with_a_yes_are_refused():
    with pytest.raises(TooFewLists):
        train(made_up(40, base=-9.0), rule_model(), "learned")


def test_new_volunteers_and_new_needs_are_told_apart():
    lists = made_up(200, seed=5, people=60)
    learnt, last = split(lists, 0.2)
    marks = segments(last, learnt)

    for number, volunteer in enumerate(last.volunteers):
        run = last.rows(number)
        needs = last.needs[run][last.taken[run]] if last.taken[run].any() else last.needs[run]
        assert marks["new volunteers"][number] == (volunteer not in learnt.volunteers)
        assert marks["new needs"][number] == (not np.isin(needs, learnt.needs).any())


def test_what_tells_of_declines_teaches_nothing_but_keeps_the_rules_weight(monkeypatch):
    """I-30: declines change what that volunteer is shown, and nothing that is learnt."""
    monkeypatch.setattr(training, "NEVER_LEARNT", frozenset({"skill"}))
    lists = made_up(300, seed=6)
    declined = lists.features.copy()
    declined[::3, FEATURES.index("skill")] = 0.1

    model = fit(lists, "learned")

    assert same(model, fit(replace(lists, features=declined), "learned"))
    assert model.lookups.weight[FEATURES.index("skill")] == rule_model().weights.of("skill")[0]


def test_a_volunteers_declines_teach_the_shared_model_nothing():
    """I-30: with the feature that tells of them, and without it, the same is learnt."""
    assert frozenset({"unlike_declined"}) == NEVER_LEARNT
    lists, number = made_up(300, seed=7), FEATURES.index("unlike_declined")
    declined = lists.features.copy()
    declined[::2, number] = np.random.default_rng(1).random(len(declined[::2]))

    model = fit(replace(lists, features=declined), "learned")

    assert same(model, fit(lists, "learned"))
    assert model.lookups.weight[number] == rule_model().weights.of("unlike_declined")[0]


@pytest.mark.slow
def test_trees_find_what_weights_cannot_say_and_more_is_never_worse(monkeypatch):
    monkeypatch.setattr(training, "LISTS_FOR_TREES", 1000)
    monkeypatch.setattr(training, "ANSWERED_FOR_TREES", 100)
    lists = made_up(3000, seed=7, swapped=0.3)
    model = fit(lists, "learned")

    assert model.lookups.pairs
    assert all(
        {FEATURES[a], FEATURES[b]} in [set(pair) for pair in training.PAIRS] for a, b in model.lookups.pairs
    )
    generator = np.random.default_rng(8)
    some = np.where(
        generator.random((300, len(FEATURES))) < 0.2, np.nan, generator.random((300, len(FEATURES)))
    )
    for column in range(len(FEATURES)):
        more = some.copy()
        more[:, column] += 0.2
        assert (model.lookups.scores(more) >= model.lookups.scores(some) - 1e-9).all(), FEATURES[column]
