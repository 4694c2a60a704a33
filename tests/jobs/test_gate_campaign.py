"""Runs at a gate that opens and shuts at random, cancelled, resumed and told to go on at random: every photo ends once,
nothing waits for ever, and nothing goes before a model that may not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path

import pytest

from bridge.jobs.gate import Gate
from bridge.jobs.request import PhotoResult
from bridge.jobs.runner import Runner
from bridge.jobs.throttle import Limits, Purpose
from bridge.jobs.work import Step, Task, Work, ended, pool
from bridge.quiet import parse_quiet
from bridge.store import JobState, JobTable, NewItem, Stage, Store
from tests.fakes.sensors import FakeSensors

PHOTOS, ACTIONS, WAIT = 40, 60, 60.0


class Model(Work):
    in_flight = 6

    def __init__(self, threads: Executor, gate: Gate, ends: Counter[int]) -> None:
        self._threads = threads
        self._gate = gate
        self._ends = ends

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return [(self._threads, lambda _: None), (self._threads, self._ask), (self._threads, self._write)]

    def is_heavy(self, task: Task, step: int) -> bool:
        return step == 1 and task.item.id % 5 != 0

    def _ask(self, task: Task) -> PhotoResult | None:
        assert task.inside == self.is_heavy(task, 1)
        return None

    def _write(self, task: Task) -> PhotoResult | None:
        self._ends[task.item.id] += 1
        return ended(task.item, "done")


@pytest.mark.parametrize("seed", range(12))
def test_every_photo_ends_once(seed: int, tmp_path: Path) -> None:
    chance, ends = random.Random(seed), Counter[int]()
    sensors, wall, clock = FakeSensors(), [datetime(2026, 11, 30, 12)], [1000.0]
    jobs = JobTable(Store(tmp_path / "bridge.db"))
    limits = Limits(slow_c=80, pause_c=86, quiet=parse_quiet("22:00-07:00"))
    gate = Gate(limits, sensors, clock=lambda: clock[0], wall=lambda: wall[0])
    with pool("test", 3) as threads:
        runner = Runner(
            jobs,
            lambda _: Model(threads, gate, ends),
            gate=gate,
            purpose=lambda row: Purpose(long=row.kind == "index", anyway=row.anyway),
        )
        runs = [jobs.create(kind, "{}") for kind in ("tag", "index", "index")]
        for job in runs:
            jobs.add(job, [NewItem(Path(f"/p/{number}.jpg")) for number in range(PHOTOS)])
            runner.kick(job)
        for _ in range(ACTIONS):
            job = chance.choice(runs)
            action = chance.choice(("heat", "heat", "time", "look", "look", "cancel", "cancel one", "resume", "anyway"))
            if action == "heat":
                sensors.heat(chance.choice((50, 78, 82, 90)))
            elif action == "time":
                wall[0] = datetime(2026, 11, 30, chance.choice((3, 12, 23)))
            elif action == "look":
                clock[0] += 2
                gate.look()
            elif action == "cancel":
                runner.cancel(job)
            elif action == "cancel one":
                runner.cancel(job, [item.id for item in jobs.unfinished(job, 0, 200)[-1:]])
            elif action == "resume":
                runner.resume(job)
            else:
                runner.resume(job, anyway=chance.random() < 0.2)
        sensors.heat(50)
        wall[0] = datetime(2026, 12, 1, 12)
        for job in runs:
            runner.wait(lambda job=job: jobs.get(job).state is not JobState.OPEN, 0.05)  # type: ignore[misc]
            runner.resume(job)

        def over() -> bool:
            gate.look()
            return all(jobs.get(job).state is JobState.DONE for job in runs)

        assert runner.wait(over, WAIT), [jobs.counts(job) for job in runs]
        runner.stop()
    assert gate.inside == 0
    for job in runs:
        assert jobs.counts(job) == {Stage.DONE: PHOTOS}
        assert all(hold.until is not None for hold in jobs.holds(job, 100))
    assert set(ends.values()) == {1}
