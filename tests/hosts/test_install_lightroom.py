"""``photo-bridge install lightroom`` and back: what is put where, what is refused, what doctor says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bridge import __version__
from bridge.errors import NotAvailable
from bridge.hosts import launch, lightroom
from bridge.hosts.lightroom import PLUGIN, check, modules, plugin_files
from tests.cli.conftest import Command
from tests.hosts.test_install import everything

SOURCE = Path(__file__).parents[2] / "lightroom-plugin" / PLUGIN


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of plug-ins of somebody who has used Lightroom on a Mac."""
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    folder = modules(platform="darwin")
    (folder / "other.lrplugin").mkdir(parents=True)
    (folder / "other.lrplugin" / "Info.lua").write_text("return {}")
    monkeypatch.setattr(lightroom, "modules", lambda: folder)
    return folder


def test_it_goes_in_and_comes_out_and_all_else_is_as_it_was(
    command: Command, mac: Path, own_home: Path, tmp_path: Path
) -> None:
    before = everything(tmp_path / "me", own_home)
    said = command("install", "lightroom")
    assert said.code == 0, said.err
    assert "Library > Plug-in Extras" in said.out
    assert {path.relative_to(mac / PLUGIN).as_posix() for path in (mac / PLUGIN).rglob("*") if path.is_file()} == {
        path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*") if path.is_file()
    } | {"installed.json"}
    assert (mac / PLUGIN / "Info.lua").read_bytes() == (SOURCE / "Info.lua").read_bytes()
    assert json.loads((own_home / "launch.json").read_text())["command"] == launch.command_line()

    again = command("install", "lightroom")
    assert (again.code, "nothing was changed" in again.out) == (0, True), "twice is once"

    gone = command("uninstall", "lightroom")
    assert gone.code == 0
    assert everything(tmp_path / "me", own_home) == before
    assert not (mac / PLUGIN).exists()
    assert "was not installed" in command("uninstall", "lightroom").out


@pytest.mark.usefixtures("mac")
def test_the_plug_in_is_told_where_the_daemons_folder_is_when_that_is_not_the_usual_place(
    command: Command, own_home: Path, mac: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("install", "lightroom")
    assert json.loads((mac / PLUGIN / "installed.json").read_text()) == {
        "version": __version__,
        "home": str(own_home),
    }
    monkeypatch.delenv("PHOTO_BRIDGE_HOME")
    command("install", "lightroom")
    assert json.loads((mac / PLUGIN / "installed.json").read_text()) == {"version": __version__}


def test_where_there_is_no_lightroom_a_folder_is_named(
    command: Command, own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    refused = command("install", "lightroom")
    assert (refused.code, refused.out) == (4, "")
    assert "macOS and Windows only" in refused.err
    assert "--to FOLDER" in refused.err
    assert not (own_home / "hosts.json").exists()

    assert "Plug-in Manager > Add" in command("install", "lightroom", "--to", tmp_path / "here").out
    assert (tmp_path / "here" / PLUGIN / "MenuKeyword.lua").is_file()
    command("install", "lightroom", "--to", tmp_path / "there")
    assert not (tmp_path / "here" / PLUGIN).exists(), "it moves"
    command("uninstall", "lightroom")
    assert not (tmp_path / "there" / PLUGIN).exists()


@pytest.mark.parametrize(
    ("platform", "environ", "end"),
    [
        ("darwin", {}, "Library/Application Support/Adobe/Lightroom/Modules"),
        ("win32", {"APPDATA": "/u/Roaming"}, "u/Roaming/Adobe/Lightroom/Modules"),
        ("win32", {}, "AppData/Roaming/Adobe/Lightroom/Modules"),
    ],
)
def test_where_lightroom_looks_for_plug_ins(platform: str, environ: dict[str, str], end: str) -> None:
    assert modules(environ, platform).as_posix().endswith(end)


def test_linux_has_no_such_folder() -> None:
    with pytest.raises(NotAvailable):
        modules({}, "linux")


def test_another_plug_in_of_the_same_name_is_not_overwritten(command: Command, mac: Path, tmp_path: Path) -> None:
    (mac / PLUGIN).mkdir()
    (mac / PLUGIN / "Info.lua").write_text('return { LrToolkitIdentifier = "com.example.other" }')
    before = everything(tmp_path / "me")
    said = command("install", "lightroom")
    assert said.code == 4
    assert "There is another plug-in" in said.err
    assert everything(tmp_path / "me") == before


def test_a_file_that_a_newer_plug_in_lacks_goes_and_what_a_person_put_there_stays(
    command: Command, mac: Path, own_home: Path
) -> None:
    command("install", "lightroom")
    (mac / PLUGIN / "Old.lua").write_text("return {}")
    noted = json.loads((own_home / "hosts.json").read_text())
    noted["lightroom"]["files"].append(str(mac / PLUGIN / "Old.lua"))
    (own_home / "hosts.json").write_text(json.dumps(noted))
    (mac / PLUGIN / "notes.txt").write_text("mine")
    command("install", "lightroom")
    assert not (mac / PLUGIN / "Old.lua").exists()
    command("uninstall", "lightroom")
    assert everything(mac / PLUGIN) == {mac / PLUGIN / "notes.txt": b"mine"}


def test_doctor_says_whether_it_is_there_and_current(
    command: Command, mac: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> dict[str, object]:
        return {found["name"]: found for found in command("doctor", "--json").objects}.get("lightroom adapter", {})

    assert (told()["ok"], told()["message"]) == (False, "not installed")
    assert told()["hint"] == "photo-bridge install lightroom"
    command("install", "lightroom")
    assert (told()["ok"], told()["message"]) == (True, f"current, in {mac}")
    (mac / PLUGIN / "Run.lua").write_text("-- from before")
    assert (told()["ok"], told()["message"]) == (False, "not current: Run.lua")
    command("install", "lightroom")
    assert check(own_home, own_home, "9.9") == (False, "not current: hosts.json, installed.json")
    command("uninstall", "lightroom")
    monkeypatch.setattr(lightroom, "_has_lightroom", lambda: False)
    assert told() == {}, "no Lightroom, no word of it"


def test_the_plug_in_names_no_file_that_it_does_not_have() -> None:
    files = dict(plugin_files())
    info = files["Info.lua"].decode()
    named = {line.split('file = "')[1].split('"')[0] for line in info.splitlines() if 'file = "' in line}
    assert named
    assert named <= files.keys()
    for name in files:
        if name.endswith(".lrtemplate"):
            title = name.removeprefix("presets/").removesuffix(".lrtemplate")
            assert f'title = "{title}"' in info.replace("…", ""), "a preset is named as the action that it starts"
            assert f'title = "{title}"'.encode() in files[name]
