"""The shared lists of codes over HTTP, for anyone, to be kept for a while."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from models.vocabularies import NAMES, entries
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.schemas.vocabularies import Vocabulary, show_entry

blueprint = ApiBlueprint(
    "vocabularies", __name__, url_prefix="/v1/vocabularies", description="Codes and their words"
)
# They change with a new version of the service only; an ETag tells then.
KEPT = "public, max-age=3600"


@blueprint.route(f"/<any({', '.join(NAMES)}):name>", methods=["GET"])
@door("vocabularies.read")
@blueprint.etag
@blueprint.response(200, Vocabulary)
def get_vocabulary_(
    _session: Session, _actor: Actor, name: str
) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Show a vocabulary with its words in every language of the service."""
    body = {"items": [show_entry(one) for one in entries(name)], "next_cursor": None}
    return body, 200, {"Cache-Control": KEPT}
