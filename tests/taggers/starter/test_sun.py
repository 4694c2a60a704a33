"""Where the sun stood. Reference altitudes: NOAA's Solar Position Calculator, to a degree."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bridge.taggers.starter._sun import season, sun
from tests.taggers.starter.evidence import BERLIN, SYDNEY, at


@pytest.mark.parametrize(
    ("facts", "altitude", "rising"),
    [
        (at(BERLIN, 2024, 6, 21, 13, 8, hours_from_utc=2), 60.9, None),
        (at(BERLIN, 2024, 12, 21, 12, 4, hours_from_utc=1), 14.1, None),
        (at(BERLIN, 2024, 3, 20, 7, 0, hours_from_utc=1), 7.0, True),
        (at(BERLIN, 2024, 3, 20, 18, 20, hours_from_utc=1), -0.5, False),
        (at(SYDNEY, 2024, 12, 21, 12, 55, hours_from_utc=11), 79.6, None),
    ],
)
def test_altitude_and_direction(facts, altitude: float, rising: bool | None) -> None:  # type: ignore[no-untyped-def]
    seen = sun(facts)
    assert seen is not None
    assert seen.altitude == pytest.approx(altitude, abs=1.2)
    assert rising is None or seen.rising is rising


def test_nothing_is_said_where_a_part_is_unknown() -> None:
    known = at(BERLIN, 2024, 6, 21, 13)
    assert sun(known) is not None
    for part in ("captured", "utc_offset", "gps"):
        assert sun(replace(known, **{part: None})) is None


def test_seasons_are_whole_months() -> None:
    assert [season(datetime(2024, month, 1), 50.0) for month in (2, 3, 5, 6, 8, 9, 11, 12)] == [
        "winter", "spring", "spring", "summer", "summer", "autumn", "autumn", "winter",
    ]  # fmt: skip


def test_no_season_in_the_tropics_or_without_a_date() -> None:
    assert season(datetime(2024, 7, 1), 10.0) is None
    assert season(None, 50.0) is None
    assert season(datetime(2024, 7, 1), None) is None
