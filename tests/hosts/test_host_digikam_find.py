"""Open With > AI Find Photos and AI Find Similar: what is asked, shown and written; answers of the daemon are given."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import host_digikam
from bridge.cli.host_digikam_find import places
from bridge.errors import InvalidParams
from bridge.hosts.digikam import Places
from bridge.service import Service
from tests.cli.conftest import Command
from tests.fakes.bridge import finish
from tests.fakes.finding import Finding, found
from tests.fakes.wire import WireClient
from tests.hosts.test_host_digikam import database, desktop, detached, text, told
from tests.system.daemon import keywords

__all__ = ["database", "desktop", "detached"]
SED = shutil.which("sed") or ""
ANSWERING = """#!/bin/sh
printf '%s\\n' "$@" >> "{folder}/{name}.said"
IFS= read -r answer < "{folder}/answers" && sed -i 1d "{folder}/answers"
[ "$answer" = LEFT ] && exit 1
printf '%s\\n' "$answer"
"""


@pytest.fixture
def asked(
    service: Service, person: Places, desktop: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, Any]]:
    """A screen with a Showfoto, and a daemon that finds green.jpg, then red.jpg. Holds what it was asked."""
    del person
    asked: list[dict[str, Any]] = []
    answer = found(photos / "green.jpg", photos / "red.jpg", coverage=0.5)
    monkeypatch.setattr(host_digikam, "connect_or_start", lambda _: Finding(service, [answer], asked))
    monkeypatch.setenv("DISPLAY", ":0")
    (desktop / "sed").symlink_to(SED)
    (desktop / "showfoto").write_text("#!/bin/sh\n")
    (desktop / "showfoto").chmod(0o755)
    return asked


def answers(desktop: Path, *lines: str, program: str = "kdialog") -> None:
    """A person in front of windows."""
    (desktop / "answers").write_text("".join(f"{line}\n" for line in lines))
    (desktop / program).write_text(ANSWERING.format(folder=desktop, name=program))
    (desktop / program).chmod(0o755)


@pytest.mark.usefixtures("detached", "database")
def test_find_look_keyword_undo(command: Command, asked: list[dict[str, Any]], photos: Path, desktop: Path) -> None:
    before = {path: path.read_bytes() for path in photos.iterdir()}
    answers(desktop, "a dog", "2, 1", "people|Bride")
    said = command("host", "digikam", "open", "find")
    assert said.code == 0, said.err
    assert asked == [{"k": 100, "texts": ["a dog"]}]
    assert said.out.splitlines()[:3] == [
        f"   1  {photos / 'green.jpg'}",
        f"   2  {photos / 'red.jpg'}",
        "2 photos, best first.",
    ]
    assert "50 % of your library is indexed" in said.out
    windows = told(desktop, "kdialog")
    assert "What is to be seen in the photos?" in windows
    assert f"   2  {photos / 'red.jpg'}\n" in windows
    assert "A keyword for these 2 photos" in windows
    assert "2 written, 0 unchanged, 0 failed" in told(desktop)
    for name in ("red.jpg", "green.jpg"):
        assert keywords(photos / name)["XMP-digiKam:TagsList"] == ["people/Bride"]
        assert text(photos / name, "XMP-dc:Description") == ""
    assert "taken back" in command("host", "digikam", "open", "undo").out
    assert {path: path.read_bytes() for path in photos.iterdir()} == before


@pytest.mark.usefixtures("detached")
def test_like_the_selected_photo_and_only_looked_at(
    command: Command, asked: list[dict[str, Any]], photos: Path, desktop: Path
) -> None:
    before = {path: path.read_bytes() for path in photos.iterdir()}
    answers(desktop, "all", "")
    said = command("host", "digikam", "open", "similar", photos / "red.jpg")
    assert (said.code, said.err) == (0, "")
    assert asked == [{"k": 100, "like": (photos / "red.jpg").as_uri()}]
    assert {path: path.read_bytes() for path in photos.iterdir()} == before
    assert told(desktop) == "", "there is nothing to tell"


@pytest.mark.usefixtures("detached", "asked")
@pytest.mark.parametrize("program", ["kdialog", "zenity"])
def test_a_person_who_leaves_a_window_does_nothing(command: Command, photos: Path, desktop: Path, program: str) -> None:
    before = {path: path.read_bytes() for path in photos.iterdir()}
    answers(desktop, "a dog", "LEFT", program=program)
    assert command("host", "digikam", "open", "find").code == 0
    answers(desktop, "LEFT", program=program)
    said = command("host", "digikam", "open", "find")
    assert (said.code, "Nothing was asked for." in said.err) == (1, True)
    assert {path: path.read_bytes() for path in photos.iterdir()} == before


@pytest.mark.usefixtures("detached")
def test_what_a_person_types_is_no_command_and_no_markup(
    command: Command, asked: list[dict[str, Any]], desktop: Path, tmp_path: Path
) -> None:
    hostile = "a'b `touch INJ` $(touch INJ) <b> --x"
    answers(desktop, hostile, "none", program="zenity")
    said = command("host", "digikam", "open", "find")
    assert "none is none of 1 to 2." in said.err
    assert asked[0]["texts"] == [hostile]
    assert not list(tmp_path.rglob("INJ"))


@pytest.mark.usefixtures("detached", "asked")
def test_without_a_program_that_asks(command: Command) -> None:
    said = command("host", "digikam", "open", "find")
    assert said.code == 1
    assert "photo-bridge search TEXT" in said.err
    assert "No photo is selected." in command("host", "digikam", "open", "similar").err


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", []),
        ("all", [1, 2, 3, 4, 5]),
        (" ALL ", [1, 2, 3, 4, 5]),
        ("3", [3]),
        ("4, 2 - 3,4", [4, 2, 3]),
        ("1-2 5", [1, 2, 5]),
    ],
)
def test_places_of_a_list(said: str, meant: list[int]) -> None:
    assert places(said, 5) == meant


@pytest.mark.parametrize("said", ["0", "6", "3-2", "1-9", "x", "1-", "-1"])
def test_what_is_no_place(said: str) -> None:
    with pytest.raises(InvalidParams, match="is none of 1 to 5"):
        places(said, 5)


def test_showfoto_gets_the_photos_in_rank_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bridge.hosts import digikam_desktop

    os.mkfifo(tmp_path / "said")
    (tmp_path / "showfoto").write_text(f'#!/bin/sh\nprintf "%s\\0" "$@" > "{tmp_path}/said"\n')
    (tmp_path / "showfoto").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    assert digikam_desktop.look([Path("/b `x`.jpg"), Path("/a.jpg")])
    assert (tmp_path / "said").read_bytes() == b"/b `x`.jpg\0/a.jpg\0"
    monkeypatch.setenv("PATH", "/nowhere")
    assert not digikam_desktop.look([Path("/a.jpg")])


@pytest.mark.usefixtures("detached", "person")
def test_the_real_daemon_finds(
    command: Command, service: Service, photos: Path, desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = WireClient(service)
    monkeypatch.setattr(host_digikam, "connect_or_start", lambda _: client)
    monkeypatch.setenv("DISPLAY", ":0")
    (desktop / "sed").symlink_to(SED)
    finish(service, client.call("index.add", uris=[photos.as_uri()])["job"])
    answers(desktop, "")
    said = command("host", "digikam", "open", "similar", photos / "red.jpg")
    assert said.code == 0, said.err
    assert "100 % of your library is indexed, 2 of the 2 photos that photo-bridge knows." in said.out
