"""Who may do what, in one place: each route names a rule of this file, or the service won't start.

A rule says which kinds of actors may knock at all, and which scope a centre's token needs. Whether
the thing itself is theirs is decided where it is read (`visible_to`): what is not theirs is not found.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.access.actors import PERSONS, Actor, ActorKind
from service.access.sessions import Stage
from service.errors import NotAllowed, NotSignedIn

VOLUNTEER, COORDINATOR, STAFF = ActorKind.VOLUNTEER, ActorKind.COORDINATOR, ActorKind.STAFF
CENTRE, OPERATOR = ActorKind.CENTRE, ActorKind.OPERATOR

SCOPES = (
    "volunteers:read",
    "volunteers:write",
    "organisations:read",
    "organisations:write",
    "needs:read",
    "needs:write",
    "imports:write",
    # what they open is still to be built; a token for all that comes can be had already
    "webhooks:manage",
    "events:read",
    "reports:read",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """The kinds of actors that may knock; none named means anyone, signed in or not."""

    kinds: frozenset[ActorKind] = frozenset()
    scope: str | None = None

    def check(self, actor: Actor) -> None:
        """Let the actor pass, or refuse: 401 to nobody, 403 to the wrong one."""
        if not self.kinds:
            return
        if actor.kind is ActorKind.ANYONE:
            raise NotSignedIn
        if actor.kind not in self.kinds:
            raise NotAllowed
        if actor.kind is CENTRE and self.scope is not None and self.scope not in actor.scopes:
            raise NotAllowed


def of(*kinds: ActorKind, scope: str | None = None) -> Rule:
    """Make a rule; a centre's token is let in by its scope alone."""
    return Rule(frozenset(kinds) | ({CENTRE} if scope else set()), scope)


# What a person may do who has signed in with a password alone, where that is not enough: by how far they are.
HALF_OPEN: dict[Stage, frozenset[str]] = {
    Stage.CODE: frozenset({"second_factors.show", "sessions.close"}),
    Stage.SET_UP: frozenset({"second_factors.set_up", "sessions.close"}),
}

ANYBODY = Rule()
SIGNED_IN = Rule(PERSONS | {CENTRE})

