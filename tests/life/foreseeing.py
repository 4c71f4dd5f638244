"""What must come of an act, as product.md says it, foreseen from the rows as they are before it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from tests.life.checks import suits
from tests.life.machine import SECOND, World
from tests.life.town import LIVE

# What can still expire with its need.
WAITING = ("proposed", "snoozed", "waitlisted", "offered")
BECOMES = {
    "accept": "accepted",
    "wait": "waitlisted",
    "decline": "declined",
    "snooze": "snoozed",
    "reconsider": "proposed",
    "withdraw": "withdrawn",
}
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Foreseeing(World):
    """Says how an act must end, and what states it changes; the act comes a second later."""

    def is_over(self, need: SimpleNamespace) -> bool:
        """Say whether a need's dates will have passed."""
        last = need.ends_at or need.starts_at
        if need.shift_count:
            last = need.shifts_until or LONG_AGO
        return last is not None and last <= self.at + SECOND

    def is_trusted(self, need: SimpleNamespace) -> bool:
        """Say whether a need's organisation is verified."""
        return bool(self.rows["organisations"][need.organisation_id].status == "verified")

    def is_open(self, need: SimpleNamespace) -> bool:
        """Say whether a need can still be answered."""
        return self.is_trusted(need) and need.status in ("open", "full") and not self.is_over(need)

    # ------------------------------------------------------------------ how it ends

    def why_not(self, answer: str, proposal: SimpleNamespace, **words: Any) -> str:
        """Say how an answer must end: `done`, or its refusal."""
        need, was = self.rows["needs"][proposal.need_id], proposal.status
        if answer == "reconsider":
            return self._no_room(need, full="done") if was in ("declined", "snoozed") else "not_declined"
        if answer == "withdraw":
            return self._may_withdraw(proposal, need)
        if answer == "wait" and need.status == "full" and was != "offered":
            return self._may_wait(proposal, need)
        if answer in ("accept", "wait"):
            return self._may_accept(proposal, need, **words)
        if was == "expired":
            return self._may_come_back(proposal, need)
        return (
            "done"
            if was in ("proposed", "snoozed") or self._declines_offer(answer, was)
            else "already_decided"
        )

    def _declines_offer(self, answer: str, was: str) -> bool:
        return answer == "decline" and was == "offered"

    def _may_accept(self, proposal: SimpleNamespace, need: SimpleNamespace, **words: Any) -> str:
        was = proposal.status
        if was == "offered":
            if proposal.decision_due <= self.at + SECOND:
                return "offer_over"
            ended = self._no_room(need, full="done")
        elif was == "expired":
            ended = self._may_come_back(proposal, need)
        elif was in ("proposed", "snoozed"):
            ended = self._no_room(need, full="need_full")
        else:
            ended = "already_decided"
        if ended == "done" and need.shift_count and not words.get("shift_ids"):
            return "invalid"
        if ended == "done" and not words.get("confirm_overlap") and self.overlaps(proposal, need):
            return "overlaps"
        return ended

    def _may_come_back(self, proposal: SimpleNamespace, need: SimpleNamespace) -> str:
        why = self._no_room(need, full="need_full")
        if why == "done" and not suits(self, proposal.volunteer_id, need):
            return "already_decided"
        return why

    def _may_wait(self, proposal: SimpleNamespace, need: SimpleNamespace) -> str:
        if not self.is_open(need):
            return "need_closed"
        if proposal.status == "expired":
            return "done" if suits(self, proposal.volunteer_id, need) else "already_decided"
        return "done" if proposal.status in ("proposed", "snoozed") else "already_decided"

    def _may_withdraw(self, proposal: SimpleNamespace, need: SimpleNamespace) -> str:
        if proposal.status not in ("accepted", "waitlisted"):
            return "not_accepted"
        if self.is_over(need):
            return "need_over"
        if proposal.status == "waitlisted":
            return "done"
        return "done" if self.list("placements", *LIVE, proposal_id=proposal.id) else "placement_over"

    def _no_room(self, need: SimpleNamespace, *, full: str) -> str:
        if not self.is_open(need):
            return "need_closed"
        return full if need.status == "full" else "done"

    def overlaps(self, proposal: SimpleNamespace, need: SimpleNamespace) -> bool:
        """Say whether the volunteer has promised to be elsewhere at that time (I-05)."""
        if need.starts_at is None or need.ends_at is None or need.shift_count:
            return False
        return any(
            start < need.ends_at and need.starts_at < end
            for start, end in self.commitments(proposal.volunteer_id)
        )

    def commitments(self, volunteer_id: Any) -> list[tuple[datetime, datetime]]:
        """List when a volunteer has promised to come."""
        found = []
        for one in self.list("placements", *LIVE, volunteer_id=volunteer_id):
            need = self.rows["needs"][one.need_id]
            if need.status == "cancelled":
                continue
            if need.starts_at and need.ends_at and not need.shift_count:
                found.append((need.starts_at, need.ends_at))
            held = self.list("shift_places", placement_id=one.id)
            shifts = [self.rows["shifts"][place.shift_id] for place in held]
            found += [(shift.starts_at, shift.ends_at) for shift in shifts if shift.status != "cancelled"]
        return found

    # ------------------------------------------------------------------ what it changes

    def becomes(self, answer: str, proposal: SimpleNamespace) -> dict[Any, str]:
        """Say what an answer that is given changes."""
        need, was = self.rows["needs"][proposal.need_id], proposal.status
        if answer == "wait" and (need.status != "full" or was == "offered"):
            answer = "accept"
        back = "proposed " if was in ("expired", "snoozed") and answer != "reconsider" else ""
        changes = {proposal.id: f"{was} {back}{BECOMES[answer]}"}
        if answer == "accept":
            changes["placement"] = "held"
            if was != "offered" and need.places_taken + 1 == need.places:
                changes[need.id] = "open full"
        if answer in ("decline", "withdraw"):
            changes |= self.visits_end(proposal.id)
        if answer == "withdraw" and was == "accepted":
            (placement,) = self.list("placements", *LIVE, proposal_id=proposal.id)
            changes |= self.given_back(placement, "withdrawn")
        if answer == "decline" and was == "offered":
            changes |= self.freed(need, 1)
        return changes

    def given_back(self, placement: SimpleNamespace, how: str) -> dict[Any, str]:
        """Say what changes when a place is given back."""
        need = self.rows["needs"][placement.need_id]
        return {placement.id: f"{placement.status} {how}", **self.freed(need, 1)}

    def freed(self, need: SimpleNamespace, count: int) -> dict[Any, str]:
        """Say what becomes of so many free places: offered to the first who wait, then open to all."""
        changes = {}
        waiting = sorted(self.list("waits", need_id=need.id), key=lambda one: one.number)
        offered = waiting[:count] if self.is_open(need) else []
        changes = {one.proposal_id: "waitlisted offered" for one in offered}
        if need.status == "full" and count > len(offered):
            changes[need.id] = "full open"
        return changes

    def visits_end(self, *proposal_ids: Any) -> dict[Any, str]:
        """Say which visits will not be, where what they belong to has ended."""
        return {
            one.id: "booked cancelled"
            for one in self.list("introductions", "booked")
            if one.proposal_id in proposal_ids
            and self.rows["introduction_slots"][one.slot_id].starts_at > self.at + SECOND
        }

    def gone(self, need: SimpleNamespace, *, cancelled: bool = False) -> dict[Any, str]:
        """Say what becomes of those who wait for a need that goes, and of their visits."""
        rows = self.list("proposals", *WAITING, need_id=need.id)
        over = ("expired", "accepted") if cancelled else ("expired",)
        ended = [*rows, *self.list("proposals", *over, need_id=need.id)]
        expired = {one.id: f"{one.status} expired" for one in rows}
        return {**expired, **self.visits_end(*(one.id for one in ended))}


SNOOZES = (timedelta(hours=1), timedelta(days=2))
