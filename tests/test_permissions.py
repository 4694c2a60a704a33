"""What a user may not read or write fails alone. Root may do everything, so a child drops its rights."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bridge.jobs.request import RunOptions
from tests.fakes.bridge import results, service_around
from tests.fakes.tagger import FakeTagger

NOBODY = 65534

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="user ids are POSIX's")


@pytest.fixture
def somebody() -> Iterator[Path]:
    """A folder of that user's, outside pytest's own, which is root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="photo-bridge-test-"))
    yield folder
    shutil.rmtree(folder)


def as_nobody(folder: Path, photos: Path) -> dict[str, str]:
    """What a run over ``photos`` says of each, in a child that has dropped its rights."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            assert os.geteuid() != 0
            (folder / "home").mkdir()
            os.environ["PHOTO_BRIDGE_HOME"] = str(folder / "home")
            tempfile.tempdir = str(folder)
            with service_around(folder / "home", FakeTagger()) as service:
                job = service.analyze([photos], RunOptions(write=True), recursive=True).job
                told = {
                    str(Path(result.path).relative_to(photos)): result.error.code if result.error else result.status
                    for result in results(service, job).values()
                }
            os.write(writing, json.dumps(told).encode())
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "the child failed"
    told: dict[str, str] = json.loads(answer)
    return told


def import_everything(home: Path, folder: Path) -> None:
    """By a run of its own: what is imported on first use lies in root's home on some machines."""
    photo = folder / "first.jpg"
    Image.new("RGB", (20, 10)).save(photo)
    with service_around(home, FakeTagger()) as service:
        results(service, service.analyze([photo], RunOptions(write=True)).job)


def test_each_denied_photo_fails_alone(own_home: Path, tmp_path: Path, somebody: Path) -> None:
    import_everything(own_home, tmp_path)
    photos = somebody / "photos"
    locked = photos / "locked"
    locked.mkdir(parents=True)
    names = ("unreadable.jpg", "read_only.jpg", "fine.jpg", "locked/writable.jpg", "locked/denied.jpg")
    for number, name in enumerate(names):
        Image.new("RGB", (120, 90), (200, 20 * number, 40)).save(photos / name)
    if os.geteuid() == 0:
        for path in (somebody, *somebody.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    (photos / "unreadable.jpg").chmod(0o000)
    (photos / "read_only.jpg").chmod(0o444)
    (locked / "denied.jpg").chmod(0o444)
    locked.chmod(0o555)
    before = {name: (photos / name).read_bytes() for name in names}

    told = as_nobody(somebody, photos)

    assert told == {
        "unreadable.jpg": "photo_unreadable",
        "read_only.jpg": "write_denied",
        "fine.jpg": "done",
        "locked/writable.jpg": "done",
        "locked/denied.jpg": "write_denied",
    }
    changed = {name for name in names if (photos / name).read_bytes() != before[name]}
    assert changed == {"fine.jpg", "locked/writable.jpg"}
    assert {path.name for path in locked.iterdir()} == {"writable.jpg", "denied.jpg"}
