"""A fake Lightroom, a real daemon with a fake model, and photos that are made on the fly."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama
from tests.hosts.lightroom.metadata_files import file_server
from tests.hosts.lightroom.program import Lightroom, missing, photo, picture
from tests.system.daemon import Bridge, running


@pytest.fixture(scope="session", autouse=True)
def programs() -> None:
    if lacking := missing():
        message = f"not on this machine: {', '.join(lacking)} (make test-hosts installs them)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


@dataclass
class Desk:
    lightroom: Lightroom
    bridge: Bridge
    ollama: FakeOllama

    @property
    def photos(self) -> list[dict[str, Any]]:
        return self.lightroom.photos


def at_home(folder: Path, home: Path) -> None:
    """Where a Mac's Lightroom looks for the daemon's folder."""
    support = folder / "home" / "Library" / "Application Support"
    support.mkdir(parents=True)
    (support / "photo-bridge").symlink_to(home)


@pytest.fixture
def lightroom(tmp_path: Path, own_home: Path) -> Iterator[Lightroom]:
    """A Lightroom without photos and without a daemon."""
    at_home(tmp_path, own_home)
    with file_server() as port:
        yield Lightroom(tmp_path, [], files_port=port)


def environ(ollama: FakeOllama) -> dict[str, str]:
    return {"PHOTO_BRIDGE_OLLAMA_URL": ollama.url, "PHOTO_BRIDGE_MODEL": "ollama:llava:13b"}


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bridge, FakeOllama]]:
    """One daemon for all tests that leave it as it is: to start one takes longer than most of them."""
    with FakeOllama() as ollama, running(tmp_path_factory.mktemp("shared-home"), environ(ollama)) as bridge:
        yield bridge, ollama


Prepare = Callable[..., Desk]


@pytest.fixture
def desk(lightroom: Lightroom, shared: tuple[Bridge, FakeOllama], tmp_path: Path) -> Prepare:
    """``desk(3)``: a running daemon and a catalogue of three photos; ``desk(photos=[…])`` takes yours."""

    def prepare(count: int = 0, *, photos: list[dict[str, Any]] | None = None) -> Desk:
        link = tmp_path / "home" / "Library" / "Application Support" / "photo-bridge"
        link.unlink()
        link.symlink_to(shared[0].home)
        lightroom.photos = some_photos(tmp_path, count) if photos is None else photos
        return Desk(lightroom, *shared)

    return prepare


@pytest.fixture
def own_desk(lightroom: Lightroom, own_home: Path, tmp_path: Path) -> Iterator[Prepare]:
    """The same with a daemon of the test's own, to be killed, and a model that can be slow."""
    with ExitStack() as ends:

        def prepare(count: int, *, delay: float = 0.0) -> Desk:
            ollama = ends.enter_context(FakeOllama(delay=delay))
            bridge = ends.enter_context(running(own_home, environ(ollama)))
            lightroom.photos = some_photos(tmp_path, count)
            return Desk(lightroom, bridge, ollama)

        yield prepare


def some_photos(folder: Path, count: int) -> list[dict[str, Any]]:
    (folder / "photos").mkdir(exist_ok=True)
    return [photo(picture(folder / "photos" / f"{number:04}.jpg", number)) for number in range(count)]
