"""The scripts themselves: checked by luacheck, small, and silent where they have nothing to do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bridge.hosts.darktable import SCRIPTS

pytestmark = pytest.mark.hosts

FOLDER = Path(__file__).parents[3] / "darktable-lua"
FAKE = """package.loaded.darktable = {
  configuration = { has_gui = %s, api_version_major = %d, api_version_string = "%d.0.0" },
  print = print, print_error = print,
}
dofile(arg[1])"""


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)


def test_luacheck_has_nothing_to_say() -> None:
    done = run("luacheck", "--no-config", "--std", "lua54", "--max-line-length", "125", FOLDER)
    assert done.returncode == 0, done.stdout


def test_they_are_few_and_all_are_installed() -> None:
    lines = {path.name: len(path.read_text().splitlines()) for path in FOLDER.iterdir()}
    assert lines.keys() == set(SCRIPTS)
    assert max(lines.values()) < 250
    assert sum(lines.values()) < 900


@pytest.mark.parametrize(
    ("gui", "major", "told"),
    [("true", 8, "needs darktable 4.2 or later"), ("true", 10, "update photo-bridge"), ("false", 9, "")],
)
def test_another_lua_api_is_refused_plainly_and_darktable_cli_is_left_alone(
    tmp_path: Path, gui: str, major: int, told: str
) -> None:
    script = tmp_path / "fake.lua"
    script.write_text(FAKE % (gui, major, major))
    done = run("lua5.1", script, FOLDER / "photo-bridge.lua")
    assert (done.returncode, done.stderr) == (0, "")
    assert told in done.stdout
    assert bool(done.stdout) == bool(told)
