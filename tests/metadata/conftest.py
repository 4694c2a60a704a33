from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.exiftool import ExifTool


@pytest.fixture(scope="session")
def tool() -> Iterator[ExifTool]:
    """One ExifTool for all tests of the room: starting one takes longer than most of them."""
    tool = ExifTool(processes=1)
    yield tool
    tool.close()
