"""A person's home on each of the three systems, whose programs are strict fakes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge import autostart
from tests.cli.conftest import command
from tests.fakes.managers import PROGRAMS, end

__all__ = ["command"]

ROOT = Path(__file__).parents[2]
SYSTEMS = {"linux": "systemctl", "darwin": "launchctl", "win32": "schtasks"}
_RECIPE = autostart.recipe


@dataclass(frozen=True)
class Machine:
    """One system, and what its program was told."""

    platform: str
    me: Path
    kept: Path
    bin: Path

    def recipe(self, home: Path, words: Sequence[str]) -> autostart.Recipe:
        return _RECIPE(home, words, platform=self.platform)

    @property
    def state(self) -> dict[str, Any]:
        """What the system knows: ``unit``, ``agent`` or ``task``, and what it has ``started``."""
        file = self.kept / "state.json"
        return dict(json.loads(file.read_text())) if file.exists() else {}

    @property
    def said(self) -> list[list[str]]:
        """The commands that it was given, in their order."""
        file = self.kept / "said.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture(params=list(SYSTEMS))
def machine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    made = Machine(request.param, tmp_path / "me", tmp_path / "kept", tmp_path / "bin")
    for folder in (made.me, made.kept, made.bin):
        folder.mkdir()
    program = made.bin / SYSTEMS[made.platform]
    assert program.name in PROGRAMS
    program.write_text(
        f"#!{sys.executable} -SE\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        f"from tests.fakes.managers import main\nmain({program.name!r})\n"
    )
    program.chmod(0o755)
    for name, value in {
        "HOME": str(made.me),
        "PATH": str(made.bin),
        "FAKE_MANAGERS": str(made.kept),
        "USERNAME": "Zoë & Co",
        "USERDOMAIN": "DESK",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(autostart, "recipe", made.recipe)
    yield made
    end(made.state)  # what a test that failed has left running
