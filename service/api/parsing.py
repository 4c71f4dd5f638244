"""How the API takes a request apart: JSON bodies only where JSON is said, unknown fields refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from flask import Request, current_app
from flask_smorest import Blueprint
from marshmallow import RAISE, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from service.errors import N_, Refusal
from service.schemas.fields import Coded

REPEATED = Coded("repeated", N_("This can stand only once."))
View = Callable[..., Any]


class StrictParser(FlaskParser):
    """Reads JSON by the application's strict provider, and refuses what it cannot."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 webargs reads it so
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": None,
        "query": RAISE,
        "form": RAISE,
        "files": RAISE,
    }

    def load_json(self, req: Request, schema: Any) -> Any:
        """Take the body; a missing one is an empty object, so that the missing fields are named."""
        body = req.get_data(cache=True)
        if not body:
            return {}
        if not req.is_json:
            raise UnsupportedMediaType
        try:
            return current_app.json.loads(body)
        except ValueError as error:
            self.refuse(error)

    def load_querystring(self, req: Request, schema: Any) -> Any:
        """Take the parameters of the address."""
        return self._take_each_once(req.args, schema)

    def load_files(self, req: Request, schema: Any) -> Any:
        """Take the parts of a multipart body, files and plain fields alike."""
        if req.content_length and req.mimetype != "multipart/form-data":
            raise UnsupportedMediaType
        return self._take_each_once(CombinedMultiDict([req.form, req.files]), schema)

    def _take_each_once(self, sent: MultiDict[str, Any], schema: Any) -> Any:
        """Refuse a name that stands twice, unless a list has it: nobody can know which one is meant."""
        proxy = self._makeproxy(sent, schema)
        if twice := [
            name for name, all_ in sent.lists() if len(all_) > 1 and name not in proxy.multiple_keys
        ]:
            raise ValidationError({name: [REPEATED] for name in twice})
        return proxy

    def refuse(self, error: ValueError) -> NoReturn:
        """Say that the JSON cannot be read, and where ours knows why, why."""
        raise Refusal("bad_request", str(error) or None) from None


class ApiBlueprint(Blueprint):
    """A noun of the API."""

    ARGUMENTS_PARSER = StrictParser()

    def _check_not_modified(self, etag: str) -> None:
        """Leave it to service/app.py to say 304: it keeps the headers that the answer itself would have."""

    if TYPE_CHECKING:
        # flask-smorest has no types; said here, the decorated views keep theirs.
        def route(self, rule: str, **options: Any) -> Callable[[View], View]: ...  # noqa: D102
        def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]: ...  # noqa: D102
        def response(self, status: int, schema: Any = None, **options: Any) -> Callable[[View], View]: ...  # noqa: D102
        def alt_response(self, status: int, response: str) -> Callable[[View], View]: ...  # noqa: D102
        def etag(self, view: View) -> View: ...  # noqa: D102
        def set_etag(self, parts: list[Any]) -> None: ...  # noqa: D102
        def check_etag(self, parts: list[Any]) -> None: ...  # noqa: D102
