"""What all who move a daemon's photos share: its runs at work, one lock over them, and what is told of each."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from bridge.codec import to_json
from bridge.errors import BridgeError
from bridge.jobs.absence import Absence
from bridge.jobs.request import PhotoResult, Waiting
from bridge.jobs.throttle import SHORT, Purpose
from bridge.jobs.work import Step, Task, Work
from bridge.paths import shown
from bridge.store import ItemRow, JobTable, Stage

_log = logging.getLogger(__name__)

Parked = tuple[Task, Sequence[tuple[Executor, Step]], int]
"""A photo, the stages of its run, and that which comes next."""


@dataclass(slots=True)
class Run:
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
    parked: list[Parked] = field(default_factory=list)
    """Photos that the gate did not let through, each before its step. They are under way all the same."""
    held: str | None = None
    """The code by which the gate holds it back, as it was told last."""
    absence: Absence = field(default_factory=Absence)
    fresh: bool = False
    """There is something that it did not have when it was last gone through."""


class Floor:
    """One for a daemon. Whoever reads or changes a run holds ``changed``, and says so when it was changed."""

    def __init__(self, jobs: JobTable) -> None:
        self.jobs = jobs
        self.changed = threading.Condition()
        self.runs: dict[str, Run] = {}
        self.stopping = False
        self.lone: int | None = None
        """A photo over which the daemon may have broken down is being worked on, or waits until it is alone."""

    def going(self, run: Run) -> bool:
        return not (self.stopping or run.cancel_all or run.pause is not None)

    def is_cancelled(self, run: Run, item: int) -> bool:
        return not self.going(run) or item in run.cancel_items

    def busy(self) -> bool:
        return any(run.under_way > len(run.parked) for run in self.runs.values())

    def no_longer_alone(self, item: int | None) -> None:
        """Where that photo is the one that had to be alone, others may begin again."""
        if self.lone == item:
            self.lone = None

    def holds_back(self, job: str, waiting: Waiting) -> None:
        """Tell from now on why a run at work does not go on. Said again with the same code, it waits since the first
        time. Whoever tells it sees to it that the run really waits. A run that is not at work waits for nothing."""
        with self.changed:
            run = self.runs.get(job)
            if run is None:
                return
            before = run.waits.get(waiting.code)
            told = waiting if before is None else waiting.model_copy(update={"since": before.since})
            if told != before:
                run.waits[waiting.code] = told
                self.changed.notify_all()
            if before is None:
                self.note(lambda: self.jobs.note_hold(job, told.code, told.message, told.since))

    def lets_go(self, job: str, code: str) -> None:
        """What was told by ``holds_back`` with that code is over."""
        with self.changed:
            run = self.runs.get(job)
            if run is not None and run.waits.pop(code, None) is not None:
                run.ends.clear()  # what it waited says nothing of how fast it goes
                self.changed.notify_all()
                self.note(lambda: self.jobs.end_holds(job, code))

    def waiting(self, job: str) -> Waiting | None:
        """What holds a run at work back, the first where there are several; None where nothing does."""
        with self.changed:
            run = self.runs.get(job)
            return None if run is None else next(iter(run.waits.values()), None)

    def note(self, note: Callable[[], object]) -> None:
        """Write what is good to know of a run; that it cannot be written holds nothing up."""
        try:
            note()
        except BridgeError as error:
            _log.warning("not noted: %s", error.message)

    def put_down(self, item: ItemRow) -> None:
        try:
            self.jobs.put_down(item.id)
        except Exception as error:  # it then counts as under way: what brings the daemon down later may be laid to it
            _log.warning("photo %s could not be put down: %s", shown(item.path), error)

    def end(self, result: PhotoResult, item: ItemRow) -> None:
        self.jobs.finish(item.id, Stage(result.status), to_json(result))
