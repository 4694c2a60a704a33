"""The runner with work of its own: no model, no files."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import BridgeError, ModelUnreachable, PhotoDamaged, StoreFull
from bridge.jobs.request import PhotoResult
from bridge.jobs.runner import Runner
from bridge.jobs.work import Step, Task, Work, ended, pool
from bridge.store import JobRow, JobState, JobTable, NewItem, Stage, Store
from bridge.taggers.contract import Cancelled

WAIT = 20.0


class TwoSteps(Work):
    """Passes each photo through ``first`` and ``second``."""

    in_flight = 3

    def __init__(self, threads: Executor, first: Step, second: Step) -> None:
        self._steps = [(threads, first), (threads, second)]

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return self._steps


def go_on(_: Task) -> PhotoResult | None:
    return None


def done(task: Task) -> PhotoResult | None:
    return ended(task.item, "done")


@pytest.fixture
def jobs(tmp_path: Path) -> JobTable:
    return JobTable(Store(tmp_path / "bridge.db"))


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with pool("test", 2) as executor:
        yield executor


def submit(jobs: JobTable, count: int) -> str:
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(Path(f"/p/{number}.jpg")) for number in range(count)])
    return job


def has_state(jobs: JobTable, job: str, state: JobState) -> Callable[[], bool]:
    return lambda: jobs.get(job).state is state


def test_every_photo_goes_through_every_step(jobs: JobTable, threads: Executor) -> None:
    seen: list[int] = []

    def note(task: Task) -> PhotoResult | None:
        seen.append(task.item.id)
        return None

    job = submit(jobs, 50)
    runner = Runner(jobs, lambda _: TwoSteps(threads, note, done))
    runner.kick(job)
    assert runner.wait(has_state(jobs, job, JobState.DONE), WAIT)
    assert len(seen) == len(set(seen)) == 50
    assert jobs.counts(job) == {Stage.DONE: 50}
    runner.stop()


def test_a_photo_that_fails_fails_alone(jobs: JobTable, threads: Executor) -> None:
    def first(task: Task) -> PhotoResult | None:
        if task.item.path.name == "1.jpg":
            raise PhotoDamaged("It does not decode.")
        if task.item.path.name == "2.jpg":
            raise ZeroDivisionError
        return None

    job = submit(jobs, 4)
    runner = Runner(jobs, lambda _: TwoSteps(threads, first, done))
    runner.kick(job)
    assert runner.wait(has_state(jobs, job, JobState.DONE), WAIT)
    errors = {
        PhotoResult.model_validate_json(item.result or "").uri: PhotoResult.model_validate_json(item.result or "").error
        for item in jobs.results(job, 0, 10)
    }
    codes = {uri: error.code for uri, error in errors.items() if error is not None}
    assert codes == {"file:///p/1.jpg": "photo_damaged", "file:///p/2.jpg": "internal"}
    runner.stop()


def test_a_cause_that_concerns_all_pauses_the_run_and_resuming_goes_on(jobs: JobTable, threads: Executor) -> None:
    up = threading.Event()

    def ask(_: Task) -> PhotoResult | None:
        if not up.is_set():
            raise ModelUnreachable("The model server does not answer.")
        return None

    job = submit(jobs, 20)
    runner = Runner(jobs, lambda _: TwoSteps(threads, ask, done))
    runner.kick(job)
    assert runner.wait(has_state(jobs, job, JobState.PAUSED), WAIT)
    assert "model_unreachable" in (jobs.get(job).error or "")
    assert jobs.counts(job) == {Stage.WAITING: 20}
    up.set()
    jobs.reopen(job)
    runner.kick(job)
    assert runner.wait(has_state(jobs, job, JobState.DONE), WAIT)
    runner.stop()


def test_cancelling_ends_what_is_under_way_and_what_waits(jobs: JobTable, threads: Executor) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def hold(_: Task) -> PhotoResult | None:
        begun.set()
        let_go.wait(WAIT)
        return None

    job = submit(jobs, 30)
    runner = Runner(jobs, lambda _: TwoSteps(threads, hold, done))
    runner.kick(job)
    assert begun.wait(WAIT)
    runner.cancel(job)
    let_go.set()
    assert runner.wait(has_state(jobs, job, JobState.CANCELLED), WAIT)
    assert jobs.counts(job) == {Stage.CANCELLED: 30}
    runner.stop()


def test_one_photo_can_be_cancelled(jobs: JobTable, threads: Executor) -> None:
    job = submit(jobs, 3)
    item = jobs.unfinished(job, 0, 1)[0].id
    started = threading.Event()

    def first(_: Task) -> PhotoResult | None:
        started.wait(WAIT)
        return None

    runner = Runner(jobs, lambda _: TwoSteps(threads, first, done))
    runner.kick(job)
    assert runner.wait(lambda: runner.knows(job), WAIT)
    runner.cancel(job, [item])
    started.set()
    assert runner.wait(has_state(jobs, job, JobState.DONE), WAIT)
    assert jobs.item(item).stage is Stage.CANCELLED
    assert jobs.counts(job)[Stage.DONE] == 2
    runner.stop()


def test_stopping_leaves_the_rest_for_the_next_start(jobs: JobTable, threads: Executor) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def hold(_: Task) -> PhotoResult | None:
        begun.set()
        let_go.wait(WAIT)
        return None

    job = submit(jobs, 10)
    first = Runner(jobs, lambda _: TwoSteps(threads, hold, done))
    first.kick(job)
    assert begun.wait(WAIT)
    stopper = threading.Thread(target=first.stop)
    stopper.start()
    let_go.set()
    stopper.join(WAIT)
    assert jobs.get(job).state is JobState.OPEN
    second = Runner(jobs, lambda _: TwoSteps(threads, go_on, done))
    second.start()
    assert second.wait(has_state(jobs, job, JobState.DONE), WAIT)
    assert jobs.counts(job) == {Stage.DONE: 10}
    second.stop()


def test_a_run_whose_model_is_missing_is_paused_with_the_cause(jobs: JobTable) -> None:
    def refuse(_: JobRow) -> Work:
        raise BridgeError("There is no such model.")

    job = submit(jobs, 1)
    runner = Runner(jobs, refuse)
    runner.kick(job)
    assert runner.wait(has_state(jobs, job, JobState.PAUSED), WAIT)
    runner.stop()


class Loads:
    """Makes a run's work as slowly as the test wants: its model is being loaded."""

    def __init__(self, threads: Executor, error: BridgeError | None = None) -> None:
        self._threads = threads
        self._error = error
        self.loading, self.let_go = threading.Event(), threading.Event()

    def __call__(self, _: JobRow) -> Work:
        self.loading.set()
        assert self.let_go.wait(WAIT)
        if self._error is not None:
            raise self._error
        return TwoSteps(self._threads, go_on, done)