POLICY: dict[str, Rule] = {
    # pages that tell the same to everybody
    "pages.read": ANYBODY,
    # pages for one kind of person
    "pages.profile": of(VOLUNTEER),
    "pages.coordinator": of(COORDINATOR),
    # accounts
    "accounts.sign_up": ANYBODY,
    "accounts.confirm": ANYBODY,
    "accounts.take_over": ANYBODY,
    "passwords.reset": ANYBODY,
    "passwords.change": of(*PERSONS),
    "addresses.change": of(*PERSONS),
    "addresses.confirm": ANYBODY,
    "tokens.create": ANYBODY,
    "tokens.list": of(*PERSONS),
    "tokens.revoke": of(*PERSONS),
    "sessions.open": ANYBODY,
    "sessions.close": ANYBODY,
    "sessions.list": of(*PERSONS),
    "sessions.end": of(*PERSONS),
    "second_factors.show": of(*PERSONS),
    "second_factors.set_up": of(*PERSONS),
    "second_factors.change": of(*PERSONS),
    "me.read": SIGNED_IN,
    # organisations and needs; whose each one is, the queries decide
    "organisations.list": ANYBODY,
    "organisations.read": ANYBODY,
    "organisations.create": of(COORDINATOR, STAFF, scope="organisations:write"),
    "organisations.change": of(COORDINATOR, STAFF, scope="organisations:write"),
    "organisations.verify": of(STAFF),
    "needs.list": ANYBODY,
    "needs.read": ANYBODY,
    # what keeps a need from finding people: numbers of volunteers, for the people who write it
    "needs.advice": of(COORDINATOR, STAFF),
    "needs.create": of(COORDINATOR, STAFF, scope="needs:write"),
    "needs.change": of(COORDINATOR, STAFF, scope="needs:write"),
    "needs.publish": of(COORDINATOR, STAFF, scope="needs:write"),
    "needs.close": of(COORDINATOR, STAFF, scope="needs:write"),
    "needs.cancel": of(COORDINATOR, STAFF, scope="needs:write"),
    # shifts: seen with their need, written by those who write it
    "shifts.list": ANYBODY,
    "shifts.add": of(COORDINATOR, STAFF, scope="needs:write"),
    "shifts.change": of(COORDINATOR, STAFF, scope="needs:write"),
    "shifts.cancel": of(COORDINATOR, STAFF, scope="needs:write"),
    "vocabularies.read": ANYBODY,
    # volunteers
    "volunteers.list": of(STAFF, scope="volunteers:read"),
    "volunteers.add": of(scope="volunteers:write"),
    "volunteers.read": of(VOLUNTEER, STAFF, scope="volunteers:read"),
    "volunteers.change": of(VOLUNTEER, scope="volunteers:write"),
    "volunteers.erase": of(VOLUNTEER),
    # imports: a centre's own; its systems bring files, its staff see what became of them
    "imports.start": of(scope="imports:write"),
    "imports.list": of(STAFF, scope="imports:write"),
    "imports.read": of(STAFF, scope="imports:write"),
    # proposals: their volunteer's alone; nobody else comes in, whatever they hold
    "proposals.list": of(VOLUNTEER),
    "proposals.refresh": of(VOLUNTEER),
    "proposals.read": of(VOLUNTEER),
    "proposals.accept": of(VOLUNTEER),
    "proposals.decline": of(VOLUNTEER),
    "proposals.snooze": of(VOLUNTEER),
    "proposals.choose": of(VOLUNTEER),
    "proposals.reconsider": of(VOLUNTEER),
    "proposals.withdraw": of(VOLUNTEER),
    # who waits is nobody's business; how many, from five on, the coordinator's
    "waitlists.count": of(COORDINATOR),
    # introductions: the volunteer asks; the coordinator answers, and offers times
    "introductions.ask": of(VOLUNTEER),
    "introductions.list_own": of(VOLUNTEER),
    "introductions.list": of(COORDINATOR),
    "introductions.reply": of(COORDINATOR),
    "introductions.cancel": of(VOLUNTEER, COORDINATOR),
    "introductions.offer": of(COORDINATOR),
    "introductions.list_offered": ANYBODY,
    # messages: between a volunteer and an organisation; each side its own
    "messages.read": of(VOLUNTEER, COORDINATOR),
    "messages.write": of(VOLUNTEER, COORDINATOR),
    "messages.about_proposal": of(VOLUNTEER),
    "messages.about_placement": of(COORDINATOR),
    # invitations: a coordinator sends them; whom they reach, and by which codes, is the volunteer's own
    "invitations.send": of(COORDINATOR),
    "invitations.own": of(VOLUNTEER),
    # placements
    "placements.list": of(COORDINATOR),
    "placements.list_own": of(VOLUNTEER),
    "placements.shifts": of(VOLUNTEER),
    "placements.reconfirm": of(VOLUNTEER),
    "placements.confirm": of(COORDINATOR),
    "placements.release": of(COORDINATOR),
    "placements.complete": of(COORDINATOR),
    "placements.no_show": of(COORDINATOR),
    "placements.answer_no_show": of(VOLUNTEER),
    # what an organisation says of those who did not come, and what they answer: for its centre's staff too
    "placements.list_no_shows": of(STAFF),
    # hours: the volunteer enters and settles; their organisation confirms or corrects
    "hours.enter": of(VOLUNTEER),
    "hours.settle": of(VOLUNTEER),
    "hours.list_own": of(VOLUNTEER),
    "hours.list": of(VOLUNTEER, COORDINATOR),
    "hours.list_for": of(COORDINATOR),
    "hours.answer": of(COORDINATOR),
    # feedback: each side its own; the centre's staff read all, and anybody a few numbers
    "feedback.give": of(VOLUNTEER, COORDINATOR),
    "feedback.list": of(VOLUNTEER, COORDINATOR, STAFF),
    "feedback.list_for": of(COORDINATOR, STAFF),
    "feedback.list_all": of(STAFF),
    "feedback.rate": ANYBODY,
    # records: their volunteer's alone; whoever has a code checks the one that it belongs to
    "records.own": of(VOLUNTEER),
    "records.check": ANYBODY,
    # calendars: by a key in the address; the key itself is its volunteer's alone
    "calendars.read": ANYBODY,
    "calendars.renew": of(VOLUNTEER),
    # notices: each person their own; a link out of a mail ends mail, and opens nothing else
    "notices.list": of(*PERSONS),
    "notices.change": of(*PERSONS),
    "notices.settings": of(*PERSONS),
    "notices.unsubscribe": ANYBODY,
}
