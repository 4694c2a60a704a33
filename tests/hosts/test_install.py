"""``photo-bridge install digikam`` and back: what changes, what is asked, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge import __version__
from bridge.cli import hosts
from bridge.hosts import digikam, launch
from bridge.hosts.digikam import Places, check, entry
from bridge.hosts.digikam_config import reading
from bridge.hosts.digikam_queue import parse
from tests.cli.conftest import Command
from tests.hosts.test_digikam_files import RC


def everything(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("flags", [[], ["--rescan"], ["--yes"], ["--no-rescan"]])
def test_it_goes_in_and_comes_out_and_all_else_is_byte_for_byte_as_it_was(
    command: Command, person: Places, own_home: Path, tmp_path: Path, flags: list[str]
) -> None:
    before = everything(tmp_path / "me", own_home)
    said = command("install", "digikam", *flags)
    assert said.code == 0, said.err
    assert reading(person.rc.read_bytes()).rescan is (flags in (["--rescan"], ["--yes"]))
    assert [workflow.title for workflow in parse(person.queue.read_bytes()).workflows][1:] == [
        "AI Keywords",
        "AI Captions",
    ]
    assert {path.name for path in person.applications.iterdir()} == {
        "other.desktop",
        *(entry(person, what).name for what in digikam.ENTRIES),
    }
    assert json.loads((own_home / "launch.json").read_text())["command"] == launch.command_line()
    assert check(own_home, __version__)[0]  # type: ignore[index]

    again = command("install", "digikam", *flags)
    assert (again.code, "written:" in again.out) == (0, False), "twice is once"

    gone = command("uninstall", "digikam")
    assert gone.code == 0
    assert everything(tmp_path / "me", own_home) == before
    assert "was not installed" in command("uninstall", "digikam").out


def test_a_person_without_workflows_and_without_settings(
    command: Command, person: Places, own_home: Path, tmp_path: Path
) -> None:
    person.queue.unlink()
    person.rc.unlink()
    before = everything(tmp_path / "me", own_home)
    assert command("install", "digikam", "--rescan").code == 0
    assert not person.rc.exists(), "digiKam makes it; with half of it, it would not ask what it asks at its first start"
    assert command("uninstall", "digikam").code == 0
    assert everything(tmp_path / "me", own_home) == before


def test_what_was_added_since_stays(command: Command, person: Places) -> None:
    command("install", "digikam", "--rescan")
    person.queue.write_bytes(
        person.queue.read_bytes().replace(b"</queuelist>", b"<queue><queuetitle value='New'/></queue>\n</queuelist>")
    )
    person.rc.write_bytes(person.rc.read_bytes() + b"[New]\nA=1\n")
    command("uninstall", "digikam")
    assert [workflow.title for workflow in parse(person.queue.read_bytes()).workflows][1:] == ["New"]
    assert person.rc.read_bytes().endswith(b"[New]\nA=1\n")
    assert not reading(person.rc.read_bytes()).rescan


def test_it_asks_before_it_switches_a_setting_of_digikam(
    command: Command, person: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer in (False, True):
        asked: list[str] = []
        if answer:
            person.rc.write_bytes(RC + b"Clear Metadata If Rescan=true\n")
        monkeypatch.setattr(hosts.sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(
            hosts.typer, "confirm", lambda text, answer=answer, asked=asked, **_: asked.append(text) or answer
        )
        said = command("install", "digikam")
        assert asked == ["Switch it on?"]
        assert "caption and rating where the file has one" in said.out, "what it means is said first"
        assert ("CAREFUL" in said.out) is answer
        assert reading(person.rc.read_bytes()).rescan is answer


@pytest.mark.usefixtures("person")
def test_while_digikam_runs_it_is_refused(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(tmp_path)
    monkeypatch.setattr(digikam, "running", lambda: 4711)
    for what in ("install", "uninstall"):
        said = command(what, "digikam")
        assert (said.code, said.out) == (4, "")
        assert "digiKam is running (process 4711)." in said.err
        assert "Close digiKam" in said.err
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    ("stat", "seen"),
    [
        ("4711 (digikam) S 1 4711 4711", True),
        ("4711 (digikam) Z 1 4711 4711", False),  # has ended, and was not collected yet
        ("4711 (digikam-helper) S 1 4711 4711", False),
        ("4711 (a) (digikam) S 1 4711 4711", False),
    ],
)
def test_a_running_digikam_is_seen(tmp_path: Path, stat: str, seen: bool) -> None:
    for process, text in (("self", stat), ("1", "1 (init) S 0 1 1"), ("4711", stat)):
        (tmp_path / process).mkdir()
        (tmp_path / process / "stat").write_text(text)
    (tmp_path / "4712").mkdir()  # gone since it was listed
    assert digikam.running(tmp_path) == (4711 if seen else None)


def test_a_workflow_of_the_users_own_is_not_overwritten(command: Command, person: Places, tmp_path: Path) -> None:
    person.queue.write_bytes(b'<queuelist><queue><queuetitle value="AI Keywords"/></queue></queuelist>')
    before = everything(tmp_path)
    said = command("install", "digikam", "--rescan")
    assert said.code == 4
    assert "another workflow called AI Keywords" in said.err
    assert everything(tmp_path) == before, "all or nothing"


def test_links_and_permissions_of_the_files_stay(command: Command, person: Places, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles"
    person.rc.rename(real)
    person.rc.symlink_to(real)
    real.chmod(0o640)
    command("install", "digikam", "--rescan")
    assert person.rc.is_symlink()
    assert reading(real.read_bytes()).rescan
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("place", ["/opt/my photos/photo-bridge", "/opt/ünï/photo-bridge"])
def test_entries_start_us_by_our_whole_path(
    command: Command, person: Places, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(digikam, "command_line", lambda: [place])
    command("install", "digikam")
    for what in digikam.ENTRIES:
        text = entry(person, what).read_text()
        # %F is in every one: digiKam starts a command without it once for each selected photo.
        assert f'\nExec="{place}" host digikam open {what} %F\n' in text
        assert "@" not in text
    assert place in parse(person.queue.read_bytes()).workflows[-1].script


def test_a_path_that_digikam_reads_otherwise_is_refused(
    command: Command, person: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digikam, "command_line", lambda: ["/opt/a=$(b)/photo-bridge"])
    said = command("install", "digikam")
    assert said.code == 4
    assert "its path holds" in said.err
    assert list(person.applications.iterdir()) == [person.applications / "other.desktop"]


def test_doctor_says_whether_it_is_there_and_current(
    command: Command, person: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> dict[str, object]:
        return {found["name"]: found for found in command("doctor", "--json").objects}.get("digikam adapter", {})

    monkeypatch.setattr(digikam.shutil, "which", lambda _: None)
    assert told() == {}, "no digiKam, no word of it"
    monkeypatch.setattr(digikam.shutil, "which", lambda _: "/usr/bin/digikam")
    assert (told()["ok"], told()["message"], told()["hint"]) == (False, "not installed", "photo-bridge install digikam")
    command("install", "digikam", "--rescan")
    assert (told()["ok"], told()["message"]) == (True, "current")
    entry(person, "cull").unlink()
    assert (told()["ok"], told()["message"]) == (False, "not current: photo-bridge-cull.desktop")
    command("install", "digikam")
    assert told()["message"] == "current"
    person.queue.write_text("broken")
    assert "queue.xml" in str(told()["message"])