@pytest.mark.parametrize("error", [None, ModelUnreachable("The model server does not answer.")])
@pytest.mark.parametrize("purged", [False, True])
def test_a_run_is_cancelled_at_once_while_its_model_is_being_loaded(
    jobs: JobTable, threads: Executor, error: BridgeError | None, purged: bool
) -> None:
    load, told = Loads(threads, error), list[str]()
    job = submit(jobs, 3)
    runner = Runner(jobs, load, job_ended=told.append)
    runner.kick(job)
    assert load.loading.wait(WAIT)
    runner.cancel(job)
    assert jobs.get(job).state is JobState.CANCELLED
    assert jobs.counts(job) == {Stage.CANCELLED: 3}
    if purged:
        assert jobs.purge() == 1
    load.let_go.set()
    assert runner.wait(lambda: told == [job], WAIT)
    runner.stop()
    assert purged or (jobs.get(job).state, jobs.get(job).error) == (JobState.CANCELLED, None)


def test_a_run_that_was_cancelled_while_its_model_was_being_loaded_can_be_resumed_meanwhile(
    jobs: JobTable, threads: Executor
) -> None:
    load = Loads(threads)
    job = submit(jobs, 3)
    runner = Runner(jobs, load)
    runner.kick(job)
    assert load.loading.wait(WAIT)
    first = jobs.unfinished(job, 0, 1)[0]
    runner.cancel(job, [first.id])
    assert jobs.counts(job) == {Stage.CANCELLED: 1, Stage.WAITING: 2}
    runner.cancel(job)
    runner.resume(job)
    assert jobs.get(job).state is JobState.OPEN
    runner.cancel(job)
    jobs.add(job, [NewItem(Path("/p/more.jpg"))])
    runner.kick(job)
    load.let_go.set()
    assert runner.wait(has_state(jobs, job, JobState.DONE), WAIT)
    runner.stop()
    assert jobs.counts(job) == {Stage.CANCELLED: 3, Stage.DONE: 1}


