"""Runs jobs: feeds their photos through the stages on shared threads, and says how far they are.

Reading, the model and writing work at once on different photos. A window bounds how many photos of one job are under
way, which bounds memory and shares the threads fairly between jobs. What is under way when the process dies is simply
unfinished in the store; the next start goes on from there.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from bridge.codec import to_json
from bridge.errors import (
    BridgeError,
    ExifToolFailed,
    ExifToolMissing,
    ExifToolTooOld,
    ModelMissing,
    ModelNotLocal,
    ModelUnreachable,
    NotAtHand,
    PhotoCrashed,
    PhotoMissing,
    PhotoUnreadable,
    RunWentBad,
    StoreDamaged,
    StoreFull,
    StoreLocked,
    VolumeSlow,
)
from bridge.jobs.absence import TRIES, Absence, Cause
from bridge.jobs.drives import LOOK_SECONDS, Drives
from bridge.jobs.gate import Gate
from bridge.jobs.request import ErrorResult, PhotoResult, Waiting
from bridge.jobs.throttle import SHORT, SLOW_CODES, Purpose
from bridge.paths import shown, to_uri
from bridge.store import ItemRow, JobRow, JobState, JobTable, Stage
from bridge.taggers.contract import Cancelled
from bridge.threads import Threads

PAUSING = (
    *(ModelUnreachable, ModelMissing, ModelNotLocal, RunWentBad),
    *(ExifToolMissing, ExifToolTooOld, StoreLocked, StoreDamaged, StoreFull),
)
"""Causes that would fail every photo alike: the job waits for a person instead."""
GATE_S = 5.0
"""At the latest after so long a run whose photos wait asks the gate by itself."""

STORE_S = 2.0
"""Between two tries to store what could not be stored."""

CRASHES = 2
"""So often a photo may bring the daemon down before it is set aside."""

LONG = 5
"""So many times the limit a photo may take on a drive that answers, before another thread takes its thread's place."""
LONG_TOLD = "They take very long to read or to write, on a drive that answers."
MOST_HELD = 32
"""Threads that drives hold, in all."""
DOUBTFUL = frozenset({PhotoMissing.code, PhotoUnreadable.code, ExifToolFailed.code})
"""What a photo is said to have failed for may be its drive."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Task:
    """One photo on its way through the stages; ``carry`` is what the stage before left for the next."""

    item: ItemRow
    cancelled: Callable[[], bool]
    carry: Any = None
    ended: bool = False
    lone: bool = False
    """The daemon may have broken down over it: no other photo may be under way beside it."""
    parked: bool = False
    """The gate did not let it through the last time."""
    since: float = 0.0
    """When the stage began that it is in."""
    thread: threading.Thread | None = None
    """That does this stage, where it is one that a drive may hold."""
    threads: Threads | None = None
    """Those that it is one of."""
    held: bool = False
    """A drive holds its thread: neither that nor the photo counts, until the thread returns."""
    counts: bool = True
    """It has a place in the window."""
    cut_short: NotAtHand | None = None
    """Why its ExifTool was ended."""
    given_up: bool = False
    """It was cancelled while it was held."""
    inside: bool = False
    """The gate let it in, and waits to be told that it is through."""

    def still_wanted(self) -> None:
        """Raises Cancelled where it is not."""
        if self.cancelled():
            raise Cancelled


Step = Callable[[Task], PhotoResult | None]
"""Does one stage. Returns the result where the photo has ended, None where the next stage goes on."""


class Work(ABC):
    """What a kind of job does to each photo."""

    in_flight: int
    """How many photos its stages keep busy at once."""

    @abstractmethod
    def steps(self) -> Sequence[tuple[Executor, Step]]:
        """The stages in order, each with the threads it runs on."""

    def reads(self, item: ItemRow) -> Path | None:
        """The file without which nothing can be done; None: it takes none."""
        return item.path

    def is_heavy(self, task: Task, step: int) -> bool:  # noqa: ARG002 - most kinds have no model
        """Whether that step of ``steps`` puts a model, or the whole processor, to work on the photo: such a step waits
        while the machine is too hot, or is to be quiet. What is stored already is not heavy."""
        return False

    def finish(self) -> None:  # noqa: B027 - most kinds have nothing to do then
        """Called when all photos have ended, before the job has; again after more came, or after a crash."""


@dataclass(slots=True)
class _Run:
    work: Work
    window: threading.Semaphore
    under_way: int = 0
    cancel_all: bool = False
    cancel_items: set[int] = field(default_factory=set)
    pause: BridgeError | None = None
    ends: deque[float] = field(default_factory=lambda: deque(maxlen=200))
    waits: dict[str, Waiting] = field(default_factory=dict)
    """What holds it back, by code: the first began first."""
    purpose: Purpose = SHORT
    parked: list[tuple[Task, Sequence[tuple[Executor, Step]], int]] = field(default_factory=list)
    """Photos that the gate did not let through, each before its step. They are under way all the same."""
    held: str | None = None
    """The code by which the gate holds it back, as it was told last."""
    absence: Absence = field(default_factory=Absence)
    fresh: bool = False
    """There is something that it did not have when it was last gone through."""


class Runner:
    """All jobs of one daemon."""

    def __init__(
        self,
        jobs: JobTable,
        make_work: Callable[[JobRow], Work],
        *,
        job_ended: Callable[[str], None] = lambda _: None,
        gate: Gate | None = None,
        purpose: Callable[[JobRow], Purpose] = lambda _: SHORT,
        drives: Drives | None = None,
        drive_timeout_s: float = 30.0,
        look_s: float = LOOK_SECONDS,
        given_up: Callable[[int], None] = lambda _: None,
    ) -> None:
        """``make_work`` may raise BridgeError: the job is then paused with that cause. ``job_ended`` is called after
        a job is done or cancelled, with its name. ``gate`` is asked before each heavy step; ``purpose`` says what a
        job is to a person. ``drive_timeout_s``: see the settings. ``look_s``: between two looks at whether what photos
        wait for is there. ``given_up`` is told of a thread, by its number, that a drive holds: nobody waits for it."""
        self._given_up = given_up
        self._gate = gate
        self._purpose = purpose
        self._jobs = jobs
        self._make_work = make_work
        self._job_ended = job_ended
        self._changed = threading.Condition()
        self._drives = drives or Drives(jobs.volumes)
        self._drive_timeout_s = drive_timeout_s
        self._look_s = look_s
        self._at_work: dict[int, tuple[_Run, Task]] = {}
        self._held: dict[int, Task] = {}
        """By item. None of them is begun a second time while a thread may still do something to it."""
        self._watching: threading.Thread | None = None
        self._over = threading.Event()
        self._runs: dict[str, _Run] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._stopping = False
        self._lone: int | None = None
        """A photo over which the daemon may have broken down is being worked on, or waits until it is alone."""

    def start(self, *, crashed: bool = False) -> None:
        """Take up every job that was open when the last process ended. ``crashed``: its own work ended it.

        The photos that were under way then are taken up one at a time, so that the next time only one can have done it;
        one that did it ``CRASHES`` times is set aside.
        """
        self._jobs.take_stock(crashed=crashed)
        self._jobs.end_holds()
        if self._gate is not None:
            self._gate.start(self.gate_moved)
        for item in self._jobs.suspects(CRASHES):
            _log.warning("set aside: the daemon broke down over %s", shown(item.path))
            self._end(failed(item, PhotoCrashed("The daemon broke down over this photo, twice.")), item)
        for job in self._jobs.open_jobs():
            self.kick(job.id)

    def kick(self, job: str) -> None:
        """See to it that a job with unfinished items is being worked on, and is open."""
        with self._changed:
            self._drives.forget(job)
            if job in self._runs:
                self._runs[job].fresh = True
                self._changed.notify_all()
            if self._stopping or job in self._threads:
                return
            if self._watching is None:
                self._watching = threading.Thread(target=self._watch, name="drives", daemon=True)
                self._watching.start()
            self._jobs.set_state(job, JobState.OPEN)
            thread = threading.Thread(target=self._coordinate, args=(job,), name=f"job-{job}", daemon=True)
            self._threads[job] = thread
            thread.start()

    def cancel(self, job: str, items: Sequence[int] | None = None) -> None:
        """Stop a job, or single items of it: photos under way end at their next step, and are never half-written."""
        with self._changed:
            # A run that is just beginning (its model is being loaded) is there in a moment.
            self._changed.wait_for(lambda: job in self._runs or job not in self._threads)
            run = self._runs.get(job)
            if run is not None and items is not None:
                waiting = {item for item in items if item in self._held or run.absence.drop(item)}
                run.cancel_items.update(set(items) - waiting)
                for item in map(self._jobs.item, waiting):
                    self._give_up(item)
                self._unpark(run)
            elif run is not None:
                run.cancel_all = True
                self._unpark(run)
            elif items is None:
                self._jobs.cancel_rest(job)
                self._jobs.set_state(job, JobState.CANCELLED)
                self._job_ended(job)
            else:
                for item in map(self._jobs.item, items):
                    self._give_up(item)
            self._changed.notify_all()

    def resume(self, job: str, *, anyway: bool = False) -> None:
        """Go on with a job: what failed or was cancelled is tried again; a cancel that is under way is called off.
        With ``anyway`` it does not wait for quiet hours to end, nor for the plug, from now to its end.

        Raises StoreLocked.
        """
        with self._changed:
            if anyway:
                self._jobs.go_anyway(job)
            run = self._runs.get(job)
            if run is not None:
                run.cancel_all, run.pause = False, None
                run.cancel_items.clear()
                run.purpose = replace(run.purpose, anyway=run.purpose.anyway or anyway)
                self._unpark(run)
                self._tell_hold(job, run)
                run.absence.clear()
                run.fresh = True
            self._jobs.put_volumes(job, self._drives.replaced(job))
            self._drives.forget(job)
            left = self._jobs.reopen(job)
            self._changed.notify_all()
        if left or self._jobs.get(job).state is JobState.PAUSED:
            self.kick(job)

    def wait(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Block until ``ready()`` or the time is over; it is asked again after each change of any job."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not ready():
                left = deadline - time.monotonic()
                if left <= 0 or self._stopping:
                    return False
                self._changed.wait(min(left, 1.0))
        return True

    def knows(self, job: str) -> bool:
        """Whether photos of the job are being worked on in this process."""
        with self._changed:
            return job in self._runs

    def holds_back(self, job: str, waiting: Waiting) -> None:
        """Tell from now on why a run at work does not go on. Said again with the same code, it waits since the first
        time. Whoever tells it sees to it that the run really waits. A run that is not at work waits for nothing."""
        with self._changed:
            run = self._runs.get(job)
            if run is None:
                return
            before = run.waits.get(waiting.code)
            told = waiting if before is None else waiting.model_copy(update={"since": before.since})
            if told != before:
                run.waits[waiting.code] = told
                self._changed.notify_all()
            if before is None:
                self._note(lambda: self._jobs.note_hold(job, told.code, told.message, told.since))

    def lets_go(self, job: str, code: str) -> None:
        """What was told by ``holds_back`` with that code is over."""
        with self._changed:
            run = self._runs.get(job)
            if run is not None and run.waits.pop(code, None) is not None:
                run.ends.clear()  # what it waited says nothing of how fast it goes
                self._changed.notify_all()
                self._note(lambda: self._jobs.end_holds(job, code))

    def waiting(self, job: str) -> Waiting | None:
        """What holds a run at work back, the first where there are several; None where nothing does."""
        with self._changed:
            run = self._runs.get(job)
            return None if run is None else next(iter(run.waits.values()), None)

    def absent(self, job: str) -> list[Cause]:
        """Why photos of a run at work wait, and how many."""
        with self._changed:
            run = self._runs.get(job)
            return [] if run is None else run.absence.told()

    def rate(self, job: str) -> float | None:
        """Photos a second over the last photos of a running job; None where nothing can be said yet."""
        with self._changed:
            run = self._runs.get(job)
            if run is None or len(run.ends) < 2 or not SLOW_CODES.issuperset(run.waits):
                return None
            spent = time.monotonic() - run.ends[0]
            return (len(run.ends) - 1) / spent if spent > 0 else None

    def stop(self) -> None:
        """Let photos under way end at their next step and return when no thread works any more."""
        with self._changed:
            self._stopping = True
            for run in self._runs.values():
                self._unpark(run)
            self._changed.notify_all()
            threads = list(self._threads.values())
        for thread in threads:
            thread.join()
        self._over.set()
        if self._gate is not None:
            self._gate.stop()

    # -- the gate -----------------------------------------------------------------------------------------------------

    def gate_moved(self) -> None:
        """Let through what the gate lets through now, and tell of each run what holds it back."""
        with self._changed:
            for job, run in self._runs.items():
                self._pass_on(job, run)

    def _pass_on(self, job: str, run: _Run) -> None:
        if self._gate is not None and (run.parked or run.held):
            if self._lone is None:
                self._unpark(run, self._gate.room(run.purpose))
            self._tell_hold(job, run)

    def _unpark(self, run: _Run, most: int | None = None) -> None:
        """Have parked photos come to the gate again; all of them where each is to see that it is not wanted."""
        coming, run.parked = run.parked[:most], run.parked[len(run.parked[:most]) :]
        for task, steps, index in coming:
            steps[index][0].submit(self._step, run, task, steps, index)

    def _tell_hold(self, job: str, run: _Run) -> None:
        """Only of a run that had to wait at the gate: what has no model goes on whatever the weather."""
        gate = self._gate
        hold = gate.hold(run.purpose) if gate is not None and (run.parked or run.held) else None
        if run.held is not None and (hold is None or hold.code != run.held):
            self.lets_go(job, run.held)
        run.held = None if hold is None else hold.code
        if hold is not None:
            hint = hold.hint.format(job=job)
            self.holds_back(job, Waiting(code=hold.code, message=hold.message, hint=hint, since=time.time()))

    def _admit(self, run: _Run, task: Task, steps: Sequence[tuple[Executor, Step]], index: int) -> bool:
        """Whether it goes on: the gate let it in, to be told when it is through (``_leave_gate``), or has nothing to do
        with it. Otherwise it is parked, until ``_unpark``."""
        gate = self._gate
        if gate is None or task.cancelled() or not run.work.is_heavy(task, index):
            return True
        with self._changed:
            if task.cancelled():
                return True
            if self._has_turn(task) and gate.enter(run.purpose):
                if task.parked and task.lone:
                    self._lone = task.item.id
                task.inside = True
                return True
            if index > 0 and not task.parked:
                self._put_down(task.item)  # what brings the daemon down meanwhile is not this photo
            task.parked = True
            if self._lone == task.item.id:
                self._lone = None  # nobody else is to wait for it all night
            run.parked.append((task, steps, index))
            self._tell_hold(task.item.job, run)
            self._changed.notify_all()
            return False

    def _leave_gate(self, task: Task, seconds: float) -> None:
        with self._changed:
            inside, task.inside = task.inside, False
        if inside and self._gate is not None:
            self._gate.leave(seconds)

    def _has_turn(self, task: Task) -> bool:
        """Whether a photo that was parked may be taken up again: not beside one that has to be alone, nor, where it has
        to be alone itself, beside any other."""
        if not task.parked:
            return True
        others = sum(run.under_way - len(run.parked) for run in self._runs.values()) - 1
        return self._lone is None and not (task.lone and others)

    def _note(self, note: Callable[[], object]) -> None:
        """Write what is good to know of a run; that it cannot be written holds nothing up."""
        try:
            note()
        except BridgeError as error:
            _log.warning("not noted: %s", error.message)

    # -- one job ------------------------------------------------------------------------------------------------------

    def _coordinate(self, job: str) -> None:
        try:
            while self._go_through(job):
                pass
        finally:
            with self._changed:
                if self._threads.get(job) is threading.current_thread():
                    self._runs.pop(job, None)
                    self._threads.pop(job, None)
                self._changed.notify_all()

    def _go_through(self, job: str) -> bool:
        """False where the job is left: done, cancelled or paused."""
        try:
            return self._drain(job)
        except BridgeError as error:
            return self._pause(job, error)
        except Exception:
            _log.exception("job %s stopped", job)
            return self._pause(job, BridgeError("Something broke inside the daemon; the run stopped."))

    def _drain(self, job: str) -> bool:
        """Work off what is unfinished. True where more came in the meantime."""
        run = self._runs.get(job) or self._open(job)
        steps = run.work.steps()
        suspects = {item.id for item in self._jobs.suspects()}
        after = 0
        while (batch := self._jobs.unfinished(job, after, 200)) and self._going(run):
            for item in batch:
                after = item.id
                if self._waits(run, item):
                    continue
                if not self._enter(job, run, item.id if item.id in suspects else None):
                    break
                task = Task(item, partial(self._is_cancelled, run, item.id), lone=item.id in suspects)
                steps[0][0].submit(self._step, run, task, steps, 0)
        with self._changed:
            while not self._changed.wait_for(lambda: run.under_way == 0, timeout=GATE_S):
                self._pass_on(job, run)
            if self._stopping:
                return False
            # A person's word comes first: a server that goes down meanwhile does not bring the run back.
            if run.cancel_all:
                self._jobs.cancel_rest(job)
                self._leave_job(job, JobState.CANCELLED)
                return False
            if run.pause is not None:
                raise run.pause
        if self._jobs.unfinished(job, 0, 1):
            if self._all_wait(job, run):
                self._rest(job, run)
            return True
        run.work.finish()
        with self._changed:
            if self._jobs.unfinished(job, 0, 1) or not self._going(run):
                return not self._stopping  # more came meanwhile, or it was cancelled
            self._leave_job(job, JobState.DONE)
        return False

    # -- photos that cannot be had now ---------------------------------------------------------------------------------

    def _waits(self, run: _Run, item: ItemRow) -> bool:
        """Whether a photo cannot be begun now. Its drive is not touched."""
        with self._changed:
            if item.id in run.absence.items or item.id in self._held:
                return True
        path = run.work.reads(item)
        error = None if path is None else self._drives.away(path, item.job)
        if error is None or path is None:
            return False
        with self._changed:
            run.absence.add(item.id, path, error)
        return True

    def _all_wait(self, job: str, run: _Run) -> bool:
        with self._changed:
            waiting = len(run.absence.items) + len(self._held.keys() - run.absence.items.keys())
            left = sum(count for stage, count in self._jobs.counts(job).items() if not stage.final)
            return left <= waiting

    def _rest(self, job: str, run: _Run) -> None:
        """Until one of the photos that wait can be had, or something else is to be done."""
        told = ""
        while self._going(run):
            with self._changed:
                waiting = run.absence.waiting()
            if waiting is not None:
                if told not in ("", waiting.code):
                    self.lets_go(job, told)
                self.holds_back(job, waiting)
                told = waiting.code
            with self._changed:
                self._changed.wait_for(lambda: run.fresh or not self._going(run), self._look_s)
                fresh, run.fresh = run.fresh, False
                held = set(self._held)
            back = run.absence.over(job, self._drives, lambda item: self._reads(run, item), held)
            with self._changed:
                for item in back:
                    run.absence.drop(item)
            if back or fresh:
                break
        self.lets_go(job, told)

    def _reads(self, run: _Run, item: int) -> Path:
        row = self._jobs.item(item)
        return run.work.reads(row) or row.path

    def _give_up(self, item: ItemRow) -> None:
        if item.id in self._held:
            self._held[item.id].given_up = True
        if not item.stage.final:
            self._end(ended(item, "cancelled"), item)

    def _watch(self) -> None:
        """Look at photos that take long: whether their drive holds them."""
        while not self._over.wait(min(self._drive_timeout_s / 4, 5.0)):
            now = time.monotonic()
            with self._changed:
                late = [
                    (run, task, now - task.since)
                    for run, task in self._at_work.values()
                    if task.thread is not None and not task.held and now - task.since > self._drive_timeout_s
                ]
            for run, task, seconds in late:
                try:
                    self._look_at(run, task, seconds)
                except Exception:
                    _log.exception("photo %s takes long", shown(task.item.path))

    def _look_at(self, run: _Run, task: Task, seconds: float) -> None:
        path = run.work.reads(task.item) or task.item.path
        if away := self._drives.away(path, task.item.job):
            self._hold(run, task, path, away)
            return
        volume = self._drives.of(path, task.item.job)
        if volume is not None and self._drives.answers(volume.root) is None:
            self._hold(run, task, path, self._drives.hold(volume))
        elif seconds > LONG * self._drive_timeout_s:
            self._hold(run, task, path, VolumeSlow(LONG_TOLD), gives_up=False)

    def _hold(self, run: _Run, task: Task, path: Path, error: NotAtHand, *, gives_up: bool = True) -> None:
        """Let other photos go on without the thread that this one has."""
        with self._changed:
            if task.held or task.thread is None or len(self._held) >= MOST_HELD:
                return
            self._leave_gate(task, 0.0)  # in slow work nobody else would be let in until then
            _log.warning("a thread is held by %s: %s", shown(path), error.message)
            task.held = True
            self._held[task.item.id] = task
            run.absence.add(task.item.id, path, error)
            run.under_way -= 1
            if self._lone == task.item.id:
                self._lone = None
            self._put_down(task.item)
            if gives_up and task.thread.ident is not None:
                task.cut_short = error
                self._given_up(task.thread.ident)
            if task.threads is not None:
                task.threads.replace(task.thread)
            if task.counts:
                task.counts = False
                run.window.release()
            self._changed.notify_all()

    def _begins(self, run: _Run, task: Task, executor: Executor) -> None:
        with self._changed:
            task.since = time.monotonic()
            if isinstance(executor, Threads):
                task.threads, task.thread = executor, threading.current_thread()
                self._at_work[task.item.id] = run, task

    def _returns(self, run: _Run, task: Task) -> None:
        """The thread is free, and what it did counts, however late it is."""
        with self._changed:
            self._at_work.pop(task.item.id, None)
            task.thread = None
            if task.held:
                task.held = False
                run.absence.drop(task.item.id)
                run.under_way += 1

    def _leave_job(self, job: str, state: JobState, error: str | None = None) -> None:
        """The state and the thread's end in one step: whoever adds photos or resumes afterwards starts a new thread."""
        with self._changed:
            self._jobs.set_state(job, state, error=error)
            run = self._runs.pop(job, None)
            if run is not None and run.waits:
                self._note(lambda: self._jobs.end_holds(job))
            self._threads.pop(job, None)
            self._changed.notify_all()
        if state is not JobState.PAUSED:
            self._job_ended(job)

    def _open(self, job: str) -> _Run:
        work = self._make_work(self._jobs.get(job))
        run = _Run(work, threading.Semaphore(work.in_flight), purpose=self._purpose(self._jobs.get(job)))
        with self._changed:
            self._runs[job] = run
            self._changed.notify_all()
        return run

    def _going(self, run: _Run) -> bool:
        return not (self._stopping or run.cancel_all or run.pause is not None)

    def _enter(self, job: str, run: _Run, lone: int | None) -> bool:
        """Wait for a place for one more photo. ``lone``: its item, where no other photo of any run may be under way."""
        while not run.window.acquire(timeout=0.5):
            if not self._going(run):
                return False
            with self._changed:
                self._pass_on(job, run)
        with self._changed:
            self._changed.wait_for(lambda: self._lone is None or not self._going(run))
            if lone is not None and self._going(run):
                self._lone = lone  # from now on nobody else begins
                self._changed.wait_for(lambda: not (self._busy() and self._going(run)))
            going = self._going(run)
            if going:
                run.under_way += 1
            elif self._lone == lone:
                self._lone = None
        if not going:
            run.window.release()
        return going

    def _busy(self) -> bool:
        return any(run.under_way > len(run.parked) for run in self._runs.values())

    def _leave(self, run: _Run, task: Task) -> None:
        if task.counts:
            run.window.release()
        with self._changed:
            run.under_way -= 1
            if self._lone == task.item.id:
                self._lone = None
            if self._held.get(task.item.id) is task:
                # Not before: its end is stored, or it was put down, and only now may it be begun again.
                del self._held[task.item.id]
                for one in (run, self._runs.get(task.item.job)):
                    if one is not None:
                        one.fresh = True
            self._changed.notify_all()

    def _is_cancelled(self, run: _Run, item: int) -> bool:
        return not self._going(run) or item in run.cancel_items

    def _pause(self, job: str, error: BridgeError) -> bool:
        """True where there is something else to do: it was resumed or cancelled before the pause could be stored. Until
        it is, the run tells what it waits for: a database without room can be read."""
        with self._changed:
            run = self._runs.get(job)
            if run is not None:
                run.pause = run.pause or error
        cause = error
        while True:
            if run is None or not run.cancel_all:
                try:
                    self._leave_job(job, JobState.PAUSED, json.dumps(error.as_dict()))
                    return False
                except BridgeError as failure:
                    cause = failure
            if self.waiting(job) is None:
                _log.error("job %s could not be left: %s", job, cause)
            self.holds_back(job, Waiting(code=cause.code, message=cause.message, hint=cause.hint, since=time.time()))
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or run is None or run.pause is None, timeout=STORE_S)
                if self._stopping:
                    return False
                if run is not None and (run.pause is None or run.cancel_all):
                    break
        self.lets_go(job, cause.code)
        return True

    # -- one photo ----------------------------------------------------------------------------------------------------

    def _step(self, run: _Run, task: Task, steps: Sequence[tuple[Executor, Step]], index: int) -> None:
        begun = time.monotonic()
        try:
            if not self._admit(run, task, steps, index):
                return
            if index == 0 or task.parked:
                self._jobs.begin(task.item.id)
                task.parked = False
            if self._advance(run, task, steps, index):
                return
        except NotAtHand as error:
            with self._changed:
                if not task.given_up:
                    run.absence.add(task.item.id, run.work.reads(task.item) or task.item.path, error)
        except PAUSING as error:
            self._stop_for(run, error)
        except Exception as error:
            _log.exception("photo %s", shown(task.item.path))
            self._stop_for(run, BridgeError(f"The state of the run could not be stored: {error}"))
        finally:
            self._leave_gate(task, time.monotonic() - begun)
        if not task.ended:
            self._put_down(task.item)
        self._leave(run, task)

    def _put_down(self, item: ItemRow) -> None:
        try:
            self._jobs.put_down(item.id)
        except Exception as error:  # it then counts as under way: what brings the daemon down later may be laid to it
            _log.warning("photo %s could not be put down: %s", shown(item.path), error)

    def _stop_for(self, run: _Run, cause: BridgeError) -> None:
        with self._changed:
            run.pause = run.pause or cause
            self._unpark(run)

    def _advance(self, run: _Run, task: Task, steps: Sequence[tuple[Executor, Step]], index: int) -> bool:
        """Do one stage. True where the next one has the photo now."""
        try:
            result = self._attempt(run, task, steps, index)
        except Cancelled:
            # Otherwise the daemon stops, the run pauses, or the cancel was called off: the photo's turn comes again.
            with self._changed:
                current = self._runs.get(task.item.job) is run and not task.given_up
                if current and (run.cancel_all or task.item.id in run.cancel_items):
                    self._end(ended(task.item, "cancelled"), task.item)
                    task.ended = True
                    run.cancel_items.discard(task.item.id)  # it may be asked for again
            return False
        if result is not None:
            # What is written is written, whatever was said of the photo while a drive held it.
            if result.status == "done" or not (task.given_up or self._runs.get(task.item.job) is not run):
                self._end(result, task.item)
            task.ended = True
            run.ends.append(time.monotonic())
            return False
        if not self._going(run) or task.given_up or index + 1 == len(steps):
            return False
        steps[index + 1][0].submit(self._step, run, task, steps, index + 1)
        return True

    def _end(self, result: PhotoResult, item: ItemRow) -> None:
        self._jobs.finish(item.id, Stage(result.status), to_json(result))

    def _attempt(self, run: _Run, task: Task, steps: Sequence[tuple[Executor, Step]], index: int) -> PhotoResult | None:
        """The result where the photo has ended, None where the next stage goes on. Raises Cancelled, NotAtHand and
        PAUSING."""
        if task.cancelled():
            raise Cancelled
        executor, step = steps[index]
        path = run.work.reads(task.item)
        self._begins(run, task, executor)
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
            self._returns(run, task)
        if result is not None and result.error is not None and result.error.code in DOUBTFUL:
            self._raise_not_at_hand(run, task, path, ExifToolFailed(result.error.message))
        return result

    def _raise_not_at_hand(self, run: _Run, task: Task, path: Path | None, error: Exception) -> None:
        """Where it is the drive, and not the photo, that something is wrong with."""
        if task.cut_short is not None and isinstance(error, ExifToolFailed):
            raise task.cut_short from error
        away = None if path is None else self._drives.explain(path, task.item.job, error)
        if away is None:
            return
        if isinstance(away, VolumeSlow) and self._drives.away(path or task.item.path, task.item.job) is None:
            with self._changed:
                run.absence.tries[task.item.id] += 1
                if run.absence.tries[task.item.id] > TRIES:
                    return
        raise away from error


def ended(item: ItemRow, status: str, **more: Any) -> PhotoResult:
    """The result of an item with nothing to tell beyond ``more``."""
    return PhotoResult.model_validate(
        {
            "path": shown(item.path),
            "uri": to_uri(item.path),
            "id": item.host_id,
            "status": status,
            "job": item.job,
            **more,
        }
    )


def failed(item: ItemRow, error: BridgeError) -> PhotoResult:
    """The result of an item that failed alone."""
    return ended(item, "failed", error=ErrorResult(**error.as_dict()))


def pool(name: str, threads: int) -> ThreadPoolExecutor:
    """Named threads, so that a stack dump tells what each of them is for."""
    return ThreadPoolExecutor(threads, thread_name_prefix=name)
