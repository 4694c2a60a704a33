"""The command line around a service in this process, whose model needs no weights."""

from __future__ import annotations

import json
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bridge.cli import (
    audit,
    cull,
    daemon,
    faces,
    index,
    main,
    models,
    passes,
    provenance,
    review,
    rules,
    runs,
    search,
    tag,
    watch,
)
from bridge.service import Service
from tests.fakes.bridge import service_around
from tests.fakes.tagger import FakeTagger
from tests.fakes.wire import WireClient


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Said]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run one command line as the installed program would."""

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["photo-bridge", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main.run()
        told = capsys.readouterr()
        code = end.value.code
        assert code is None or isinstance(code, int)
        return Said(code or 0, told.out, told.err)

    return run


@pytest.fixture
def tagger() -> FakeTagger:
    return FakeTagger()


@pytest.fixture
def held(tagger: FakeTagger) -> Iterator[threading.Event]:
    """A model that answers when it is let."""
    event = threading.Event()
    tagger.script = lambda _: event.wait(60) and None  # type: ignore[func-returns-value]
    yield event
    event.set()


@pytest.fixture
def service(own_home: Path, tagger: FakeTagger, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """What every command talks to."""
    with service_around(own_home, tagger) as service:
        for module in (tag, runs, models, passes, audit, provenance, review, rules, search, index, faces, cull):
            monkeypatch.setattr(module, "connect_or_start", lambda _: WireClient(service))
        monkeypatch.setattr(watch, "connect_or_start", lambda _: WireClient(service))
        monkeypatch.setattr(daemon, "connect", lambda _: WireClient(service))
        yield service


@pytest.fixture
def browsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person's browser is told to open."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda uri: opened.append(uri) is None)
    return opened


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two small JPEGs, each another picture."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, colour in (("red", (200, 30, 30)), ("green", (30, 200, 30))):
        Image.new("RGB", (160, 120), colour).save(folder / f"{name}.jpg")
    return folder
