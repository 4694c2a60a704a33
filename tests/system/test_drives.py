"""Drives that go away under a real daemon, and come back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bridge.rpc.client import Client
from tests.drives import drive, share
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import digests, keywords, running
from tests.system.test_kill import make_photos

pytestmark = pytest.mark.system
LLAVA = {"model": "ollama:llava:13b"}


@pytest.fixture
def settings() -> Iterator[dict[str, str]]:
    """Of a daemon with a model, that soon asks whether a drive still answers."""
    with FakeOllama() as server:
        yield {"PHOTO_BRIDGE_OLLAMA_URL": server.url, "PHOTO_BRIDGE_DRIVE_TIMEOUT_S": "1"}


def until(client: Client, job: str, **wanted: Any) -> dict[str, Any]:
    """The status of a run as soon as it says this."""
    status: dict[str, Any] = client.call("jobs.status", job=job)
    while any(status[name] != value for name, value in wanted.items()):
        assert status["state"] == "open", status
        status = client.call("jobs.status", job=job, wait_ms=5000)
    return status


def absent(status: dict[str, Any]) -> dict[str, int]:
    return {cause["code"]: cause["photos"] for cause in status["absent"]}


@pytest.mark.timeout(300)
def test_photos_of_a_drive_that_is_not_there_wait_for_it_also_across_a_restart(
    own_home: Path, tmp_path: Path, settings: dict[str, str]
) -> None:
    here = tmp_path / "here"
    make_photos(here, 3)
    with drive(tmp_path / "media") as disk, running(own_home, settings) as bridge:
        there = disk.place / "2024"
        before = make_photos(there, 4)
        with bridge.client() as client:
            job = client.call("photos.analyze", uris=[there.as_uri(), here.as_uri()], options=LLAVA)
            job = until(client, job["job"], state="done")["job"]
            disk.disconnect()
            written = client.call("metadata.apply", job=job)["job"]
            status = until(client, written, done=3)
            while not status["waiting"]:
                status = client.call("jobs.status", job=written, wait_ms=5000)
            assert (status["state"], status["failed"], absent(status)) == ("open", 0, {"volume_missing": 4})
            assert status["waiting"]["code"] == "volume_missing"
            assert str(disk.place) in status["waiting"]["message"]
        listed = bridge.run("jobs").stdout
        assert "4 not at hand" in listed and "4 photos wait" in listed
        bridge.kill()
        bridge.start()
        with bridge.client() as client:
            status = client.call("jobs.status", job=written)
            while absent(status) != {"volume_missing": 4}:
                status = client.call("jobs.status", job=written, wait_ms=5000)
            disk.connect()
            status = until(client, written, state="done")
        assert (status["done"], status["failed"]) == (7, 0)
        assert all(keywords(path)["XMP-dc:Subject"] for path in there.iterdir())
        assert bridge.run("undo", written).returncode == 0
        assert digests(sorted(there.iterdir())) == before


def writes(home: Path) -> list[tuple[str, str]]:
    """The journal: each write's photo, and what became of it."""
    with closing(sqlite3.connect(home / "bridge.db")) as db:
        rows = db.execute("SELECT photo, state FROM journal ORDER BY photo").fetchall()
    return [(Path(os.fsdecode(photo)).name, state) for photo, state in rows]


@pytest.mark.timeout(400)
def test_a_share_that_falls_asleep_holds_up_nothing_else_and_nothing_is_written_twice(
    own_home: Path, tmp_path: Path, settings: dict[str, str]
) -> None:
    here, more = tmp_path / "here", tmp_path / "more"
    make_photos(here, 3)
    make_photos(more, 3)
    with share(tmp_path / "media") as nas, running(own_home, settings) as bridge:
        there = nas.place / "2024"
        before = make_photos(there, 30)
        with bridge.client() as client:
            places = [there.as_uri(), here.as_uri()]
            job = client.call("photos.analyze", uris=places, options={**LLAVA, "write": True})["job"]
            status = client.call("jobs.status", job=job)
            while status["done"] < 3:
                status = client.call("jobs.status", job=job, wait_ms=5000)
            nas.hangs()
            # Photos that are read, asked about and written just now are held wherever they are.
            while not status["waiting"] or sum(absent(status).values()) + status["done"] < 33:
                status = client.call("jobs.status", job=job, wait_ms=5000)
            assert (status["failed"], set(absent(status))) == (0, {"volume_slow"}), bridge.log()[-4000:]
            assert all(keywords(path).get("XMP-dc:Subject") for path in here.iterdir())
            other = client.call("photos.analyze", uris=[more.as_uri()], options={**LLAVA, "write": True})["job"]
            assert until(client, other, state="done")["done"] == 3
            nas.wakes_up()
            status = until(client, job, state="done")
            assert (status["done"], status["failed"]) == (33, 0), bridge.log()[-4000:]
        assert {path.name for path in there.iterdir()} == set(before), "a temporary file stayed"
        assert sorted(writes(own_home)) == sorted(
            (path.name, "done") for folder in (there, here, more) for path in folder.iterdir()
        )
        assert bridge.run("undo", job).returncode == 0
        assert digests(sorted(there.iterdir())) == before
