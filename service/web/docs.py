"""Pages for those who build on the service: the API's document, and what each error code means."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.errors import CODES
from service.web.door import page
from service.web.rendering import CSP, render

blueprint = Blueprint("docs", __name__)
# Swagger UI fetches /openapi.json, and the answers that one tries out.
DOCS_CSP = CSP + "; connect-src 'self'"


@blueprint.get("/docs")
@page("pages.read")
def show(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the same for everybody
    """Show the API's document."""
    return render("docs/api.html", csp=DOCS_CSP)


@blueprint.get("/docs/errors")
@page("pages.read")
def show_errors(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the same for everybody
    """List the error codes; each has an anchor, which a problem's `type` leads to."""
    return render("docs/errors.html", codes=CODES)
