"""What every test may use."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bridge.service import Service
from tests.fakes.bridge import service_around
from tests.fakes.tagger import FakeTagger

# The same examples each time: a run that fails can be run again. Longer searches set another profile.
settings.register_profile("same", derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

# Where bytecode is not kept, each of the hundreds of processes that tests start would compile all that it imports: that
# takes longer than what most of them do.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

SHARED_PHOTOS = Path(__file__).parents[2] / "shared" / "photos"


@pytest.fixture(scope="session")
def shared_photos() -> Path:
    """The real photographs beside the checkout: absent on a person's machine, never in CI. Copy, never write there."""
    if not SHARED_PHOTOS.is_dir():
        message = f"the real photographs are not at {SHARED_PHOTOS}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return SHARED_PHOTOS


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test touches the state folder of the person who runs it. A daemon in a process of its own indexes where a test
    is about search: what it sees by takes seconds to load, which other tests would wait for."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("PHOTO_BRIDGE_HOME", str(home))
    monkeypatch.setenv("PHOTO_BRIDGE_INDEX_WHILE_TAGGING", "false")
    return home


@pytest.fixture
def service(own_home: Path) -> Iterator[Service]:
    """The daemon in this process, with a tagger that needs no model."""
    with service_around(own_home, FakeTagger()) as service:
        yield service


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own are for one."""
    folder = Path(tempfile.mkdtemp(prefix="photo-bridge-test-"))
    folder.chmod(0o755)
    yield folder
    for inner in folder.rglob("*"):
        if inner.is_dir():
            inner.chmod(0o755)
    shutil.rmtree(folder)
