"""Was a form sent from one of our own pages, and where may a person be sent back to."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request
from flask_wtf.csrf import validate_csrf

from service.errors import Refusal

# As long as the longest idle session: a page left open over the day still works.
TOKEN_SECONDS = 12 * 3600


def check_origin() -> None:
    """Refuse a form that another site sent, or that does not carry this browser's own token."""
    if request.content_length is None:
        # A chunked body that is cut at the limit would be taken for the whole one.
        raise Refusal("length_required")
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        raise Refusal("csrf")
    # Without a referrer, browsers say `null`; then the token alone decides.
    if site is None and origin not in (None, "null", request.host_url.rstrip("/"), _public()):
        raise Refusal("csrf")
    try:
        validate_csrf(request.form.get("csrf_token"), time_limit=TOKEN_SECONDS)
    except ValueError:  # wtforms.ValidationError is one
        raise Refusal("csrf") from None


def _public() -> str:
    parts = urlsplit(current_app.extensions["settings"].public_url)
    return f"{parts.scheme}://{parts.netloc}"


def local_path(wanted: str | None) -> str | None:
    """Give back a path of this service; None for anything that a browser might take elsewhere."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return None
    if "\\" in wanted or any(not sign.isprintable() or sign.isspace() for sign in wanted):
        return None
    return wanted
