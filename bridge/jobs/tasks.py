"""Long work that is no run over photos: a download, a benchmark. It lives as long as the daemon does."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bridge.errors import BridgeError, NotFound
from bridge.taggers.contract import Cancelled

KEPT = 50
"""Ended tasks that can still be asked about."""
_log = logging.getLogger(__name__)


class TaskState(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    """For a person's yes."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self in (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)


@dataclass(frozen=True, slots=True)
class TaskStatus:
    id: str
    kind: str
    name: str
    state: TaskState = TaskState.RUNNING
    done: int = 0
    total: int | None = None
    what: str = ""
    """What is going on, for a person."""
    results: tuple[Any, ...] = ()
    """What it found, JSON-ready, one after the other."""
    error: BridgeError | None = None


@dataclass(eq=False, slots=True)
class _Task:
    status: TaskStatus
    changes: int = 0
    cancel: threading.Event = field(default_factory=threading.Event)
    confirmed: threading.Event = field(default_factory=threading.Event)


class Handle:
    """What a task's work tells and asks."""

    def __init__(self, tasks: Tasks, task: _Task) -> None:
        self._tasks = tasks
        self._task = task

    def tell(self, done: int, total: int | None, what: str) -> None:
        self._tasks._change(self._task, done=done, total=total, what=what)

    def found(self, result: Any) -> None:
        self._tasks._change(self._task, results=(*self._task.status.results, result))

    def cancelled(self) -> bool:
        return self._task.cancel.is_set()

    def wait_for_yes(self) -> None:
        """Wait until a person has confirmed. Raises Cancelled where they said no, or the daemon ends."""
        if self._task.confirmed.is_set():
            return
        self._tasks._change(self._task, state=TaskState.WAITING)
        while not self._task.confirmed.wait(0.1):
            if self.cancelled():
                raise Cancelled
        self._tasks._change(self._task, state=TaskState.RUNNING)


Work = Callable[[Handle], None]


class Tasks:
    """All of one daemon, each on a thread of its own."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._tasks: dict[str, _Task] = {}

    def start(self, kind: str, name: str, work: Work, *, confirmed: bool = True) -> TaskStatus:
        """Begin, or join the one of this kind and name that is at work."""
        with self._changed:
            for task in self._tasks.values():
                if (task.status.kind, task.status.name) == (kind, name) and not task.status.state.final:
                    if confirmed:
                        task.confirmed.set()
                    return task.status
            task = _Task(TaskStatus(secrets.token_hex(4), kind, name))
            if confirmed:
                task.confirmed.set()
            self._tasks[task.status.id] = task
            for old in [id for id, each in self._tasks.items() if each.status.state.final][:-KEPT]:
                del self._tasks[old]
        threading.Thread(target=self._run, args=(task, work), name=f"{kind}-{name}", daemon=True).start()
        return task.status

    def status(self, id: str, seen: int = 0, wait_s: float = 0.0) -> tuple[TaskStatus, int]:
        """Where it stands and how often it changed; waits until that is more than ``seen``. Raises NotFound."""
        with self._changed:
            task = self._get(id)
            self._changed.wait_for(lambda: task.changes > seen or task.status.state.final, wait_s)
            return task.status, task.changes

    def confirm(self, id: str) -> TaskStatus:
        """A person says yes. Raises NotFound."""
        with self._changed:
            task = self._get(id)
        task.confirmed.set()
        return task.status

    def cancel(self, id: str) -> TaskStatus:
        """Ask it to end. Raises NotFound."""
        with self._changed:
            task = self._get(id)
        task.cancel.set()
        return task.status

    def stop(self) -> None:
        """Ask all of them to end; does not wait, since nothing of theirs is lost."""
        with self._changed:
            for task in self._tasks.values():
                task.cancel.set()

    def _get(self, id: str) -> _Task:
        if id not in self._tasks:
            raise NotFound(f"There is no task {id}.", hint="It ended with the daemon; start it again.")
        return self._tasks[id]

    def _run(self, task: _Task, work: Work) -> None:
        try:
            work(Handle(self, task))
        except Cancelled:
            self._change(task, state=TaskState.CANCELLED)
        except BridgeError as error:
            self._change(task, state=TaskState.FAILED, error=error)
        except Exception:
            _log.exception("%s of %s", task.status.kind, task.status.name)
            self._change(task, state=TaskState.FAILED, error=BridgeError("Something broke inside the daemon."))
        else:
            self._change(task, state=TaskState.DONE)

    def _change(self, task: _Task, **what: Any) -> None:
        with self._changed:
            task.status = replace(task.status, **what)
            task.changes += 1
            self._changed.notify_all()
