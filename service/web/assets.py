"""Style sheets and scripts, all our own: their address changes with their content, so they keep for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

blueprint = Blueprint("assets", __name__)
FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"


@cache
def version_of(name: str) -> str:
    """Give the first letters of a file's SHA-256."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Give the address of a file, with its version."""
    return f"/static/{name}?v={version_of(name)}"


@blueprint.get("/static/<path:name>")
def send(name: str) -> Response:
    """Send a file; one asked for by its version need never be asked for again."""
    response = send_from_directory(FOLDER, name)
    asked = request.args.get("v")
    response.headers["Cache-Control"] = FOR_EVER if asked and asked == version_of(name) else "no-cache"
    return response
