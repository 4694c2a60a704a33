"""What digiKam's workflows and Open With entries call, around a service in this process."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge.cli import host_digikam
from bridge.errors import InvalidParams, PhotoChanged
from bridge.hosts import daemon, digikam_desktop, digikam_item
from bridge.hosts.digikam import Places
from bridge.hosts.digikam_item import Item
from bridge.jobs.request import RunOptions
from bridge.paths import from_uri
from bridge.service import Service
from bridge.settings import Settings, load_settings
from tests.cli.conftest import Command, Said
from tests.fakes.bridge import finish
from tests.fakes.tagger import FakeTagger
from tests.hosts.test_digikam_known import SCHEMA
from tests.system.daemon import exiftool, keywords

TOKEN = "AI_0123456789abcdef0123456789abcdef"
ME = str(os.getpid())
RunItem = Callable[..., tuple[Said, Path]]


@pytest.fixture
def detached(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was started to go on by itself."""
    commands: list[list[str]] = []
    monkeypatch.setattr(host_digikam, "_detach", commands.append)
    return commands


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that note how they were called, and a PATH that leads to no others of the desktop."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("notify-send", "dbus-send"):
        (programs / name).write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{programs}/{name}.said"\n')
        (programs / name).chmod(0o755)
    for name in ("exiftool", "sh", "perl", "env"):
        (programs / name).symlink_to(shutil.which(name) or "")
    monkeypatch.setenv("PATH", str(programs))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return programs


def text(photo: Path, tag: str) -> str:
    return exiftool("-s3", f"-{tag}", photo).strip()


def told(desktop: Path, program: str = "notify-send") -> str:
    path = desktop / f"{program}.said"
    return path.read_text() if path.exists() else ""


@pytest.fixture
def run_item(
    command: Command,
    wired: Service,
    person: Places,
    detached: list[list[str]],
    desktop: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> RunItem:
    """One item as the workflow's script hands it over, by a digiKam whose process is this one."""
    del wired, detached, desktop

    def run(photo: Path, *, rescan: bool = True, want: str = "keywords") -> tuple[Said, Path]:
        person.rc.write_text(f"[Metadata Settings]\nRescan File If Modified={'true' if rescan else 'false'}\n")
        output = photo.parent / f"BatchTool-{photo.stem}.digikamtempfile.jpg"
        output.touch()
        text = b'"%s"\n%s-output\n"%s"\n' % (os.fsencode(photo), TOKEN.encode(), os.fsencode(output))
        monkeypatch.setattr(host_digikam.sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))
        return command("host", "digikam", "item", want, TOKEN, ME), output

    return run


def test_digikam_gets_what_the_daemon_wrote(run_item: RunItem, photos: Path, service: Service) -> None:
    before = (photos / "red.jpg").read_bytes()
    for name in ("red.jpg", "green.jpg"):
        said, output = run_item(photos / name)
        assert said.code == 0, said.err
        assert output.read_bytes() == (photos / name).read_bytes() != before
        assert output.stat().st_mtime_ns == (photos / name).stat().st_mtime_ns
        output.unlink()
    assert [run.total for run in service.jobs.recent(10)] == [2], "one run"
    assert {path.name for path in photos.iterdir()} == {"red.jpg", "green.jpg"}


def test_where_digikam_does_not_rescan_it_gets_nothing_to_write_over(run_item: RunItem, photos: Path) -> None:
    before = (photos / "red.jpg").read_bytes()
    said, output = run_item(photos / "red.jpg", rescan=False)
    assert (said.code, output.stat().st_size) == (0, 0)
    assert (photos / "red.jpg").read_bytes() != before


def test_keywords_and_captions_are_asked_for_apart(run_item: RunItem, photos: Path, tagger: FakeTagger) -> None:
    run_item(photos / "red.jpg", want="keywords")
    run_item(photos / "red.jpg", want="captions")
    assert [(asked.want.keywords, asked.want.caption) for asked in tagger.asked] == [(True, False), (False, True)]


