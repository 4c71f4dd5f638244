"""When mail goes out: never in quiet hours, never early, digests at eight, over every change of clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.mail_times import MailRhythm, Quiet, after_quiet, minute_of_day, when_due

ZONES = ["Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC"]
KYIV = ZoneInfo("Europe/Kyiv")
minutes = st.integers(0, 24 * 60 - 1)
quiets = st.builds(Quiet, minutes, minutes)
zones = st.sampled_from(ZONES)
# Days on which clocks somewhere change come as often as all others together.
changes = st.sampled_from(
    [(2026, 3, 29), (2026, 10, 25), (2026, 3, 8), (2026, 11, 1), (2026, 4, 5), (2026, 10, 4)]
)
seconds = st.one_of(st.integers(-86400, 2 * 86400), st.integers(-(10**8), 10**8))
moments = st.builds(
    lambda day, after: datetime(day[0], day[1], day[2], tzinfo=UTC) + timedelta(seconds=after),
    changes,
    seconds,
)


@given(moments, zones, quiets)
@example(datetime(2026, 10, 25, 0, 10, tzinfo=UTC), "Europe/Kyiv", Quiet(21 * 60, 3 * 60 + 30))
@example(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "Europe/Kyiv", Quiet(21 * 60, 3 * 60 + 30))
def test_nothing_goes_out_in_quiet_hours_nor_early_and_soon_after_them(at, zone, quiet):
    due = after_quiet(at, zone, quiet)

    assert due >= at
    assert not quiet.holds(minute_of_day(due, ZoneInfo(zone)))
    if not quiet.holds(minute_of_day(at, ZoneInfo(zone))):
        assert due == at
    # Every moment that was passed over was a quiet one, but for the hour in which clocks are put forward.
    step, passed = timedelta(minutes=10), at
    awake = timedelta()
    while (passed := passed + step) < due:
        awake += step if not quiet.holds(minute_of_day(passed, ZoneInfo(zone))) else timedelta()
    assert awake <= timedelta(hours=2)


@given(moments, zones, st.sampled_from([MailRhythm.DAILY, MailRhythm.WEEKLY]))
def test_a_digest_goes_out_at_eight_the_next_time_it_is_eight(at, zone, rhythm):
    due = when_due(rhythm, at, zone, None)

    local = due.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute, local.second) == (8, 0, 0)
    assert timedelta() <= due - at <= timedelta(days=8 if rhythm is MailRhythm.WEEKLY else 1, hours=25)
    assert rhythm is MailRhythm.DAILY or local.weekday() == 0


@given(moments, zones, quiets, st.sampled_from(list(MailRhythm)))
def test_whatever_the_rhythm_quiet_hours_hold(at, zone, quiet, rhythm):
    due = when_due(rhythm, at, zone, quiet)

    assert (due is None) == (rhythm is MailRhythm.NEVER)
    if due is not None:
        assert due >= at
        assert due.utcoffset() == timedelta()
        assert not quiet.holds(minute_of_day(due, ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("at", "due"),
    [
        # the night in which clocks are put back: half past three comes twice, the first ends the quiet
        (datetime(2026, 10, 24, 23, 0, tzinfo=KYIV), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # the night in which they are put forward: half past three never comes
        (datetime(2026, 3, 28, 23, 0, tzinfo=KYIV), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # any other night
        (datetime(2026, 7, 1, 23, 0, tzinfo=KYIV), datetime(2026, 7, 2, 0, 30, tzinfo=UTC)),
        (datetime(2026, 7, 1, 12, 0, tzinfo=KYIV), datetime(2026, 7, 1, 9, 0, tzinfo=UTC)),
    ],
)
def test_quiet_until_half_past_three_in_kyiv(at, due):
    assert after_quiet(at, "Europe/Kyiv", Quiet(21 * 60, 3 * 60 + 30)) == due
