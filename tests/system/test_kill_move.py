"""Killed at each step of moving the search index: every photo is found by what the setting names, and nothing of the
other engine stays, here or on a server."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.service import Asked, Service
from bridge.settings import load_settings, save_setting
from tests.fakes.bridge import finish, service_around
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.qdrant import FakeQdrant
from tests.fakes.tagger import FakeTagger
from tests.system.move_child import STEPS
from tests.system.test_kill import make_photos
from tests.test_service_search import wait_for

pytestmark = pytest.mark.system

PHOTOS = 12
SAVED = {"when the setting is saved", "when the old one is gone"}


@pytest.fixture(params=["embedded", "server"])
def server(request: pytest.FixtureRequest, own_home: Path) -> Iterator[FakeQdrant | None]:
    assert not (own_home / "search").exists()
    if request.param == "embedded":
        yield None
        return
    with FakeQdrant() as server:
        save_setting("qdrant_url", server.url)
        yield server
    assert server.wrong == []


def found_in(service: Service) -> list[str]:
    (space,) = service.search.status().models
    assert space.photos == PHOTOS and space.trouble is None
    return [photo.path for photo in service.search.photos(Asked(texts=("bright",), k=PHOTOS)).results]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("to", ["qdrant", "faiss"])
def test_killed_at_a_step(own_home: Path, tmp_path: Path, server: FakeQdrant | None, to: str, step: str) -> None:
    make_photos(tmp_path / "photos", PHOTOS)
    there = "faiss" if to == "qdrant" else "qdrant"
    save_setting("search_index", there)
    with service_around(own_home, FakeTagger(), settings=load_settings()) as service:
        finish(service, service.search.add([tmp_path / "photos"]).job or "")
        before = found_in(service)
        assert before

    command = [sys.executable, "-m", "tests.system.move_child", str(own_home), to, step]
    assert subprocess.run(command, timeout=120).returncode == -signal.SIGKILL

    embedder = FakeEmbedder()
    with service_around(own_home, FakeTagger(), settings=load_settings(), embedders=[embedder]) as service:
        assert service.search.status().engine == (to if step in SAVED else there)
        assert found_in(service) == before and not embedder.embedded
        (folder,) = (own_home / "search").iterdir()
        kept = {path.name for path in folder.iterdir()} - {"vectors"}
        engine = service.search.status().engine
        assert kept <= ({"index"} if engine == "faiss" else {"qdrant", "qdrant.json"})
        if server is not None:
            assert len(server.collections) == (engine == "qdrant")
        if engine == there:
            assert wait_for(service, service.search.move(to)).state == "done"  # type: ignore[arg-type]
        assert found_in(service) == before
        service.purge(index=True)
    assert server is None or server.collections == {}
