from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bridge.exiftool import Assign, ExifTool, Write


@pytest.fixture(scope="module")
def tool() -> Iterator[ExifTool]:
    """One for a module: starting ExifTool takes longer than most tests."""
    tool = ExifTool(processes=1)
    yield tool
    tool.close()


@pytest.fixture(scope="session")
def bytes_of_a_jpeg(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Grey, 8 by 8, made by someone."""
    folder = tmp_path_factory.mktemp("jpeg")
    Image.new("L", (8, 8), 128).save(folder / "grey.jpg")
    tool = ExifTool(processes=1)
    tool.run([Write(folder / "grey.jpg", folder / "made.jpg", (Assign("XMP-dc:Creator", "someone"),))])
    tool.close()
    return (folder / "made.jpg").read_bytes()


@pytest.fixture
def jpeg(bytes_of_a_jpeg: bytes, tmp_path: Path) -> Path:
    """In a folder of its own."""
    folder = tmp_path / "photos"
    folder.mkdir()
    path = folder / "IMG.jpg"
    path.write_bytes(bytes_of_a_jpeg)
    return path
