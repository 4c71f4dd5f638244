"""Calendars as calendar programs read them, by a reader that shares no code with what wrote them."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Need, Organisation, Placement, Shift
from models.needs import NeedStatus
from models.placements import PlacementStatus
from service.schemas.calendars import write_calendar

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
KYIV = ZoneInfo("Europe/Kyiv")
BASE = "https://halfway.example.org/"


@dataclass
class Line:
    """A line of a calendar, taken apart."""

    name: str
    parameters: dict[str, str]
    value: str


def read(ics: bytes) -> list[tuple[str, list[Line]]]:
    """Read (component, its lines) as RFC 5545 3.1 says: folded by octets; name, parameters, value."""
    assert ics.endswith(b"\r\n")
    assert all(len(one) <= 75 for one in ics.split(b"\r\n")), "a line is at most 75 octets"
    lines = ics.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode("utf-8").split("\r\n")[:-1]
    assert not any("\n" in one or "\r" in one for one in lines)
    found: list[tuple[str, list[Line]]] = []
    open_ones: list[tuple[str, list[Line]]] = []
    for one in lines:
        matched = re.match(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^;:"]*))*):(.*)$', one)
        assert matched, one
        name, parameters, value = matched.groups()
        if name == "BEGIN":
            open_ones.append((value, []))
        elif name == "END":
            assert open_ones[-1][0] == value
            found.append(open_ones.pop())
        else:
            pairs = dict(part.split("=", 1) for part in parameters.split(";")[1:])
            open_ones[-1][1].append(Line(name, pairs, value))
    assert not open_ones
    return found


def events(ics: bytes) -> list[dict[str, Line]]:
    return [{line.name: line for line in lines} for name, lines in read(ics) if name == "VEVENT"]


def unescaped(text: str) -> str:
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", text), "an unescaped comma would end the value"
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def moment(line: Line) -> datetime:
    if line.value.endswith("Z"):
        return datetime.strptime(line.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return datetime.strptime(line.value, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(line.parameters["TZID"]))


@dataclass
class Shown:
    """What `queries.calendars.Dated` is to the writer."""

    need: Need
    organisation: Organisation
    placement: Placement | None = None
    shift: Shift | None = None


def shown(placement: Any = None, **over: Any) -> Shown:
    values = {
        "title": "Paint boats",
        "description": "Bring old clothes.",
        "status": NeedStatus.OPEN,
        "timezone": "Europe/Kyiv",
        "starts_at": datetime(2026, 10, 20, 10, tzinfo=KYIV),
        "ends_at": datetime(2026, 10, 20, 13, tzinfo=KYIV),
        "created_at": NOW,
        "updated_at": NOW,
        "version": 3,
        **over,
    }
    return Shown(Need(id=uuid.UUID(int=1), **values), Organisation(name="Riverside"), placement)


def held(status: str, version: int = 1) -> Placement:
    return Placement(
        id=uuid.UUID(int=2), status=PlacementStatus(status), created_at=NOW, updated_at=NOW, version=version
    )


def written(*entries: Shown) -> bytes:
    return write_calendar("Halfway", entries, base=BASE, language="en")


def only(entry: Shown) -> dict[str, Line]:
    (event,) = events(written(entry))
    return event


def test_an_event_says_what_when_and_where():
    event = only(shown(place="Vinnytsia, by the river", latitude=49.2331, longitude=28.4682))
    assert unescaped(event["SUMMARY"].value) == "Paint boats"
    assert unescaped(event["LOCATION"].value) == "Vinnytsia, by the river"
    assert event["GEO"].value == "49.2331;28.4682"
    assert event["DTSTART"].parameters["TZID"] == "Europe/Kyiv"
    assert moment(event["DTSTART"]) == datetime(2026, 10, 20, 7, tzinfo=UTC)
    assert moment(event["DTEND"]) == datetime(2026, 10, 20, 10, tzinfo=UTC)
    assert event["URL"].value == f"{BASE}needs/{uuid.UUID(int=1)}"
    assert {"UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE"} <= event.keys()
    assert not {"ATTENDEE", "ORGANIZER", "CONTACT"} & event.keys()


@pytest.mark.parametrize(
    ("placement", "need", "status"),
    [
        ("held", "open", "TENTATIVE"),
        ("confirmed", "full", "CONFIRMED"),
        ("completed", "closed", "CONFIRMED"),
        ("withdrawn", "open", "CANCELLED"),
        ("released", "open", "CANCELLED"),
        ("confirmed", "cancelled", "CANCELLED"),
        (None, "open", "CONFIRMED"),
        (None, "cancelled", "CANCELLED"),
    ],
)
def test_the_state_is_that_of_the_placement_and_its_need(placement, need, status):
    event = only(shown(held(placement) if placement else None, status=NeedStatus(need)))
    assert event["STATUS"].value == status


def test_the_same_thing_keeps_its_uid_and_a_change_counts_up():
    first, later = only(shown(held("held"))), only(shown(held("confirmed", 2), version=4, title="Other"))
    assert first["UID"].value == later["UID"].value
    assert int(first["SEQUENCE"].value) < int(later["SEQUENCE"].value)
    assert written(shown()) == written(shown())


def test_a_weekly_need_keeps_its_hour_when_clocks_change():
    event = only(shown(rrule="FREQ=WEEKLY;BYDAY=TU;COUNT=3"))
    assert event["RRULE"].value == "FREQ=WEEKLY;COUNT=3;BYDAY=TU"
    # ten o'clock in Kyiv on the 20th and on the 27th, between which an hour comes twice
    assert event["DTSTART"].value == "20261020T100000"
    zones = [lines for name, lines in read(written(shown(rrule="FREQ=WEEKLY"))) if name == "VTIMEZONE"]
    assert [one.value for lines in zones for one in lines if one.name == "TZID"] == ["Europe/Kyiv"]


def test_the_time_zone_that_is_written_changes_its_clocks_when_the_world_does():
    ics = written(shown())
    parts = [(name, lines) for name, lines in read(ics) if name in ("STANDARD", "DAYLIGHT")]
    shifts = {
        (name, one["TZOFFSETFROM"].value, one["TZOFFSETTO"].value)
        for name, lines in parts
        if (one := {line.name: line for line in lines})["DTSTART"].value >= "20200101"
        or "RRULE" in one
        or "RDATE" in one
    }
    assert {("DAYLIGHT", "+0200", "+0300"), ("STANDARD", "+0300", "+0200")} <= shifts


@pytest.mark.parametrize(
    ("rule", "until"),
    [
        ("FREQ=WEEKLY;UNTIL=20261110", "20261110T215959Z"),
        ("FREQ=WEEKLY;UNTIL=20261110T100000", "20261110T080000Z"),
        ("FREQ=WEEKLY;UNTIL=20261020T100000", "20261020T070000Z"),
        ("FREQ=WEEKLY;UNTIL=20261110T100000Z", "20261110T100000Z"),
    ],
)
def test_a_rule_ends_in_utc(rule, until):
    assert f"UNTIL={until}" in only(shown(rrule=rule))["RRULE"].value


def test_what_takes_whole_days_is_written_as_days_and_leaves_its_reader_free():
    ends_at = datetime(2026, 12, 20, 18, tzinfo=KYIV)
    event = only(shown(ends_at=ends_at, rrule="FREQ=YEARLY;UNTIL=20281110"))
    assert (event["DTSTART"].parameters["VALUE"], event["DTSTART"].value) == ("DATE", "20261020")
    assert event["DTEND"].value == "20261221"
    assert event["TRANSP"].value == "TRANSPARENT"
    assert event["RRULE"].value == "FREQ=YEARLY;UNTIL=20281110"


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=300)


@given(texts, texts)
def test_whatever_was_typed_comes_back_and_breaks_nothing(title, description):
    event = only(shown(title=title, description=description))
    visible = "".join(one for one in title if one.isprintable() or one == "\n")
    assert unescaped(event["SUMMARY"].value) == visible
    assert event["UID"].value == f"need-{uuid.UUID(int=1)}@halfway"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 the zone is added below
    st.sampled_from(["Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    st.integers(0, 40),
)
def test_times_come_back_as_they_are_over_every_change_of_clocks(at, zone, hours):
    starts_at = at.replace(microsecond=0, tzinfo=UTC)
    ends_at = starts_at + timedelta(hours=hours)
    event = only(shown(starts_at=starts_at, ends_at=ends_at, timezone=zone))
    if "VALUE" in event["DTSTART"].parameters:
        assert event["DTSTART"].value == f"{starts_at.astimezone(ZoneInfo(zone)):%Y%m%d}"
        return
    local = starts_at.astimezone(ZoneInfo(zone))
    # of an hour that comes twice a calendar can only mean the first (RFC 5545 3.3.5)
    expected = local.replace(fold=0).astimezone(UTC)
    assert moment(event["DTSTART"]).astimezone(UTC) == expected
