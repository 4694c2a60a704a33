"""Photos of a run that cannot be had now: passed over, and taken up again when they can."""

from __future__ import annotations

from pathlib import Path

from bridge.jobs.drives import Drives
from bridge.jobs.floor import Floor, Run
from bridge.jobs.held import HeldThreads
from bridge.store import ItemRow


class AbsentPhotos:
    """One for a daemon."""

    def __init__(self, floor: Floor, held: HeldThreads, drives: Drives, look_s: float) -> None:
        """``look_s``: between two looks at whether what photos wait for is there."""
        self._floor = floor
        self._held = held
        self._drives = drives
        self._look_s = look_s

    def waits(self, run: Run, item: ItemRow) -> bool:
        """Whether a photo cannot be begun now. Its drive is not touched."""
        with self._floor.changed:
            if item.id in run.absence.items:
                return True
            held = self._held.photos.get(item.id)
            if held is not None and held.waits_for is not None:  # since before it was resumed: it is told all the same
                run.absence.add(item.id, run.work.reads(item) or item.path, held.waits_for)
            if held is not None:
                return True
        path = run.work.reads(item)
        error = None if path is None else self._drives.away(path, item.job)
        if error is None or path is None:
            return False
        with self._floor.changed:
            run.absence.add(item.id, path, error)
        return True

    def all_wait(self, job: str, run: Run) -> bool:
        with self._floor.changed:
            waiting = len(run.absence.items) + len(self._held.photos.keys() - run.absence.items.keys())
            left = sum(count for stage, count in self._floor.jobs.counts(job).items() if not stage.final)
            return left <= waiting

    def rest(self, job: str, run: Run) -> None:
        """Until one of the photos that wait can be had, or something else is to be done."""
        told = ""
        while self._floor.going(run):
            with self._floor.changed:
                waiting = run.absence.waiting()
            if waiting is not None:
                if told not in ("", waiting.code):
                    self._floor.lets_go(job, told)
                self._floor.holds_back(job, waiting)
                told = waiting.code
            with self._floor.changed:
                self._floor.changed.wait_for(lambda: run.fresh or not self._floor.going(run), self._look_s)
                fresh, run.fresh = run.fresh, False
                held = set(self._held.photos)
            back = run.absence.over(job, self._drives, lambda item: self._reads(run, item), held)
            with self._floor.changed:
                for item in back:
                    run.absence.drop(item)
            if back or fresh:
                break
        self._floor.lets_go(job, told)

    def _reads(self, run: Run, item: int) -> Path:
        row = self._floor.jobs.item(item)
        return run.work.reads(row) or row.path