def test_a_run_that_has_just_ended_can_be_resumed_at_once(jobs: JobTable, threads: Executor) -> None:
    """The state is seen the moment it is set; the thread that set it must not be taken for one at work."""
    job = submit(jobs, 1)
    runner = Runner(jobs, lambda _: TwoSteps(threads, go_on, done))
    for _ in range(50):
        runner.kick(job)
        while jobs.get(job).state is JobState.OPEN:
            pass
        jobs.add(job, [NewItem(Path(f"/p/more-{_}.jpg"))])
    runner.kick(job)
    assert runner.wait(lambda: not jobs.unfinished(job, 0, 1), WAIT)
    runner.stop()


def test_resuming_calls_a_cancel_off_that_is_still_under_way(jobs: JobTable, threads: Executor) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def hold(task: Task) -> PhotoResult | None:
        begun.set()
        assert let_go.wait(WAIT)
        if task.cancelled():
            raise Cancelled
        task.carry = "what the second step needs"
        return None

    def second(task: Task) -> PhotoResult | None:
        assert task.carry
        return ended(task.item, "done")

    job = submit(jobs, 10)
    runner = Runner(jobs, lambda _: TwoSteps(threads, hold, second))
    runner.kick(job)
    assert begun.wait(WAIT)
    runner.cancel(job)
    runner.resume(job)
    let_go.set()
    assert runner.wait(lambda: jobs.get(job).state is not JobState.OPEN, WAIT)
    runner.stop()
    assert (jobs.get(job).state, jobs.counts(job)) == (JobState.DONE, {Stage.DONE: 10})


def test_a_cancelled_run_stays_cancelled_when_the_server_goes_down_meanwhile(jobs: JobTable, threads: Executor) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def ask(_: Task) -> PhotoResult | None:
        begun.set()
        assert let_go.wait(WAIT)
        raise ModelUnreachable("The model server does not answer.")

    job = submit(jobs, 5)
    runner = Runner(jobs, lambda _: TwoSteps(threads, ask, done))
    runner.kick(job)
    assert begun.wait(WAIT)
    runner.cancel(job)
    let_go.set()
    assert runner.wait(lambda: jobs.get(job).state is not JobState.OPEN, WAIT)
    runner.stop()
    assert (jobs.get(job).state, jobs.counts(job)) == (JobState.CANCELLED, {Stage.CANCELLED: 5})


def test_one_photo_of_a_paused_run_can_be_cancelled(jobs: JobTable, threads: Executor) -> None:
    up = threading.Event()

    def ask(_: Task) -> PhotoResult | None:
        if not up.is_set():
            raise ModelUnreachable("The model server does not answer.")
        return None

    job = submit(jobs, 2)
    runner = Runner(jobs, lambda _: TwoSteps(threads, ask, done))
    runner.kick(job)
    assert runner.wait(has_state(jobs, job, JobState.PAUSED), WAIT)
    first, second = jobs.unfinished(job, 0, 2)
    runner.cancel(job, [first.id])
    assert [item.id for item in jobs.results(job, 0, 10)] == [first.id]
    runner.cancel(job, [second.id])
    up.set()
    runner.kick(job)
    assert runner.wait(has_state(jobs, job, JobState.DONE), WAIT), "with nothing left it has ended"
    runner.stop()
    assert jobs.counts(job) == {Stage.CANCELLED: 2}


def test_photos_under_way_as_the_daemon_broke_down_are_taken_up_one_at_a_time(
    jobs: JobTable, threads: Executor
) -> None:
    under_way, most, lock = 0, dict[str, int](), threading.Lock()

    def count(task: Task) -> PhotoResult | None:
        nonlocal under_way
        with lock:
            under_way += 1
            most[task.item.path.stem] = under_way
        return None

    def leave(task: Task) -> PhotoResult | None:
        nonlocal under_way
        with lock:
            most[task.item.path.stem] = max(most[task.item.path.stem], under_way)
            under_way -= 1
        return ended(task.item, "done")

    job = submit(jobs, 12)
    suspects = jobs.unfinished(job, 0, 100)[4:7]
    for item in suspects:
        jobs.begin(item.id)
    runner = Runner(jobs, lambda _: TwoSteps(threads, count, leave))
    runner.start(crashed=True)
    assert runner.wait(has_state(jobs, job, JobState.DONE), WAIT)
    assert [most[item.path.stem] for item in suspects] == [1, 1, 1]
    assert jobs.counts(job) == {Stage.DONE: 12}
    assert not jobs.suspects()
    runner.stop()


