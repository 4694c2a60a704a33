"""``photo-bridge service``: what is told to each system, and that it is taken back wholly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import autostart
from bridge.autostart._systems import _in_unit
from bridge.cli import service
from bridge.errors import Refused
from bridge.hosts import launch
from bridge.rpc.daemonfile import read_info
from tests.autostart.conftest import ROOT, Machine
from tests.cli.conftest import Command
from tests.fakes.managers import split_words, windows_words
from tests.hosts.test_install import everything
from tests.system.daemon import READY_SECONDS, running

NAMES = {"linux": "systemd", "darwin": "launchd", "win32": "the Task Scheduler"}
STRANGE = ["a b", "it's", 'quo"te', "100%", "%h", "$HOME ${HOME}", "back\\slash\\", "ünï 写真", "a;b # c", "&<>", ""]


def test_it_goes_in_and_comes_out_wholly(command: Command, machine: Machine, own_home: Path) -> None:
    before = everything(machine.me, own_home)
    assert command("service", "status").code == 1
    said = command("service", "install")
    assert said.code == 0, said.err
    assert f"The daemon starts when you log in, by {NAMES[machine.platform]}" in said.out
    wanted = [*launch.command_line(), "serve", "--home", str(own_home)]
    assert machine.state["started"]["argv"] == wanted
    assert machine.state["started"]["environ"] == ({} if machine.platform == "win32" else {"PATH": str(machine.bin)})
    assert "starts when you log in" in command("service", "status").out
    (told,) = command("service", "status", "--json").objects
    assert (told["installed"], told["current"], told["starts_at_login"], told["process"]) == (True, True, True, None)

    again = command("service", "install")
    assert (again.code, "written:" in again.out) == (0, False), "twice is once"

    said = command("service", "uninstall")
    assert (said.code, "no longer starts" in said.out) == (0, True), said.err
    assert everything(machine.me, own_home) == before
    assert set(machine.state) <= {"started"}, "the system knows nothing of us"
    assert "was not installed" in command("service", "uninstall").out


def test_the_usual_state_folder_is_not_named(
    command: Command, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PHOTO_BRIDGE_HOME")
    assert command("service", "install").code == 0
    assert machine.state["started"]["argv"] == [*launch.command_line(), "serve"]


@pytest.mark.parametrize("folder", ["a b 100% $HOME ünï 写真 ;#&<>", "it's quo\"te back\\slash\\"])
def test_strange_paths_arrive_as_they_are(machine: Machine, tmp_path: Path, own_home: Path, folder: str) -> None:
    program = str(tmp_path / folder / "photo-bridge")
    recipe = machine.recipe(own_home, [program, "serve", *STRANGE])
    autostart.put_in(own_home, recipe)
    got = machine.state["started"]["argv"]
    if machine.platform == "linux" and '"' in program:
        assert got[:4] == ["/bin/sh", "-c", 'exec "$@"', "photo-bridge"], "systemd takes no such name of a program"
        got = got[4:]
    assert got == [program, "serve", *STRANGE]
    autostart.take_out(own_home, recipe)
    assert not recipe.file.exists()


@pytest.mark.parametrize("missing", [False, True], ids=["no session", "no such program"])
def test_without_a_session_nothing_is_changed_and_the_way_out_is_told(
    command: Command, machine: Machine, own_home: Path, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    before = everything(machine.me, own_home)
    monkeypatch.setattr(service, "read_info", lambda _: pytest.fail("no daemon is ended for what cannot be"))
    if missing:
        monkeypatch.setenv("PATH", "/nowhere")
    else:
        monkeypatch.setenv("FAKE_NO_SESSION", "1")
    said = command("service", "install")
    hint = {"linux": "photo-bridge serve", "darwin": "at the screen of this Mac", "win32": "photo-bridge serve"}
    assert (said.code, "not_available" in said.err) == (4, True)
    assert hint[machine.platform] in " ".join(said.err.split())
    assert everything(machine.me, own_home) == before


def test_what_was_put_in_is_not_half_taken_out_without_a_session(
    command: Command, machine: Machine, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("service", "install")
    before = everything(machine.me, own_home)
    monkeypatch.setenv("FAKE_NO_SESSION", "1")
    assert command("service", "uninstall").code == 4
    assert everything(machine.me, own_home) == before


def test_a_system_that_refuses_is_quoted_and_the_next_try_goes_on(
    command: Command, machine: Machine, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(machine.me, own_home)
    monkeypatch.setenv("FAKE_FAIL", {"linux": "enable", "darwin": "bootstrap", "win32": "/Create"}[machine.platform])
    said = command("service", "install")
    assert (said.code, "it is not the day for that" in " ".join(said.err.split())) == (4, True)
    assert command("service", "status").code == 1
    monkeypatch.delenv("FAKE_FAIL")
    assert command("service", "install").code == 0
    assert command("service", "status").code == 0
    monkeypatch.setenv("FAKE_FAIL", {"linux": "disable", "darwin": "bootout", "win32": "/Delete"}[machine.platform])
    assert command("service", "uninstall").code == 4
    monkeypatch.delenv("FAKE_FAIL")
    assert command("service", "uninstall").code == 0
    assert everything(machine.me, own_home) == before


def test_an_installation_that_moved_is_told_and_mended(
    command: Command, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("service", "install")
    monkeypatch.setattr(service, "command_line", lambda: ["/new place/photo-bridge"])
    said = command("service", "status")
    assert (said.code, "is not current; photo-bridge service install" in said.out) == (1, True)
    assert command("service", "install").code == 0
    assert machine.state["started"]["argv"][0] == "/new place/photo-bridge"
    assert command("service", "status").code == 0


def test_what_the_person_took_out_by_other_means_is_told(command: Command, machine: Machine, own_home: Path) -> None:
    command("service", "install")
    (machine.kept / "state.json").write_text("{}")
    said = command("service", "status")
    assert (said.code, "does not know it, or has it disabled" in said.out) == (1, True)
    assert command("service", "uninstall").code == 0
    assert not (own_home / "hosts.json").exists()


@pytest.mark.parametrize("machine", ["win32"], indirect=True)
@pytest.mark.parametrize("place", ["C:\\%USERNAME%\\photo-bridge", "C:\\$(Arg0)\\x"])
def test_what_the_task_scheduler_would_replace_is_refused(machine: Machine, own_home: Path, place: str) -> None:
    with pytest.raises(Refused, match="Task Scheduler cannot be told"):
        machine.recipe(own_home, [place, "serve"])


@pytest.mark.parametrize("machine", ["win32"], indirect=True)
def test_no_console_window_opens_on_windows(machine: Machine, own_home: Path, tmp_path: Path) -> None:
    (tmp_path / "pythonw.exe").touch()
    recipe = machine.recipe(own_home, [str(tmp_path / "python.exe"), "-P", "-m", "bridge.cli.main", "serve"])
    autostart.put_in(own_home, recipe)
    assert machine.state["started"]["argv"][:2] == [str(tmp_path / "pythonw.exe"), "-P"]


@pytest.mark.parametrize("machine", ["darwin"], indirect=True)
def test_what_a_plist_cannot_hold_is_refused(machine: Machine, own_home: Path) -> None:
    with pytest.raises(Refused, match="launchd cannot be told"):
        machine.recipe(own_home, ["/a\x07b/photo-bridge", "serve"])


def test_a_program_without_a_console_can_be_started() -> None:
    program = (
        "import sys; sys.stdout = sys.stderr = None; sys.argv[1:] = ['--version']; import bridge.cli.main as m; m.run()"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("machine", ["linux"], indirect=True)
def test_systemd_itself_reads_the_unit(machine: Machine, own_home: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze", path=os.defpath)
    if analyze is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("systemd is not installed")
    folder = tmp_path / "a b %h ${HOME} ünï; 写真 # 100%"
    folder.mkdir()
    program = folder / "photo-bridge"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)

    def complaint(*words: str) -> str:
        recipe = machine.recipe(own_home, words)
        recipe.file.parent.mkdir(parents=True, exist_ok=True)
        recipe.file.write_bytes(recipe.content)
        verify = [analyze, "--user", "verify", recipe.file]
        environ = {"HOME": str(machine.me), "XDG_RUNTIME_DIR": str(tmp_path)}
        return subprocess.run(verify, env=environ, capture_output=True, text=True, check=False).stderr

    assert complaint(str(program), "serve", *STRANGE, "\x07\n\udcff") == ""
    assert complaint('/quo"te/photo-bridge', "serve") == "", "by way of /bin/sh"
    assert "is not executable" in complaint(f"{program}2", "serve"), "it looks for exactly that file"


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"))))
def test_every_word_arrives_through_a_unit(words: list[str]) -> None:
    line = " ".join(_in_unit(word) for word in words)
    assert "\n" not in line
    assert [os.fsdecode(word) for word in split_words(line)] == words


@given(st.lists(st.text(st.characters(exclude_categories=["Cc"], codec="utf-8"))))
def test_every_word_without_control_characters_arrives_through_a_task(words: list[str]) -> None:
    assert windows_words(subprocess.list2cmdline(words)) == words


@pytest.mark.system
@pytest.mark.parametrize("machine", ["linux"], indirect=True)
def test_a_daemon_that_runs_is_replaced_by_the_service_and_that_one_is_ended(
    command: Command, machine: Machine, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_SPAWN", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PHOTO_BRIDGE_PORT", "0")
    with running(own_home) as first:
        old = read_info(own_home)
        assert old is not None
        said = command("service", "install")
        assert said.code == 0, said.err
        first.process.wait(READY_SECONDS)  # type: ignore[union-attr]
        with first.client() as client:
            assert client.call("system.health")["pid"] == machine.state["process"] != old.pid
        assert command("service", "uninstall").code == 0
        assert read_info(own_home) is None
