"""Quiet hours: the times of day at which the machine is to be quiet, so that long work waits.

They are times on the wall. A clock that is put forward or back for summer, or that a traveller sets, changes nothing
about that: what counts is what it shows now.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

DAY = 24 * 60
EXAMPLE = "22:00-07:00"
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """``spans``: (first minute of the day, minute at which it ends) each; one that ends before it begins goes over
    midnight."""

    spans: tuple[tuple[int, int], ...] = ()

    def ends(self, now: datetime) -> int | None:
        """The minute of the day at which quiet ends that holds at ``now``, local time; None where there is none now.

        Spans that touch or overlap are one."""
        minute = now.hour * 60 + now.minute
        if not self._at(minute):
            return None
        return next(later % DAY for later in range(minute + 1, minute + DAY) if not self._at(later % DAY))

    def _at(self, minute: int) -> bool:
        return any(
            first <= minute < end if first < end else minute >= first or minute < end for first, end in self.spans
        )


ALWAYS_LOUD = QuietHours()


def parse_quiet(text: str) -> QuietHours:
    """``"22:00-07:00, 12:30-14:00"``; empty text means none. Raises ValueError, for a person."""
    spans = []
    for part in filter(None, map(str.strip, text.split(","))):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(f"{part!r} is no span of time; write it as in {EXAMPLE}, several with commas between")
        first, end = (_minute(part, *found.group(*pair)) for pair in ((1, 2), (3, 4)))
        if first % DAY == end % DAY:
            raise ValueError(f"{part!r} begins when it ends; write it as in {EXAMPLE}")
        spans.append((first % DAY, end))
    quiet = QuietHours(tuple(spans))
    if spans and all(quiet._at(minute) for minute in range(DAY)):
        raise ValueError("these hours are the whole day: long work would never be done")
    return quiet


def clock(minute: int) -> str:
    """``07:00``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _minute(part: str, hour: str, minute: str) -> int:
    found = int(hour) * 60 + int(minute)
    if int(minute) >= 60 or found > DAY:
        raise ValueError(f"{part!r} names a time that no clock shows; write it as in {EXAMPLE}")
    return found
