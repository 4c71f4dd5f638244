"""Dates that rules give, against a slow and obvious second version that looks at every day by itself."""

from __future__ import annotations

import calendar
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.shift_dates import FARTHEST, MOST_AT_ONCE, WrongRule, list_starts, on_the_clocks, starts_between

ZONES = ("Europe/Kyiv", "Europe/London", "America/New_York")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
AT = datetime(2026, 11, 1, tzinfo=UTC)
# A third of the days drawn lie where the clocks change in one of the three zones.
CHANGES = [date(2027, 3, 14), date(2027, 3, 28), date(2027, 10, 31), date(2027, 11, 7)]
days = st.one_of(
    st.dates(date(2026, 11, 10), date(2028, 3, 1)),
    st.sampled_from(CHANGES).flatmap(
        lambda day: st.integers(-30, 3).map(lambda more: day + timedelta(days=more))
    ),
)
clocks = st.tuples(st.sampled_from([0, 1, 2, 3, 9, 23]), st.sampled_from([0, 30]))
lists = st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True)
month_days = st.lists(
    st.sampled_from([1, 2, 13, 28, 29, 30, 31, -1, -2]), min_size=1, max_size=3, unique=True
)


@st.composite
def rules(draw):
    """Draw the parts of a rule that ends."""
    often = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    parts = {"FREQ": often, "INTERVAL": draw(st.integers(1, 4))}
    if often == "MONTHLY" and draw(st.booleans()):
        numbered = st.tuples(st.sampled_from(["", "1", "2", "4", "5", "-1"]), st.sampled_from(DAYS))
        parts["BYDAY"] = draw(st.lists(numbered.map("".join), min_size=1, max_size=2, unique=True))
        if draw(st.booleans()):
            parts["BYSETPOS"] = draw(
                st.lists(st.sampled_from([1, 2, -1]), min_size=1, max_size=2, unique=True)
            )
    elif often != "MONTHLY" and draw(st.booleans()):
        parts["BYDAY"] = draw(lists)
    if often != "WEEKLY" and "BYSETPOS" not in parts and draw(st.booleans()):
        parts["BYMONTHDAY"] = draw(month_days)
    if draw(st.integers(0, 3)) == 0:
        parts["BYMONTH"] = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True))
    parts["WKST"] = draw(st.sampled_from(["MO", "SU"]))
    if draw(st.booleans()):
        parts["COUNT"] = draw(st.integers(1, 40))
    else:
        parts["UNTIL"] = draw(st.dates(date(2026, 11, 20), date(2028, 6, 1)))
    return parts


def written(parts):
    def value(one):
        if isinstance(one, list):
            return ",".join(str(each) for each in one)
        return one.strftime("%Y%m%d") if isinstance(one, date) else str(one)

    return ";".join(f"{name}={value(one)}" for name, one in parts.items())


def shows(moment, zone):
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def when(local, zone):
    """Look for the first moment at which the clocks show that; where they skip it, go on from before."""
    for minutes in range(15 * 60, -13 * 60, -15):  # the farthest east sees it first
        moment = (local - timedelta(minutes=minutes)).replace(tzinfo=UTC)
        if shows(moment, zone) == local:
            return moment
    return when(local - timedelta(hours=2), zone) + timedelta(hours=2)


def suits(day, first, parts):
    """Say of one day, looking at nothing but the calendar, whether the rule means it."""
    last = calendar.monthrange(day.year, day.month)[1]
    if not is_in_step(day, first, parts) or day.month not in parts.get("BYMONTH", range(1, 13)):
        return False
    asked = [name for name in ("BYDAY", "BYMONTHDAY") if name in parts]
    named = any(is_named(day, last, one) for one in parts.get("BYDAY", ()))
    numbered = {day.day, day.day - last - 1} & set(parts.get("BYMONTHDAY", ()))
    if asked:
        return ("BYDAY" not in asked or named) and ("BYMONTHDAY" not in asked or bool(numbered))
    same = {"DAILY": True, "WEEKLY": day.weekday() == first.weekday(), "MONTHLY": day.day == first.day}
    return same[parts["FREQ"]]


def is_in_step(day, first, parts):
    since = {"DAILY": (day - first).days, "MONTHLY": (day.year - first.year) * 12 + day.month - first.month}
    begun = [one - timedelta(days=(one.weekday() + (parts["WKST"] == "SU")) % 7) for one in (day, first)]
    since["WEEKLY"] = (begun[0] - begun[1]).days // 7
    return since[parts["FREQ"]] % parts["INTERVAL"] == 0


