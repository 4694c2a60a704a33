"""A daemon for each test that wants one, and photographs that may be written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.daemon import Bridge, running


@pytest.fixture
def bridge(own_home: Path) -> Iterator[Bridge]:
    with running(own_home) as daemon:
        yield daemon


@pytest.fixture
def photos(shared_photos: Path, tmp_path: Path) -> Path:
    """A folder with copies of a dozen of the labelled photographs."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for photo in sorted((shared_photos / "labelled").glob("*.jpg"))[:12]:
        shutil.copy(photo, folder)
    return folder
