"""The list of the pages' nouns."""

from flask import Blueprint

from service.web.accounts import blueprint as accounts
from service.web.assets import blueprint as assets
from service.web.docs import blueprint as docs
from service.web.home import blueprint as home
from service.web.sessions import blueprint as sessions

blueprint = Blueprint("web", __name__, template_folder="templates")
for one in (home, sessions, accounts, docs, assets):
    blueprint.register_blueprint(one)