def is_named(day, last, name):
    if DAYS[day.weekday()] != name[-2:]:
        return False
    number = name[:-2]
    return not number or int(number) in ((day.day - 1) // 7 + 1, -((last - day.day) // 7) - 1)


def slowly(parts, first, zone):
    """Give all moments of a rule for three years; each day looked at."""
    begins, found = shows(first, zone), []
    months: dict[tuple[int, int], list[date]] = {}
    for number in range(3 * 366):
        day = begins.date().replace(day=1) + timedelta(days=number)
        if suits(day, begins.date(), parts):
            months.setdefault((day.year, day.month), []).append(day)
    for among in months.values():
        places = parts.get("BYSETPOS")
        chosen = among
        if places:
            chosen = [one for at, one in enumerate(among) if {at + 1, at - len(among)} & set(places)]
        for day in chosen:
            local = datetime.combine(day, begins.time())
            if local >= begins and not ("UNTIL" in parts and day > parts["UNTIL"]):
                found.append(first if local == begins else when(local, zone))
    return found[: parts.get("COUNT")]


def outcome(parts, first, zone):
    """Give the moments, or the code with which the rule is refused."""
    try:
        return [one.moment for one in list_starts(written(parts), first, zone, at=AT)], None
    except WrongRule as wrong:
        return [], wrong.code


@settings(deadline=None, max_examples=150)
@given(parts=rules(), day=days, clock=clocks, zone=st.sampled_from(ZONES))
# the hour that Kyiv skips, and the one that New York shows twice
@example({"FREQ": "DAILY", "INTERVAL": 1, "WKST": "MO", "COUNT": 9}, date(2027, 3, 24), (3, 30), ZONES[0])
@example({"FREQ": "DAILY", "INTERVAL": 1, "WKST": "MO", "COUNT": 9}, date(2027, 11, 4), (1, 30), ZONES[2])
# days with and without a number, which dateutil by itself takes for one day that is both
@example(
    {"FREQ": "MONTHLY", "INTERVAL": 4, "WKST": "MO", "BYDAY": ["-1SU", "MO"], "COUNT": 4},
    date(2026, 11, 10), (0, 0), ZONES[2],
)  # fmt: skip
def test_a_rule_gives_what_each_day_says(parts, day, clock, zone):
    first = when(datetime.combine(day, clock_time(*clock)), zone)
    expected = slowly(parts, first, zone)
    found, code = outcome(parts, first, zone)
    if code == "no_dates":
        assert expected == []
        return
    if code is not None:
        assert code == ("too_many" if len(expected) > MOST_AT_ONCE else "too_far_ahead")
        # what is too far lies behind the last day allowed, or behind all that were looked at
        far = len(expected) < parts.get("COUNT", 0) or expected[-1] > max(AT, first) + FARTHEST
        assert far or code == "too_many"
        return
    assert found == expected
    # each shows the same time as the first, but for the hour that is skipped
    shown = shows(first, zone).time()
    odd = [one for one in found if shows(one, zone).time() != shown]
    assert all(shows(one, zone).date() in CHANGES or shows(one, zone).date().month == 3 for one in odd)
    middle = found[len(found) // 2]
    half = list(starts_between(written(parts), first, zone, middle, found[-1]))
    assert half == [one for one in found if middle <= one < found[-1]]


def test_the_first_is_when_it_was_said_also_in_an_hour_that_comes_twice():
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 03:30 in Kyiv for the second time

    found = list_starts("FREQ=DAILY;COUNT=2", second, "Europe/Kyiv", at=AT)

    assert [one.moment for one in found] == [second, second + timedelta(days=1)]
    assert found[0] == on_the_clocks(second, "Europe/Kyiv")
    assert found[0].local == "2027-10-31T03:30:00"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=WEEKLY", "never_ends"),
        ("FREQ=MINUTELY;COUNT=5", "too_often"),
        ("FREQ=DAILY;COUNT=367", "too_many"),
        ("FREQ=YEARLY;COUNT=4", "too_far_ahead"),
        ("FREQ=YEARLY;UNTIL=20991231", "too_far_ahead"),
        ("FREQ=WEEKLY;UNTIL=20261101", "no_dates"),
        ("FREQ=WEEKLY;UNTIL=20261340", "invalid_rule"),
        ("FREQ=WEEKLY;BYDAY=1MO;COUNT=2", "invalid_rule"),
        ("FREQ=WEEKLY;BYMONTHDAY=3;COUNT=2", "invalid_rule"),
        ("FREQ=MONTHLY;BYWEEKNO=3;COUNT=2", "invalid_rule"),
        ("FREQ=MONTHLY;BYSETPOS=1;COUNT=2", "invalid_rule"),
        ("FREQ=DAILY;BYHOUR=24;COUNT=2", "invalid_rule"),
        ("FREQ=YEARLY;BYMONTH=13;COUNT=2", "invalid_rule"),
    ],
)
def test_what_no_shifts_can_be_made_of_is_refused_by_its_code(rule, code):
    with pytest.raises(WrongRule) as refused:
        list_starts(rule, AT + timedelta(days=30), "Europe/Kyiv", at=AT)
    assert refused.value.code == code


@pytest.mark.parametrize("often", ["DAILY", "MONTHLY", "YEARLY"])
def test_a_rule_without_any_date_is_through_at_once(often):
    begun = time.perf_counter()
    with pytest.raises(WrongRule, match="no_dates"):
        list_starts(f"FREQ={often};BYMONTH=2;BYMONTHDAY=30;COUNT=1", AT, "Europe/Kyiv", at=AT)
    assert time.perf_counter() - begun < 1  # counted to the end of time, the first takes three


def test_until_in_utc_is_a_moment_and_a_bare_day_is_the_whole_day_there():
    first = datetime(2027, 3, 26, 21, 0, tzinfo=UTC)  # 23:00 in Kyiv; the next two days have 22:00 and 20:00
    assert len(list_starts("FREQ=DAILY;UNTIL=20270328", first, "Europe/Kyiv", at=AT)) == 3
    assert len(list_starts("FREQ=DAILY;UNTIL=20270328T200000Z", first, "Europe/Kyiv", at=AT)) == 3
    assert len(list_starts("FREQ=DAILY;UNTIL=20270328T195959Z", first, "Europe/Kyiv", at=AT)) == 2
    assert len(list_starts("FREQ=DAILY;UNTIL=20270328T225959", first, "Europe/Kyiv", at=AT)) == 2
