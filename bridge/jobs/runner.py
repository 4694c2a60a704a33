"""Runs jobs: feeds their photos through the stages on shared threads, and says how far they are.

Reading, the model and writing work at once on different photos. A window bounds how many photos of one job are under
way, which bounds memory and shares the threads fairly between jobs. What is under way when the process dies is simply
unfinished in the store; the next start goes on from there.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from bridge.errors import BridgeError, NotFound, PhotoCrashed
from bridge.jobs.absence import Cause
from bridge.jobs.absent import AbsentPhotos
from bridge.jobs.drives import LOOK_SECONDS, Drives
from bridge.jobs.floor import Floor, Run
from bridge.jobs.gate import Gate
from bridge.jobs.held import HeldThreads
from bridge.jobs.parking import Parking
from bridge.jobs.request import Waiting
from bridge.jobs.stages import Stages
from bridge.jobs.throttle import SHORT, SLOW_CODES, Purpose
from bridge.jobs.work import Task, Work, failed
from bridge.paths import shown
from bridge.store import JobRow, JobState, JobTable

GATE_S = 5.0
"""At the latest after so long a run whose photos wait asks the gate by itself."""
STORE_S = 2.0
"""Between two tries to store what could not be stored."""
CRASHES = 2
"""So often a photo may bring the daemon down before it is set aside."""

_log = logging.getLogger(__name__)


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
        floor = Floor(jobs)
        drives = drives or Drives(jobs.volumes)
        self._floor = floor
        self._jobs = jobs
        self._make_work = make_work
        self._job_ended = job_ended
        self._purpose = purpose
        self._drives = drives
        self._parking = Parking(floor, gate, lambda run, parked: self._stages.send(run, parked))
        self._held = HeldThreads(floor, self._parking, drives, drive_timeout_s, given_up)
        self._absent = AbsentPhotos(floor, self._held, drives, look_s)
        self._stages = Stages(floor, self._parking, self._held, drives)
        self._threads: dict[str, threading.Thread] = {}

    def start(self, *, crashed: bool = False) -> None:
        """Take up every job that was open when the last process ended. ``crashed``: its own work ended it.

        The photos that were under way then are taken up one at a time, so that the next time only one can have done it;
        one that did it ``CRASHES`` times is set aside.
        """
        self._jobs.take_stock(crashed=crashed)
        self._jobs.end_holds()
        self._parking.open()
        for item in self._jobs.suspects(CRASHES):
            _log.warning("set aside: the daemon broke down over %s", shown(item.path))
            self._floor.end(failed(item, PhotoCrashed("The daemon broke down over this photo, twice.")), item)
        for job in self._jobs.open_jobs():
            self.kick(job.id)

    def kick(self, job: str) -> None:
        """See to it that a job with unfinished items is being worked on, and is open."""
        with self._floor.changed:
            self._drives.forget(job)
            if job in self._floor.runs:
                self._floor.runs[job].fresh = True
                self._floor.changed.notify_all()
            if self._floor.stopping:
                return
            if job in self._threads:
                if job not in self._floor.runs:  # it may have been cancelled while its model is being loaded
                    self._jobs.set_state(job, JobState.OPEN)
                return
            self._held.watch()
            self._jobs.set_state(job, JobState.OPEN)
            thread = threading.Thread(target=self._coordinate, args=(job,), name=f"job-{job}", daemon=True)
            self._threads[job] = thread
            thread.start()

    def cancel(self, job: str, items: Sequence[int] | None = None) -> None:
        """Stop a job, or single items of it: photos under way end at their next step, and are never half-written.
        Nobody waits for a model that is being loaded: its thread sees afterwards that it is not wanted."""
        with self._floor.changed:
            run = self._floor.runs.get(job)
            if run is not None and items is not None:
                waiting = {item for item in items if item in self._held.photos or run.absence.drop(item)}
                run.cancel_items.update(set(items) - waiting)
                for item in map(self._jobs.item, waiting):
                    self._held.give_up(item)
                self._parking.unpark(run)
            elif run is not None:
                run.cancel_all = True
                self._parking.unpark(run)
            elif items is None:
                self._jobs.cancel_rest(job)
                self._jobs.set_state(job, JobState.CANCELLED)
                if job not in self._threads:
                    self._tell_end(job)
            else:
                for item in map(self._jobs.item, items):
                    self._held.give_up(item)
            self._floor.changed.notify_all()

    def resume(self, job: str, *, anyway: bool = False) -> None:
        """Go on with a job: what failed or was cancelled is tried again; a cancel that is under way is called off.
        With ``anyway`` it does not wait for quiet hours to end, nor for the plug, from now to its end.

        Raises StoreLocked.
        """
        with self._floor.changed:
            if anyway:
                self._jobs.go_anyway(job)
            run = self._floor.runs.get(job)
            if run is not None:
                run.cancel_all, run.pause = False, None
                run.cancel_items.clear()
                run.purpose = replace(run.purpose, anyway=run.purpose.anyway or anyway)
                self._parking.unpark(run)
                self._parking.tell_hold(job, run)
                run.absence.clear()
                run.fresh = True
            self._jobs.put_volumes(job, self._drives.replaced(job))
            self._drives.forget(job)
            left = self._jobs.reopen(job)
            self._floor.changed.notify_all()
        # One that was cancelled when every photo had ended has only its end left to do.
        if left or self._jobs.get(job).state is not JobState.DONE:
            self.kick(job)

    def wait(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Block until ``ready()`` or the time is over; it is asked again after each change of any job."""
        deadline = time.monotonic() + seconds
        with self._floor.changed:
            while not ready():
                left = deadline - time.monotonic()
                if left <= 0 or self._floor.stopping:
                    return False
                self._floor.changed.wait(min(left, 1.0))
        return True

    def knows(self, job: str) -> bool:
        """Whether photos of the job are being worked on in this process."""
        with self._floor.changed:
            return job in self._floor.runs

    def waiting(self, job: str) -> Waiting | None:
        """What holds a run at work back, the first where there are several; None where nothing does."""
        return self._floor.waiting(job)

    def absent(self, job: str) -> list[Cause]:
        """Why photos of a run at work wait, and how many."""
        with self._floor.changed:
            run = self._floor.runs.get(job)
            return [] if run is None else run.absence.told()

    def rate(self, job: str) -> float | None:
        """Photos a second over the last photos of a running job; None where nothing can be said yet."""
        with self._floor.changed:
            run = self._floor.runs.get(job)
            if run is None or len(run.ends) < 2 or not SLOW_CODES.issuperset(run.waits):
                return None
            spent = time.monotonic() - run.ends[0]
            return (len(run.ends) - 1) / spent if spent > 0 else None

    def stop(self) -> None:
        """Let photos under way end at their next step and return when no thread works any more."""
        with self._floor.changed:
            self._floor.stopping = True
            for run in self._floor.runs.values():
                self._parking.unpark(run)
            self._floor.changed.notify_all()
            threads = list(self._threads.values())
        for thread in threads:
            thread.join()
        self._held.close()
        self._parking.close()

    # -- one job ------------------------------------------------------------------------------------------------------

    def _coordinate(self, job: str) -> None:
        try:
            while self._go_through(job):
                pass
        finally:
            with self._floor.changed:
                if self._threads.get(job) is threading.current_thread():
                    self._floor.runs.pop(job, None)
                    self._threads.pop(job, None)
                self._floor.changed.notify_all()

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
        run = self._floor.runs.get(job) or self._open(job)
        steps = run.work.steps()
        suspects = {item.id for item in self._jobs.suspects()}
        after = 0
        while self._floor.going(run):
            held = self._held.now()  # before they are read: its thread may end one of them in between
            batch = self._jobs.unfinished(job, after, 200)
            if not batch:
                break
            for item in batch:
                after = item.id
                if item.id in held or self._absent.waits(run, item):
                    continue
                if not self._enter(job, run, item.id if item.id in suspects else None):
                    break
                task = Task(item, partial(self._floor.is_cancelled, run, item.id), lone=item.id in suspects)
                self._stages.send(run, (task, steps, 0))
        with self._floor.changed:
            while not self._floor.changed.wait_for(lambda: run.under_way == 0, timeout=GATE_S):
                self._parking.pass_on(job, run)
            if self._floor.stopping:
                return False
            # A person's word comes first: a server that goes down meanwhile does not bring the run back.
            if run.cancel_all:
                self._jobs.cancel_rest(job)
                self._leave_job(job, JobState.CANCELLED)
                return False
            if run.pause is not None:
                raise run.pause
        if self._jobs.unfinished(job, 0, 1):
            if self._absent.all_wait(job, run):
                self._absent.rest(job, run)
            return True
        run.work.finish()
        with self._floor.changed:
            if self._jobs.unfinished(job, 0, 1) or not self._floor.going(run):
                return not self._floor.stopping  # more came meanwhile, or it was cancelled
            self._leave_job(job, JobState.DONE)
        return False

    def _leave_job(self, job: str, state: JobState, error: str | None = None) -> None:
        """The state and the thread's end in one step: whoever adds photos or resumes afterwards starts a new thread."""
        with self._floor.changed:
            self._jobs.set_state(job, state, error=error)
            run = self._floor.runs.pop(job, None)
            if run is not None and run.waits:
                self._floor.note(lambda: self._jobs.end_holds(job))
            self._threads.pop(job, None)
            self._floor.changed.notify_all()
        if state is not JobState.PAUSED:
            self._tell_end(job)

    def _tell_end(self, job: str) -> None:
        """Its end is stored: what goes wrong afterwards does not bring it back as a run that is paused."""
        try:
            self._job_ended(job)
        except Exception:
            _log.exception("job %s has ended", job)

    def _open(self, job: str) -> Run:
        work = self._make_work(self._jobs.get(job))
        run = Run(work, threading.Semaphore(work.in_flight), purpose=self._purpose(self._jobs.get(job)))
        with self._floor.changed:
            run.cancel_all = self._is_unwanted(job)
            self._floor.runs[job] = run
            self._floor.changed.notify_all()
        return run

    def _is_unwanted(self, job: str) -> bool:
        """Whether it was cancelled, and perhaps purged, while its model was being loaded."""
        try:
            return self._jobs.get(job).state is JobState.CANCELLED
        except NotFound:
            return True

    def _enter(self, job: str, run: Run, lone: int | None) -> bool:
        """Wait for a place for one more photo. ``lone``: its item, where no other photo of any run may be under way."""
        while not run.window.acquire(timeout=0.5):
            if not self._floor.going(run):
                return False
            with self._floor.changed:
                self._parking.pass_on(job, run)
        with self._floor.changed:
            self._floor.changed.wait_for(lambda: self._floor.lone is None or not self._floor.going(run))
            if lone is not None and self._floor.going(run):
                self._floor.lone = lone  # from now on nobody else begins
                self._floor.changed.wait_for(lambda: not (self._floor.busy() and self._floor.going(run)))
            going = self._floor.going(run)
            if going:
                run.under_way += 1
            else:
                self._floor.no_longer_alone(lone)
        if not going:
            run.window.release()
        return going

    def _pause(self, job: str, error: BridgeError) -> bool:
        """True where there is something else to do: it was resumed or cancelled before the pause could be stored. Until
        it is, the run tells what it waits for: a database without room can be read."""
        with self._floor.changed:
            run = self._floor.runs.get(job)
            if run is not None:
                run.pause = run.pause or error
        cause = error
        while True:
            if run is None or not run.cancel_all:
                try:
                    with self._floor.changed:
                        if run is None and self._is_unwanted(job):
                            self._leave_job(job, JobState.CANCELLED)
                        else:
                            self._leave_job(job, JobState.PAUSED, json.dumps(error.as_dict()))
                    return False
                except BridgeError as failure:
                    cause = failure
            if self._floor.waiting(job) is None:
                _log.error("job %s could not be left: %s", job, cause)
            self._floor.holds_back(
                job, Waiting(code=cause.code, message=cause.message, hint=cause.hint, since=time.time())
            )
            with self._floor.changed:
                self._floor.changed.wait_for(
                    lambda: self._floor.stopping or (run is not None and run.pause is None), timeout=STORE_S
                )
                if self._floor.stopping:
                    return False
                if run is not None and (run.pause is None or run.cancel_all):
                    break
        self._floor.lets_go(job, cause.code)
        return True
