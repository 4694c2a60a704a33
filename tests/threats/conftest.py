"""A real daemon to attack, one for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.system.daemon import Bridge, running


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    with running(tmp_path_factory.mktemp("home")) as daemon:
        yield daemon
