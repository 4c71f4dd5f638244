"""What is kept: one file per noun, and the rules that one thing can check on its own."""

from models.accounts import Account, AccountCode, Coordinator, Token, WebSession
from models.address_changes import AddressChange
from models.base import Base
from models.calendars import CalendarKey
from models.centres import Centre
from models.events import Event
from models.feedback import Feedback
from models.hours import Hours
from models.idempotency import IdempotencyRecord
from models.imports import Import, ImportRow
from models.introductions import Introduction, IntroductionSlot
from models.invitations import Invitation, InvitationSettings, ShareCode
from models.jobs import Job
from models.messages import Conversation, Message
from models.needs import Need, Place
from models.nights import NightStep
from models.notices import Notice, NoticeMail, NoticeSettings
from models.organisations import Organisation
from models.placements import NoShow, Placement
from models.prices import NeedPrice, PriceNight
from models.proposals import Proposal, RankedList
from models.rankings import RankingModel, RankingUse
from models.rate_counts import RateCount
from models.records import VolunteerRecord
from models.second_factors import RecoveryCode, SecondFactor
from models.shifts import Shift, ShiftPlace
from models.texts import InterestVector, NeedVector, TextMean
from models.volunteers import Volunteer
from models.waitlists import Wait

__all__ = [
    "Account",
    "AccountCode",
    "AddressChange",
    "Base",
    "CalendarKey",
    "Centre",
    "Conversation",
    "Coordinator",
    "Event",
    "Feedback",
    "Hours",
    "IdempotencyRecord",
    "Import",
    "ImportRow",
    "InterestVector",
    "Introduction",
    "IntroductionSlot",
    "Invitation",
    "InvitationSettings",
    "Job",
    "Message",
    "Need",
    "NeedPrice",
    "NeedVector",
    "NightStep",
    "NoShow",
    "Notice",
    "NoticeMail",
    "NoticeSettings",
    "Organisation",
    "Place",
    "Placement",
    "PriceNight",
    "Proposal",
    "RankedList",
    "RankingModel",
    "RankingUse",
    "RateCount",
    "RecoveryCode",
    "SecondFactor",
    "ShareCode",
    "Shift",
    "ShiftPlace",
    "TextMean",
    "Token",
    "Volunteer",
    "VolunteerRecord",
    "Wait",
    "WebSession",
]