def test_a_photo_that_broke_the_daemon_twice_is_set_aside_and_tried_again_when_asked(
    jobs: JobTable, threads: Executor
) -> None:
    job = submit(jobs, 2)
    first, second = jobs.unfinished(job, 0, 10)
    jobs.begin(first.id)
    jobs.begin(second.id)
    jobs.take_stock(crashed=True)
    jobs.begin(second.id)
    runner = Runner(jobs, lambda _: TwoSteps(threads, go_on, done))
    runner.start(crashed=True)
    assert runner.wait(has_state(jobs, job, JobState.DONE), WAIT)
    assert jobs.counts(job) == {Stage.DONE: 1, Stage.FAILED: 1}
    assert '"photo_crashed"' in (jobs.item(second.id).result or "")
    runner.resume(job)
    assert runner.wait(lambda: jobs.counts(job) == {Stage.DONE: 2}, WAIT)
    runner.stop()


def test_a_photo_that_was_put_down_is_not_blamed_for_a_later_end(jobs: JobTable, threads: Executor) -> None:
    def unreachable(_: Task) -> PhotoResult | None:
        raise ModelUnreachable("Nobody answers.")

    job = submit(jobs, 1)
    runner = Runner(jobs, lambda _: TwoSteps(threads, unreachable, done))
    runner.kick(job)
    assert runner.wait(has_state(jobs, job, JobState.PAUSED), WAIT)
    runner.stop()
    jobs.take_stock(crashed=True)
    assert not jobs.suspects()


