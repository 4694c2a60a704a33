"""The gate before every model, and runs that wait at it. The machine is a fake one; the clocks are the test's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path

import pytest

from bridge.engines.sensors import GpuReading
from bridge.jobs.gate import HANGS_S, MANY, STALE_S, Gate
from bridge.jobs.request import PhotoResult
from bridge.jobs.runner import Runner
from bridge.jobs.throttle import SHORT, Limits, Purpose
from bridge.jobs.work import Step, Task, Work, ended, pool
from bridge.quiet import parse_quiet
from bridge.store import JobState, JobTable, NewItem, Stage, Store
from tests.fakes.sensors import FakeSensors
from tests.jobs.test_runner_drives import Desk, OneStep

WAIT = 20.0
LIMITS = Limits(slow_c=80, pause_c=86, quiet=parse_quiet("22:00-07:00"), only_plugged_in=True)
LONG = Purpose(long=True)


class Clocks:
    """The time as the test says it is."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.wall = datetime(2026, 11, 30, 12)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def sensors() -> FakeSensors:
    return FakeSensors(GpuReading("GPU", 50.0))


@pytest.fixture
def gate(clocks: Clocks, sensors: FakeSensors) -> Gate:
    """Looks when the test says so: its thread is not started."""
    return Gate(LIMITS, sensors, clock=lambda: clocks.seconds, wall=lambda: clocks.wall)


# -- the gate alone ---------------------------------------------------------------------------------------------------


def test_nobody_is_let_in_before_the_first_look_and_after_a_long_time_without_one(gate: Gate, clocks: Clocks) -> None:
    """In quiet hours not even the first photo of a run goes before a model."""
    assert not gate.enter(SHORT)
    assert gate.hold(SHORT) is None, "there is nothing to tell yet"
    gate.look()
    assert gate.room(SHORT) == MANY
    clocks.seconds += STALE_S + 1
    assert not gate.enter(SHORT)


def test_at_full_speed_photos_go_side_by_side(gate: Gate) -> None:
    gate.look()
    assert all(gate.enter(SHORT) for _ in range(20))


def test_when_it_is_warm_photos_go_one_by_one_and_rest_as_long_as_they_took(
    gate: Gate, sensors: FakeSensors, clocks: Clocks
) -> None:
    sensors.heat(82)
    gate.look()
    assert gate.enter(SHORT)
    assert not gate.enter(SHORT), "one at a time"
    clocks.seconds += 3
    gate.leave(3.0)
    clocks.seconds += 2.9
    assert not gate.enter(LONG)
    clocks.seconds += 0.2
    assert gate.enter(LONG)


def test_when_it_is_hot_nobody_is_let_in_until_it_is_cool(gate: Gate, sensors: FakeSensors) -> None:
    rooms = []
    for celsius in (86, 80, 78, 77, 74):
        sensors.heat(celsius)
        gate.look()
        rooms.append(gate.room(SHORT))
    assert rooms == [0, 0, 0, 1, MANY]


def test_quiet_hours_and_the_plug_are_for_long_work(gate: Gate, sensors: FakeSensors, clocks: Clocks) -> None:
    anyway = Purpose(long=True, anyway=True)
    clocks.wall = datetime(2026, 11, 30, 23)
    gate.look()
    assert (gate.room(LONG), gate.room(SHORT), gate.room(anyway)) == (0, MANY, MANY)
    clocks.wall, sensors.plugged = datetime(2026, 12, 1, 7), False
    gate.look()
    assert (gate.room(LONG), gate.room(SHORT), gate.room(anyway)) == (0, MANY, MANY)
    sensors.plugged = True
    gate.look()
    assert gate.room(LONG) == MANY


def test_the_machine_is_not_asked_what_no_limit_needs(clocks: Clocks) -> None:
    class Touchy(FakeSensors):
        def gpus(self) -> tuple[GpuReading, ...]:
            raise AssertionError

        def plugged_in(self) -> bool:
            raise AssertionError

    gate = Gate(Limits(), Touchy(), clock=lambda: clocks.seconds)
    gate.look()
    assert gate.room(LONG) == MANY


