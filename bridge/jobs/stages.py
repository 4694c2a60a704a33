"""One photo through the stages of its run, each on the threads that it belongs to."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

from bridge.errors import (
    BridgeError,
    ExifToolFailed,
    ExifToolMissing,
    ExifToolTooOld,
    ModelMissing,
    ModelNotLocal,
    ModelsDiffer,
    ModelUnreachable,
    NotAtHand,
    PhotoMissing,
    PhotoUnreadable,
    RunWentBad,
    StoreDamaged,
    StoreFull,
    StoreLocked,
    VolumeSlow,
)
from bridge.jobs.absence import TRIES
from bridge.jobs.drives import Drives
from bridge.jobs.floor import Floor, Parked, Run
from bridge.jobs.held import HeldThreads
from bridge.jobs.parking import Parking
from bridge.jobs.request import PhotoResult
from bridge.jobs.work import Step, Task, ended, failed
from bridge.paths import shown
from bridge.taggers.contract import Cancelled

PAUSING = (
    *(ModelUnreachable, ModelMissing, ModelNotLocal, ModelsDiffer, RunWentBad),
    *(ExifToolMissing, ExifToolTooOld, StoreLocked, StoreDamaged, StoreFull),
)
"""Causes that would fail every photo alike: the job waits for a person instead."""
DOUBTFUL = frozenset({PhotoMissing.code, PhotoUnreadable.code, ExifToolFailed.code})
"""What a photo is said to have failed for may be its drive."""

_log = logging.getLogger(__name__)


class Stages:
    """One for a daemon."""

    def __init__(self, floor: Floor, parking: Parking, held: HeldThreads, drives: Drives) -> None:
        self._floor = floor
        self._parking = parking
        self._held = held
        self._drives = drives

    def send(self, run: Run, parked: Parked) -> None:
        """Have a photo come to its next stage."""
        task, steps, index = parked
        steps[index][0].submit(self._step, run, task, steps, index)

    def _step(self, run: Run, task: Task, steps: Sequence[tuple[Executor, Step]], index: int) -> None:
        begun = time.monotonic()
        try:
            if self._goes_on(run, task, steps, index):
                return
        except PAUSING as error:
            self._stop_for(run, error)
        except Exception as error:
            _log.exception("photo %s", shown(task.item.path))
            self._stop_for(run, BridgeError(f"The state of the run could not be stored: {error}"))
        finally:
            self._parking.leave(task, time.monotonic() - begun)
        if not task.ended:
            self._floor.put_down(task.item)
        self._held.leave(run, task)

    def _goes_on(self, run: Run, task: Task, steps: Sequence[tuple[Executor, Step]], index: int) -> bool:
        """True where its next stage or the gate has the photo now. Raises whatever the store does, and PAUSING."""
        try:
            if not self._parking.admit(run, task, steps, index):
                return True
            if index == 0 or task.parked:
                self._floor.jobs.begin(task.item.id)
                task.parked = False
            return self._advance(run, task, steps, index)
        except Cancelled:
            self._drop(run, task)
        except NotAtHand as error:
            with self._floor.changed:
                if not task.given_up:
                    run.absence.add(task.item.id, run.work.reads(task.item) or task.item.path, error)
        return False

    def _stop_for(self, run: Run, cause: BridgeError) -> None:
        with self._floor.changed:
            run.pause = run.pause or cause
            self._parking.unpark(run)

    def _drop(self, run: Run, task: Task) -> None:
        """It is not wanted. Where the daemon stops, the run pauses, or the cancel was called off, its turn comes."""
        with self._floor.changed:
            current = self._floor.runs.get(task.item.job) is run and not task.given_up
            if current and (run.cancel_all or task.item.id in run.cancel_items):
                self._floor.end(ended(task.item, "cancelled"), task.item)
                task.ended = True
                run.cancel_items.discard(task.item.id)  # it may be asked for again

    def _advance(self, run: Run, task: Task, steps: Sequence[tuple[Executor, Step]], index: int) -> bool:
        """Do one stage. True where the next one has the photo now. Raises as ``_attempt`` does."""
        result = self._attempt(run, task, steps, index)
        if result is not None:
            # What is written is written, whatever was said of the photo while a drive held it.
            if result.status == "done" or not (task.given_up or self._floor.runs.get(task.item.job) is not run):
                self._floor.end(result, task.item)
            task.ended = True
            run.ends.append(time.monotonic())
            return False
        if not self._floor.going(run) or task.given_up or index + 1 == len(steps):
            return False
        self.send(run, (task, steps, index + 1))
        return True

    def _attempt(self, run: Run, task: Task, steps: Sequence[tuple[Executor, Step]], index: int) -> PhotoResult | None:
        """The result where the photo has ended, None where the next stage goes on. Raises Cancelled, NotAtHand and
        PAUSING."""
        if task.cancelled():
            raise Cancelled
        executor, step = steps[index]
        path = run.work.reads(task.item)
        self._held.begins(run, task, executor)
        try:
            if path is not None and index == 0:
                self._drives.at_hand(path, task.item.job)
            elif path is not None and task.thread is not None and (away := self._drives.away(path, task.item.job)):
                raise away  # it was there when the photo was read; what is stored is found again
            result = step(task)
        except (Cancelled, *PAUSING):
            raise
        except Exception as error:
            self._raise_not_at_hand(run, task, path, error)
            if isinstance(error, BridgeError):
                return failed(task.item, error)
            incident = secrets.token_hex(4)
            _log.exception("incident %s: photo %s", incident, shown(task.item.path))
            return failed(task.item, BridgeError(f"Something broke inside the daemon (incident {incident})."))
        finally:
            self._held.returns(run, task)
        if result is not None and result.error is not None and result.error.code in DOUBTFUL:
            self._raise_not_at_hand(run, task, path, ExifToolFailed(result.error.message))
        return result

    def _raise_not_at_hand(self, run: Run, task: Task, path: Path | None, error: Exception) -> None:
        """Where it is the drive, and not the photo, that something is wrong with."""
        if task.cut_short is not None and isinstance(error, ExifToolFailed):
            raise task.cut_short from error
        away = None if path is None else self._drives.explain(path, task.item.job, error)
        if away is None:
            return
        if isinstance(away, VolumeSlow) and self._drives.away(path or task.item.path, task.item.job) is None:
            with self._floor.changed:
                run.absence.tries[task.item.id] += 1
                if run.absence.tries[task.item.id] > TRIES:
                    return
        raise away from error
