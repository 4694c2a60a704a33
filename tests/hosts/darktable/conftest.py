"""A daemon, a darktable with a library of its own, and the adapter put in by its own installer."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.rpc.daemonfile import read_info
from tests.fakes.ollama import FakeOllama
from tests.hosts.darktable.program import PROGRAMS, Darktable
from tests.hosts.desktop import Screen, desk_of, wait_for
from tests.hosts.digikam.conftest import picture
from tests.system.daemon import Bridge, running


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Screen]:
    with desk_of(tmp_path, *PROGRAMS) as opened:
        yield opened


@dataclass
class Desk:
    """darktable and the daemon; its model is the starter, or a fake one that writes captions."""

    darktable: Darktable
    bridge: Bridge
    ollama: FakeOllama | None

    def install(self) -> str:
        done = self.bridge.run("install", "darktable")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


Photos = dict[str, str] | int | Callable[[Path], object]
Prepare = Callable[..., Desk]


def end_daemon(home: Path) -> None:
    """Also one that an adapter has started."""
    if (info := read_info(home)) is not None:
        os.kill(info.pid, signal.SIGTERM)
        wait_for("the end of the daemon", lambda: read_info(home) is None)


@pytest.fixture
def desk(display: Screen, own_home: Path, tmp_path: Path, shared_photos: Path) -> Iterator[Prepare]:
    """Make one: ``desk({"a.jpg": "Canon_EOS_7D.jpg"})`` with copies of labelled photos under the names given,
    ``desk(moment)``, which makes them there, or ``desk(12, ollama=FakeOllama(delay=1.0))`` with pictures 0.jpg … of
    their own. darktable runs, and knows them."""
    with ExitStack() as ends:

        def prepare(photos: Photos, *, ollama: FakeOllama | None = None) -> Desk:
            environ = {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": "", "PHOTO_BRIDGE_MODEL": "starter"}
            if ollama is not None:
                ends.enter_context(ollama)
                environ |= {"PHOTO_BRIDGE_OLLAMA_URL": ollama.url, "PHOTO_BRIDGE_MODEL": "ollama:llava:13b"}
            (tmp_path / "home").mkdir()
            bridge = ends.enter_context(running(own_home, environ))
            ends.callback(end_daemon, own_home)
            darktable = Darktable(tmp_path, display, {"PHOTO_BRIDGE_HOME": str(own_home), **environ})
            ends.callback(darktable.kill)
            darktable.photos.mkdir()
            for seed in range(photos if isinstance(photos, int) else 0):
                picture(darktable.photos / f"{seed}.jpg", seed)
            if callable(photos):
                photos(darktable.photos)
            for name, original in (photos if isinstance(photos, dict) else {}).items():
                shutil.copy(shared_photos / "labelled" / original, darktable.photos / name)
            here = Desk(darktable, bridge, ollama)
            here.install()
            darktable.start()
            darktable.open_folder()
            return here

        yield prepare