def test_a_driver_that_hangs_holds_nothing_up_for_long(clocks: Clocks) -> None:
    hangs, let_go = threading.Event(), threading.Event()

    class Hanging(FakeSensors):
        def gpus(self) -> tuple[GpuReading, ...]:
            hangs.set()
            assert let_go.wait(WAIT)
            return ()

    gate = Gate(LIMITS, Hanging(), clock=lambda: clocks.seconds, wall=lambda: clocks.wall)
    looking = threading.Thread(target=gate.look)
    looking.start()
    assert hangs.wait(WAIT)
    assert not gate.enter(SHORT)
    clocks.seconds += HANGS_S + 1
    assert gate.enter(SHORT)
    let_go.set()
    looking.join(WAIT)


def test_a_driver_that_hangs_does_not_keep_the_daemon_from_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.jobs.gate.STOP_S", 0.05)
    hangs, let_go, stopped = threading.Event(), threading.Event(), threading.Event()

    class Hanging(FakeSensors):
        def gpus(self) -> tuple[GpuReading, ...]:
            hangs.set()
            assert let_go.wait(WAIT)
            return ()

    gate = Gate(LIMITS, Hanging())
    gate.start()
    assert not gate.enter(SHORT)
    assert hangs.wait(WAIT)

    def stop() -> None:
        gate.stop()
        stopped.set()

    stopping = threading.Thread(target=stop)
    stopping.start()
    ended = stopped.wait(WAIT)
    let_go.set()
    stopping.join(WAIT)
    assert ended


def test_its_thread_looks_when_somebody_comes_and_tells_them(sensors: FakeSensors) -> None:
    told = threading.Event()
    gate = Gate(LIMITS, sensors, wall=lambda: datetime(2026, 11, 30, 12))
    gate.tell(told.set)
    gate.start()
    assert not gate.enter(SHORT)
    assert told.wait(WAIT)
    assert gate.enter(SHORT)
    gate.stop()


# -- runs -------------------------------------------------------------------------------------------------------------


class Model(Work):
    """Reads, asks a model, writes: the second step is heavy."""

    in_flight = 4

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self.read: list[int] = []
        self.asked: list[int] = []

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return [(self._threads, self._read), (self._threads, self._ask), (self._threads, self._write)]

    def is_heavy(self, task: Task, step: int) -> bool:
        return step == 1 and task.item.path.name != "stored.jpg"

    def _read(self, task: Task) -> PhotoResult | None:
        self.read.append(task.item.id)
        return None

    def _ask(self, task: Task) -> PhotoResult | None:
        self.asked.append(task.item.id)
        return None

    def _write(self, task: Task) -> PhotoResult | None:
        return ended(task.item, "done")


@pytest.fixture
def jobs(tmp_path: Path) -> JobTable:
    return JobTable(Store(tmp_path / "bridge.db"))


@pytest.fixture
def work() -> Iterator[Model]:
    with pool("test", 2) as threads:
        yield Model(threads)


@pytest.fixture
def runner(jobs: JobTable, work: Model, gate: Gate) -> Iterator[Runner]:
    """Its gate's thread is not started: ``gate.look()`` is called by the test."""
    runner = Runner(jobs, lambda _: work, gate=gate, purpose=lambda row: Purpose(long=True, anyway=row.anyway))
    yield runner
    runner.stop()


def submit(jobs: JobTable, *names: str) -> str:
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(Path(f"/p/{name}")) for name in names or [f"{number}.jpg" for number in range(20)]])
    return job


def is_in(jobs: JobTable, job: str, state: JobState) -> Callable[[], bool]:
    return lambda: jobs.get(job).state is state


def waits(runner: Runner, job: str) -> str | None:
    waiting = runner.waiting(job)
    return None if waiting is None else waiting.code


