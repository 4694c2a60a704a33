"""``status``, ``stop``, ``models list``, ``doctor``: with and without a daemon."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.fakes.sensors import Card, FakeNvml


def test_without_a_daemon_status_is_exit_3(command: Command) -> None:
    said = command("status")
    assert (said.code, said.out) == (3, "no daemon is running\n")
    assert command("status", "--json").objects == [{"running": False}]
    assert command("stop").out == "no daemon is running\n"


@pytest.mark.usefixtures("service")
def test_status_tells_what_can_be_undone(command: Command, photos: Path) -> None:
    command("tag", photos, "--write")
    assert "journal: 2 writes can be undone" in command("status").out
    (told,) = command("status", "--json").objects
    assert (told["running"], told["journal_entries"], told["runs"]) == (True, 2, [])


def test_the_version_is_told(command: Command) -> None:
    assert command("--version").code == 0


def test_doctor_says_what_to_do_about_what_is_missing(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOTO_BRIDGE_EXIFTOOL", str(tmp_path / "none"))
    said = command("doctor")
    assert said.code == 1
    assert "--  exiftool:" in said.out
    assert "apt install libimage-exiftool-perl" in said.out


def test_doctor_knows_whether_the_heat_of_a_card_can_be_read(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert "gpu heat" not in command("doctor").out, "no card, nothing to say"
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    said = command("doctor").out
    assert "--  gpu heat: the temperature of this card cannot be read" in said
    assert "photo-ai-bridge[nvidia]" in said
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml([Card(celsius=71, milliwatts=182_400)]).module())
    assert "ok  gpu heat: NVIDIA GeForce RTX 4070 71 °C 182 W" in command("doctor").out


def test_settings_that_cannot_be_used_are_named_before_a_daemon_is_started(
    command: Command, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    monkeypatch.setenv("PHOTO_BRIDGE_WRITERS", "many")
    said = command("jobs")
    assert said.code == 2
    assert "The setting writers cannot be used" in said.err
    assert not (own_home / "daemon.log").exists()


def test_a_state_folder_that_cannot_be_made_is_named(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PHOTO_BRIDGE_HOME", str(tmp_path / "file" / "home"))
    said = command("jobs")
    assert said.code == 2
    assert f"The state folder {tmp_path / 'file' / 'home'} cannot be used" in said.err
    assert "PHOTO_BRIDGE_HOME" in said.err
