"""The list of the API's nouns."""

from service.api.accounts import blueprint as accounts

BLUEPRINTS = (accounts,)
