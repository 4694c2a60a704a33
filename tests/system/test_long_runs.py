"""A real daemon that is to be quiet now: its pass waits through a kill, says so, and goes on when it is told to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bridge.rpc.client import Client
from tests.fakes.clock import quiet_now
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import Bridge
from tests.system.test_kill import make_photos

pytestmark = pytest.mark.system


def until_it_waits(client: Client, job: str) -> dict[str, Any]:
    status: dict[str, Any] = client.call("jobs.status", job=job)
    while status["state"] == "open" and status["waiting"] is None:
        status = client.call("jobs.status", job=job, wait_ms=5000)
    return status


def test_a_pass_waits_for_the_night_to_end_through_a_kill(own_home: Path, tmp_path: Path) -> None:
    before = make_photos(tmp_path / "photos", 12)
    with FakeOllama(slots=2) as server:
        bridge = Bridge(own_home, {"PHOTO_BRIDGE_OLLAMA_URL": server.url, "PHOTO_BRIDGE_QUIET_HOURS": quiet_now()})
        bridge.start()
        options = {"model": "ollama:llava:13b", "write": True}
        with bridge.client() as client:
            job = client.call("photos.analyze", uris=[(tmp_path / "photos").as_uri()], options=options)["job"]
            assert until_it_waits(client, job)["waiting"]["code"] == "quiet_hours"
        bridge.kill()
        bridge.start()
        with bridge.client() as client:
            assert until_it_waits(client, job)["waiting"]["code"] == "quiet_hours"
            holds = client.call("jobs.events", job=job)["holds"]
            assert [hold["until"] is None for hold in holds] == [False, True]
        assert server.asked == []
        assert {path.name: path.read_bytes() for path in (tmp_path / "photos").iterdir()} == before
        assert "It is quiet until " in bridge.run("jobs").stdout
        said = bridge.run("resume", job, "--now")
        assert said.returncode == 0, said.stderr
        assert f"{job}  ollama:llava:13b: 12 done" in said.stdout
        assert len(server.asked) == len(set(server.asked)) == 12
        bridge.stop()


def test_a_model_leaves_ollama_s_memory_when_nobody_needs_it(own_home: Path, tmp_path: Path) -> None:
    make_photos(tmp_path / "photos", 2)
    with FakeOllama(slots=2) as server:
        bridge = Bridge(own_home, {"PHOTO_BRIDGE_OLLAMA_URL": server.url, "PHOTO_BRIDGE_UNLOAD_AFTER_MINUTES": "0.001"})
        bridge.start()
        said = bridge.run("tag", tmp_path / "photos", "--model", "ollama:llava:13b")
        assert said.returncode == 0, said.stderr
        assert server.unloaded.wait(60), bridge.log()
        assert server.loaded == set()
        bridge.stop()
