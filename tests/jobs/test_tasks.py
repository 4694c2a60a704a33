"""Long work beside the runs: told of, confirmed, ended."""

from __future__ import annotations

import threading

import pytest

from bridge.errors import NotFound, Refused
from bridge.jobs.tasks import KEPT, Handle, Tasks, TaskState, TaskStatus

WAIT = 20.0


def ended(tasks: Tasks, task: TaskStatus) -> TaskStatus:
    status, seen = tasks.status(task.id)
    while not status.state.final:
        status, seen = tasks.status(task.id, seen, WAIT)
    return status


def test_what_it_tells_is_seen_by_whoever_waits() -> None:
    tasks = Tasks()
    go = threading.Event()

    def work(handle: Handle) -> None:
        assert go.wait(WAIT)
        handle.tell(1, 2, "half")
        handle.found({"model": "starter"})

    task = tasks.start("bench", "starter", work)
    go.set()
    status = ended(tasks, task)
    assert (status.state, status.done, status.total, status.what) == (TaskState.DONE, 1, 2, "half")
    assert status.results == ({"model": "starter"},)


def test_one_of_a_name_at_a_time() -> None:
    tasks = Tasks()
    go = threading.Event()
    first = tasks.start("pull", "clip", lambda _: assert_true(go.wait(WAIT)))
    assert tasks.start("pull", "clip", lambda _: None).id == first.id
    assert tasks.start("pull", "blip2", lambda _: None).id != first.id
    go.set()
    ended(tasks, first)
    assert tasks.start("pull", "clip", lambda _: None).id != first.id


def test_it_waits_for_a_yes_and_ends_at_a_no() -> None:
    tasks = Tasks()
    yes = tasks.start("pull", "a", Handle.wait_for_yes, confirmed=False)
    no = tasks.start("pull", "b", Handle.wait_for_yes, confirmed=False)
    for task in (yes, no):
        assert tasks.status(task.id, 0, WAIT)[0].state is TaskState.WAITING
    tasks.confirm(yes.id)
    tasks.cancel(no.id)
    assert (ended(tasks, yes).state, ended(tasks, no).state) == (TaskState.DONE, TaskState.CANCELLED)


def test_who_said_yes_before_is_not_asked() -> None:
    tasks = Tasks()
    assert ended(tasks, tasks.start("pull", "a", Handle.wait_for_yes)).state is TaskState.DONE


def test_a_failure_has_its_name_and_a_defect_does_not_spread() -> None:
    tasks = Tasks()

    def refuse(_: Handle) -> None:
        raise Refused("No.")

    refused = ended(tasks, tasks.start("pull", "a", refuse))
    assert refused.error is not None and refused.error.code == "refused"
    broken = ended(tasks, tasks.start("pull", "b", lambda _: 1 / 0))  # type: ignore[arg-type, return-value]
    assert broken.state is TaskState.FAILED and broken.error is not None


def test_old_ones_are_forgotten() -> None:
    tasks = Tasks()
    first = tasks.start("pull", "0", lambda _: None)
    ended(tasks, first)
    for number in range(KEPT + 1):
        ended(tasks, tasks.start("pull", str(number + 1), lambda _: None))
    with pytest.raises(NotFound):
        tasks.status(first.id)


def assert_true(value: bool) -> None:
    assert value
