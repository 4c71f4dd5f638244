"""What is kept: one file per noun, and the rules that one thing can check on its own."""

from models.accounts import Account, AccountCode, Coordinator, Token, WebSession
from models.base import Base
from models.centres import Centre
from models.events import Event
from models.idempotency import IdempotencyRecord
from models.imports import Import, ImportRow
from models.jobs import Job
from models.needs import Need, Place
from models.organisations import Organisation
from models.placements import Placement
from models.proposals import Proposal, RankedList
from models.volunteers import Volunteer

__all__ = [
    "Account",
    "AccountCode",
    "Base",
    "Centre",
    "Coordinator",
    "Event",
    "IdempotencyRecord",
    "Import",
    "ImportRow",
    "Job",
    "Need",
    "Organisation",
    "Place",
    "Placement",
    "Proposal",
    "RankedList",
    "Token",
    "Volunteer",
    "WebSession",
]
