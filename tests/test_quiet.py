"""Quiet hours as a person writes them, over midnight and over the days on which clocks are changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bridge.quiet import ALWAYS_LOUD, clock, parse_quiet


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-30T{time}")


@pytest.mark.parametrize(
    ("told", "now", "until"),
    [
        ("22:00-07:00", "21:59:59", None),
        ("22:00-07:00", "22:00:00", "07:00"),
        ("22:00-07:00", "00:00:00", "07:00"),
        ("22:00-07:00", "06:59:59", "07:00"),
        ("22:00-07:00", "07:00:00", None),
        ("9:00-12:30, 13:30-17:00", "12:29", "12:30"),
        ("9:00-12:30, 13:30-17:00", "13:00", None),
        ("9:00-12:30, 13:30-17:00", "16:00", "17:00"),
        ("20:00-24:00, 00:00 - 06:00", "23:59", "06:00"),
        ("20:00-23:00, 22:00–02:00", "20:00", "02:00"),
        ("18:00-24:00", "23:00", "00:00"),
        ("", "03:00", None),
    ],
)
def test_quiet_is_until(told: str, now: str, until: str | None) -> None:
    ends = parse_quiet(told).ends(at(now))
    assert (None if ends is None else clock(ends)) == until


def test_no_hours_are_never_quiet() -> None:
    assert parse_quiet(" , ") == ALWAYS_LOUD
    assert ALWAYS_LOUD.ends(at("03:00")) is None


@pytest.mark.parametrize(
    "told",
    ["22-7", "22:00", "22:00-25:00", "22:60-07:00", "08:00-08:00", "00:00-24:00", "nights", "6:00-18:00,18:00-6:00"],
)
def test_what_is_no_span_is_told(told: str) -> None:
    with pytest.raises(ValueError, match=r"22:00-07:00|whole day"):
        parse_quiet(told)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 8), ("2026-10-24", 10), ("2026-06-01", 9)])
def test_a_night_in_which_clocks_change_is_quiet_by_the_clock_on_the_wall(day: str, hours: int) -> None:
    """In Berlin the night before the last Sunday of March is an hour shorter, that of October an hour longer."""
    quiet, zone = parse_quiet("22:00-07:00"), ZoneInfo("Europe/Berlin")
    start = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))
    found = [
        start + timedelta(minutes=passed)
        for passed in range(24 * 60)
        if quiet.ends((start + timedelta(minutes=passed)).astimezone(zone)) is not None
    ]
    assert found[-1] - found[0] == timedelta(hours=hours, minutes=-1)
    assert len(found) == hours * 60, "without a gap"
