"""The list of the pages' nouns."""

from flask import Blueprint

from service.web.accounts import blueprint as accounts
from service.web.address_changes import blueprint as address_changes
from service.web.assets import blueprint as assets
from service.web.calendars import blueprint as calendars
from service.web.docs import blueprint as docs
from service.web.feedback import blueprint as feedback
from service.web.home import blueprint as home
from service.web.hours import blueprint as hours
from service.web.introductions import blueprint as introductions
from service.web.invitations import blueprint as invitations
from service.web.messages import blueprint as messages
from service.web.needs import blueprint as needs
from service.web.notices import blueprint as notices
from service.web.organisations import blueprint as organisations
from service.web.own_account import blueprint as own_account
from service.web.passwords import blueprint as passwords
from service.web.placements import blueprint as placements
from service.web.proposals import blueprint as proposals
from service.web.records import blueprint as records
from service.web.second_factors import blueprint as second_factors
from service.web.sessions import blueprint as sessions
from service.web.shifts import blueprint as shifts
from service.web.volunteers import blueprint as volunteers

blueprint = Blueprint("web", __name__, template_folder="templates")
accounts_of_people = (sessions, accounts, passwords, address_changes, second_factors, own_account)
answers = (proposals, introductions, invitations, messages, placements, hours, records, feedback)
people = (volunteers, *answers, calendars, notices)
for one in (home, *accounts_of_people, *people, needs, shifts, organisations, docs, assets):
    blueprint.register_blueprint(one)
