"""Where photos wait that the gate does not let through: beside the threads, so that none of them waits too."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from bridge.jobs.floor import Floor, Parked, Run
from bridge.jobs.gate import Gate
from bridge.jobs.request import Waiting
from bridge.jobs.work import Step, Task


class Parking:
    """One for a daemon."""

    def __init__(self, floor: Floor, gate: Gate | None, again: Callable[[Run, Parked], None]) -> None:
        """``again`` has a photo come to its next stage once more. None: there is no gate, and nobody waits."""
        self._floor = floor
        self._gate = gate
        self._again = again
        if gate is not None:
            gate.tell(self._moved)

    def open(self) -> None:
        if self._gate is not None:
            self._gate.start()

    def close(self) -> None:
        if self._gate is not None:
            self._gate.stop()

    def _moved(self) -> None:
        """Let through what the gate lets through now, and tell of each run what holds it back."""
        with self._floor.changed:
            for job, run in self._floor.runs.items():
                self.pass_on(job, run)

    def pass_on(self, job: str, run: Run) -> None:
        if self._gate is not None and (run.parked or run.held):
            if self._floor.lone is None:
                self.unpark(run, self._gate.room(run.purpose))
            self.tell_hold(job, run)

    def unpark(self, run: Run, most: int | None = None) -> None:
        """Have parked photos come to the gate again; all of them where each is to see that it is not wanted."""
        coming, run.parked = run.parked[:most], run.parked[len(run.parked[:most]) :]
        for parked in coming:
            self._again(run, parked)

    def tell_hold(self, job: str, run: Run) -> None:
        """Only of a run that had to wait at the gate: what has no model goes on whatever the weather."""
        gate = self._gate
        hold = gate.hold(run.purpose) if gate is not None and (run.parked or run.held) else None
        if run.held is not None and (hold is None or hold.code != run.held):
            self._floor.lets_go(job, run.held)
        run.held = None if hold is None else hold.code
        if hold is not None:
            hint = hold.hint.format(job=job)
            self._floor.holds_back(job, Waiting(code=hold.code, message=hold.message, hint=hint, since=time.time()))

    def admit(self, run: Run, task: Task, steps: Sequence[tuple[Executor, Step]], index: int) -> bool:
        """Whether it goes on: the gate let it in, to be told when it is through (``leave``), or has nothing to do
        with it. Otherwise it is parked, until ``unpark``. Raises Cancelled."""
        gate = self._gate
        if gate is None or not run.work.is_heavy(task, index):
            return True
        with self._floor.changed:
            task.still_wanted()
            if self._has_turn(task) and gate.enter(run.purpose):
                if task.parked and task.lone:
                    self._floor.lone = task.item.id
                task.inside = True
                return True
            if index > 0 and not task.parked:
                self._floor.put_down(task.item)  # what brings the daemon down meanwhile is not this photo
            task.parked = True
            self._floor.no_longer_alone(task.item.id)  # nobody else is to wait for it all night
            run.parked.append((task, steps, index))
            self.tell_hold(task.item.job, run)
            self._floor.changed.notify_all()
            return False

    def leave(self, task: Task, seconds: float) -> None:
        with self._floor.changed:
            inside, task.inside = task.inside, False
        if inside and self._gate is not None:
            self._gate.leave(seconds)

    def _has_turn(self, task: Task) -> bool:
        """Whether a photo that was parked may be taken up again: not beside one that has to be alone, nor, where it has
        to be alone itself, beside any other."""
        if not task.parked:
            return True
        others = sum(run.under_way - len(run.parked) for run in self._floor.runs.values()) - 1
        return self._floor.lone is None and not (task.lone and others)
