"""The list of the API's nouns."""

from service.api.accounts import blueprint as accounts
from service.api.address_changes import blueprint as address_changes
from service.api.calendars import blueprint as calendars
from service.api.feedback import blueprint as feedback
from service.api.hours import blueprint as hours
from service.api.imports import blueprint as imports
from service.api.introductions import blueprint as introductions
from service.api.invitations import blueprint as invitations
from service.api.messages import blueprint as messages
from service.api.needs import blueprint as needs
from service.api.notices import blueprint as notices
from service.api.organisations import blueprint as organisations
from service.api.passwords import blueprint as passwords
from service.api.placements import blueprint as placements
from service.api.proposals import blueprint as proposals
from service.api.records import blueprint as records
from service.api.sessions import blueprint as sessions
from service.api.shifts import blueprint as shifts
from service.api.vocabularies import blueprint as vocabularies
from service.api.volunteers import blueprint as volunteers
from service.api.waitlists import blueprint as waitlists

BLUEPRINTS = (
    *(accounts, passwords, address_changes, sessions),
    *(volunteers, organisations, needs, shifts, proposals, introductions, messages),
    *(waitlists, placements),
    *(invitations, hours, records, feedback, notices, calendars, imports, vocabularies),
)
