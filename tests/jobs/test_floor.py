"""What is told of the runs at work: what holds each back, and since when."""

import threading
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

import pytest

from bridge.jobs.floor import Floor, Run
from bridge.jobs.request import Waiting
from bridge.jobs.work import Step, Work
from bridge.store import JobTable, Store

WAIT = 20.0
HOT = Waiting(code="gpu_hot", message="The GPU is at 86 °C.", hint="Give it air.", since=10.0)
NIGHT = HOT.model_copy(update={"code": "quiet_hours", "since": 20.0})


class NoWork(Work):
    in_flight = 1

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return []


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(JobTable(Store(tmp_path / "bridge.db")))


@pytest.fixture
def job(floor: Floor) -> str:
    """A run at work."""
    job = floor.jobs.create("tag", "{}")
    floor.runs[job] = Run(NoWork(), threading.Semaphore(1))
    return job


def test_what_holds_a_run_back_is_told_since_it_began_until_it_is_over(floor: Floor, job: str) -> None:
    floor.holds_back(job, HOT)
    floor.holds_back(job, NIGHT)
    warm = "The GPU is at 84 °C."
    floor.holds_back(job, HOT.model_copy(update={"message": warm, "since": 30.0}))
    assert floor.waiting(job) == HOT.model_copy(update={"message": warm})
    floor.lets_go(job, "gpu_hot")
    assert floor.waiting(job) == NIGHT
    floor.lets_go(job, "quiet_hours")
    floor.lets_go(job, "quiet_hours")
    assert floor.waiting(job) is None
    assert [(hold.code, hold.since) for hold in floor.jobs.holds(job, 10)] == [("gpu_hot", 10.0), ("quiet_hours", 20.0)]


def test_a_run_that_is_not_at_work_waits_for_nothing(floor: Floor) -> None:
    job = floor.jobs.create("tag", "{}")
    floor.holds_back(job, HOT)
    assert floor.waiting(job) is None
    assert floor.jobs.holds(job, 10) == []


def test_a_new_cause_to_wait_wakes_whoever_follows_the_run(floor: Floor, job: str) -> None:
    told = threading.Thread(target=floor.holds_back, args=(job, HOT))
    with floor.changed:
        told.start()
        assert floor.changed.wait_for(lambda: floor.waiting(job) == HOT, WAIT)
    told.join()


def test_the_time_that_a_run_waited_says_nothing_of_how_fast_it_goes(floor: Floor, job: str) -> None:
    run = floor.runs[job]
    run.ends.extend((1.0, 2.0, 3.0))
    floor.holds_back(job, HOT)
    floor.lets_go(job, HOT.code)
    assert not run.ends, "its rate is told when two more have ended"
