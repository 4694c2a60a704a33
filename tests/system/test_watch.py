"""A watched folder with a real daemon: files copied in pieces, kills in between, runs that write where it watches."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama
from tests.system.daemon import Bridge, keywords
from tests.system.test_kill import make_photos

pytestmark = pytest.mark.system

MODEL, PHOTOS, IN_FLIGHT = "ollama:llava:13b", 8, 2


def until(bridge: Bridge, ready: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The watch, as soon as it is as wanted; told of each change, never asked again and again."""
    with bridge.client() as client:
        told = client.call("watch.list")
        for _ in range(500):
            (watch,) = told["watches"]
            if ready(watch):
                return dict(watch)
            told = client.call("watch.list", seen=told["seen"], wait_ms=20_000)
    raise AssertionError(f"{told}\n{bridge.log()[-4000:]}")


def done(bridge: Bridge) -> Counter[str]:
    """In how many runs each photo was done, by name, when all of them have ended."""
    found: Counter[str] = Counter()
    with bridge.client() as client:
        for run in client.call("jobs.list", limit=100):
            status = run
            while status["state"] == "open":
                status = client.call("jobs.status", job=run["job"], wait_ms=20_000)
            assert status["state"] == "done", bridge.log()[-4000:]
            page = client.call("jobs.results", job=run["job"], limit=1000)
            found.update(Path(result["path"]).name for result in page["results"] if result["status"] == "done")
    return found


@pytest.mark.timeout(600)
def test_every_photo_is_in_one_run_whatever_happens_meanwhile(own_home: Path, tmp_path: Path) -> None:
    card, folder = tmp_path / "card", tmp_path / "photos"
    names = sorted(make_photos(card, PHOTOS))
    (folder / "day 1").mkdir(parents=True)
    shutil.move(card / names[0], folder / names[0])
    slow = (card / names[1]).read_bytes()
    with FakeOllama(slots=IN_FLIGHT, delay=0.05) as server:
        settings = {"PHOTO_BRIDGE_OLLAMA_URL": server.url, "PHOTO_BRIDGE_WATCH_QUIET_S": "0.5"}
        bridge = Bridge(own_home, settings)
        bridge.start()
        try:
            said = bridge.run("watch", folder, "--recursive", "--write", "--model", MODEL, "--no-follow")
            assert said.returncode == 0, said.stderr
            # One file comes slowly, in pieces, while others come at once; the daemon is killed as they lie there.
            piece = len(slow) // 4
            with (folder / names[1]).open("wb") as copy:
                copy.write(slow[:piece])
                copy.flush()
                for name in names[2:7]:
                    shutil.copy(card / name, folder / "day 1")
                bridge.kill()
                copy.write(slow[piece : 2 * piece])
                copy.flush()
                bridge.start()
                watch = until(bridge, lambda watch: watch["photos"] == 5)
                assert watch["waiting"] == 1, "half a photo is none"
                # Killed again with the run under way, and renamed behind its back.
                bridge.kill()
                (folder / "day 1" / names[2]).rename(folder / "day 1" / "renamed.jpg")
                bridge.start()
                for start in range(2 * piece, len(slow), piece):
                    copy.write(slow[start : start + piece])
                    copy.flush()
            # Five, the one that came slowly, and perhaps once more the renamed one, whose run had not come to it.
            until(bridge, lambda watch: watch["photos"] >= 6 and not watch["waiting"])
            before = done(bridge)
            assert before[names[2]] + before["renamed.jpg"] == 1, "its run had come to it when it was renamed, or not"
            there = Counter([*names[1:2], *names[3:7]])
            assert {name: before[name] for name in there} == there
            # A run of a person writes where it watches; then one more photo is all that comes.
            again = bridge.run("tag", folder, "--recursive", "--write", "--model", MODEL)
            assert again.returncode == 0, again.stderr
            assert all(keywords(folder / "day 1" / name)["XMP-dc:Subject"] for name in names[3:7])
            so_far = until(bridge, lambda watch: not watch["waiting"])["photos"]
            shutil.copy(card / names[7], folder / "last.jpg")
            watch = until(bridge, lambda watch: watch["photos"] > so_far and not watch["waiting"])
            assert watch["photos"] == so_far + 1, "what we wrote woke it"
            assert done(bridge) == before + there + Counter([names[0], "renamed.jpg", "last.jpg"])
            listed = bridge.run("watch", "--list")
            assert (str(folder) in listed.stdout, listed.returncode) == (True, 0)
        finally:
            bridge.stop()
        asked = Counter(server.asked)
    assert len(asked) == 8, "the seven photos and the one that was there before"
    assert sum(asked.values()) - len(asked) <= 2 * IN_FLIGHT, "asked again only for what two kills cut off"
    assert not list(folder.rglob(".photo-bridge-*"))
