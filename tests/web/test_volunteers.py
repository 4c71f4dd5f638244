"""The profile as a form: all of it is kept, what is wrong is said beside its field, nothing typed is lost."""

from __future__ import annotations

import pytest

from models import Account, Volunteer
from models.vocabularies import slots_mask
from tests.making import make_need, make_volunteer


@pytest.fixture
def volunteer(session):
    return make_volunteer(
        session, skills=[{"code": "first_aid", "level": "expert"}], languages=[{"code": "uk", "level": "C1"}]
    )


@pytest.fixture
def browser(session, visit, volunteer):
    return visit(session.get_one(Account, volunteer.account_id))


def test_saving_the_form_as_it_stands_changes_nothing(session, browser, volunteer):
    names = [
        *("name", "interests", "causes", "skills", "languages", "slots", "latitude", "longitude", "place"),
        *("radius_km", "location_types", "birth_date"),
    ]
    before = {name: getattr(volunteer, name) for name in names}
    assert browser.send("/profile", "/profile").location == "/proposals"
    session.expire_all()

    kept = session.get_one(Volunteer, volunteer.id)
    assert {name: getattr(kept, name) for name in names} == before


def test_everything_on_the_form_is_kept_and_proposals_come_at_once(session, browser, volunteer):
    make_need(session, title="Feed the cats", causes=["AnimalWelfare"])
    session.commit()
    answer = browser.send(
        "/profile",
        "/profile",
        {
            "name": "Olena Petrenko",
            "interests": "Cats,\r\nand more cats",
            "causes": ["AnimalWelfare", "Environment"],
            "skills": ["first_aid:expert", "translation"],
            "language": ["uk", "en", ""],
            "language_level": ["native", "B2", ""],
            "availability": ["MondayEvening", "SundayMorning"],
            "place": "Вінниця",
            "latitude": "49,23",
            "longitude": "28.47",
            "radius_km": "15,5",
            "location_types": ["onsite"],
            "birth_date": "1990-02-28",
        },
    )

    assert answer.location == "/proposals"
    session.expire_all()
    kept = session.get_one(Volunteer, volunteer.id)
    assert (kept.name, kept.interests) == ("Olena Petrenko", "Cats,\nand more cats")
    assert kept.causes == ["AnimalWelfare", "Environment"]
    assert kept.skills == [
        {"code": "first_aid", "level": "expert"},
        {"code": "translation", "level": None},
    ]
    assert kept.languages == [{"code": "uk", "level": "native"}, {"code": "en", "level": "B2"}]
    assert kept.slots == slots_mask(["MondayEvening", "SundayMorning"])
    assert (kept.latitude, kept.longitude, kept.place) == (49.23, 28.47, "Вінниця")
    assert (kept.radius_km, kept.location_types) == (15.5, ["onsite"])
    assert kept.birth_date is not None
    assert kept.birth_date.isoformat() == "1990-02-28"
    assert "Feed the cats" in browser.get("/proposals").text


def test_the_place_can_be_taken_away(session, browser, volunteer):
    browser.send("/profile", "/profile", {"place": "", "latitude": "", "longitude": ""})
    session.expire_all()

    kept = session.get_one(Volunteer, volunteer.id)
    assert (kept.latitude, kept.longitude, kept.place) == (None, None, None)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"latitude": "north"}, "This cannot be read."),
        ({"latitude": "91"}, "This must be from -90 to 90."),
        ({"latitude": ""}, "This is needed."),
        ({"radius_km": "-1"}, "This must be from 1 to 1000."),
        ({"radius_km": "nan"}, "This must be an ordinary number."),
        ({"birth_date": "yesterday"}, "This cannot be read."),
        ({"birth_date": "2190-01-01"}, "This date is still to come."),
        ({"name": " "}, "This cannot be empty."),
        ({"causes": ["NoSuchCause"]}, "is not one of the codes"),
        ({"language": ["xx"], "language_level": ["A1"]}, "is not one of the codes"),
        ({"interests": "x" * 4001}, "At most 4000 characters are possible."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(session, browser, volunteer, wrong, words):
    typed = {"interests": "I like <em>rivers</em>", "place": "Somewhere else", **wrong}
    answer = browser.send("/profile", "/profile", typed)

    assert answer.status_code == 422
    assert words in answer.text
    assert "Somewhere else" in answer.text
    assert "interests" in wrong or "I like &lt;em&gt;rivers&lt;/em&gt;" in answer.text
    session.expire_all()
    assert session.get_one(Volunteer, volunteer.id).place == "Vinnytsia"
