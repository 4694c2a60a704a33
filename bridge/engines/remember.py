"""What was computed of pixels that are still in memory: two that look at one photo pay for one look.

A run that tags photos and keeps them for search hands the same array to both; so do two models that share weights.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from bridge.values import RGB

__all__ = ["Remember"]

Told = TypeVar("Told")


@dataclass(slots=True)
class _Kept:
    """``of`` tells whether the array is still the one that stood at this address."""

    of: weakref.ref[RGB]
    told: dict[Hashable, Future[Any]] = field(default_factory=dict)


class Remember(Generic[Told]):
    """Answers by the identity of an array, for as long as the array lives: whoever changes it in place gets old ones.

    Safe to call from several threads; two that ask for the same at once compute it once. An error is not kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[int, _Kept] = {}

    def __call__(self, rgb: RGB, compute: Callable[[], Told], key: Hashable = None) -> Told:
        """What ``compute`` says, which is called only where nothing is kept of these pixels under ``key``. Raises what
        it raises."""
        with self._lock:
            told = self._told(rgb)
            found: Future[Told] | None = told.get(key)
            if found is None:
                mine = told[key] = Future()
        if found is not None:
            return found.result()
        try:
            answer = compute()
        except BaseException as error:
            with self._lock:
                del told[key]
            mine.set_exception(error)
            raise
        mine.set_result(answer)
        return answer

    def __len__(self) -> int:
        """Arrays of which something is kept."""
        return len(self._kept)

    def _told(self, rgb: RGB) -> dict[Hashable, Future[Any]]:
        number = id(rgb)
        kept = self._kept.get(number)
        if kept is None or kept.of() is not rgb:
            kept = self._kept[number] = _Kept(weakref.ref(rgb, lambda dead: self._forget(number, dead)))
        return kept.told

    def _forget(self, number: int, dead: weakref.ref[RGB]) -> None:
        """Without the lock: the array may go in the very thread that holds it."""
        kept = self._kept.get(number)
        if kept is not None and kept.of is dead:
            self._kept.pop(number, None)
