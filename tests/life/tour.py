"""A walk through a whole life in a fixed order, so that what is broken shows within seconds."""

from __future__ import annotations

from datetime import timedelta

from tests.life.life import Life


def walk(life: Life) -> None:
    """Let everything happen once or twice."""
    life.offer_visit()
    life.ask(0)
    life.take_visit(1)
    life.reply()
    life.accept(0)
    life.look_around(0, 4, "/v1/needs/<need>/placements")
    life.anyone_else_answers(1)
    life.decline(1)
    life.snooze(2)
    life.accept(3)
    life.accept(0)
    life.answer_in_any_state(2, "accept")
    life.confirm()
    life.anyone_else_manages()
    life.withdraw(0)
    life.reconsider(0)
    life.change_places(1, 3)
    life.choose(3)
    life.judge(3)
    life.jobs_run(8)
    life.accept(5)
    life.release(0)
    life.cancel_visit()
    life.time_passes(timedelta(days=2))
    life.jobs_run(8)
    life.write_need(0, 1, None, False)
    life.publish(0)
    life.jobs_run(9)
    life.close(1)
    life.judge(0)
    life.judge(2)
    life.cancel(0, 0)
