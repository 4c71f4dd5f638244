"""Likeness to what a volunteer answered: by hand, by a slow second version, and only in their own list."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import retrieval
from matching.asking import Asking
from matching.features import FEATURES
from matching.ground import Ground
from matching.index import Index
from matching.made_up import AT as MADE_UP_AT
from matching.made_up import openings as made_up_openings
from matching.made_up import people
from matching.model import rule_model
from matching.profiles import Taste
from matching.ranking import consider, rank
from matching.taste import likeness
from tests.matching.strategies import AT, codes, easy, openings, organisations, somebody, tastes

HERE, THERE = UUID(int=2001), UUID(int=2002)
OLDER, NATURE = frozenset({"OlderPeople"}), frozenset({"Nature"})


def likeness_by_hand(need, taste):
    """1 - (1 - c)(1 - o), read from the counts of one need; None where nothing is known."""
    if taste.needs == 0 or not (need.causes or need.organisation_id in dict(taste.organisations)):
        return None
    share = {code: number / (taste.needs + 2) for code, number in (*taste.causes, *taste.organisations)}
    by_cause = sum(share.get(code, 0) for code in need.causes) / max(len(need.causes), 1)
    return 1 - (1 - by_cause) * (1 - share.get(need.organisation_id, 0))


@given(st.lists(openings(), min_size=1, max_size=8), tastes)
def test_likeness_agrees_with_a_slow_second_version(needs, taste):
    index = Index.build(needs)
    for need in {need.id: need for need in needs}.values():
        found = likeness(index.rows, np.array([index.row_of(need.id)]), taste)[0]
        expected = likeness_by_hand(need, taste)

        assert np.isnan(found) if expected is None else found == pytest.approx(expected)
        assert expected is None or 0 <= expected < 1


@given(st.lists(st.tuples(codes, organisations), max_size=5), st.randoms())
def test_the_order_of_answers_does_not_matter(answered, chance):
    shuffled = chance.sample(answered, len(answered))

    assert Taste.of(shuffled) == Taste.of(answered)
    assert hash(Taste.of(shuffled)) == hash(Taste.of(answered))


def test_one_answer_says_little_and_many_say_more():
    index = Index.build(
        [easy(1, causes=OLDER), easy(2, causes=OLDER | NATURE), easy(3, causes=NATURE), easy(4)]
    )
    rows = np.array([index.row_of(UUID(int=number << 64 | number)) for number in (1, 2, 3, 4)])
    once, often = (Taste.of([(OLDER, HERE)] * number) for number in (1, 8))

    assert likeness(index.rows, rows, once)[:3] == pytest.approx([1 / 3, 1 / 6, 0])
    assert likeness(index.rows, rows, often)[:3] == pytest.approx([0.8, 0.4, 0])
    assert np.isnan(likeness(index.rows, rows, once)[3])
    assert np.isnan(likeness(index.rows, rows, Taste())).all()


def test_who_said_yes_is_shown_more_of_the_like_and_told_why():
    index = Index.build([easy(1, causes=NATURE), easy(2, causes=OLDER), easy(3, organisation_id=HERE)])
    before = rank(somebody(), index, at=AT)
    (first, second, third) = rank(somebody(accepted=Taste.of([(OLDER, HERE)])), index, at=AT)

    assert [match.need_id.int >> 64 for match in before] == [1, 2, 3]
    assert [match.need_id.int >> 64 for match in (first, second, third)] == [2, 3, 1]
    assert ("like_accepted", {"codes": "OlderPeople"}) in [(one.code, one.params) for one in first.reasons]
    assert "accepted_there" in [one.code for one in second.reasons]
    assert third.utility == before[0].utility, "what is new to them does not lose by it"


def test_who_said_no_is_shown_less_of_the_like_and_told_why():
    index = Index.build([easy(1, causes=NATURE), easy(2, causes=OLDER), easy(3, organisation_id=THERE)])
    (first, second, third) = rank(somebody(declined=Taste.of([(NATURE, THERE)])), index, at=AT)

    assert first.need_id.int >> 64 == 2
    assert {second.need_id.int >> 64, third.need_id.int >> 64} == {1, 3}
    told = [(one.code, one.params) for match in (second, third) for one in match.reasons]
    assert ("like_declined", {"codes": "Nature"}) in told
    assert ("declined_there", {}) in told
    assert first.reasons == consider(somebody(), index, first.need_id, at=AT).reasons


@given(st.lists(openings(), min_size=1, max_size=6), tastes)
def test_a_decline_moves_a_utility_by_its_own_feature_and_nothing_else(needs, declined):
    """I-30: for each need, what is added is the weight times the likeness, exactly."""
    index, number = Index.build(needs), FEATURES.index("unlike_declined")
    weight = rule_model().lookups.weight[number]
    for need in {need.id: need for need in needs}.values():
        one = consider(somebody(), index, need.id, at=AT)
        other = consider(somebody(declined=declined), index, need.id, at=AT)

        alike = likeness_by_hand(need, declined) or 0.0
        assert other.contributions[number] == pytest.approx(-weight * alike)
        assert np.delete(one.contributions, number) == pytest.approx(np.delete(other.contributions, number))
        assert other.utility == pytest.approx(one.utility - weight * alike)


def test_the_rough_look_knows_what_was_answered(monkeypatch):
    """Nearly all of the true best twenty are among the candidates of those who have answered, too."""
    needs = list(made_up_openings(3000, seed=13))
    index, travellers = Index.build(needs), []
    for number, person in enumerate(people(12, seed=13)):
        some = [(need.causes, need.organisation_id) for need in needs[number * 40 : number * 40 + 6]]
        accepted, declined = Taste.of(some[:4]), Taste.of(some[4:])
        travellers.append(replace(person, radius_km=4000.0, accepted=accepted, declined=declined))
    listed = [{match.need_id for match in rank(one, index, at=MADE_UP_AT)} for one in travellers]
    monkeypatch.setattr(retrieval, "MEASURED_AT_ONCE", len(index))
    truly = [{match.need_id for match in rank(one, index, at=MADE_UP_AT)} for one in travellers]
    found = sum(len(some & all_of_them) for some, all_of_them in zip(listed, truly, strict=True))

    assert found >= 0.95 * sum(map(len, truly))


def test_rough_scores_of_taste_are_those_of_the_features():
    """By cells: no more than half a cell's worth from the exact sum of what taste adds."""
    index = Index.build([easy(n, causes=OLDER if n % 2 else NATURE, organisation_id=HERE) for n in range(6)])
    rows, model = np.arange(6), rule_model()
    person = somebody(accepted=Taste.of([(OLDER, THERE)]), declined=Taste.of([(NATURE, HERE)]))
    tastes_at = [FEATURES.index("like_accepted"), FEATURES.index("unlike_declined")]
    asking, plain = Asking.of(person, index, AT), Asking.of(somebody(), index, AT)

    ground = Ground([asking, plain], model, spread=0.0)
    rough = ground.rough_scores(0, asking) - ground.rough_scores(1, plain)
    exact = model.contributions(asking.features(rows))[:, tastes_at].sum(axis=1)

    assert rough == pytest.approx(exact, abs=0.01)
    assert np.ptp(exact) > 0.1
