"""Requests of ours that wait for one server: taggers of several style guides or models share it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class Place:
    """``most``: how many requests were under way at once while this one was."""

    most: int = 1


class ServerQueue:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: list[Place] = []

    @contextmanager
    def place(self) -> Iterator[Place]:
        """A place among the requests of ours that are under way.

        A server with one slot works them off in turn, so each may need the time of all that it shares the server with.
        """
        place = Place()
        with self._lock:
            self._places.append(place)
            for each in self._places:
                each.most = max(each.most, len(self._places))
        try:
            yield place
        finally:
            with self._lock:
                self._places.remove(place)


class Queues:
    """One for each server, by its address."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: dict[str, ServerQueue] = {}

    def of(self, server: str) -> ServerQueue:
        with self._lock:
            return self._queues.setdefault(server, ServerQueue())
