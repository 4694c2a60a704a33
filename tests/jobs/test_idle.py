"""Models that nobody uses are let go, and only those."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.jobs.idle import Idle
from bridge.jobs.request import RunOptions
from bridge.settings import Settings
from tests.fakes.bridge import finish, service_around
from tests.fakes.tagger import FakeTagger
from tests.photos.made import jpeg_bytes, picture

WAIT = 20.0


class Held:
    """Counts how often it was let go."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        self.closes = 0
        self.gone = threading.Event()
        self._then = then

    def close(self) -> None:
        self.closes += 1
        self.gone.set()
        self._then()


@pytest.fixture
def now() -> list[float]:
    return [100.0]


@pytest.fixture
def idle(now: list[float]) -> Idle:
    """A minute; its thread is not started."""
    return Idle(60.0, lambda: now[0])


def test_a_model_is_let_go_a_minute_after_its_last_use(idle: Idle, now: list[float]) -> None:
    one, other = Held(), Held()
    for model in (one, other):
        with idle.using(model):
            pass
    now[0] += 40
    with idle.using(other):
        pass
    now[0] += 30
    idle.sweep()
    assert (one.closes, other.closes) == (1, 0)
    now[0] += 600
    idle.sweep()
    assert (one.closes, other.closes) == (1, 1), "once is enough, until it is used again"
    with idle.using(one):
        pass
    now[0] += 60
    idle.sweep()
    assert one.closes == 2


def test_a_model_at_work_is_not_let_go_however_long_it_takes(idle: Idle, now: list[float]) -> None:
    model = Held()
    with idle.using(model), pytest.raises(ZeroDivisionError), idle.using(model):
        now[0] += 600
        idle.sweep()
        assert model.closes == 0
        raise ZeroDivisionError
    idle.sweep()
    assert model.closes == 0, "its minute begins at the end of its work"
    now[0] += 60
    idle.sweep()
    assert model.closes == 1


def test_the_system_gets_its_memory_back_where_something_was_let_go(now: list[float]) -> None:
    given: list[float] = []
    idle = Idle(60.0, lambda: now[0], lambda: given.append(now[0]))
    with idle.using(Held()), idle.using(Held()):
        pass
    for seconds in (0, 60, 60):
        now[0] += seconds
        idle.sweep()
    assert given == [160.0]


def test_one_that_cannot_be_let_go_keeps_no_other(idle: Idle, now: list[float]) -> None:
    bad, good = Held(lambda: 1 / 0), Held()
    for model in (bad, good):
        with idle.using(model):
            pass
    now[0] += 60
    idle.sweep()
    assert (bad.closes, good.closes) == (1, 1)


def test_who_needs_a_model_that_is_being_let_go_waits_until_that_is_done(idle: Idle, now: list[float]) -> None:
    begun, let_go, used = threading.Event(), threading.Event(), threading.Event()

    def slowly() -> None:
        begun.set()
        assert let_go.wait(WAIT)

    def use() -> None:
        with idle.using(model):
            used.set()

    model = Held(slowly)
    with idle.using(model):
        pass
    now[0] += 60
    sweeping, using = threading.Thread(target=idle.sweep), threading.Thread(target=use)
    sweeping.start()
    assert begun.wait(WAIT)
    using.start()
    assert not used.is_set()
    let_go.set()
    assert used.wait(WAIT)
    for thread in (sweeping, using):
        thread.join(WAIT)


def test_its_thread_lets_go_by_itself_and_ends_when_told() -> None:
    idle, model = Idle(0.01), Held()
    idle.start()
    with idle.using(model):
        pass
    assert model.gone.wait(WAIT)
    idle.stop()


def test_a_run_s_model_is_let_go_after_it_and_loaded_again_for_the_next(own_home: Path, tmp_path: Path) -> None:
    class Watched(FakeTagger):
        def __init__(self) -> None:
            super().__init__()
            self.gone = threading.Event()

        def close(self) -> None:
            super().close()
            self.gone.set()

    (tmp_path / "a.jpg").write_bytes(jpeg_bytes(picture()))
    tagger, settings = Watched(), Settings(port=0, unload_after_minutes=0.0005, index_while_tagging=False)
    with service_around(own_home, tagger, settings=settings) as service:
        for runs in (1, 2):
            job = service.runs.analyze([tmp_path / "a.jpg"], RunOptions(prompt=f"Prompt {runs}.")).job
            assert job is not None
            assert finish(service, job).done == 1
            assert tagger.gone.wait(WAIT)
            tagger.gone.clear()


def test_a_model_stays_where_that_is_wanted(own_home: Path, tmp_path: Path) -> None:
    class Kept(FakeTagger):
        def close(self) -> None:
            raise AssertionError

    (tmp_path / "a.jpg").write_bytes(jpeg_bytes(picture()))
    with service_around(own_home, Kept(), settings=Settings(port=0, unload_after_minutes=0)) as service:
        job = service.runs.analyze([tmp_path / "a.jpg"], RunOptions()).job
        assert job is not None
        assert finish(service, job).done == 1
        names = {thread.name for thread in threading.enumerate()}
    assert "idle" not in names
