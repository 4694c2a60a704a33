"""Whether two photos are one picture, or of one moment: likeness and the time of capture together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bridge.culling._beside import beside
from bridge.culling.candidate import Candidate
from bridge.culling.descriptor import OVERVIEW, OVERVIEWS, Descriptor, unpack
from bridge.culling.likeness import NONE, Likeness, liken

__all__ = ["MOMENT_S", "Alike", "is_one_picture", "shows_the_same"]

MOMENT_S = 30.0
"""Seconds between two tries at one moment, at most."""

COPY_CORNERS, COPY_AGREEMENT, COPY_OVERLAP = 8, 0.75, 0.55
"""One picture. Different photographs share 3 corners at most; crops by 10 % at each edge have 17 corners, an agreement
of 0.89 and an overlap of 0.62 at least, two stops more light 10 corners and 0.81. A portrait and a montage that holds
it overlap by 0.46. Measured by ``benchmarks.duplicates``."""
STILL_AGREEMENT = 0.90
"""Where blur or fog leaves no corners, and nothing was moved: different photographs reach 0.3 then."""
MOMENT_CORNERS, MOMENT_AGREEMENT, MOMENT_OVERLAP = 7, 0.30, 0.6
"""One moment: people and animals move between the tries. What shows less of the other is another view."""
MOMENT_LOOK = 0.80
"""Cosine of the overviews of two tries within ``SOON_S`` at something that moves too much for corners."""
SOON_S = 3.0


def is_one_picture(found: Likeness) -> bool:
    """By likeness alone."""
    moved = found.corners >= COPY_CORNERS and found.agreement >= COPY_AGREEMENT and found.overlap >= COPY_OVERLAP
    return moved or (found.agreement >= STILL_AGREEMENT and found.overlap >= 0.9)


def shows_the_same(found: Likeness) -> bool:
    """Alike enough for shots within seconds."""
    same = found.corners >= MOMENT_CORNERS and found.agreement >= MOMENT_AGREEMENT and found.overlap >= MOMENT_OVERLAP
    return same or is_one_picture(found)


def is_moved_aside(found: Likeness) -> bool:
    """Surely the same place, and another part of it."""
    sure = found.corners >= MOMENT_CORNERS and found.agreement >= MOMENT_AGREEMENT
    return sure and found.overlap < MOMENT_OVERLAP


class Alike:
    """Photos in the order of their capture, and what was found out about pairs of them, by position."""

    def __init__(self, photos: Sequence[Candidate]) -> None:
        self.photos = photos
        # Read and unpacked anew for each pair, in some microseconds: held, they would be most of what many photos take.
        self._overviews = np.zeros((len(photos), OVERVIEWS, OVERVIEW), np.int8)
        self._known = np.zeros(len(photos), bool)
        for at, photo in enumerate(photos):
            if (descriptor := unpack(photo.packed())) is not None:
                self._overviews[at], self._known[at] = descriptor.overviews, True
        self._likeness: dict[tuple[int, int], Likeness] = {}
        self._beside: dict[tuple[int, int], Likeness | None] = {}

    def known(self, at: int) -> bool:
        return bool(self._known[at])

    def overviews(self, at: int) -> npt.NDArray[np.int8]:
        if not self._known[at]:
            raise ValueError(f"photo {self.photos[at].id} has no descriptor")
        overviews: npt.NDArray[np.int8] = self._overviews[at]
        return overviews

    def overviews_of(self, free: Sequence[int]) -> npt.NDArray[np.int8]:
        """(n, crops, length): of several photos, all of which are known."""
        everything = len(free) == len(self.photos)
        overviews: npt.NDArray[np.int8] = self._overviews if everything else self._overviews[np.array(free)]
        return overviews

    def _descriptors(self, one: int, other: int) -> tuple[Descriptor | None, Descriptor | None]:
        return unpack(self.photos[one].packed()), unpack(self.photos[other].packed())

    def gap(self, one: int, other: int) -> float | None:
        """Seconds between the shots; None where a time is not known."""
        times = self.photos[one].shot.captured, self.photos[other].shot.captured
        return None if times[0] is None or times[1] is None else abs(times[0] - times[1])

    def at_one_moment(self, one: int, other: int) -> bool:
        gap = self.gap(one, other)
        cameras = {self.photos[one].shot.camera, self.photos[other].shot.camera} - {""}
        return gap is not None and gap <= MOMENT_S and len(cameras) < 2

    def likeness(self, one: int, other: int) -> Likeness:
        pair = (min(one, other), max(one, other))
        if pair not in self._likeness:
            here, there = self._descriptors(*pair)
            self._likeness[pair] = liken(here, there) if here is not None and there is not None else NONE
        return self._likeness[pair]

    def beside(self, one: int, other: int) -> Likeness | None:
        """How ``other`` continues ``one`` at an edge, where corners do not say."""
        if (one, other) not in self._beside:
            here, there = self._descriptors(one, other)
            self._beside[one, other] = beside(here, there) if here is not None and there is not None else None
        return self._beside[one, other]

    def one_picture(self, one: int, other: int) -> bool:
        if not self._at_one_time(one, other):
            return False
        if self.photos[one].packed() == self.photos[other].packed():
            return True
        return is_one_picture(self.likeness(one, other))

    def _at_one_time(self, one: int, other: int) -> bool:
        """As of a photo and its copy: some programs drop the fractions. True where a time is not known."""
        times = self.photos[one].shot.captured, self.photos[other].shot.captured
        if times[0] is None or times[1] is None or times[0] == times[1]:
            return True
        return math.floor(times[0]) == math.floor(times[1]) and (times[0] % 1 == 0 or times[1] % 1 == 0)

    def belong(self, one: int, other: int) -> bool:
        """One picture, or of one moment."""
        if self.one_picture(one, other):
            return True
        if not self.at_one_moment(one, other):
            return False
        found = self.likeness(one, other)
        if shows_the_same(found):
            return True
        soon = (self.gap(one, other) or 0.0) <= SOON_S
        return soon and self.look(one, other) >= MOMENT_LOOK and not is_moved_aside(found)

    def shows_the_same(self, one: int, other: int) -> bool:
        return shows_the_same(self.likeness(one, other))

    def look(self, one: int, other: int) -> float:
        """Cosine of the overviews, cropped or not; above 0.75 for one different pair in a thousand."""
        here, there = (self.overviews(at).astype(np.float32) / 127 for at in (one, other))
        return float(max((here @ there[0]).max(), (there @ here[0]).max()))
