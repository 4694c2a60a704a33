"""Where the sun stood: the light of a photo from its time and place, and the season there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bridge.values import Facts

GOLDEN_HOUR = (-4.0, 6.0)
"""Altitudes in degrees between which photographers speak of the golden hour (PhotoPills' and most almanacs' limits)."""
BLUE_HOUR = (-6.0, -4.0)
NIGHT_BELOW = -12.0
"""End of nautical twilight: the horizon is no longer seen."""
TROPIC = 23.44
"""Within the tropics, degrees of latitude, the four seasons have no names."""


@dataclass(frozen=True, slots=True)
class Sun:
    """``altitude`` in degrees above the horizon; ``rising`` before the sun's highest point of that day."""

    altitude: float
    rising: bool


def sun(facts: Facts) -> Sun | None:
    """The sun over the place and at the moment of the photo; None where either is unknown.

    Without a time zone the camera's clock is taken for the zone of the place's longitude, which may be an hour or two
    off: then nothing is said, for golden hour is shorter than that.
    """
    if facts.gps is None or facts.captured is None or facts.utc_offset is None:
        return None
    from astral import Observer
    from astral.sun import elevation

    observer = Observer(facts.gps.latitude, facts.gps.longitude)
    moment = (facts.captured - facts.utc_offset).replace(tzinfo=UTC)
    altitude = elevation(observer, moment)
    return Sun(altitude, elevation(observer, moment + timedelta(minutes=5)) > altitude)


def season(captured: datetime | None, latitude: float | None) -> str | None:
    """Meteorological season (whole months, as the WMO counts). None in the tropics or where a part is unknown."""
    if captured is None or latitude is None or abs(latitude) <= TROPIC:
        return None
    northern = ("winter", "spring", "summer", "autumn")
    quarter = captured.month % 12 // 3
    return northern[quarter if latitude > 0 else (quarter + 2) % 4]