def test_a_run_waits_while_it_is_hot_and_goes_on_when_it_is_cool(
    runner: Runner, jobs: JobTable, work: Model, gate: Gate, sensors: FakeSensors
) -> None:
    sensors.heat(88)
    gate.look()
    job = submit(jobs)
    runner.kick(job)
    assert runner.wait(lambda: waits(runner, job) == "gpu_hot", WAIT)
    told = runner.waiting(job)
    assert told is not None
    assert told.message == "GPU at 88 °C, goes on below 78 °C."
    sensors.heat(81)
    gate.look()
    told = runner.waiting(job)
    assert told is not None
    assert told.message == "GPU at 81 °C, goes on below 78 °C."
    assert runner.rate(job) is None
    assert work.asked == []
    assert len(work.read) <= work.in_flight, "no more than that is read ahead"
    assert jobs.get(job).state is JobState.OPEN
    sensors.heat(60)
    gate.look()
    assert runner.wait(is_in(jobs, job, JobState.DONE), WAIT)
    assert len(work.asked) == len(set(work.asked)) == 20
    (held,) = jobs.holds(job, 10)
    assert (held.code, held.message) == ("gpu_hot", "GPU at 88 °C, goes on below 78 °C.")
    assert held.until is not None


def test_what_is_stored_already_does_not_wait(runner: Runner, jobs: JobTable, gate: Gate, sensors: FakeSensors) -> None:
    sensors.heat(88)
    gate.look()
    job = submit(jobs, "stored.jpg")
    runner.kick(job)
    assert runner.wait(is_in(jobs, job, JobState.DONE), WAIT)
    assert jobs.holds(job, 10) == []


def test_when_it_is_warm_a_run_goes_on_photo_by_photo(
    runner: Runner, jobs: JobTable, work: Model, gate: Gate, sensors: FakeSensors, clocks: Clocks
) -> None:
    sensors.heat(82)
    gate.look()
    job = submit(jobs, "a.jpg", "b.jpg", "c.jpg")
    runner.kick(job)
    for asked in (1, 2, 3):
        assert runner.wait(lambda asked=asked: jobs.counts(job).get(Stage.DONE) == asked, WAIT)  # type: ignore[misc]
        assert len(work.asked) == asked
        clocks.seconds += 1
        gate.look()
    assert runner.wait(is_in(jobs, job, JobState.DONE), WAIT)
    assert [held.code for held in jobs.holds(job, 10)] == ["gpu_warm"]


def test_a_run_that_waits_is_cancelled_at_once(runner: Runner, jobs: JobTable, gate: Gate, clocks: Clocks) -> None:
    clocks.wall = datetime(2026, 11, 30, 23)
    gate.look()
    job = submit(jobs)
    runner.kick(job)
    assert runner.wait(lambda: waits(runner, job) == "quiet_hours", WAIT)
    first = jobs.unfinished(job, 0, 1)[0]
    runner.cancel(job, [first.id])
    assert runner.wait(lambda: jobs.item(first.id).stage is Stage.CANCELLED, WAIT)
    runner.cancel(job)
    assert runner.wait(is_in(jobs, job, JobState.CANCELLED), WAIT)
    assert jobs.counts(job) == {Stage.CANCELLED: 20}
    assert [held.until is not None for held in jobs.holds(job, 10)] == [True]


def test_a_daemon_that_ends_while_a_run_waits_leaves_it_open(
    jobs: JobTable, work: Model, gate: Gate, clocks: Clocks
) -> None:
    clocks.wall = datetime(2026, 11, 30, 23)
    gate.look()
    job = submit(jobs)
    runner = Runner(jobs, lambda _: work, gate=gate, purpose=lambda _: LONG)
    runner.kick(job)
    assert runner.wait(lambda: waits(runner, job) == "quiet_hours", WAIT)
    jobs.note_hold(job, "volume_gone", "as if the process had died meanwhile", 1.0)
    runner.stop()
    assert jobs.get(job).state is JobState.OPEN
    again = Runner(jobs, lambda _: work)
    again.start()
    assert again.wait(is_in(jobs, job, JobState.DONE), WAIT)
    again.stop()
    assert all(held.until is not None for held in jobs.holds(job, 10))


