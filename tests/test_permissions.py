"""What a user may not read or write fails alone. Root may do everything, so a child drops its rights."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from bridge.jobs.request import RunOptions
from tests.fakes.bridge import results, service_around
from tests.fakes.tagger import FakeTagger
from tests.rights import give_away, without_rights

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="user ids are POSIX's")


def import_everything(home: Path, folder: Path) -> None:
    """By a run of its own: what is imported on first use lies in root's home on some machines."""
    photo = folder / "first.jpg"
    Image.new("RGB", (20, 10)).save(photo)
    with service_around(home, FakeTagger()) as service:
        results(service, service.runs.analyze([photo], RunOptions(write=True)).job)


def test_each_denied_photo_fails_alone(own_home: Path, tmp_path: Path, open_folder: Path) -> None:
    import_everything(own_home, tmp_path)
    photos = open_folder / "photos"
    locked = photos / "locked"
    locked.mkdir(parents=True)
    names = ("unreadable.jpg", "read_only.jpg", "fine.jpg", "locked/writable.jpg", "locked/denied.jpg")
    for number, name in enumerate(names):
        Image.new("RGB", (120, 90), (200, 20 * number, 40)).save(photos / name)
    give_away(open_folder)
    (photos / "unreadable.jpg").chmod(0o000)
    (photos / "read_only.jpg").chmod(0o444)
    (locked / "denied.jpg").chmod(0o444)
    locked.chmod(0o555)
    before = {name: (photos / name).read_bytes() for name in names}

    def work() -> None:
        home = open_folder / "home"
        home.mkdir()
        os.environ["PHOTO_BRIDGE_HOME"] = str(home)
        with service_around(home, FakeTagger()) as service:
            found = results(service, service.runs.analyze([photos], RunOptions(write=True), recursive=True).job)
        assert {name: result.error.code if result.error else result.status for name, result in found.items()} == {
            "unreadable.jpg": "photo_unreadable",
            "read_only.jpg": "write_denied",
            "fine.jpg": "done",
            "writable.jpg": "done",
            "denied.jpg": "write_denied",
        }

    without_rights(work, open_folder)

    changed = {name for name in names if (photos / name).read_bytes() != before[name]}
    assert changed == {"fine.jpg", "locked/writable.jpg"}
    assert {path.name for path in locked.iterdir()} == {"writable.jpg", "denied.jpg"}
