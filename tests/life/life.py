"""The whole life: everyone acts, time passes, jobs run, organisations are judged, everybody looks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from models.organisations import OrganisationStatus
from service.operations.organisations import verify_organisation
from tests.life.answering import picks
from tests.life.asking import Asking
from tests.life.giving import Giving
from tests.life.leaving import Leaving
from tests.life.looking import Looking
from tests.life.shifting import Shifting
from tests.life.town import CANARIES

# Letting everything come to its end takes as long as hundreds of steps: one life in so many does.
LIVED_TO_THE_END = 8
SPANS = (timedelta(minutes=5), timedelta(hours=2), timedelta(days=1), timedelta(days=4))


class Life(Looking, Asking, Giving, Shifting, Leaving):
    """Everything together."""

    def begin(self):
        """Everybody has been proposed something."""
        for number in range(len(CANARIES)):
            self.refresh(number)

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span=SPANS[1]):
        self.pass_time(span)

    @rule(most=st.integers(1, 4))
    def jobs_run(self, most=4):
        self.let_jobs_run(most)

    @rule(number=st.integers(0, 15))
    def judge(self, number=0):
        """The centre vouches for an organisation, or takes it off everywhere."""
        status = OrganisationStatus.VERIFIED if number // 2 else OrganisationStatus.SUSPENDED
        organisation_id = list(self.town.coordinators)[number % 2]
        before = self.rows["organisations"][organisation_id].status
        changes: dict[Any, str] = {organisation_id: f"{before} {status}"} if before != status else {}
        if before != status and status is OrganisationStatus.SUSPENDED:
            changes |= self.nobody_waits(organisation_id)
        self.act(self.town.staff, verify_organisation, organisation_id, status, "looked", becomes=changes)

    def nobody_waits(self, organisation_id: Any) -> dict[Any, str]:
        """Say what becomes of waitlists and offers where their organisation is suspended."""
        changes: dict[Any, str] = {}
        for need in self.list("needs", organisation_id=organisation_id):
            waiting = self.list("proposals", "waitlisted", "offered", need_id=need.id)
            if not waiting:
                continue
            changes |= {one.id: f"{one.status} expired" for one in waiting}
            ended = [*waiting, *self.list("proposals", "expired", need_id=need.id)]
            changes |= self.visits_end(*(one.id for one in ended))
            if need.status == "full" and any(one.status == "offered" for one in waiting):
                changes[need.id] = "full open"
        return changes

    @rule(number=picks, who=st.integers(0, 9))
    def anyone_else_judges(self, number=0, who=0):
        """I-20: nobody verifies but the centre's staff."""
        organisation_id = list(self.town.coordinators)[number % 2]
        actor = list(self.town.everyone().values())[who % 8]
        if actor == self.town.staff:
            return
        self.act(
            actor, verify_organisation, organisation_id, OrganisationStatus.VERIFIED, "trust me",
            expect=("not_allowed", "not_found"),
        )  # fmt: skip

    def at_the_end(self):
        """I-19: what was ordered is done at last, and whoever was to be told by mail has been."""
        self.steps["lives"] += 1
        if self.steps["lives"] % LIVED_TO_THE_END != 1:
            return
        for _ in range(12):
            self.pass_time(timedelta(days=4))
            for _ in range(40):
                if self.let_jobs_run(50) < 50:
                    break
        assert not self.list("jobs", "waiting", "running", "dead"), self.list("jobs", "waiting")
        for notice in self.rows["notices"].values():
            sent = notice.mail_id and self.rows["notice_mails"][notice.mail_id].sent_at
            assert sent or notice.mail_due_at is None, f"{notice.kind} was never sent"
