"""Names of places from a GPS position, offline, from GeoNames' populated places above 5,000 people."""

from __future__ import annotations

import gzip
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bridge import starter
from bridge.values import Gps

KM_PER_DEGREE = 111.2
LEAST_RADIUS_KM = 3.0
KM_PER_ROOT_PERSON = 0.008
"""A town of a million people reaches about 8 km from its centre, one of ten million 25 km."""
COUNTRY_WITHIN_KM = 120.0
COUNTRY_WITNESSES = 5
"""So many nearest towns must agree on the country, so that no photo near a border gets the wrong one."""


CITY_RADIUS_KM = KM_PER_ROOT_PERSON * 1000
"""Of a city of a million people."""
FAR_KM = 150.0
ALSO_WORDS = frozenset(
    {
        *("turkey", "china", "chad", "jordan", "georgia", "guinea", "jersey", "guernsey", "niger"),
        *("lima", "cologne", "phoenix"),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """What is sure of a position. ``state`` only in the United States."""

    city: str | None
    state: str | None
    country: str | None


class Places:
    """The table of towns, in memory: about 70,000 rows."""

    def __init__(self) -> None:
        rows = [line.split("\t") for line in gzip.decompress(starter.read("places.tsv.gz")).decode().splitlines()]
        self._names = [row[0] for row in rows]
        self._countries = [row[1] for row in rows]
        self._states = [row[2] for row in rows]
        self._positions: npt.NDArray[np.float64] = np.array([(float(row[3]), float(row[4])) for row in rows])
        self._radii = np.maximum(LEAST_RADIUS_KM, KM_PER_ROOT_PERSON * np.sqrt([float(row[5]) for row in rows]))

    def at(self, gps: Gps) -> Place:
        """The largest town that reaches this far, and the country where the nearest towns agree on it."""
        distances = self._distances(gps)
        nearest = np.argpartition(distances, COUNTRY_WITNESSES)[:COUNTRY_WITNESSES]
        within = np.nonzero(distances <= self._radii)[0]
        if within.size:
            town = int(within[self._radii[within].argmax()])
            return Place(self._names[town], self._states[town] or None, self._countries[town])
        if distances[nearest].min() > COUNTRY_WITHIN_KM:
            return Place(None, None, None)
        countries = {self._countries[i] for i in nearest}
        states = {self._states[i] for i in nearest}
        return Place(
            None,
            (states.pop() or None) if len(states) == 1 else None,
            countries.pop() if len(countries) == 1 else None,
        )

    def elsewhere(self, gps: Gps, place: Place) -> frozenset[str]:
        """Countries and cities of a million people that a position is surely not in, ``place`` being what is at it.

        Nothing where its country is not sure. Names that are words as well (turkey, china) are left out.
        """
        if place.country is None:
            return frozenset()
        far = (self._radii >= CITY_RADIUS_KM) & (self._distances(gps) > FAR_KM)
        names = {self._names[town] for town in np.nonzero(far)[0].tolist()}
        names |= set(self._countries) - {place.country}
        here = {place.city, place.state, place.country}
        return frozenset(name for name in names - here if name.casefold() not in ALSO_WORDS)

    def _distances(self, gps: Gps) -> npt.NDArray[np.float64]:
        """Kilometres, on a sphere that is flat nearby; right to a percent within a few hundred kilometres."""
        north = self._positions[:, 0] - gps.latitude
        east = (self._positions[:, 1] - gps.longitude + 180.0) % 360.0 - 180.0
        result: npt.NDArray[np.float64] = KM_PER_DEGREE * np.hypot(north, east * math.cos(math.radians(gps.latitude)))
        return result
