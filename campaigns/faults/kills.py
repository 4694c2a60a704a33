"""Killed at random moments, and at chosen ones: while a file is made, between intent and rename, between rename and
outcome, while the daemon starts, while a run is taken back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from random import Random

from bridge.errors import BridgeError, StoreLocked
from bridge.journal import JournalEntry
from bridge.store import JobTable, SqliteJournal, Stage, Store
from campaigns.faults.model import SLOTS
from campaigns.faults.trial import Trial
from tests.system.daemon import Bridge

START_S = 1.6
"""About what a start takes, until it is ready; work goes on a little before."""
AIM_S = 20.0
"""Longer than that a chosen moment is not waited for: the run may have ended."""
COARSE_S, FINE_S = 0.002, 0.00005
"""How long the daemon runs between two looks at it, far from a write and near one."""


class Moment(StrEnum):
    WORK = "killed at work"
    """Wherever it was; told is what it left."""
    READING = "killed while photos were read"
    ASKING = "killed while the model was asked"
    ANSWERED = "killed between answer and plan"
    PLANNED = "killed between plan and result, no new file there"
    START = "killed at start"
    FILE = "killed with a new file beside the photo"
    INTENT = "killed between intent and rename"
    RENAMED = "killed between rename and outcome"
    UNDO = "killed in an undo"


def kill_at_random(
    bridge: Bridge, trial: Trial, chance: Random, longest: float = 0.6, otherwise: Moment = Moment.WORK
) -> None:
    time.sleep(chance.uniform(0.02, longest))  # the moment of the kill, not a wait for anything
    bridge.kill()
    _note(trial, moment_of(bridge.home, otherwise))


def kill_at_start(bridge: Bridge, trial: Trial, chance: Random, seconds: float = START_S) -> None:
    """Begin a start and end it; nothing is waited for."""
    process = subprocess.Popen(
        [sys.executable, "-m", *bridge.serve],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=bridge.env,
    )
    time.sleep(chance.uniform(0.0, seconds))  # as above
    process.kill()
    process.wait()
    _note(trial, Moment.START)


def kill_at(bridge: Bridge, job: str, volume: Path, trial: Trial, wanted: Moment) -> bool:
    """Let the daemon run in slices until it is where it is wanted, and end it there. False: it never was, and runs."""
    assert bridge.process is not None
    pid = bridge.process.pid
    store = Store(bridge.home / "bridge.db")
    journal, jobs = SqliteJournal(store), JobTable(store)
    folder = next((item.path.parent for item in jobs.unfinished(job, 0, 1)), volume)
    deadline = time.monotonic() + AIM_S
    try:
        while time.monotonic() < deadline and bridge.process.poll() is None:
            os.kill(pid, signal.SIGSTOP)
            near = _has_temporary(folder)
            # A reader sees an outcome only once it is on the disk; the copy tells whether it is on its way there.
            if (wanted is Moment.FILE and near) or (_reached(journal, wanted) and moment_of(bridge.home) is wanted):
                # The reader closes first: the last one to leave a database would tidy up what the kill left.
                store.close()
                os.kill(pid, signal.SIGKILL)
                os.kill(pid, signal.SIGCONT)
                bridge.kill()
                _note(trial, moment_of(bridge.home))
                return True
            os.kill(pid, signal.SIGCONT)
            with suppress(StoreLocked):
                if not near and not jobs.unfinished(job, 0, 1):
                    return False
            _spin(FINE_S if near else COARSE_S)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
        store.close()
    return False


def moment_of(home: Path, otherwise: Moment = Moment.WORK) -> Moment:
    """What a dead daemon was doing, by what it left: a copy is looked at, the database itself is the next daemon's."""
    with tempfile.TemporaryDirectory() as name:
        for path in home.glob("bridge.db*"):
            if path.name in ("bridge.db", "bridge.db-wal"):
                shutil.copy(path, name)
        try:
            store = Store(Path(name) / "bridge.db")
        except BridgeError:
            return otherwise
        intents = list(SqliteJournal(store).unsettled())
        stages = {
            item.stage for job in JobTable(store).open_jobs() for item in JobTable(store).unfinished(job.id, 0, 999)
        }
        store.close()
    if any(_is_renamed(entry) for entry in intents):
        return Moment.RENAMED
    if intents:
        return Moment.INTENT
    if list((home / "spool").glob(".*.note")):
        return Moment.FILE
    return otherwise if otherwise is not Moment.WORK else _furthest(stages)


def _furthest(stages: set[Stage]) -> Moment:
    """How far a photo under way had come; of several, the one that was nearest to its end."""
    if Stage.PLANNED in stages:
        return Moment.PLANNED
    if Stage.INFERRED in stages:
        return Moment.ANSWERED
    return Moment.ASKING if Stage.READ in stages else Moment.READING


def _note(trial: Trial, moment: Moment) -> None:
    trial.faults[moment] += 1
    trial.under_way += SLOTS


def _reached(journal: SqliteJournal, wanted: Moment) -> bool:
    if wanted is Moment.FILE:
        return False
    try:
        intents = list(journal.unsettled())
    except StoreLocked:  # it was stopped with the database in its hands
        return False
    renamed = [_is_renamed(entry) for entry in intents]
    return any(renamed) if wanted is Moment.RENAMED else bool(renamed) and not all(renamed)


def _is_renamed(entry: JournalEntry) -> bool:
    """Whether our bytes have come to the target: by another file at its name, or in the same one."""
    try:
        found = entry.target.stat()
    except OSError:
        return False
    was = entry.before_print
    return was is None or found.st_ino != was.inode or found.st_mtime_ns != was.mtime_ns


def _has_temporary(folder: Path) -> bool:
    with os.scandir(folder) as found:
        return any(entry.name.startswith(".photo-bridge-") for entry in found)


def _spin(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
