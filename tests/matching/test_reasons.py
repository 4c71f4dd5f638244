"""Reasons are the score's own parts, and every one of them is true of the pair."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations, pairwise
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import reasons as reasons_module
from matching.asking import Asking
from matching.facts import pairs_of
from matching.features import FEATURES
from matching.index import Index
from matching.lookups import Lookups
from matching.meanings import meanings
from matching.model import Model, rule_model
from matching.profiles import Taste
from matching.ranking import rank
from matching.reasons import AGAINST_CODES, FOR_CODES, REASON_CODES, largest_first, reasons_of
from matching.rows import slots_of
from matching.times import SLOT_NAMES
from matching.vectors import FIRST_NGRAM, Text, vectors
from matching.words import ngrams, spelled_words, words
from tests.matching.strategies import AT, easy, openings, persons, somebody
from tests.matching.test_eligibility import haversine_km


def codes(params):
    return set(params["codes"].split(","))


def means(text):
    return {one for one in vectors([text]).ids.tolist() if one < FIRST_NGRAM}


def word_is_met(spelled, person, need):
    """The word is in the need's text, or means what the need means, or shares most of its letters."""
    text = Text(need.title, f"{need.organisation_name}\n{need.description}", need.causes)
    said = [word for _, word in spelled_words(person.interests)]
    word = dict(spelled_words(person.interests))[spelled]
    # A phrase lends its meaning to its words: "older people" says what "people" alone does not.
    pairs = [(one, other) for one, other in pairwise(said) if word in (one, other)]
    meant = means(Text(body=word)).union(*(means_together(*pair) for pair in pairs))
    there = {run for word in words(f"{need.title} {text.body}") for run in ngrams(word)}
    runs = ngrams(word)
    return bool(meant & means(text)) or sum(run in there for run in runs) >= 0.75 * len(runs)


def means_together(one, other):
    return means(Text(body=f"{one} {other}")) - means(Text(body=one)) - means(Text(body=other))


def level_is_enough(person, code, level):
    mine = dict(person.skills)
    return code in mine and (level is None or mine[code] is None or mine[code] >= level)


def km_between(person, need):
    return haversine_km(person.latitude, person.longitude, need.latitude, need.longitude)


def km_is_told(person, need, params):
    return need.location_type != "remote" and abs(km_between(person, need) - params["km"]) < 0.0501


def is_near(person, km):
    return km <= min(max(person.radius_km / 2, 1), 25) + 0.0501


def hours_are_told(need, params):
    return abs(need.commitment_hours_per_week - params["hours"]) <= 0.0501


def phrase_is_met(phrase, person, need):
    """Every word of it is met, and the person wrote them just so, one after another."""
    return phrase in " ".join(person.interests.split()) and all(
        word_is_met(word, person, need) for word in phrase.split(" ")
    )


def is_alike(person, need):
    """Their vectors of meanings, told by the table anew, point the same way."""
    texts = [Text(body=person.interests), Text(need.title, f"{need.organisation_name}\n{need.description}")]
    one, other = meanings(texts).astype(float)
    return one @ other / np.linalg.norm(one) / np.linalg.norm(other) > 0.4


TRUE = {
    "text": lambda p, n, r: all(phrase_is_met(phrase, p, n) for phrase in r["words"].split(",")),
    "similar_text": lambda p, n, _: is_alike(p, n),
    "cause": lambda p, n, r: codes(r) == p.causes & n.causes != set(),
    "skill": lambda p, n, r: codes(r) == {c for c, _ in n.skills} & {c for c, _ in p.skills} != set(),
    "near": lambda p, n, r: km_is_told(p, n, r) and is_near(p, r["km"]),
    "far": lambda p, n, r: (
        km_is_told(p, n, r) and not is_near(p, r["km"] - 0.06) and r["radius_km"] == p.radius_km
    ),
    "remote": lambda _, n, r: n.location_type == "remote",
    "time": lambda p, n, r: all(
        p.slots >> SLOT_NAMES.index(name) & 1 and slots_of(n) >> SLOT_NAMES.index(name) & 1
        for name in r["slots"].split(",")
    ),
    "language": lambda p, n, r: r["code"] == n.language in {p.language, *dict(p.languages)},
    "other_language": lambda p, n, r: r["code"] == n.language not in {p.language, *dict(p.languages)},
    "little_time": lambda _, n, r: 0 < r["hours"] <= 5 and hours_are_told(n, r),
    "much_time": lambda _, n, r: r["hours"] > 5 and hours_are_told(n, r),
    "new": lambda _, n, r: 0 <= r["days"] == (AT - n.published_at).days <= 14,
    "starts_soon": lambda _, n, r: 0 <= r["days"] == (n.starts_at - AT).days <= 14,
    "no_volunteer_yet": lambda _, n, r: n.accepted == 0,
    "places": lambda _, n, r: r["places"] == n.places_left > 1,
    "no_common_words": lambda p, n, _: (
        words(p.interests) != [] and not means(Text(body=p.interests)) & means(Text(n.title, n.description))
    ),
    "no_common_cause": lambda p, n, r: codes(r) == n.causes != set() and p.causes and not n.causes & p.causes,
    "missing_skill": lambda p, n, r: (
        codes(r) == {code for code, level in n.skills if not level_is_enough(p, code, level)} != set()
    ),
    "requirement": lambda _, n, r: codes(r) == n.requirements != set(),
    "accepted_there": lambda p, n, _: n.organisation_id in dict(p.accepted.organisations),
    "like_accepted": lambda p, n, r: codes(r) == n.causes & set(dict(p.accepted.causes)) != set(),
    "like_declined": lambda p, n, r: codes(r) == n.causes & set(dict(p.declined.causes)) != set(),
    "declined_there": lambda p, n, _: n.organisation_id in dict(p.declined.organisations),
}


