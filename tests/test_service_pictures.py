"""Tiles of photos that a run looked at are there when it has ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bridge.jobs.request import CullRequest, RunOptions
from bridge.service import Service, Submitted, Where
from bridge.settings import Settings
from tests.fakes.bridge import finish, service_around
from tests.fakes.tagger import FakeTagger
from tests.photos.made import save


def tag(service: Service, folder: Path) -> Submitted:
    return service.runs.analyze([folder], RunOptions(write=False))


def index(service: Service, folder: Path) -> Submitted:
    return service.search.add([folder])


def cull(service: Service, folder: Path) -> Submitted:
    return service.cull.run([folder], CullRequest())


def faces(service: Service, folder: Path) -> Submitted:
    return service.people.detect(Where([folder]))


@pytest.mark.parametrize("run", [tag, index, cull, faces])
def test_a_run_leaves_tiles(
    own_home: Path, tmp_path: Path, run: Callable[[Service, Path], Submitted], monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = save(tmp_path / "a.jpg", 1200, 900)
    settings = Settings(port=0, faces=True, index_while_tagging=False)
    tagger = FakeTagger()
    tagger.edge = 720
    with service_around(own_home, tagger, settings=settings) as service:
        submitted = run(service, tmp_path)
        assert submitted.job is not None
        assert finish(service, submitted.job).state == "done"
        assert len(list((own_home / "thumbnails").iterdir())) == 1
        monkeypatch.setattr("bridge.photos.thumbnails.small_jpeg", None)
        assert service.pictures.get(photo, 320)[0].startswith(b"\xff\xd8")


def test_a_write_of_ours_and_its_undo_leave_what_was_made(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = save(tmp_path / "a.jpg", 1200, 900)
    tagger = FakeTagger()
    tagger.edge = 720
    with service_around(own_home, tagger, settings=Settings(port=0, index_while_tagging=False)) as service:
        large, stamp = service.pictures.get(photo, 1600)
        monkeypatch.setattr("bridge.photos.thumbnails.small_jpeg", None)
        before = photo.read_bytes()
        submitted = service.runs.analyze([photo], RunOptions(write=True))
        assert submitted.job is not None and finish(service, submitted.job).state == "done"
        assert photo.read_bytes() != before
        written, then = service.pictures.get(photo, 1600)
        assert written == large and then != stamp
        assert service.pictures.get(photo, 320)
        undo = service.runs.undo(submitted.job).job
        assert undo is not None and finish(service, undo).state == "done"
        assert photo.read_bytes() == before
        assert service.pictures.get(photo, 1600)[0] == large
        assert service.pictures.get(photo, 320)
    assert len(list((own_home / "thumbnails").iterdir())) == 2


def test_a_photo_that_another_program_wrote_is_made_anew_after_our_write(own_home: Path, tmp_path: Path) -> None:
    photo = save(tmp_path / "a.jpg", 1200, 900)
    with service_around(own_home, FakeTagger(), settings=Settings(port=0, index_while_tagging=False)) as service:
        before = service.pictures.get(photo, 1600)[0]
        Image.new("RGB", (1200, 900), (1, 2, 3)).save(photo)
        submitted = service.runs.analyze([photo], RunOptions(write=True))
        assert submitted.job is not None and finish(service, submitted.job).state == "done"
        assert service.pictures.get(photo, 1600)[0] != before


def test_the_daemon_ends_while_a_drive_holds_who_looks_for_a_picture(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.compose.VIEWERS_S", 0.1)
    begun, ended, returned = threading.Event(), threading.Event(), threading.Event()
    in_time: list[bool] = []

    def asleep(*_: object) -> str:
        begun.set()
        in_time.append(ended.wait(20.0))
        returned.set()
        return ""

    monkeypatch.setattr("bridge.photos.thumbnails.stamp", asleep)
    with service_around(own_home, FakeTagger(), settings=Settings(port=0, index_while_tagging=False)) as service:
        service.pictures.ask(tmp_path / "a.jpg", 320)
        assert begun.wait(20.0)
    ended.set()
    assert returned.wait(20.0)
    assert in_time == [True]