class Full:
    """A database whose disk is full from a moment on, until it has room again; it can be read all the while."""

    def __init__(self, jobs: JobTable, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = False
        for name in ("advance", "finish", "set_state", "cancel_rest", "reopen", "note_hold", "end_holds"):
            self._guard(jobs, name, monkeypatch)

    def _guard(self, jobs: JobTable, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        real = getattr(jobs, name)

        def guarded(*arguments: Any, **more: Any) -> Any:
            if self.now:
                raise StoreFull("There is no room for the database.")
            return real(*arguments, **more)

        monkeypatch.setattr(jobs, name, guarded)


def filling(full: Full) -> Step:
    def first(task: Task) -> PhotoResult | None:
        full.now = full.now or task.item.path.name == "3.jpg"
        return None

    return first


def told(runner: Runner, job: str, code: str) -> Callable[[], bool]:
    def ready() -> bool:
        waiting = runner.waiting(job)
        return waiting is not None and waiting.code == code

    return ready


def test_a_run_whose_database_has_no_room_says_so_and_pauses_when_that_can_be_stored(
    jobs: JobTable, threads: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Full(jobs, monkeypatch)
    job = submit(jobs, 8)
    runner = Runner(jobs, lambda _: TwoSteps(threads, filling(full), done))
    runner.kick(job)
    assert runner.wait(told(runner, job, "disk_full"), WAIT)
    assert jobs.get(job).state is JobState.OPEN
    full.now = False
    assert runner.wait(has_state(jobs, job, JobState.PAUSED), WAIT)
    assert "disk_full" in (jobs.get(job).error or "")
    runner.stop()


@pytest.mark.parametrize(("what", "end"), [("resume", JobState.DONE), ("cancel", JobState.CANCELLED)])
def test_what_a_person_says_of_it_meanwhile_is_done_as_soon_as_there_is_room(
    what: str, end: JobState, jobs: JobTable, threads: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.jobs.runner.STORE_S", 0.05)
    full = Full(jobs, monkeypatch)
    job = submit(jobs, 8)
    work = TwoSteps(threads, filling(full), done)
    runner = Runner(jobs, lambda _: work)
    runner.kick(job)
    assert runner.wait(told(runner, job, "disk_full"), WAIT)
    if what == "cancel":
        runner.cancel(job)
    work._steps[0] = (threads, go_on)
    full.now = False
    if what == "resume":
        runner.resume(job)
    assert runner.wait(has_state(jobs, job, end), WAIT)
    runner.stop()


def test_how_fast_a_run_goes_is_told_while_photos_end(jobs: JobTable, threads: Executor) -> None:
    let_go = threading.Event()

    def hold_the_last(task: Task) -> PhotoResult | None:
        if task.item.path.name == "2.jpg":
            assert let_go.wait(WAIT)
        return None

    job = submit(jobs, 3)
    runner = Runner(jobs, lambda _: TwoSteps(threads, hold_the_last, done))
    assert runner.rate(job) is None
    runner.kick(job)
    assert runner.wait(lambda: jobs.counts(job).get(Stage.DONE) == 2 and runner.rate(job) is not None, WAIT)
    let_go.set()
    assert runner.wait(has_state(jobs, job, JobState.DONE), WAIT)
    assert runner.rate(job) is None
    runner.stop()


def test_a_run_that_was_cancelled_after_its_last_photo_ends_when_it_is_resumed(
    jobs: JobTable, threads: Executor
) -> None:
    finished = threading.Event()

    class Judged(TwoSteps):
        def finish(self) -> None:
            finished.set()

    job = submit(jobs, 1)
    (item,) = jobs.unfinished(job, 0, 1)
    jobs.finish(item.id, Stage.DONE, "{}")
    jobs.set_state(job, JobState.CANCELLED)
    runner = Runner(jobs, lambda _: Judged(threads, go_on, done))
    runner.resume(job)
    assert runner.wait(has_state(jobs, job, JobState.DONE), WAIT)
    assert finished.is_set()
    runner.stop()


def test_a_cancel_that_cannot_be_stored_does_not_keep_the_run_at_work_for_ever(
    jobs: JobTable, threads: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Full(jobs, monkeypatch)
    begun, let_go = threading.Event(), threading.Event()

    def first(_: Task) -> PhotoResult | None:
        begun.set()
        assert let_go.wait(WAIT)
        return None

    job = submit(jobs, 1)
    runner = Runner(jobs, lambda _: TwoSteps(threads, first, done))
    runner.kick(job)
    assert begun.wait(WAIT)
    runner.cancel(job, [item.id for item in jobs.unfinished(job, 0, 1)])
    full.now = True
    let_go.set()
    assert runner.wait(told(runner, job, "disk_full"), WAIT)
    full.now = False
    assert runner.wait(has_state(jobs, job, JobState.PAUSED), WAIT)
    runner.stop()


def test_a_run_that_never_began_and_cannot_be_stored_is_tried_again_from_time_to_time(
    jobs: JobTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit(jobs, 1)
    tries: list[JobState] = []
    second = threading.Event()
    real = jobs.set_state

    def set_state(job: str, state: JobState, **more: Any) -> None:
        if state is JobState.PAUSED:
            tries.append(state)
            if len(tries) > 1:
                second.set()
            raise StoreFull("There is no room for the database.")
        real(job, state, **more)

    def make(_: JobRow) -> Work:
        raise ModelUnreachable("The model server does not answer.")

    monkeypatch.setattr(jobs, "set_state", set_state)
    monkeypatch.setattr("bridge.jobs.runner.STORE_S", 60.0)
    runner = Runner(jobs, make)
    runner.kick(job)
    assert runner.wait(lambda: bool(tries), WAIT)
    assert not second.wait(0.2), "it does not try as fast as it can"
    runner.stop()


def test_what_goes_wrong_after_the_end_of_a_run_does_not_pause_it(jobs: JobTable, threads: Executor) -> None:
    told_of: list[str] = []

    def ended_badly(job: str) -> None:
        told_of.append(job)
        raise StoreFull("There is no room for the database.")

    job = submit(jobs, 2)
    runner = Runner(jobs, lambda _: TwoSteps(threads, go_on, done), job_ended=ended_badly)
    runner.kick(job)
    assert runner.wait(lambda: bool(told_of), WAIT)
    runner.stop()
    assert (jobs.get(job).state, told_of) == (JobState.DONE, [job])