@settings(max_examples=300)
@given(persons(), st.lists(openings(), max_size=8))
def test_every_reason_is_true_of_the_pair(person, needs):
    latest = {need.id: need for need in needs}
    for match in rank(person, Index.build(needs), at=AT, limit=50):
        for reason in match.reasons:
            assert TRUE[reason.code](person, latest[match.need_id], reason.params), reason


# Whatever a model has learnt: near may be bad in it, and unknown good.
amounts = st.floats(-3, 3).map(lambda one: round(one, 2))


@st.composite
def models(draw):
    """Any weights, any tables of one feature, and a few tables of two."""
    columns = len(FEATURES)
    edges = [np.array(sorted(draw(st.sets(st.sampled_from([0.1, 0.4, 0.7]))))) for _ in range(columns)]
    cells = [len(one) + 2 for one in edges]
    pairs = draw(st.sets(st.sampled_from(list(combinations(range(columns), 2))), max_size=3))
    chance = np.random.default_rng(draw(st.integers(0, 999)))
    lookups = Lookups(
        weight=np.array(draw(st.lists(amounts, min_size=columns, max_size=columns))),
        neutral=chance.random(columns),
        base=draw(amounts),
        edges=tuple(edges),
        singles=tuple(chance.normal(size=size) for size in cells),
        pairs={pair: chance.normal(size=(cells[pair[0]], cells[pair[1]])) for pair in sorted(pairs)},
    )
    return Model("any", FEATURES, lookups)


@settings(max_examples=100)
@given(persons(), st.lists(openings(), max_size=8), models())
def test_every_reason_is_true_and_exact_whatever_the_model_has_learnt(person, needs, model):
    latest, index = {need.id: need for need in needs}, Index.build(needs)
    told = {}
    for match in rank(person, index, model, at=AT, limit=50):
        assert model.base + sum(match.contributions) == pytest.approx(match.utility)
        asking, row = Asking.of(person, index, AT), index.row_of(match.need_id)
        exact = model.contributions(asking.features(np.array([row])))[0]
        (pair,) = pairs_of(asking, np.array([row]))
        for reason in reasons_of(pair, exact, largest_first(exact[None])[0], most_for=50, most_against=50):
            assert TRUE[reason.code](person, latest[match.need_id], reason.params), reason
            assert reason.weight == exact[FEATURES.index(FEATURE_OF[reason.code])]
            assert (reason.weight > 0) == (reason.code in FOR_CODES)
            if reason.code in ("near", "far"):
                told[reason.params["km"]] = reason.code
    # The closer of two is never told to be far where the other is told to be near.
    assert "".join(told[km][0] for km in sorted(told)).lstrip("n").strip("f") == ""


FEATURE_OF = {
    "text": "text",
    "no_common_words": "text",
    "cause": "cause",
    "no_common_cause": "cause",
    "skill": "skill",
    "missing_skill": "skill",
    "near": "closeness",
    "far": "closeness",
    "remote": "closeness",
    "time": "time",
    "language": "language",
    "other_language": "language",
    "little_time": "commitment",
    "much_time": "commitment",
    "new": "freshness",
    "starts_soon": "soon",
    "places": "places",
    "requirement": "ease",
    "accepted_there": "like_accepted",
    "like_accepted": "like_accepted",
    "like_declined": "unlike_declined",
    "declined_there": "unlike_declined",
}


