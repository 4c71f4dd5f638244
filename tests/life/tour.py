"""A walk through a whole life in a fixed order, so that what is broken shows within seconds."""

from __future__ import annotations

from datetime import timedelta

from service.operations.shifts import add_shifts
from tests.life.life import Life
from tests.life.looking import PATHS
from tests.life.needs import change

ONE, TWO, ADULTS = "One place", "Two places", "For adults"
SEEN = "/v1/needs/<need>/placements"


def walk(life: Life) -> None:
    """Let everything happen once or twice."""
    get_to_know(life)
    decide(life)
    give_back(life)
    wait(life)
    end_well(life)
    take_shifts(life)
    come_and_go(life)


def answer(life: Life, name: str, volunteer: int, title: str) -> None:
    """Let that volunteer answer that need."""
    (need,) = life.list("needs", title=title)
    volunteer_id = life.town.volunteers[volunteer].volunteer_id
    (proposal,) = life.list("proposals", need_id=need.id, volunteer_id=volunteer_id)
    words = {"message": life.rows["volunteers"][volunteer_id].name} if name == "accept" else {}
    life.answer(name, proposal, **words)


def get_to_know(life: Life) -> None:
    """Questions and visits, before anything is decided."""
    life.offer_visit()
    life.offer_visit(0, timedelta(hours=2), 1)
    life.ask(0)
    life.take_visit(1, 0)
    life.take_visit(2, 0)
    life.ask(3)
    life.reply(0)
    life.take_back(0)
    for number in range(4):
        life.reply(number)
    life.jobs_run(9)
    life.cancel_visit(0)


def decide(life: Life) -> None:
    """Yes, no and not now; and who cannot say it."""
    for who in range(8):
        life.anyone_else_answers(0, "accept", who)
    answer(life, "decline", 0, ONE)
    answer(life, "accept", 0, TWO)
    answer(life, "accept", 1, TWO)
    answer(life, "accept", 1, TWO)
    answer(life, "accept", 2, TWO)
    answer(life, "snooze", 2, ONE)
    for number in range(4):
        life.look_around(number, 4, SEEN)
    for who in range(8):
        life.anyone_else_manages(0, who)


def give_back(life: Life) -> None:
    """Places are confirmed, given back, and taken away where nobody holds them."""
    for places in (1, 3, 2):
        (two,) = life.list("needs", title=TWO)
        life.change_places(life.list("needs", "open", "full").index(two), places)
    life.confirm()
    answer(life, "withdraw", 0, TWO)
    answer(life, "reconsider", 0, ONE)
    life.release()
    answer(life, "accept", 0, ONE)
    life.choose(3)
    for number in range(4):
        life.look_around(number, 4, SEEN)


def wait(life: Life) -> None:
    """Who finds a need full waits in line; what comes free is offered in turn, lapses, or is declined."""
    (two,) = life.list("needs", title=TWO)
    life.act(life.coordinator(two.id), change, two.id, {"places": 1}, becomes={})
    for volunteer in (0, 2, 3):
        choose(life, volunteer, TWO)
        answer(life, "wait", volunteer, TWO)
    answer(life, "withdraw", 0, TWO)
    life.time_passes(timedelta(days=3))
    answer(life, "accept", 2, TWO)
    life.let_jobs_run(20)
    answer(life, "accept", 3, TWO)
    for volunteer in (2, 0):
        choose(life, volunteer, TWO)
        answer(life, "wait", volunteer, TWO)
    answer(life, "withdraw", 3, TWO)
    answer(life, "decline", 2, TWO)
    answer(life, "accept", 0, TWO)


def choose(life: Life, volunteer: int, title: str) -> None:
    """Let that volunteer take that need up."""
    life.take_up(life.town.volunteers[volunteer], life.list("needs", title=title)[0])


def end_well(life: Life) -> None:
    """What was promised is done, or not."""
    answer(life, "accept", 2, TWO)
    for minutes in (600, 600, 600):
        life.enter_hours(0, minutes)
    life.answer_hours(0)
    life.answer_hours(1, 0)
    life.settle_hours(1)
    life.write(0, True)
    life.write(0)
    life.change_what_is_said(0, "dates")
    life.stay(0)
    life.complete(1)
    life.look_around(0, 4, SEEN)
    life.enter_hours(0, 60)
    for path in PATHS:
        for who in (0, 4):
            life.look_around(0, who, path)
    answer(life, "accept", 2, ADULTS)
    life.miss(0)
    life.answer_for_no_show()
    life.complete(0)
    for number in range(4):
        life.look_around(number, 4, SEEN)


def take_shifts(life: Life) -> None:
    """A need with dates: some are taken, given back, moved and cancelled; and somebody known is asked."""
    life.write_need(0, 1, None, False)
    (draft,) = life.list("needs", "draft")
    coordinator = life.coordinator(draft.id)
    first = life.at.replace(minute=0, second=0) + timedelta(days=2)
    fields = {"starts_at": first, "ends_at": first + timedelta(hours=2), "places": 1,
              "rrule": "FREQ=DAILY;COUNT=3"}  # fmt: skip
    life.act(coordinator, add_shifts, draft.id, fields)
    life.publish(0)
    (need,) = life.list("needs", title="Sort books")
    for volunteer in life.town.volunteers[:3]:
        life.take_up(volunteer, need)
    for number in range(3):
        life.accept_shifts(number, number, True, False, "wait")
        life.accept_shifts(number, number, True, False, "accept")
    for which in range(2):
        life.give_back_shifts(0, which)
    life.change_shift(0, 2)
    life.change_shift(1, 1, True)
    life.invite(0, 0)
    life.let_jobs_run(20)
    for _ in range(3):
        life.cancel_shift(0)
    for number in range(4):
        life.look_around(number, 4, SEEN)
    life.cancel(life.list("needs", "open", "full", "closed").index(life.list("needs", title="Sort books")[0]))


def come_and_go(life: Life) -> None:
    """Needs come and go, organisations are judged, and jobs catch up."""
    life.judge(3)
    life.jobs_run(20)
    life.write_need(0, 2, None, False)
    life.publish(0)
    life.jobs_run(20)
    life.time_passes(timedelta(days=2))
    life.jobs_run(20)
    for _ in range(2):
        life.write_need(0, 2, timedelta(days=1), False)
    for number in range(2):
        life.publish(number)
    for need in life.list("needs", "open", title="Sort books"):
        life.take_up(life.town.volunteers[2], need)
    for proposal in life.list("proposals", "proposed"):
        life.answer("accept", proposal)
    life.judge(0)
    for number in range(6):
        life.answer_in_any_state(number, "accept")
    life.judge(2)
    life.close(0)
    life.cancel(1)