def test_a_photo_that_fails_leaves_the_output_empty(run_item: RunItem, photos: Path) -> None:
    (photos / "text.jpg").write_text("no picture")
    _, output = run_item(photos / "text.jpg")
    assert output.stat().st_size == 0


def test_a_name_reached_through_a_link_is_the_same_photo(run_item: RunItem, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(photos)
    _, output = run_item(tmp_path / "link" / "red.jpg")
    assert output.read_bytes() == (photos / "red.jpg").read_bytes()


def test_what_meets_every_item_is_shown_once(
    run_item: RunItem, photos: Path, tagger: FakeTagger, desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOTO_BRIDGE_MODEL", "gone")
    monkeypatch.setattr(host_digikam.digikam_item, "options", lambda *_: {"model": "gone"})
    for name in ("red.jpg", "green.jpg"):
        said, output = run_item(photos / name)
        assert (said.code, output.stat().st_size) == (4, 0)
    assert told(desktop).count("There is no model named gone.") == 1
    assert tagger.asked == []


def test_a_model_that_is_too_slow_leaves_the_output_empty_and_goes_on(
    run_item: RunItem,
    photos: Path,
    service: Service,
    held: threading.Event,
    detached: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host_digikam, "ITEM_SECONDS", 0.2)
    before = (photos / "red.jpg").read_bytes()
    _, output = run_item(photos / "red.jpg")
    assert (output.stat().st_size, (photos / "red.jpg").read_bytes()) == (0, before)
    (job,) = [run.job for run in service.jobs.recent(10)]
    assert detached[0][-3:] == ["watch", job, ME]
    held.set()
    finish(service, job)
    assert (photos / "red.jpg").read_bytes() != before


def test_the_end_of_a_run_is_told_and_digikam_looks(
    run_item: RunItem, command: Command, photos: Path, service: Service, desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "text.jpg").write_text("no picture")
    for name in ("red.jpg", "green.jpg", "text.jpg"):
        run_item(photos / name)
    (job,) = [run.job for run in service.jobs.recent(10)]
    monkeypatch.setattr(host_digikam, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(host_digikam, "LOOK_SECONDS", 0.01)
    assert command("host", "digikam", "watch", job, ME).code == 0
    assert "2 written, 0 unchanged, 1 failed" in told(desktop)
    assert f"photo-bridge undo {job}" in told(desktop)
    scan = told(desktop, "dbus-send").splitlines()
    assert {f"--dest=org.kde.digikam-{ME}", "string:scan_newitems"} <= set(scan)


def test_without_rescan_digikam_is_not_asked_to_scan(
    run_item: RunItem, command: Command, photos: Path, service: Service, desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its scan would note the new date, and a rescan switched on later would pass the file over."""
    run_item(photos / "red.jpg", rescan=False)
    (job,) = [run.job for run in service.jobs.recent(10)]
    monkeypatch.setattr(host_digikam, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(host_digikam, "LOOK_SECONDS", 0.01)
    command("host", "digikam", "watch", job, ME)
    assert "Album &gt; Reread Metadata From Files" in told(desktop)
    assert told(desktop, "dbus-send") == ""


def test_one_process_watches_a_run(own_home: Path) -> None:
    first = host_digikam._lock(own_home, "job")
    assert first is not None
    assert host_digikam._lock(own_home, "job") is None
    first.close()
    again = host_digikam._lock(own_home, "job")
    assert again is not None
    again.close()


@pytest.mark.usefixtures("wired", "person", "detached")
def test_open_with_keywords_captions_and_undo(command: Command, photos: Path, desktop: Path) -> None:
    before = {path.name: path.read_bytes() for path in photos.iterdir()}
    said = command("host", "digikam", "open", "keywords", photos / "red.jpg", photos / "green.jpg")
    assert said.code == 0
    assert "2 written, 0 unchanged, 0 failed" in said.out
    assert "new:      red, wide, red wide scene" in said.out
    assert "2 written" in told(desktop), "nobody sees a terminal"
    said = command("host", "digikam", "open", "captions", photos / "red.jpg")
    assert "caption:  The scene is mostly red." in said.out
    for count in ("1 taken back", "2 taken back"):
        said = command("host", "digikam", "open", "undo", photos / "red.jpg")
        assert count in said.out
    assert {path.name: path.read_bytes() for path in photos.iterdir()} == before


@pytest.mark.usefixtures("wired", "person")
def test_open_with_shows_itself_in_a_terminal(
    command: Command, photos: Path, desktop: Path, detached: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a list of names in a file, whatever they hold."""
    hostile = photos / "a\n`touch INJ` $(touch INJ).jpg"
    (photos / "red.jpg").rename(hostile)
    terminal = desktop / "konsole"
    terminal.touch(0o755)
    monkeypatch.setenv("DISPLAY", ":0")
    assert command("host", "digikam", "open", "keywords", hostile, photos / "green.jpg").out == ""
    ((program, *words),) = detached
    assert (program, words[0], words[-3:-1]) == (str(terminal), "-e", ["keywords", "--list"])
    listed = Path(words[-1])
    assert listed.read_bytes() == b"".join(os.fsencode(path) + b"\0" for path in (hostile, photos / "green.jpg"))
    assert listed.stat().st_mode & 0o077 == 0
    said = command("host", "digikam", "open", "keywords", "--list", listed)
    assert "2 written" in said.out
    assert not listed.exists()


@pytest.mark.usefixtures("wired", "person", "detached")
def test_open_with_what_cannot_be_done_says_why(
    command: Command, photos: Path, desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digikam_item, "options", lambda *_: {"model": "gone"})
    said = command("host", "digikam", "open", "captions", photos / "red.jpg")
    assert said.code == 1
    assert "photo-bridge models list" in said.err
    assert "There is no model named gone." in told(desktop)


def test_a_photo_that_ends_between_two_looks_is_seen() -> None:
    pages = [[], [{"uri": "file:///a.jpg", "status": "done"}]]

    def call(method: str, **_: object) -> dict[str, object]:
        return {"state": "done"} if method == "jobs.status" else {"events": pages.pop(0), "next": 1}

    assert digikam_item.wait(call, "job", Path("/a.jpg"), time.monotonic() + 60) == "done"


def test_a_run_that_waits_for_a_person_is_not_waited_for() -> None:
    def call(method: str, **_: object) -> dict[str, object]:
        return {"state": "paused"} if method == "jobs.status" else {"events": [], "next": 0}

    assert digikam_item.wait(call, "job", Path("/a.jpg"), time.monotonic() + 60) is None


def test_the_output_is_whole_or_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    item = Item(tmp_path / "in.jpg", tmp_path / "out.jpg")
    item.input.write_bytes(b"as it was")
    item.output.touch()

    def copy(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes())
        source.write_bytes(b"written by another program meanwhile")

    monkeypatch.setattr(digikam_item.shutil, "copy2", copy)
    with pytest.raises(PhotoChanged):
        digikam_item.fill(item)

    def fail(_: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(digikam_item.shutil, "copy2", fail)
    with pytest.raises(OSError, match="No space"):
        digikam_item.fill(item)
    assert item.output.read_bytes() == b""
    assert {path.name for path in tmp_path.iterdir()} == {"in.jpg", "out.jpg"}


@pytest.mark.parametrize(
    ("words", "config"),
    [
        (["digikam"], "/rc"),
        (["digikam", "--config", "/other"], "/other"),
        (["digikam", "--config=/other"], "/other"),
        (["digikam", "--config"], "/rc"),
    ],
)
def test_the_settings_are_those_of_the_digikam_that_calls(words: list[str], config: str) -> None:
    assert digikam_item.config_of(words, Path("/rc")) == Path(config)


@pytest.fixture
def database(person: Places, photos: Path, tmp_path: Path) -> Path:
    """A digiKam that knows more of red.jpg than the file says."""
    path = tmp_path / "digikam4.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            f"""
            {SCHEMA}
            INSERT INTO AlbumRoots VALUES (1, 'volumeid:?path={photos.parent}', '/');
            INSERT INTO Albums VALUES (1, 1, '/photos');
            INSERT INTO Images VALUES (1, 1, 'red.jpg', 1), (2, 1, 'green.jpg', 1);
            INSERT INTO ImageComments VALUES (1, 1, 'x-default', 'Mine');
            INSERT INTO Tags VALUES (1, 0, 'Colours'), (2, 1, 'Red');
            INSERT INTO ImageTags VALUES (1, 2);
            """
        )
    person.rc.write_text(f"[Database Settings]\nDatabase Name[$e]={tmp_path}/\nDatabase Type=QSQLITE\n")
    return path


@pytest.mark.usefixtures("wired", "detached", "desktop", "database")
def test_what_digikam_has_of_a_selection_is_there_already(command: Command, photos: Path) -> None:
    """Its files may lack it: digiKam would take our caption in place of its own, and have one word in two places."""
    assert "2 written" in command("host", "digikam", "open", "captions", photos / "red.jpg", photos / "green.jpg").out
    assert [text(photos / name, "XMP-dc:Description") for name in ("red.jpg", "green.jpg")] == [
        "",
        "The scene is mostly green.",
    ]
    assert text(photos / "red.jpg", "XMP-dc:Title") == "A red scene"
    said = command("host", "digikam", "open", "keywords", photos / "red.jpg")
    assert "new:      wide, red wide scene" in said.out
    assert "red" not in keywords(photos / "red.jpg")["XMP-dc:Subject"]


@pytest.mark.usefixtures("wired", "detached", "desktop")
def test_words_take_their_place_in_digikams_tags(command: Command, photos: Path, database: Path) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("INSERT INTO Tags VALUES (3, 1, 'Green')")
    command("host", "digikam", "open", "keywords", photos / "green.jpg")
    assert keywords(photos / "green.jpg")["XMP-digiKam:TagsList"] == ["Colours/Green", "wide", "green wide scene"]


@pytest.mark.usefixtures("wired", "detached", "desktop")
@pytest.mark.parametrize("kind", ["QMYSQL", "QSQLITE"])
def test_where_its_captions_cannot_be_looked_up_none_is_written(
    command: Command, person: Places, photos: Path, database: Path, kind: str
) -> None:
    person.rc.write_text(person.rc.read_text().replace("QSQLITE", kind))
    database.write_text("no database")
    said = command("host", "digikam", "open", "captions", photos / "green.jpg")
    assert said.code == 1
    assert "could not be looked up" in said.err
    said = command("host", "digikam", "open", "keywords", photos / "green.jpg")
    assert "1 written" in said.out, "keywords are only ever added"


def test_in_a_queue_digikam_tells_what_it_has(run_item: RunItem, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMENTS", "Mine")
    monkeypatch.setenv("TAGSPATH", "Colours/Red;dog")
    for want in ("captions", "keywords"):
        _, output = run_item(photos / "red.jpg", want=want)
        assert output.read_bytes() == (photos / "red.jpg").read_bytes()
    assert text(photos / "red.jpg", "XMP-dc:Description") == ""
    assert text(photos / "red.jpg", "XMP-dc:Title") == "A red scene"
    assert keywords(photos / "red.jpg")["XMP-dc:Subject"] == ["wide", "red wide scene"]


def test_a_photo_that_failed_is_tried_again_when_it_is_queued_again(
    run_item: RunItem, photos: Path, service: Service
) -> None:
    photo = photos / "red.jpg"
    picture = photo.read_bytes()
    photo.write_text("no picture")
    _, output = run_item(photo)
    assert output.stat().st_size == 0
    photo.write_bytes(picture)
    _, output = run_item(photo)
    assert output.read_bytes() == photo.read_bytes() != picture
    assert [(run.total, run.failed) for run in service.jobs.recent(10)] == [(1, 0)]


@pytest.mark.usefixtures("wired", "person")
def test_the_review_page_is_opened_in_the_browser(
    command: Command, photos: Path, desktop: Path, own_home: Path, browsed: list[str]
) -> None:
    said = command("host", "digikam", "open", "review", photos / "red.jpg")
    assert (said.code, said.out) == (0, "The review page is open in your browser.\n")
    assert "The review page is open in your browser." in told(desktop)
    assert [from_uri(uri).parent for uri in browsed] == [own_home]


@pytest.mark.usefixtures("wired", "person")
def test_without_a_browser_the_review_page_is_named(
    command: Command, desktop: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    said = command("host", "digikam", "open", "review")
    (page,) = own_home.glob("review-*.html")
    assert said.code == 1
    assert "No browser could be started." in told(desktop)
    assert str(page) in told(desktop)


@pytest.mark.usefixtures("person")
def test_the_settings_are_opened(
    command: Command, own_home: Path, desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = own_home / "settings.toml"
    assert str(file) in command("host", "digikam", "open", "settings").out, "no program could show them"
    assert '# model = "auto"' in file.read_text()
    assert load_settings() == Settings()
    opener = desktop / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{opener}.said"\n')
    opener.chmod(0o755)
    monkeypatch.setenv("DISPLAY", ":0")
    file.write_text("# mine\n")
    said = command("host", "digikam", "open", "settings")
    assert (said.code, said.out) == (0, "")
    assert told(desktop, "xdg-open") == f"{file}\n"
    assert file.read_text() == "# mine\n"


@pytest.mark.parametrize(("does", "shown"), [("exit 0", True), ("exit 3", False), ("exec sleep 3", True)])
def test_a_program_that_shows_a_file(
    desktop: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str, shown: bool
) -> None:
    """Some end at once, others when their window is closed."""
    assert not digikam_desktop.show(tmp_path), "there is no screen"
    monkeypatch.setenv("DISPLAY", ":0")
    assert not digikam_desktop.show(tmp_path), "there is no such program"
    monkeypatch.setattr(digikam_desktop, "OPENING_SECONDS", 0.5)
    (desktop / "sleep").symlink_to("/bin/sleep")
    (desktop / "xdg-open").write_text(f"#!/bin/sh\n{does}\n")
    (desktop / "xdg-open").chmod(0o755)
    assert digikam_desktop.show(tmp_path) is shown


def test_what_starts_once_a_photo_loads_no_more_than_it_needs() -> None:
    loaded = "import sys; from bridge.cli import main; main.commands(['host', 'digikam', 'item']); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert "bridge.cli.host_digikam" in modules
    assert not {"numpy", "pydantic_settings", "tomlkit", "bridge.cli.host_text", "bridge.cli.hosts"} & set(modules)


@pytest.mark.usefixtures("wired", "person", "detached", "desktop")
def test_undo_takes_back_the_last_run_from_digikam(command: Command, photos: Path, service: Service) -> None:
    before = (photos / "red.jpg").read_bytes()
    command("host", "digikam", "open", "keywords", photos / "red.jpg")
    other = service.runs.analyze([photos / "green.jpg"], RunOptions(write=True)).job
    finish(service, str(other))
    assert "1 taken back" in command("host", "digikam", "open", "undo").out
    assert (photos / "red.jpg").read_bytes() == before
    said = command("host", "digikam", "open", "undo")
    assert (said.code, "No run from here" in said.err) == (1, True)


@pytest.mark.usefixtures("wired", "person", "detached", "desktop")
def test_a_selection_of_thousands_is_one_run(
    command: Command, photos: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "BATCH", 1)
    command("host", "digikam", "open", "keywords", photos / "red.jpg", photos / "green.jpg")
    assert [run.total for run in service.jobs.recent(10)] == [2]


@pytest.mark.usefixtures("wired", "person", "desktop")
def test_what_cannot_be_asked_for_is_refused(command: Command, photos: Path) -> None:
    before = (photos / "red.jpg").read_bytes()
    said = command("host", "digikam", "open", "everything", photos / "red.jpg")
    assert said.code == 1
    assert "Say one of: keywords, captions" in said.err
    assert (photos / "red.jpg").read_bytes() == before


@pytest.mark.parametrize("text", [b"", b'"/a.jpg"\n', b'"/a"\nAI_9-output\n"/b"\n'])
def test_what_is_not_from_our_script_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidParams):
        digikam_item.parse(text, TOKEN)
