"""The review page in a real Chromium: one for all tests of a worker, with a context of its own for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import NO_SERVER, WAIT_MS, WIDE, Desk, MakeDesk, Watch, browser, draw
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import Bridge, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    with browser() as opened:
        yield opened


@pytest.fixture
def make_desk(chromium: Browser, own_home: Path, tmp_path: Path) -> Iterator[MakeDesk]:
    """For a test that needs other settings or a model server. What the page did wrong fails the test at its end."""
    with ExitStack() as stack:

        def make(
            *,
            environ: Mapping[str, str] | None = None,
            ollama: FakeOllama | None = None,
            serve: tuple[str, ...] = Bridge.serve,
        ) -> Desk:
            server = {"PHOTO_BRIDGE_OLLAMA_URL": NO_SERVER if ollama is None else ollama.url}
            photos = tmp_path / "photos"
            draw(photos, *(f"{number:02}.jpg" for number in range(6)))
            bridge = stack.enter_context(running(own_home, {**server, **(environ or {})}, serve))
            context = chromium.new_context(viewport=WIDE, reduced_motion="reduce")
            stack.callback(context.close)
            context.set_default_timeout(WAIT_MS)
            watch = Watch(set())
            watch.over(context)
            stack.callback(watch.check)
            desk = Desk(bridge, context, context.new_page(), photos, watch)
            bridge.environ["PHOTO_BRIDGE_PORT"] = desk.origin.rpartition(":")[2]  # where a restart is found again
            return desk

        yield make


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """The models that ship, and nothing else."""
    return make_desk()
