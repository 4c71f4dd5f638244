"""The list of the API's nouns."""

from service.api.accounts import blueprint as accounts
from service.api.placements import blueprint as placements

BLUEPRINTS = (accounts, placements)
