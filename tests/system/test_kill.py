"""Twenty times killed in the middle of a run: nothing lost, nothing damaged, nothing asked twice."""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fakes.ollama import FakeOllama
from tests.system.daemon import Bridge, keywords

pytestmark = pytest.mark.system

PHOTOS, KILLS, SEED, IN_FLIGHT = 200, 20, 20261124, 2


def make_photos(folder: Path, photos: int = PHOTOS) -> dict[str, bytes]:
    """Small JPEGs, each of its own, by name."""
    folder.mkdir()
    noise = np.random.default_rng(SEED)
    for number in range(photos):
        coarse = noise.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC)
        picture.save(folder / f"{number:03}.jpg", quality=90)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.timeout(600)
def test_a_run_survives_twenty_kills(own_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    before = make_photos(folder)
    chance = random.Random(SEED)
    with FakeOllama(slots=IN_FLIGHT, delay=0.3) as server:
        bridge = Bridge(
            own_home,
            {
                "PHOTO_BRIDGE_OLLAMA_URL": server.url,
                "PHOTO_BRIDGE_MODEL_IN_FLIGHT": str(IN_FLIGHT),
            },
        )
        bridge.start()
        with bridge.client() as client:
            options = {"model": "ollama:llava:13b", "write": True}
            job = client.call("photos.analyze", uris=[folder.as_uri()], options=options)["job"]
        ended_early = 0
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.5))  # the moment of the kill, not a wait for anything
            bridge.kill()
            bridge.start()
            with bridge.client() as client:
                ended_early += client.call("jobs.status", job=job)["state"] != "open"
        assert not ended_early, "the run was over before the last kill: make it longer"
        with bridge.client() as client:
            status = {"state": "open"}
            while status["state"] == "open":
                status = client.call("jobs.status", job=job, wait_ms=5000)
        assert (status["state"], status["done"], status["failed"]) == ("done", PHOTOS, 0), bridge.log()[-4000:]
        asked = server.asked
    assert len(set(asked)) == PHOTOS
    assert len(asked) - PHOTOS <= KILLS * IN_FLIGHT
    assert {path.name for path in folder.iterdir()} == set(before), "a temporary file stayed"
    for name in before:
        with Image.open(folder / name) as picture:
            picture.load()
        assert keywords(folder / name)["XMP-dc:Subject"]
    undone = bridge.run("undo", job)
    assert undone.returncode == 0, undone.stdout[-2000:]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    bridge.stop()
