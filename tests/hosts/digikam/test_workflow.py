"""The workflow AI Keywords in a real digiKam: from its queue through the daemon into its database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hosts.desktop import wait_for
from tests.hosts.digikam.conftest import SAVE, Desk, Prepare, picture
from tests.system.daemon import keywords

pytestmark = pytest.mark.hosts

HOSTILE = (
    "a `touch INJ1`.JPG",
    "b $(touch INJ2).JPG",
    'c " ; touch INJ3 ; ".JPG',
    "d ' ; touch INJ4 ; '.JPG",
    "e $HOME $INPUT $OUTPUT.JPG",
    "f\nAI_0\ntouch INJ5\n.JPG",
    "-g \\ ünï 📷.JPG",
)


def exiftool(*arguments: str | Path) -> None:
    subprocess.run(["exiftool", "-q", "-overwrite_original", *arguments], check=True)


def started(desk: Desk, count: int) -> None:
    desk.digikam.start()
    wait_for("the first scan", lambda: desk.digikam.known() == count)


def in_file(path: Path) -> set[str]:
    return set(keywords(path).get("XMP-digiKam:TagsList", []))


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "tmp" in path.name.lower() or path.name.startswith("INJ")]


def test_an_album_is_tagged_and_no_file_name_is_executed(desk: Prepare, shared_photos: Path) -> None:
    here = desk("Use XMP Sidecar For Reading=true")
    album = here.digikam.photos
    for seed, name in enumerate(("one.JPG", "two.JPG", *HOSTILE)):
        picture(album / name, seed)
    exiftool("-XMP-dc:Subject=lighthouse", "-XMP-xmp:Rating=3", "-XMP-dc:Description=Mine", album / "one.JPG")
    raw = shared_photos / "raw" / "Issue_247-1.nef"
    shutil.copy2(raw, album / "raw.NEF")
    before = {path.name: path.read_bytes() for path in album.iterdir()}
    assert "Rescan" not in here.digikam.rc.read_text()
    here.install("--rescan")
    started(here, len(before))
    here.digikam.run_workflow("AI Keywords")

    for name in before:
        wait_for(f"tags of {name!r}", lambda name=name: len(here.digikam.tags(name)) >= 8)  # type: ignore[misc]
    for name in before:
        file = album / name if name != "raw.NEF" else album / "raw.NEF.xmp"
        assert set(here.digikam.tags(name)) == in_file(file), name
    assert "lighthouse" in here.digikam.tags("one.JPG")
    assert (here.digikam.rating("one.JPG"), here.digikam.comments("one.JPG")) == (3, {1: "Mine"})
    assert (album / "raw.NEF").read_bytes() == before["raw.NEF"]
    here.digikam.stop()
    assert left_over(album) == left_over(here.digikam.folder) == left_over(here.digikam.home) == []

    status = [run for run in jobs(here) if run["kind"] == "tag"]
    assert [run["total"] for run in status] == [len(before)], "one run to show, cancel and undo"
    assert here.bridge.run("undo", "last").returncode == 0
    assert {path.name: path.read_bytes() for path in album.iterdir()} == before


def jobs(here: Desk) -> list[dict[str, object]]:
    with here.bridge.client() as client:
        found: list[dict[str, object]] = client.call("jobs.list", limit=100)
    return found


def test_nothing_is_lost_where_digikam_saves_and_does_not_rescan(desk: Prepare) -> None:
    """In this setting digiKam writes its old values over what a batch left in the output; so it gets none."""
    here = desk(*SAVE)
    album = here.digikam.photos
    for seed in (1, 2):
        picture(album / f"{seed}.JPG", seed)
    exiftool("-XMP-dc:Subject=lighthouse", "-XMP-xmp:Rating=2", album / "1.JPG")
    said = here.install("--no-rescan")
    assert "Reread Metadata From Files" in said
    started(here, 2)
    here.digikam.run_workflow("AI Keywords")
    here.digikam.rate(4)
    wait_for("the person's stars", lambda: here.digikam.rating("1.JPG") == here.digikam.rating("2.JPG") == 4)
    for name in ("1.JPG", "2.JPG"):
        assert len(in_file(album / name)) >= 8
    assert "lighthouse" in in_file(album / "1.JPG")
    here.digikam.act("album_read_metadata")
    for name in ("1.JPG", "2.JPG"):
        wait_for("the tags after a reread", lambda name=name: set(here.digikam.tags(name)) == in_file(album / name))  # type: ignore[misc]
    here.digikam.stop()
    for name in ("1.JPG", "2.JPG"):
        assert len(in_file(album / name)) >= 8
    assert left_over(album) == []


def test_all_arrives_where_digikam_saves_and_rescans(desk: Prepare) -> None:
    here = desk(*SAVE, "Rescan File If Modified=true")
    album = here.digikam.photos
    picture(album / "1.JPG", 1)
    exiftool("-XMP-dc:Subject=lighthouse", "-XMP-dc:Description=Mine", album / "1.JPG")
    here.install()
    started(here, 1)
    here.digikam.run_workflow("AI Keywords")
    wait_for("tags", lambda: len(here.digikam.tags("1.JPG")) >= 8)
    here.digikam.stop()
    assert "lighthouse" in in_file(album / "1.JPG")
    assert len(in_file(album / "1.JPG")) >= 8
    assert set(here.digikam.tags("1.JPG")) == in_file(album / "1.JPG")
    assert here.digikam.comments("1.JPG") == {1: "Mine"}


def test_a_model_slower_than_digikam_waits_for(desk: Prepare, tmp_path: Path) -> None:
    """The item is red, the daemon goes on in place, and digiKam is told to look when it is done."""
    here = desk("Rescan File If Modified=true", delay=8.0)
    notified = tmp_path / "notified"
    programs = tmp_path / "bin"
    programs.mkdir()
    impatient = "from bridge.cli import host_digikam, main; host_digikam.ITEM_SECONDS = 2.0; main.run()"
    for name, text in {
        "notify-send": f'for word; do printf "%s\\n" "$word"; done >> {notified}',
        "impatient": f"exec {sys.executable} -P -c '{impatient}' \"$@\"",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    here.digikam.environ = {**here.digikam.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    picture(here.digikam.photos / "1.JPG", 1)
    here.install()
    # A minute is long: of what is installed, only the time for one item is changed.
    queue = re.sub(rb"exec .+? host digikam item", b"exec impatient host digikam item", here.digikam.queue.read_bytes())
    here.digikam.queue.write_bytes(queue)
    started(here, 1)
    here.digikam.run_workflow("AI Keywords")
    assert in_file(here.digikam.photos / "1.JPG") == set()
    wait_for("tags that came late", lambda: len(here.digikam.tags("1.JPG")) >= 8)
    wait_for("the sum of the run", lambda: "1 written, 0 unchanged, 0 failed" in notified.read_text())
    here.digikam.stop()
