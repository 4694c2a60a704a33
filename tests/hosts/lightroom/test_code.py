"""The plug-in's size and style, and the fake's."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.hosts.lightroom.program import HERE, PLUGIN

pytestmark = pytest.mark.hosts

MODULES = sorted(PLUGIN.rglob("*.lua"))


def luacheck(*arguments: object) -> str:
    command = ["luacheck", "--std", "lua51", "--max-line-length", "120", "--codes", "--no-color", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_luacheck_of_the_plug_in() -> None:
    known = ["import", "LOC", "_PLUGIN", "WIN_ENV", "MAC_ENV"]
    assert not luacheck("--read-globals", *known, "--", PLUGIN)


def test_luacheck_of_the_fake() -> None:
    assert not luacheck(HERE / "fake", HERE / "scripts")


def test_sizes() -> None:
    lines = {path.name: path.read_text().count("\n") for path in MODULES}
    assert sum(lines.values()) < 2300, lines
    assert max(lines.values()) < 250, lines


def test_no_rule_lives_in_the_plug_in() -> None:
    """No prompt, no threshold, no model's name: those are the daemon's."""
    for path in MODULES:
        found = re.search(r"prompt|threshold|llava|ollama|confidence|synonym of|stop.?word", path.read_text(), re.I)
        assert found is None, f"{path.name}: {found and found[0]}"
