"""Vocabularies over HTTP: whole, in three languages, for anyone, and kept by whoever has them."""

import pytest

from models.vocabularies import NAMES, codes


@pytest.mark.parametrize("name", NAMES)
def test_anyone_reads_a_vocabulary_whole_with_words_in_three_languages(client, name):
    answer = client.get(f"/v1/vocabularies/{name}")

    assert answer.status_code == 200
    assert {one["code"] for one in answer.json["items"]} == codes(name)
    assert all({"en", "uk", "ru"} == set(one["labels"]) for one in answer.json["items"])
    assert answer.json["next_cursor"] is None


def test_what_only_one_vocabulary_has_stands_beside_its_codes(client):
    slots = client.get("/v1/vocabularies/slots").json["items"]
    causes = {one["code"]: one for one in client.get("/v1/vocabularies/causes").json["items"]}

    assert [one["index"] for one in slots] == list(range(21))
    assert causes["InCare"]["broader"] == "Care"
    assert "broader" not in causes["Care"]


def test_a_vocabulary_may_be_kept_and_is_not_sent_again(client):
    first = client.get("/v1/vocabularies/skills")
    again = client.get("/v1/vocabularies/skills", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("name", ["colours", "Causes", "__init__", "causes.json"])
def test_what_is_no_vocabulary_is_not_found(client, name):
    answer = client.get(f"/v1/vocabularies/{name}")

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
