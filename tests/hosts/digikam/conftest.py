"""A daemon with a fake model, a digiKam with a collection of its own, and the adapter put in by its own installer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fakes.ollama import FakeOllama
from tests.hosts.desktop import Screen, desk_of
from tests.hosts.digikam.program import PROGRAMS, DigiKam
from tests.system.daemon import Bridge, running

SAVE = (
    "Save Tags=true",
    "Save EXIF Comments=true",
    "Save Rating=true",
    "Save Pick Label=true",
    "Save Color Label=true",
)
"""What people switch on who want their tags in the files."""


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Screen]:
    with desk_of(tmp_path, *PROGRAMS) as opened:
        yield opened


@dataclass
class Desk:
    """digiKam, the daemon and its model."""

    digikam: DigiKam
    bridge: Bridge
    ollama: FakeOllama

    def install(self, *flags: str) -> str:
        done = self.bridge.run("install", "digikam", *flags)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


Prepare = Callable[..., Desk]


@pytest.fixture
def desk(display: Screen, own_home: Path, tmp_path: Path) -> Iterator[Prepare]:
    """Make one: ``desk("Save Tags=true", delay=2.0)``; its photos are put into ``digikam.photos`` before the start."""
    with ExitStack() as ends:

        def prepare(*metadata: str, delay: float = 0.0) -> Desk:
            ollama = ends.enter_context(FakeOllama(delay=delay))
            environ = {
                "PHOTO_BRIDGE_OLLAMA_URL": ollama.url,
                "PHOTO_BRIDGE_MODEL": "ollama:llava:13b",
                "HOME": str(tmp_path / "home"),
            }
            (tmp_path / "home").mkdir()
            bridge = ends.enter_context(running(own_home, environ))
            digikam = DigiKam(tmp_path, display, {"PHOTO_BRIDGE_HOME": str(own_home), **environ}, metadata)
            ends.callback(digikam.kill)
            digikam.prepare()
            return Desk(digikam, bridge, ollama)

        yield prepare


def picture(path: Path, seed: int) -> Path:
    """A small photo of its own: digiKam gives a file with the content of a known one that one's tags."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC).save(path, quality=90)
    return path