def test_words_that_stood_together_are_told_together():
    person = somebody(interests="Older people, and dogs. I like older  people; Dogs")
    (match,) = rank(person, Index.build([easy(1, title="Walks with older people and their dogs")]), at=AT)
    words_told = next(one.params["words"] for one in match.reasons if one.code == "text")

    assert words_told == "Older people,dogs"


@given(persons(), st.lists(openings(), max_size=8))
def test_a_reason_weighs_what_its_feature_added_and_the_largest_come_first(person, needs):
    for match in rank(person, Index.build(needs), at=AT, limit=50):
        weights = [reason.weight for reason in match.reasons]
        ups, downs = [w for w in weights if w > 0], [w for w in weights if w < 0]

        assert set(weights) <= set(match.contributions)
        assert weights == sorted(ups, reverse=True) + sorted(downs)
        assert all((r.weight > 0) == (r.code in FOR_CODES) for r in match.reasons)


@given(persons(), st.lists(openings(), min_size=1, max_size=8))
def test_features_lie_between_0_and_1_or_are_unknown(person, needs):
    index = Index.build(needs)
    rows = np.flatnonzero(index.eligible(person, at=AT))
    found = Asking.of(person, index, AT).features(rows)

    assert found.shape == (len(rows), len(FEATURES))
    assert ((found >= 0) & (found <= 1 + 1e-3) | np.isnan(found)).all()


def test_what_is_unknown_adds_nothing():
    (match,) = rank(somebody(), Index.build([easy(1, accepted=1, published_at=None)]), at=AT)
    added = dict(zip(FEATURES, match.contributions, strict=True))

    assert {name for name, weight in added.items() if weight} == {"closeness"}
    assert match.utility == pytest.approx(rule_model().base + added["closeness"])


def test_every_code_is_documented_and_can_come_up():
    """A world in which everything that can be said for or against a need is said of one of them."""
    person = somebody(
        interests="Tutor children, stars, planets and the moon",
        causes=frozenset({"Families"}),
        skills=(("teaching", 2),),
        slots=0b111,
        latitude=50.45,
        longitude=30.52,
        radius_km=30.0,
        accepted=Taste.of([({"Families"}, UUID(int=1003))]),
        declined=Taste.of([({"Heritage"}, UUID(int=1004))]),
    )
    here = {"location_type": "onsite", "latitude": 50.451, "longitude": 30.52}
    there = {"location_type": "onsite", "latitude": 50.65, "longitude": 30.52}
    good = {"title": "Tutor children", "causes": frozenset({"Families"}), "skills": (("teaching", 1),)}
    bad = {"title": "Website", "causes": frozenset({"Heritage"}), "skills": (("web", 1),), "accepted": 3}
    index = Index.build(
        [
            easy(1, **good, **here, slots=0b011),
            easy(2, **bad, **there, language="uk", requirements=frozenset({"check"})),
            easy(3, places_left=9, language="en", starts_at=AT + timedelta(days=1), accepted=1),
            easy(4, commitment_hours_per_week=1.0, language="en", accepted=1, published_at=None),
            easy(5, **good, **there, commitment_hours_per_week=30.0),
            easy(6, title="Астрономія: зірки, планети, місяць", accepted=1),
        ]
    )
    wide = {"most_for": len(FOR_CODES), "most_against": len(AGAINST_CODES)}
    asking, rows = Asking.of(person, index, AT), np.arange(6)
    added = rule_model().contributions(asking.features(rows))
    orders = largest_first(added)
    told = [reasons_of(pair, added[pair.row], orders[pair.row], **wide) for pair in pairs_of(asking, rows)]
    said = {reason.code for reasons in told for reason in reasons}

    # Fair exposure's own reason is no feature's: tests/matching/test_exposure.py has it come up.
    assert said | {"no_volunteer_yet"} == set(REASON_CODES) == set(TRUE)
    assert "no_volunteer_yet" not in said
    assert [code for code in REASON_CODES if f"``{code}`` {{" not in reasons_module.__doc__] == []


def test_a_need_of_many_weeks_is_not_said_to_suit_the_persons_tuesday():
    """Its dates touch every slot, so nothing narrower is known of when it is done."""
    starts_at = AT + timedelta(days=1)
    index = Index.build([easy(1, starts_at=starts_at, ends_at=starts_at + timedelta(days=60))])
    (match,) = rank(somebody(slots=0b111), index, at=AT)

    assert "time" not in {reason.code for reason in match.reasons}
    assert dict(zip(FEATURES, match.contributions, strict=True))["time"] == 0
