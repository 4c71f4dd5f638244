"""The list of the pages' nouns."""

from flask import Blueprint

from service.web.accounts import blueprint as accounts
from service.web.assets import blueprint as assets
from service.web.docs import blueprint as docs
from service.web.home import blueprint as home
from service.web.needs import blueprint as needs
from service.web.organisations import blueprint as organisations
from service.web.placements import blueprint as placements
from service.web.proposals import blueprint as proposals
from service.web.sessions import blueprint as sessions
from service.web.volunteers import blueprint as volunteers

blueprint = Blueprint("web", __name__, template_folder="templates")
for one in (home, sessions, accounts, volunteers, proposals, placements, needs, organisations, docs, assets):
    blueprint.register_blueprint(one)
