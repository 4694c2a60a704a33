"""Killed in the middle of taking away what a model wrote: every word goes once, and an undo brings every byte back."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

from bridge.rpc.client import Client
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import Bridge, digests, keywords
from tests.system.test_kill import make_photos

pytestmark = pytest.mark.system

PHOTOS, KILLS, SEED = 50, 4, 20261125
MODEL = "ollama:llava:13b"


def ended(client: Client, job: str) -> dict[str, Any]:
    status: dict[str, Any] = {"state": "open"}
    while status["state"] == "open":
        status = client.call("jobs.status", job=job, wait_ms=5000)
    return status


def test_a_removal_survives_kills(own_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    first = make_photos(folder, PHOTOS)
    photos = sorted(folder.iterdir())
    chance = random.Random(SEED)
    with FakeOllama(slots=2) as server:
        bridge = Bridge(own_home, {"PHOTO_BRIDGE_OLLAMA_URL": server.url})
        bridge.start()
        with bridge.client() as client:
            options = {"model": MODEL, "write": True}
            tagged = client.call("photos.analyze", uris=[folder.as_uri()], options=options)["job"]
            assert ended(client, tagged)["done"] == PHOTOS, bridge.log()[-4000:]
            before = digests(photos)
            claimed = client.call("provenance.export", limit=10_000)["values"]
            job = client.call("provenance.remove", model=MODEL, write=True)["job"]
        caught = 0
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.3))  # the moment of the kill, not a wait for anything
            bridge.kill()
            bridge.start()
            with bridge.client() as client:
                caught += client.call("jobs.status", job=job)["state"] == "open"
        assert caught, "the run was over before the first kill: make it longer"
        with bridge.client() as client:
            status = ended(client, job)
            assert (status["state"], status["done"], status["failed"]) == ("done", PHOTOS, 0), bridge.log()[-4000:]
            told = client.call("provenance.export", limit=10_000)["values"]
        assert len(told) == len(claimed) and {(one["state"], one["ended_by"]) for one in told} == {("removed", job)}
        assert {path.name for path in folder.iterdir()} == set(first), "a temporary file stayed"
        assert not any(keywords(photo) for photo in photos)
        assert bridge.run("undo", job).returncode == 0
        assert digests(photos) == before
        assert bridge.run("undo", tagged).returncode == 0
        assert digests(photos) == first
        bridge.stop()
