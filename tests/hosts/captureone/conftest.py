"""Capture One with two photos selected, the scripts as they are installed, and the daemon in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.cli import host_text
from bridge.hosts.captureone import shell_command, sources
from bridge.service import Service
from tests.cli.conftest import Command, browsed, command, photos, service, tagger
from tests.fakes.wire import WireClient
from tests.hosts.captureone.grammar import parse
from tests.hosts.captureone.machine import Machine
from tests.hosts.captureone.program import CaptureOne, Mac

__all__ = ["browsed", "command", "photos", "service", "tagger"]

Act = Callable[..., Mac]


@pytest.fixture
def capture_one(photos: Path) -> CaptureOne:
    program = CaptureOne()
    program.add(photos / "red.jpg", "1", rating=3, color_tag=4)
    program.add(photos / "green.jpg", "2")
    return program


@pytest.fixture
def act(
    command: Command, service: Service, capture_one: CaptureOne, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Act:
    """Choose an action of the Scripts menu. Returns the Mac with what was shown."""
    monkeypatch.setattr(host_text, "connect_or_start", lambda _: WireClient(service))
    folder = tmp_path / "Temporary Items"
    folder.mkdir()

    def wait() -> None:
        service.jobs.status("last", 20_000)

    def choose(
        name: str,
        *answers: object,
        waits: Callable[[], None] = wait,
        after: Callable[[str], None] = lambda _: None,
        meanwhile: bool = False,
        batch: int = 500,
    ) -> Mac:
        mac = Mac(capture_one, command, folder, shell_command(), waits, list(answers), after=after)
        text = sources("Capture One")[name].replace("batchSize : 500", f"batchSize : {batch}")
        Machine(parse(text), mac).run()
        assert not mac.answers, "every question was asked"
        if meanwhile:
            return mac
        assert not list(folder.iterdir()), "no file is left"
        assert capture_one.app.values["progress text"] == ""
        return mac

    return choose
