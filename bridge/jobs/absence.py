"""The photos of one run that wait, because their drive is not there, does not answer, or they are in the cloud."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bridge.errors import BridgeError, InTheCloud, NotAtHand
from bridge.jobs.drives import Drives
from bridge.jobs.request import Waiting

TRIES = 3
"""After so many time-outs on a drive that answers, the photo itself is what is wrong."""
CLOUD_AT_ONCE = 200
"""Photos in the cloud that are looked at in one go."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why photos wait, and how many."""

    code: str
    message: str
    hint: str
    photos: int


@dataclass(slots=True)
class Absence:
    """Changed under the runner's lock."""

    items: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Which photos wait, each with a key of ``causes``: half a million of them share a few."""
    causes: dict[tuple[str, str], tuple[NotAtHand, Path]] = field(default_factory=dict)
    """Each with one of its photos."""
    tries: Counter[int] = field(default_factory=Counter)
    _next: int = 0
    """Of those in the cloud, which is looked at next: all have their turn."""

    def add(self, item: int, path: Path, error: NotAtHand) -> None:
        key = (error.code, "" if isinstance(error, InTheCloud) else error.message)
        self.causes.setdefault(key, (error, path))
        self.items[item] = key

    def drop(self, item: int) -> bool:
        return self.items.pop(item, None) is not None

    def clear(self) -> None:
        self.items.clear()
        self.causes.clear()

    def told(self) -> list[Cause]:
        """That of most photos first."""
        counts = Counter(self.items.values())
        causes = []
        for key, photos in counts.most_common():
            error = self.causes[key][0]
            message = "In the cloud: only the names are on this computer." if key[1] == "" else error.message
            causes.append(Cause(error.code, message, error.hint, photos))
        return causes

    def waiting(self) -> Waiting | None:
        """What a run waits for that has nothing else to do."""
        causes = self.told()
        if not causes:
            return None
        first = causes[0]
        photos = sum(cause.photos for cause in causes)
        message = f"{'1 photo waits' if photos == 1 else f'{photos:,} photos wait'}. {first.message}"
        others = " Others wait for something else." if len(causes) > 1 else ""
        return Waiting(code=first.code, message=message + others, hint=first.hint, since=time.time())

    def over(self, job: str, drives: Drives, path_of: Callable[[int], Path], held: set[int]) -> list[int]:
        """Photos that may be tried again. Looks at drives and the cloud, so it is called without the lock."""
        found: list[int] = []
        for key, (_, sample) in list(self.causes.items()):
            mine = [item for item, why in list(self.items.items()) if why == key and item not in held]
            if key[0] == InTheCloud.code:
                found += self._arrived(job, drives, path_of, mine)
            elif mine and drives.away(sample, job) is None:
                found += mine
        return found

    def _arrived(self, job: str, drives: Drives, path_of: Callable[[int], Path], items: list[int]) -> list[int]:
        if self._next >= len(items):
            self._next = 0
        some = items[self._next : self._next + CLOUD_AT_ONCE]
        self._next += CLOUD_AT_ONCE
        found = []
        for item in some:
            with suppress(BridgeError):
                drives.at_hand(path_of(item), job)
                found.append(item)
        return found
