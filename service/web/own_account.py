"""One's own account: its password, where one is signed in, and leaving."""

from __future__ import annotations

import uuid
from typing import cast

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.errors import N_
from service.operations.erasure import erase_volunteer
from service.operations.knowing import must_know_password
from service.operations.passwords import change_password
from service.operations.sessions import end_session, end_sessions, rotate_session
from service.queries.accounts import get_own_account
from service.queries.notice_recipients import get_wishes
from service.queries.second_factors import find_second_factor
from service.queries.sessions import list_own_sessions
from service.schemas.accounts import PasswordChanged, PasswordSaid
from service.web.cookies import forget_signed_in, renew_signed_in
from service.web.door import guessing, page
from service.web.forms import read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("own_account", __name__)
MOST_SHOWN = 100


@blueprint.get("/account")
@page("sessions.list")
def show(session: Session, actor: Actor) -> Response:
    """Show what opens the account, and where it is open."""
    return render(
        "own_account/show.html",
        account=get_own_account(session, actor),
        sessions=list_own_sessions(session, actor, limit=MOST_SHOWN, at=session.info["at"]).items,
        factor=find_second_factor(session, actor, cast(uuid.UUID, actor.account_id)),
        this=g.visitor.session_id,
        zone=get_wishes(session, actor, cast(uuid.UUID, actor.account_id)).timezone,
    )


@blueprint.post("/account/password")
@page("passwords.change", again=show)
def change_own_password(session: Session, actor: Actor) -> Response:
    """Choose another password; all other browsers are signed out."""
    body, at, this = read_form(PasswordChanged), session.info["at"], g.visitor.session_id
    with guessing(actor.account_id):
        change_password(session, actor, body["current_password"], body["password"], keep=this, at=at)
    return stay_signed_in(
        session, actor, N_("Your password is changed, and all other browsers are signed out.")
    )


def stay_signed_in(session: Session, actor: Actor, message: str) -> Response:
    """Go on in the same session under a new secret, after something that made it worth more."""
    opened = rotate_session(session, actor, g.visitor.session_id, at=session.info["at"])
    response = go("/account")
    renew_signed_in(response, opened.secret, opened.ends_at)
    tell(message)
    return response


@blueprint.post("/account/sessions/end-others")
@page("sessions.end", again=show)
def end_others(session: Session, actor: Actor) -> Response:
    """Sign out everywhere but here."""
    end_sessions(session, actor, keep=g.visitor.session_id, at=session.info["at"])
    tell(N_("You are signed out everywhere else."))
    return go("/account")


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@page("sessions.end", again=show)
def end_one(session: Session, actor: Actor, session_id: uuid.UUID) -> Response:
    """Sign out in one other browser."""
    end_session(session, actor, session_id, at=session.info["at"])
    tell(N_("That browser is signed out."))
    return go("/account")


@blueprint.get("/account/leave")
@page("volunteers.erase")
def show_leave(session: Session, actor: Actor) -> Response:
    """Say what becomes of everything, before anybody leaves."""
    return render("own_account/leave.html", account=get_own_account(session, actor))


@blueprint.post("/account/leave")
@page("volunteers.erase", again=show_leave)
def leave(session: Session, actor: Actor) -> Response:
    """Leave, knowing the password: everything about oneself is forgotten."""
    body = read_form(PasswordSaid)
    with guessing(actor.account_id):
        must_know_password(session, actor, body["current_password"])
    erase_volunteer(session, actor, cast(uuid.UUID, actor.volunteer_id), at=session.info["at"])
    response = go("/")
    forget_signed_in(response)
    tell(N_("You have left, and we have forgotten all about you. Thank you for your time."))
    return response
