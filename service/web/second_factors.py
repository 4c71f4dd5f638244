"""The second factor: its code when signing in, setting one up, and what one's own account shows of it."""

from __future__ import annotations

from typing import cast

import segno
from flask import Blueprint, Response, current_app, g, request
from sqlalchemy.orm import Session

from models import Account, SecondFactor
from service.access.actors import Actor
from service.access.second_factors import SecondFactorRule, device_address, device_key
from service.errors import N_
from service.operations.knowing import must_know_password
from service.operations.second_factors import (
    begin_second_factor,
    confirm_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    show_second_factor,
)
from service.operations.sessions import rotate_session
from service.queries.accounts import get_own_account
from service.queries.second_factors import (
    count_recovery_codes,
    find_begun_second_factor,
    must_have_second_factor,
)
from service.schemas.accounts import CodeGiven, PasswordSaid
from service.web.cookies import renew_signed_in
from service.web.door import guessing, page
from service.web.forms import read_form
from service.web.home import FIRST_PAGES
from service.web.origins import local_path
from service.web.rendering import go, render, tell

blueprint = Blueprint("second_factors", __name__)


def _rule() -> SecondFactorRule:
    return cast(SecondFactorRule, current_app.extensions["second_factors"])


@blueprint.get("/second-factor")
@page("second_factors.show")
def show_code(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the same for everybody
    """Ask for the code that the device shows."""
    return render("second_factors/code.html", next=local_path(request.values.get("next")) or "")


@blueprint.post("/second-factor")
@page("second_factors.show", again=show_code)
def give_code(session: Session, actor: Actor) -> Response:
    """Finish signing in, and go on to where the person wanted to go."""
    code, this, at = read_form(CodeGiven)["code"], g.visitor.session_id, session.info["at"]
    with guessing(actor.account_id, code=True):
        show_second_factor(session, actor, code, this, key=_rule().key, at=at)
    onward = local_path(request.form.get("next")) or FIRST_PAGES.get(actor.kind, "/")
    return _go_on(session, actor, go(onward))


def _go_on(session: Session, actor: Actor, response: Response) -> Response:
    # What the session is worth has changed: a secret that somebody got hold of before opens nothing.
    opened = rotate_session(session, actor, g.visitor.session_id, at=session.info["at"])
    renew_signed_in(response, opened.secret, opened.ends_at)
    return response


@blueprint.get("/second-factor/set-up")
@page("second_factors.set_up")
def show_set_up(session: Session, actor: Actor) -> Response:
    """Explain what a second factor is; once it is begun, show the key to be taken up by a device."""
    account = get_own_account(session, actor)
    begun = find_begun_second_factor(session, actor, account.id)
    return render(
        "second_factors/set_up.html",
        demanded=_rule().demanded and must_have_second_factor(session, actor),
        since=begun and begun.confirmed_at,
        left=count_recovery_codes(session, actor, account.id),
        device=_picture(account, begun),
    )


def _picture(account: Account, begun: SecondFactor | None) -> dict[str, str] | None:
    if begun is None or begun.confirmed_at is not None:
        return None
    key = device_key(_rule().key, account.id, begun.salt)
    address = device_address(key, account.email)
    # Dark on light in either colour scheme, with a margin: cameras want it so.
    picture = segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff")
    return {"key": key, "address": address, "picture": picture}


@blueprint.post("/second-factor/set-up")
@page("second_factors.set_up", again=show_set_up)
def begin(session: Session, actor: Actor) -> Response:
    """Make a key for a device; whoever finds a browser open cannot: it takes the password."""
    account = _ask_password(session, actor)
    begin_second_factor(session, actor, account, at=session.info["at"])
    return go("/second-factor/set-up")


def _ask_password(session: Session, actor: Actor) -> Account:
    with guessing(actor.account_id):
        return must_know_password(session, actor, read_form(PasswordSaid)["current_password"])


@blueprint.post("/second-factor/confirm")
@page("second_factors.set_up", again=show_set_up)
def confirm(session: Session, actor: Actor) -> Response:
    """Take the first code, and show the recovery codes, for the only time."""
    code, this, at = read_form(CodeGiven)["code"], g.visitor.session_id, session.info["at"]
    codes = confirm_second_factor(session, actor, code, key=_rule().key, keep=this, at=at)
    return _go_on(session, actor, _show_codes(actor, codes))


def _show_codes(actor: Actor, codes: list[str]) -> Response:
    return render("second_factors/codes.html", codes=codes, onward=FIRST_PAGES.get(actor.kind, "/"))


@blueprint.post("/second-factor/codes")
@page("second_factors.change", again=show_set_up)
def renew_codes(session: Session, actor: Actor) -> Response:
    """Make new recovery codes, and show them for the only time."""
    account = _ask_password(session, actor)
    return _show_codes(actor, renew_recovery_codes(session, actor, account, at=session.info["at"]))


@blueprint.post("/second-factor/remove")
@page("second_factors.change", again=show_set_up)
def remove(session: Session, actor: Actor) -> Response:
    """Take the second factor away; who must have one sets up another at once."""
    account = _ask_password(session, actor)
    remove_second_factor(session, actor, account, keep=g.visitor.session_id, at=session.info["at"])
    tell(N_("The second factor is removed."))
    return _go_on(session, actor, go("/account"))
