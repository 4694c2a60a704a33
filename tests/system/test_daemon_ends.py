"""How a daemon ends: told to, killed, or broken down in native code over a photo, which happens twice at most."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bridge.paths import to_uri
from tests.disks import fill, small_disk
from tests.system.daemon import READY_SECONDS, Bridge

pytestmark = pytest.mark.system

PHOTOS = 12


def ended_by_itself(bridge: Bridge) -> bool:
    """Whether a fault ended the daemon. Waits for either that or the end of its run."""
    assert bridge.process is not None
    status = bridge.process.wait(READY_SECONDS)
    bridge.stop()
    return status < 0


def test_a_photo_that_breaks_the_daemon_is_set_aside(own_home: Path, tmp_path: Path) -> None:
    for number in range(PHOTOS):
        colour = (220, 20, 20) if number == 5 else (20, 20 + 10 * number, 200)
        Image.new("RGB", (64, 48), colour).save(tmp_path / f"{number:02}.png")
    bridge = Bridge(own_home, serve=("tests.system.poison_child",))
    bridge.start()
    with bridge.client() as client:
        job = client.call("photos.analyze", uris=[to_uri(tmp_path)], options={})["job"]
    assert ended_by_itself(bridge)
    bridge.start()
    assert ended_by_itself(bridge)
    bridge.start()
    with bridge.client() as client:
        status = {"state": "open"}
        while status["state"] == "open":
            status = client.call("jobs.status", job=job, wait_ms=5000)
        assert (status["state"], status["done"], status["failed"]) == ("done", PHOTOS - 1, 1), bridge.log()[-4000:]
        (failed,) = (one for one in client.call("jobs.results", job=job, limit=50)["results"] if one["error"])
    assert failed["path"].endswith("05.png")
    assert failed["error"]["code"] == "photo_crashed"
    assert "Segmentation fault" in bridge.log()
    bridge.stop()
    assert not (own_home / "crash.txt").exists()


def test_a_photo_in_a_watched_folder_that_breaks_the_daemon_is_set_aside(own_home: Path, tmp_path: Path) -> None:
    bridge = Bridge(own_home, {"PHOTO_BRIDGE_WATCH_QUIET_S": "0.2"}, serve=("tests.system.poison_child",))
    bridge.start()
    with bridge.client() as client:
        client.call("watch.add", uris=[to_uri(tmp_path)], options={})
    Image.new("RGB", (64, 48), (220, 20, 20)).save(tmp_path / "red.png")
    Image.new("RGB", (64, 48), (20, 90, 200)).save(tmp_path / "blue.png")
    for _ in range(3):  # the look, and twice its run
        assert ended_by_itself(bridge)
        bridge.start()
    with bridge.client() as client:
        found: dict[str, str] = {}
        while len(found) < 2:
            for run in client.call("jobs.list", limit=10):
                page = client.call("jobs.results", job=run["job"], limit=50, wait_ms=5000)
                found |= {Path(one["path"]).name: (one["error"] or {"code": "done"})["code"] for one in page["results"]}
    assert found == {"red.png": "photo_crashed", "blue.png": "done"}, bridge.log()[-4000:]
    bridge.stop()


def test_a_daemon_that_is_told_to_end_leaves_nothing_behind(own_home: Path) -> None:
    bridge = Bridge(own_home)
    bridge.start()
    assert bridge.process is not None
    bridge.process.terminate()
    assert bridge.process.wait(READY_SECONDS) == 0
    bridge.stop()
    left = {path.name for path in own_home.iterdir()}
    assert not left & {"daemon.json", "crash.txt", "bridge.db-wal"}, left


def test_photos_that_are_under_way_when_the_daemon_is_killed_are_not_blamed(own_home: Path, tmp_path: Path) -> None:
    Image.new("RGB", (64, 48), (20, 90, 200)).save(tmp_path / "blue.png")
    bridge = Bridge(own_home, serve=("tests.system.poison_child",))
    for _ in range(3):
        bridge.start()
        bridge.kill()
    bridge.start()
    with bridge.client() as client:
        job = client.call("photos.analyze", uris=[to_uri(tmp_path)], options={})["job"]
        assert client.call("jobs.status", job=job, wait_ms=20_000)["done"] == 1
    bridge.stop()


def test_a_start_on_a_full_disk_is_refused_in_words_for_a_person(tmp_path: Path) -> None:
    with small_disk(tmp_path / "home", 2048) as home:
        fill(home, 0)
        refused = Bridge(home).run("serve")
    assert refused.returncode not in (0, -9)
    assert "no room" in refused.stderr and "Traceback" not in refused.stderr, refused.stderr
