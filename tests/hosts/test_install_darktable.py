"""``photo-bridge install darktable`` and back: what changes in the luarc, and that nothing else does."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from bridge import __version__
from bridge.errors import NotAvailable
from bridge.hosts import darktable, launch
from bridge.hosts.darktable import LINE, SCRIPTS, Place, check, places, with_line, without_line
from tests.cli.conftest import Command
from tests.hosts.test_install import everything

LUARC = b'require "tools/script_manager"\nlocal mine = 1'
"""Of somebody who has scripts: no newline at its end."""


@pytest.fixture
def photographer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """darktable's files of somebody who has used it."""
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (where,) = places(platform="linux")
    assert where.config == tmp_path / "me" / ".config" / "darktable"
    (where.config / "lua" / "tools").mkdir(parents=True)
    (where.config / "lua" / "tools" / "script_manager.lua").write_text("return 1")
    where.luarc.write_bytes(LUARC)
    return where


def test_it_goes_in_and_comes_out_and_all_else_is_byte_for_byte_as_it_was(
    command: Command, photographer: Place, own_home: Path, tmp_path: Path
) -> None:
    before = everything(tmp_path / "me", own_home)
    said = command("install", "darktable")
    assert said.code == 0, said.err
    assert "start it again" in said.out
    assert photographer.luarc.read_bytes() == LINE + LUARC
    assert {path.name for path in photographer.scripts.iterdir()} == set(SCRIPTS)
    assert json.loads((own_home / "hosts.json").read_text())["darktable"]["version"] == __version__
    assert check(own_home, __version__) == (True, "current")

    again = command("install", "darktable")
    assert (again.code, "written:" in again.out) == (0, False), "twice is once"

    assert command("uninstall", "darktable").code == 0
    assert everything(tmp_path / "me", own_home) == before
    assert not photographer.scripts.exists()
    assert "was not installed" in command("uninstall", "darktable").out


def test_a_person_without_scripts_has_no_luarc_afterwards(command: Command, photographer: Place) -> None:
    photographer.luarc.unlink()
    command("install", "darktable")
    assert photographer.luarc.read_bytes() == LINE
    command("install", "darktable")
    command("uninstall", "darktable")
    assert not photographer.luarc.exists()
    photographer.luarc.write_bytes(b"")
    command("install", "darktable")
    command("uninstall", "darktable")
    assert photographer.luarc.read_bytes() == b"", "it was there, and is"


def test_what_was_added_since_stays(command: Command, photographer: Place) -> None:
    photographer.luarc.unlink()
    command("install", "darktable")
    photographer.luarc.write_bytes(photographer.luarc.read_bytes().replace(b"\n", b"\r\n") + b"new = 1\r\n")
    (photographer.scripts / "mine.lua").write_text("mine")
    command("uninstall", "darktable")
    assert photographer.luarc.read_bytes() == b"new = 1\r\n"
    assert [path.name for path in photographer.scripts.iterdir()] == ["mine.lua"]


@pytest.mark.parametrize(
    ("luarc", "expected"),
    [
        (b"", LINE),
        (b"return 1", LINE + b"return 1"),
        (b"\xef\xbb\xbfx = 1\n", b"\xef\xbb\xbf" + LINE + b"x = 1\n"),
        (b"#!/usr/bin/lua\nx = 1\n", b"#!/usr/bin/lua\n" + LINE + b"x = 1\n"),
        (b"x = 1\n" + LINE, b"x = 1\n" + LINE),
        (b"\xff not UTF-8 \r\n", LINE + b"\xff not UTF-8 \r\n"),
    ],
)
def test_the_line_stands_where_no_other_script_can_keep_darktable_from_it(luarc: bytes, expected: bytes) -> None:
    assert with_line(luarc) == with_line(with_line(luarc)) == expected
    assert without_line(expected) == luarc.replace(LINE, b"")


def test_where_darktable_keeps_its_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert [place.config for place in places({}, "darwin")] == [tmp_path / ".config" / "darktable"]
    assert [place.config for place in places({"XDG_CONFIG_HOME": "/x"}, "linux")] == [Path("/x/darktable")]
    with pytest.raises(NotAvailable, match="Linux and macOS"):
        places({}, "win32")
    (tmp_path / ".var" / "app" / darktable.FLATPAK).mkdir(parents=True)
    ordinary, boxed = places({}, "linux")
    assert boxed.config == tmp_path / ".var" / "app" / darktable.FLATPAK / "config" / "darktable"
    assert (ordinary.prefix, boxed.prefix) == ((), ("flatpak-spawn", "--host"))


@pytest.mark.parametrize("name", ["photo-bridge", "my 'photo' \"bridge\"", "$(x) `y` \\n %d", "bücher-\udcff"])
def test_the_scripts_start_us_by_our_whole_path_whatever_is_in_it(
    command: Command, photographer: Place, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    words = [f"/opt/{name}/photo-bridge", "-x"]
    monkeypatch.setattr(darktable, "command_line", lambda: words)
    command("install", "darktable")
    line = (photographer.scripts / "command.lua").read_bytes()
    found = re.search(rb'local COMMAND = "(.*?)" --', line)
    assert found is not None
    unescaped = re.sub(rb"\\(\d{3})", lambda code: bytes([int(code[1])]), found[1])
    assert shlex.split(unescaped.decode("utf-8", "surrogateescape")) == words
    assert all(b"@" not in (photographer.scripts / script).read_bytes() for script in SCRIPTS)


def test_doctor_says_whether_it_is_there_and_current(
    command: Command, photographer: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> dict[str, object]:
        return {found["name"]: found for found in command("doctor", "--json").objects}.get("darktable adapter", {})

    monkeypatch.setattr(darktable.shutil, "which", lambda _: None)
    assert (told()["ok"], told()["message"], told()["hint"]) == (
        False,
        "not installed",
        "photo-bridge install darktable",
    )
    command("install", "darktable")
    assert (told()["ok"], told()["message"]) == (True, "current")
    (photographer.scripts / "run.lua").write_text("old")
    photographer.luarc.write_bytes(LUARC)
    assert (told()["ok"], told()["message"]) == (False, "not current: luarc, run.lua")
    command("install", "darktable")
    assert told()["message"] == "current"
    monkeypatch.setattr(launch, "command_line", lambda: ["/elsewhere/photo-bridge"])
    monkeypatch.setattr(darktable, "command_line", launch.command_line)
    assert "command.lua" in str(told()["message"]), "photo-bridge was moved"
    command("uninstall", "darktable")
    monkeypatch.setenv("HOME", "/nobody")
    assert told() == {}, "no darktable, no word of it"
