"""How it was, on the pages: each side's form, the other's words when they are open, numbers for anybody."""

from __future__ import annotations

import uuid

from models import Account, Centre, Feedback
from models.introductions import Side
from service.operations.placement_ends import complete_placement
from service.operations.proposals import accept_proposal
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
    time_of,
)


def complete(session, organisation, volunteer, coordinator):
    proposal = make_proposal(session, volunteer, make_need(session, organisation))
    kept = accept_proposal(session, actor_for(session, volunteer), proposal.id, at=time_of(session))
    complete_placement(session, actor_for(session, coordinator), kept.id, at=time_of(session))
    session.commit()
    return kept


def test_each_side_says_it_and_then_reads_the_other(session, visit, visitor):
    organisation = make_organisation(session)
    coordinator = make_coordinator(session, organisation)
    volunteer = make_volunteer(session)
    kept = complete(session, organisation, volunteer, coordinator)
    browser, office = visit(session.get_one(Account, volunteer.account_id)), visit(coordinator)
    page = f"/placements/{kept.id}/feedback"

    assert page in browser.get("/placements").text
    assert page in office.get(f"/needs/{kept.need_id}/placements").text
    assert browser.send(page, page, {"rating": ""}).status_code == 422
    said = {"rating": "4", "text": "Warm tea", "would_again": "yes"}
    assert browser.send(page, page, said).location == page
    assert "Warm tea" in browser.get(page).text
    assert "Warm tea" not in office.get(page).text
    office.send(page, page, {"rating": "5", "text": "Steady hands"})
    assert "Steady hands" in browser.get(page).text
    assert "would do it again" in office.get(page).text
    staff = visit(make_staff(session, session.get_one(Centre, organisation.centre_id)))
    assert "Warm tea" in staff.get("/staff/feedback").text
    stranger = visit(session.get_one(Account, make_volunteer(session).account_id))
    assert stranger.get(page).status_code == 404

    public = f"/organisations/{organisation.id}"
    assert "of 5." not in visitor.get(public).text
    for _ in range(4):
        other = make_volunteer(session)
        row = complete(session, organisation, other, coordinator)
        session.add(
            Feedback(
                id=uuid.uuid4(), placement_id=row.id, volunteer_id=other.id, rating=3,
                organisation_id=organisation.id, side=Side.VOLUNTEER, opens_at=time_of(session),
            )
        )  # fmt: skip
    session.commit()
    assert "5 volunteers rated it 3.2 of 5." in visitor.get(public).text
