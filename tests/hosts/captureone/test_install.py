"""``photo-bridge install captureone`` and back: what is put where, what is refused, what doctor says."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

from bridge.errors import Refused
from bridge.hosts import captureone, launch
from bridge.hosts.captureone import ACTIONS, Place, compiled, program, sources
from tests.cli.conftest import Command
from tests.hosts.captureone.grammar import parse

FILES = {f"{name}.applescript" for name in ACTIONS}


def everything(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def menu(tmp_path: Path) -> Path:
    """A folder of scripts with one of the person's own."""
    folder = tmp_path / "Library" / "Scripts" / "Capture One Scripts"
    folder.mkdir(parents=True)
    (folder / "Mine.scpt").write_bytes(b"mine")
    return folder


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Mac with Capture One in it, as far as the installer sees; its compiler marks what it was given."""
    (tmp_path / "Applications" / "Capture One.app").mkdir(parents=True)
    compiler = tmp_path / "bin" / "osacompile"
    compiler.parent.mkdir()
    compiler.write_text('#!/bin/sh\n[ "$1" = -o ] || exit 1\n{ printf FasdUAS; cat "$3"; } > "$2"\n')
    compiler.chmod(0o755)
    monkeypatch.setenv("PATH", f"{compiler.parent}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(captureone.sys, "platform", "darwin")
    monkeypatch.setattr(captureone, "APPLICATIONS", (tmp_path / "Applications",))
    return tmp_path


def test_it_goes_in_and_comes_out_and_all_else_is_as_it_was(command: Command, menu: Path, own_home: Path) -> None:
    before = everything(menu, own_home)
    said = command("install", "captureone", "--to", menu)
    assert said.code == 0, said.err
    assert {path.name for path in menu.iterdir()} == {"Mine.scpt", *FILES}
    for name in ACTIONS:
        parse((menu / f"{name}.applescript").read_text())
    assert json.loads((own_home / "launch.json").read_text())["command"] == launch.command_line()

    again = command("install", "captureone", "--to", menu)
    assert (again.code, "written:" in again.out) == (0, False), "twice is once"

    assert command("uninstall", "captureone").code == 0
    assert everything(menu, own_home) == before
    assert "was not installed" in command("uninstall", "captureone").out


@pytest.mark.usefixtures("mac")
def test_on_a_mac_they_are_compiled_into_the_scripts_menu(command: Command, menu: Path) -> None:
    said = command("install", "captureone")
    assert said.code == 0, said.err
    assert "Update Scripts Menu" in said.out
    assert {path.name for path in menu.iterdir()} == {"Mine.scpt", *(f"{name}.scpt" for name in ACTIONS)}
    script = (menu / "Settings.scpt").read_bytes()
    assert script.startswith(b"FasdUAS")
    assert script.removeprefix(b"FasdUAS").decode() == sources("Capture One")["Settings"]
    command("uninstall", "captureone")
    assert [path.name for path in menu.iterdir()] == ["Mine.scpt"]


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_elsewhere_it_is_refused_and_says_what_to_do(
    command: Command, own_home: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr(captureone.sys, "platform", platform)
    said = command("install", "captureone")
    assert said.code == 4
    assert "--sidecar adobe" in said.err
    assert "captureone" not in str(everything(own_home).keys())


def test_a_compiler_that_does_not_take_a_script_changes_nothing(command: Command, mac: Path, menu: Path) -> None:
    (mac / "bin" / "osacompile").write_text("#!/bin/sh\necho 'syntax error: Expected end' >&2\nexit 1\n")
    before = everything(menu)
    said = command("install", "captureone")
    assert said.code == 4
    assert "Expected end" in said.err
    assert everything(menu) == before


def test_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Refused, match="could not make the script"):
        compiled("Settings", "on run\nend run")


def test_a_mac_without_capture_one(command: Command, mac: Path) -> None:
    (mac / "Applications" / "Capture One.app").rmdir()
    said = command("install", "captureone")
    assert said.code == 4
    assert "There is no Capture One" in said.err


@pytest.mark.parametrize(
    ("there", "newest"),
    [
        (["Capture One 22", "Capture One 23", "Capture One 9"], "Capture One 23"),
        (["Capture One 23", "Capture One"], "Capture One"),
        (["Capture One 23", "Capture One Helper", "Captured"], "Capture One 23"),
    ],
)
def test_the_newest_capture_one_is_taken(tmp_path: Path, there: list[str], newest: str) -> None:
    for name in there:
        (tmp_path / f"{name}.app").mkdir()
    assert program([tmp_path]) == newest


def test_a_script_of_the_persons_own_is_not_overwritten(command: Command, menu: Path, own_home: Path) -> None:
    (menu / "Settings.applescript").write_text("mine")
    before = everything(menu, own_home)
    said = command("install", "captureone", "--to", menu)
    assert said.code == 4
    assert "another script" in said.err
    assert everything(menu, own_home) == before, "all or nothing"


def test_a_move_to_another_folder_takes_the_old_ones_out(command: Command, menu: Path, tmp_path: Path) -> None:
    command("install", "captureone", "--to", tmp_path / "first")
    command("install", "captureone", "--to", menu)
    assert list((tmp_path / "first").iterdir()) == []
    assert {path.name for path in menu.iterdir()} == {"Mine.scpt", *FILES}


def test_doctor_says_whether_it_is_there_and_current(
    command: Command, menu: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> dict[str, object]:
        return {found["name"]: found for found in command("doctor", "--json").objects}.get("captureone adapter", {})

    assert told() == {}, "no Capture One, no word of it"
    command("install", "captureone", "--to", menu)
    assert (told()["ok"], told()["message"]) == (True, "current, for Capture One")
    (menu / "Settings.applescript").unlink()
    assert (told()["ok"], told()["message"]) == (False, "not current: Settings.applescript")
    command("install", "captureone", "--to", menu)
    assert told()["ok"]
    monkeypatch.setattr(captureone, "command_line", lambda: ["/elsewhere/photo-bridge"])
    assert "photo-bridge was moved" in str(told()["message"])
    assert told()["hint"] == "photo-bridge install captureone"
    command("install", "captureone", "--to", menu)
    assert "/elsewhere/photo-bridge" in (menu / "Settings.applescript").read_text()
    assert told()["ok"]


def test_a_mac_with_capture_one_and_without_us(mac: Path) -> None:
    assert captureone.check(mac / "home") == (False, "not installed")


def test_exiftool_is_found_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script gets the system's PATH alone."""
    tool = tmp_path / "tools" / "exiftool"
    tool.parent.mkdir()
    tool.touch(0o755)
    monkeypatch.setenv("PATH", str(tool.parent))
    assert shlex.split(captureone.shell_command())[1].endswith(f":{tool.parent}")


def test_the_place_of_the_menu(mac: Path) -> None:
    place = captureone.menu_place()
    assert place == Place(mac / "Library/Scripts/Capture One Scripts", "Capture One", ".scpt", compiled)
    assert sys.platform == "darwin"
