"""Watched folders around a whole daemon in this process: real events, real files, a tagger that needs no model."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import InvalidParams, ModelMissing, NotFound, Refused
from bridge.jobs.request import RunOptions
from bridge.service import Service, Watch
from bridge.settings import Settings
from tests.fakes.bridge import WAIT_MS, finish, results, service_around
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import keywords

WRITE = RunOptions(write=True)


@contextmanager
def watching(home: Path, tagger: FakeTagger | None = None) -> Iterator[Service]:
    settings = Settings(port=0, watch_quiet_s=0.2, watch_poll_s=0.5, index_while_tagging=True)
    with service_around(home, tagger or FakeTagger(), settings=settings) as service:
        yield service


def until(service: Service, ready: Callable[[Watch], bool], folder: int = 0) -> Watch:
    """The watch, as soon as it is as wanted; told of each change, never asked again and again."""
    told = service.watch.list()
    for _ in range(500):
        if ready(told.watches[folder]):
            return told.watches[folder]
        told = service.watch.list(told.seen, WAIT_MS)
    raise AssertionError(told)


def given(service: Service, photos: int) -> Watch:
    watch = until(service, lambda watch: watch.photos >= photos and not watch.waiting)
    assert watch.photos == photos
    return watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With one old photo in it."""
    folder = tmp_path / "photos"
    folder.mkdir()
    draw(folder / "old.jpg", 1)
    os.utime(folder / "old.jpg", (1.6e9, 1.6e9))
    return folder


def draw(path: Path, shade: int) -> Path:
    Image.new("RGB", (120, 80), (shade, 90, 200 - shade)).save(path)
    return path


def test_what_comes_is_shown_and_what_was_there_is_left_alone(own_home: Path, folder: Path) -> None:
    with watching(own_home) as service:
        (watch,) = service.watch.add([folder], RunOptions()).watches
        assert (watch.model, watch.write, watch.photos, watch.job) == ("fake", False, 0, None)
        before = {path: path.read_bytes() for path in (draw(folder / "a.jpg", 20), draw(folder / "b.jpg", 60))}
        watch = given(service, 2)
        assert watch.job is not None
        shown = results(service, watch.job)
        assert set(shown) == {"a.jpg", "b.jpg"}
        assert all(result.added and not result.written_to for result in shown.values())
        assert {path: path.read_bytes() for path in before} == before
        assert len(service.passes.all()) == 0, "nothing is in the photos"


def test_our_own_writing_wakes_nothing(own_home: Path, folder: Path) -> None:
    tagger = FakeTagger()
    with watching(own_home, tagger) as service:
        service.watch.add([folder], WRITE)
        for number in range(8):
            draw(folder / f"{number}.jpg", 20 * number)
        job = given(service, 8).job
        assert job is not None
        assert finish(service, job).done == 8
        assert keywords(folder / "3.jpg")["XMP-dc:Subject"]
        # Another run writes the old photo as well, and one is undone, while the folder is watched.
        finish(service, service.runs.analyze([folder / "old.jpg"], WRITE).job or "")
        finish(service, service.runs.undo(job).job or "")
        # What came after all that is the only thing that came.
        draw(folder / "last.jpg", 250)
        last = given(service, 9).job
        assert finish(service, last or "").done
        runs = [run for run in service.jobs.recent(50) if run.kind == "tag"]
        assert sum(run.total for run in runs) == 10
        assert len(tagger.asked) == 10
        assert [one.folder for one in service.passes.all()] == [str(folder)]


def test_watching_goes_on_after_a_restart_and_finds_what_came_meanwhile(own_home: Path, folder: Path) -> None:
    with watching(own_home) as service:
        service.watch.add([folder], RunOptions(), recursive=True, exclude=["out"])
        draw(folder / "a.jpg", 20)
        assert finish(service, given(service, 1).job or "").done == 1
    (folder / "a.jpg").rename(folder / "renamed.jpg")
    draw(folder / "meanwhile.jpg", 60)
    tagger = FakeTagger()
    with watching(own_home, tagger) as service:
        watch = given(service, 2)
        assert (watch.recursive, watch.exclude) == (True, ("out",))
        assert watch.job is not None
        assert "meanwhile.jpg" in results(service, watch.job)
    assert len(tagger.asked) == 1


def test_the_photos_that_are_there_are_the_first_run_where_that_is_asked(own_home: Path, folder: Path) -> None:
    draw(folder / "fresh.jpg", 80)
    with watching(own_home) as service:
        service.watch.add([folder], WRITE, existing=True)
        job = given(service, 2).job
        assert job is not None
        assert set(results(service, job)) == {"old.jpg", "fresh.jpg"}
        draw(folder / "new.jpg", 120)
        given(service, 3)


def test_a_photo_is_watched_by_one_watch(own_home: Path, folder: Path, tmp_path: Path) -> None:
    (folder / "deep").mkdir()
    with watching(own_home) as service:
        service.watch.add([folder], RunOptions())
        service.watch.add([folder / "deep"], RunOptions())
        for place in (tmp_path, folder):
            with pytest.raises(Refused, match="watched already"):
                service.watch.add([place], RunOptions(), recursive=True)
        with pytest.raises(InvalidParams, match="There is no folder"):
            service.watch.add([tmp_path / "none"], RunOptions())
        with pytest.raises(ModelMissing):
            service.watch.add([tmp_path], RunOptions(model="other"))
        with pytest.raises(NotFound, match="is not watched"):
            service.watch.remove(tmp_path)
        assert len(service.watch.remove(folder / "deep").watches) == 1
        draw(folder / "deep" / "a.jpg", 30)
        service.watch.add([folder], WRITE, recursive=True)
        draw(folder / "deep" / "b.jpg", 60)
        watch = given(service, 1)
        assert watch.write
        assert watch.job is not None
        assert set(results(service, watch.job)) == {"b.jpg"}


def test_photos_join_the_run_of_those_before_them_but_a_new_picture_gets_another(own_home: Path, folder: Path) -> None:
    with watching(own_home) as service:
        service.watch.add([folder], RunOptions())
        draw(folder / "a.jpg", 30)
        first = given(service, 1).job
        draw(folder / "b.jpg", 60)
        assert given(service, 2).job == first
        draw(folder / "a.jpg", 90)
        assert given(service, 3).job != first


def test_a_run_that_was_cancelled_gets_no_more_photos(own_home: Path, folder: Path) -> None:
    held = threading.Event()
    tagger = FakeTagger(lambda _: held.wait(60) and None)  # type: ignore[func-returns-value]
    with watching(own_home, tagger) as service:
        service.watch.add([folder], RunOptions())
        draw(folder / "a.jpg", 30)
        first = given(service, 1).job
        assert first is not None
        service.jobs.cancel(first)
        held.set()
        assert finish(service, first).state == "cancelled"
        draw(folder / "b.jpg", 60)
        second = given(service, 2).job
        assert second not in (None, first)
        assert set(results(service, second or "")) == {"b.jpg"}


def test_a_folder_is_polled_where_that_is_asked(own_home: Path, folder: Path) -> None:
    with watching(own_home) as service:
        service.watch.add([folder], RunOptions(), poll=True)
        draw(folder / "a.jpg", 30)
        watch = given(service, 1)
        assert watch.state == "polling"
        assert "as asked" in watch.note
