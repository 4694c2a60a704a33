"""Killed while it culls and while it flags: nothing is measured twice, and every flag can be taken back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bridge.rpc.client import Client
from tests.culling.photos import blurred, save
from tests.culling.scenes import scene
from tests.system.daemon import Bridge, running

pytestmark = pytest.mark.system

MOMENTS = 8
KILL_AFTER = (1, 5, 11)
"""Photos that have ended when the daemon is killed."""


def photos(folder: Path) -> dict[str, bytes]:
    for number in range(MOMENTS):
        picture = scene(number)
        save(folder / f"{number}-sharp.jpg", picture)
        save(folder / f"{number}-soft.jpg", blurred(picture, 5.0))
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def measured(bridge: Bridge) -> list[int]:
    """A row that was written again has another number."""
    with sqlite3.connect(bridge.home / "bridge.db") as db:
        return [row[0] for row in db.execute("SELECT id FROM measured ORDER BY id")]


def ended(client: Client, job: str) -> dict[str, int]:
    status: dict[str, int] = client.call("jobs.status", job=job, wait_ms=20_000)
    return status


def killed_at(bridge: Bridge, job: str, photos: int) -> None:
    with bridge.client() as client:
        while ended(client, job)["done"] < photos:
            pass
    bridge.kill()
    bridge.start()


def test_kills_lose_and_repeat_nothing(own_home: Path, tmp_path: Path) -> None:
    before = photos(tmp_path / "photos")
    folder = tmp_path / "photos"
    with running(own_home) as bridge:
        with bridge.client() as client:
            job = client.call("cull.run", uris=[folder.as_uri()])["job"]
        for done in KILL_AFTER:
            known = measured(bridge)
            killed_at(bridge, job, done)
            assert set(known) <= set(measured(bridge))
        with bridge.client() as client:
            while (status := ended(client, job))["state"] == "open":
                pass
            assert (status["done"], status["failed"]) == (len(before), 0)
            picks = {Path(r["path"]).name: r["pick"] for r in client.call("cull.results", job=job)["results"]}
            flagged = client.call("cull.flag", job=job, write=True)["job"]
        assert len(measured(bridge)) == len(before)
        assert set(picks) == set(before)
        assert sum(pick == -1 for name, pick in picks.items() if "soft" in name) == MOMENTS
        killed_at(bridge, flagged, 3)
        with bridge.client() as client:
            while (status := ended(client, flagged))["state"] == "open":
                pass
            assert status["failed"] == 0
            undo = client.call("metadata.undo", job=flagged)["job"]
            while ended(client, undo)["state"] == "open":
                pass
    assert contents(folder) == before


def test_a_decision_is_kept_once_it_is_answered_and_a_run_of_flags_writes_what_held_when_it_began(
    own_home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    names = list(photos(folder))
    with running(own_home) as bridge:
        with bridge.client() as client:
            job = client.call("cull.run", uris=[folder.as_uri()])["job"]
            while ended(client, job)["state"] == "open":
                pass
        # What the verdict is not: the soft ones picked, the sharp ones rejected.
        wanted = {name: 1 if "soft" in name else -1 for name in names}
        for name in names[: len(KILL_AFTER)]:
            with bridge.client() as client:
                decide(client, job, {folder / name: wanted[name]})
            bridge.kill()
            bridge.start()
        with bridge.client() as client:
            decide(client, job, {folder / name: wanted[name] for name in names[len(KILL_AFTER) :]})
        bridge.kill()
        bridge.start()
        with bridge.client() as client:
            held = {Path(r["path"]).name: r["yours"] for r in client.call("cull.results", job=job)["results"]}
            assert held == wanted
            flagged = client.call("cull.flag", job=job, write=True)["job"]
            decide(client, job, {folder / name: 0 for name in names})
        killed_at(bridge, flagged, 3)
        with bridge.client() as client:
            while ended(client, flagged)["state"] == "open":
                pass
            written = client.call("jobs.results", job=flagged, limit=1000)["results"]
    assert {Path(r["path"]).name: r["flags"]["pick"] for r in written if r["written_to"]} == wanted


def decide(client: Client, job: str, picks: dict[Path, int]) -> None:
    client.call("cull.decide", job=job, photos=[{"uri": photo.as_uri(), "pick": pick} for photo, pick in picks.items()])