def test_a_person_has_one_run_go_on_in_quiet_hours_and_it_stays_so(
    runner: Runner, jobs: JobTable, gate: Gate, clocks: Clocks
) -> None:
    clocks.wall = datetime(2026, 11, 30, 23)
    gate.look()
    job, other = submit(jobs), submit(jobs)
    for each in (job, other):
        runner.kick(each)
    assert runner.wait(lambda: waits(runner, job) == waits(runner, other) == "quiet_hours", WAIT)
    told = runner.waiting(job)
    assert told is not None
    assert f"photo-bridge resume {job} --now" in told.hint
    runner.resume(job)
    assert waits(runner, job) == "quiet_hours", "without that word it waits"
    runner.resume(job, anyway=True)
    assert runner.wait(is_in(jobs, job, JobState.DONE), WAIT)
    assert waits(runner, other) == "quiet_hours"
    assert jobs.get(job).anyway, "after a crash too"
    assert not jobs.get(other).anyway


def test_another_cause_to_wait_takes_the_place_of_the_first(
    runner: Runner, jobs: JobTable, gate: Gate, sensors: FakeSensors, clocks: Clocks
) -> None:
    clocks.wall = datetime(2026, 12, 1, 6, 59)
    gate.look()
    job = submit(jobs)
    runner.kick(job)
    assert runner.wait(lambda: waits(runner, job) == "quiet_hours", WAIT)
    clocks.wall, sensors.plugged = datetime(2026, 12, 1, 7), False
    gate.look()
    assert waits(runner, job) == "unplugged"
    sensors.plugged = True
    gate.look()
    assert runner.wait(is_in(jobs, job, JobState.DONE), WAIT)
    assert [held.code for held in jobs.holds(job, 10)] == ["quiet_hours", "unplugged"]


def test_a_photo_that_has_to_be_alone_keeps_nobody_waiting_while_it_waits_itself(
    runner: Runner, jobs: JobTable, work: Model, gate: Gate, clocks: Clocks
) -> None:
    """The daemon may have broken down over it; it waits for the night to end, and others do not."""
    job, other = submit(jobs, "a.jpg", "b.jpg"), submit(jobs, "stored.jpg")
    for item in jobs.unfinished(job, 0, 10):
        jobs.begin(item.id)
    jobs.take_stock(crashed=True)
    assert len(jobs.suspects()) == 2
    clocks.wall = datetime(2026, 11, 30, 23)
    gate.look()
    runner.kick(job)
    assert runner.wait(lambda: waits(runner, job) == "quiet_hours", WAIT)
    runner.kick(other)
    assert runner.wait(is_in(jobs, other, JobState.DONE), WAIT)
    jobs.take_stock(crashed=True)
    assert jobs.suspects(2) == [], "what waits brings nothing down"
    clocks.wall = datetime(2026, 12, 1, 8)
    gate.look()
    assert runner.wait(is_in(jobs, job, JobState.DONE), WAIT)
    assert sorted(work.asked) == [1, 2, 3]


def test_a_drive_that_holds_a_photo_does_not_hold_the_gate(tmp_path: Path, gate: Gate, sensors: FakeSensors) -> None:
    """In slow work one photo at a time is let in: one that never comes out again must not be that one."""
    let_go = threading.Event()

    def step(task: Task) -> PhotoResult:
        if task.item.path.parent.name == "nas":
            assert let_go.wait(WAIT)
        return ended(task.item, "done")

    class Heavy(OneStep):
        def is_heavy(self, task: Task, step: int) -> bool:  # noqa: ARG002
            return True

    desk = Desk(tmp_path, step=step)
    made = {"drives": desk.drives, "drive_timeout_s": 0.1, "look_s": 0.02}
    runner = Runner(desk.jobs, lambda _: Heavy(desk.threads, desk.one), gate=gate, **made)  # type: ignore[arg-type]
    desk.answers.clear()
    sensors.heat(82)
    gate.look()
    job = desk.submit(here=1, there=1)
    runner.kick(job)

    def one_is_done() -> bool:
        gate.look()
        return desk.counts(job).get(Stage.DONE) == 1

    assert runner.wait(one_is_done, WAIT)
    assert desk.seen == ["n0.jpg", "h0.jpg"]
    let_go.set()
    desk.answers.set()
    runner.stop()
    desk.threads.shutdown()
