"""Threads that a drive holds: found, replaced, and what they do counted when they return, however late that is."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from bridge.errors import NotAtHand, VolumeSlow
from bridge.jobs.drives import Drives
from bridge.jobs.floor import Floor, Run
from bridge.jobs.parking import Parking
from bridge.jobs.work import Task, ended
from bridge.paths import shown
from bridge.store import ItemRow
from bridge.threads import Threads

LONG = 5
"""So many times the limit a photo may take on a drive that answers, before another thread takes its thread's place."""
LONG_TOLD = "They take very long to read or to write, on a drive that answers."
MOST_HELD = 32
"""Threads that drives hold, in all."""

_log = logging.getLogger(__name__)


class HeldThreads:
    """One for a daemon."""

    def __init__(
        self, floor: Floor, parking: Parking, drives: Drives, timeout_s: float, given_up: Callable[[int], None]
    ) -> None:
        """``timeout_s``: so long a stage may take before its drive is looked at. ``given_up`` is told of a thread, by
        its number, that a drive holds: nobody waits for it."""
        self._floor = floor
        self._parking = parking
        self._drives = drives
        self._timeout_s = timeout_s
        self._given_up = given_up
        self._at_work: dict[int, tuple[Run, Task]] = {}
        self.photos: dict[int, Task] = {}
        """By item. None of them is begun a second time while a thread may still do something to it."""
        self._watching: threading.Thread | None = None
        self._over = threading.Event()

    def watch(self) -> None:
        """From now on, if not before."""
        if self._watching is None:
            self._watching = threading.Thread(target=self._watch, name="drives", daemon=True)
            self._watching.start()

    def close(self) -> None:
        self._over.set()

    def now(self) -> frozenset[int]:
        """The items whose threads drives hold now."""
        with self._floor.changed:
            return frozenset(self.photos)

    def begins(self, run: Run, task: Task, executor: Executor) -> None:
        with self._floor.changed:
            task.since = time.monotonic()
            if isinstance(executor, Threads):
                task.threads, task.thread = executor, threading.current_thread()
                self._at_work[task.item.id] = run, task

    def returns(self, run: Run, task: Task) -> None:
        """The thread is free, and what it did counts, however late it is."""
        with self._floor.changed:
            self._at_work.pop(task.item.id, None)
            task.thread = None
            if task.held:
                task.held = False
                run.absence.drop(task.item.id)
                run.under_way += 1

    def leave(self, run: Run, task: Task) -> None:
        if task.counts:
            run.window.release()
        with self._floor.changed:
            run.under_way -= 1
            self._floor.no_longer_alone(task.item.id)
            if self.photos.get(task.item.id) is task:
                # Not before: its end is stored, or it was put down, and only now may it be begun again.
                del self.photos[task.item.id]
                for one in (run, self._floor.runs.get(task.item.job)):
                    if one is not None:
                        one.fresh = True
                    if one is not None and one is not run:
                        one.absence.drop(task.item.id)
            self._floor.changed.notify_all()

    def give_up(self, item: ItemRow) -> None:
        if item.id in self.photos:
            self.photos[item.id].given_up = True
        if not item.stage.final:
            self._floor.end(ended(item, "cancelled"), item)

    def _watch(self) -> None:
        """Look at photos that take long: whether their drive holds them."""
        while not self._over.wait(min(self._timeout_s / 4, 5.0)):
            now = time.monotonic()
            with self._floor.changed:
                late = [
                    (run, task, now - task.since)
                    for run, task in self._at_work.values()
                    if task.thread is not None and not task.held and now - task.since > self._timeout_s
                ]
            for run, task, seconds in late:
                try:
                    self._look_at(run, task, seconds)
                except Exception:
                    _log.exception("photo %s takes long", shown(task.item.path))

    def _look_at(self, run: Run, task: Task, seconds: float) -> None:
        path = run.work.reads(task.item) or task.item.path
        if away := self._drives.away(path, task.item.job):
            self._hold(run, task, path, away)
            return
        volume = self._drives.of(path, task.item.job)
        if volume is not None and self._drives.answers(volume.root) is None:
            self._hold(run, task, path, self._drives.hold(volume))
        elif seconds > LONG * self._timeout_s:
            self._hold(run, task, path, VolumeSlow(LONG_TOLD), gives_up=False)

    def _hold(self, run: Run, task: Task, path: Path, error: NotAtHand, *, gives_up: bool = True) -> None:
        """Let other photos go on without the thread that this one has."""
        with self._floor.changed:
            if task.held or task.thread is None or len(self.photos) >= MOST_HELD:
                return
            self._parking.leave(task, 0.0)  # in slow work nobody else would be let in until then
            _log.warning("a thread is held by %s: %s", shown(path), error.message)
            task.held, task.waits_for = True, error
            self.photos[task.item.id] = task
            run.absence.add(task.item.id, path, error)
            run.under_way -= 1
            self._floor.no_longer_alone(task.item.id)
            self._floor.put_down(task.item)
            if gives_up and task.thread.ident is not None:
                task.cut_short = error
                self._given_up(task.thread.ident)
            if task.threads is not None:
                task.threads.replace(task.thread)
            if task.counts:
                task.counts = False
                run.window.release()
            self._floor.changed.notify_all()
