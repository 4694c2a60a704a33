"""Twenty times killed while it indexes: no vector lost, none doubled, and the index is there again by itself."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bridge.errors import BridgeError
from bridge.search.faiss_index import FaissIndex
from bridge.search.vectors import VectorFile
from bridge.service import Asked
from tests.fakes.bridge import service_around
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.tagger import FakeTagger
from tests.system.test_kill import make_photos

pytestmark = pytest.mark.system

PHOTOS, KILLS, SEED = 400, 20, 20261129


def child(home: Path, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.system.index_child", str(home), str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.timeout(600)
def test_indexing_survives_twenty_kills(own_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    before = make_photos(folder, PHOTOS)
    chance = random.Random(SEED)
    for _ in range(KILLS):
        process = child(own_home, folder)
        time.sleep(chance.uniform(0.0, 0.25))  # the moment of the kill, not a wait for anything
        assert process.poll() is None, "the run was over before the last kill: make it longer"
        process.send_signal(signal.SIGKILL)
        process.communicate()
    told, _ = child(own_home, folder).communicate(timeout=300)
    assert told == f"done {PHOTOS} 0\n"
    (path,) = (own_home / "search").glob("*/vectors")
    vectors = VectorFile(path, FakeEmbedder().dimensions)
    keys = Counter(key for _, key in vectors.keys(0))
    index = FaissIndex(path.parent, vectors)
    assert len(index.search(np.ones(vectors.dimensions, np.float32), PHOTOS)[0]) == PHOTOS
    vectors.close()
    assert (len(keys), set(keys.values())) == (PHOTOS, {1})
    with service_around(own_home, FakeTagger(), embedders=[embedder := FakeEmbedder()]) as service:
        status = service.search.status()
        assert (status.photos, status.indexed, status.models[0].photos) == (PHOTOS, PHOTOS, PHOTOS)
        assert service.search.photos(Asked(texts=("bright",))).results
        assert not embedder.embedded, "nothing had to be looked at again"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_folder_of_the_index_that_was_emptied_costs_a_rebuild_and_no_look(own_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    make_photos(folder, 10)
    child(own_home, folder).communicate(timeout=120)
    (place,) = (own_home / "search").iterdir()
    for file in place.iterdir():
        if file.name != "vectors":
            file.unlink()
    with service_around(own_home, FakeTagger(), embedders=[embedder := FakeEmbedder()]) as service:
        assert service.search.photos(Asked(texts=("bright",))).results
        assert not embedder.embedded


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, b"no vectors at all, and longer than any header of them " * 20])
def test_a_damaged_file_of_vectors_is_kept_aside_and_made_anew(own_home: Path, tmp_path: Path, damage: bytes) -> None:
    folder = tmp_path / "photos"
    make_photos(folder, 6)
    child(own_home, folder).communicate(timeout=120)
    (path,) = (own_home / "search").glob("*/vectors")
    path.write_bytes(damage)
    with service_around(own_home, FakeTagger(), embedders=[FakeEmbedder()]) as service:
        assert service.search.status().coverage == 0.0
        service.search.add([folder])
        job = service.jobs.recent(1)[0].job
        while service.jobs.status(job, 20_000).state == "open":
            pass
        assert service.search.status().coverage == 1.0


def test_a_file_of_vectors_that_cannot_be_opened_now_stays_where_it_is(own_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    make_photos(folder, 6)
    child(own_home, folder).communicate(timeout=120)
    (path,) = (own_home / "search").glob("*/vectors")
    sound = path.read_bytes()
    path.rename(path.with_name("elsewhere"))
    path.mkdir()
    with service_around(own_home, FakeTagger(), embedders=[FakeEmbedder()]) as service, pytest.raises(BridgeError):
        service.search.status()
    path.rmdir()
    path.with_name("elsewhere").rename(path)
    with service_around(own_home, FakeTagger(), embedders=[FakeEmbedder()]) as service:
        assert service.search.status().indexed == 6
    assert path.read_bytes() == sound


def test_a_photo_whose_vector_is_damaged_is_looked_at_again(own_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    make_photos(folder, 6)
    child(own_home, folder).communicate(timeout=120)
    (path,) = (own_home / "search").glob("*/vectors")
    data = bytearray(path.read_bytes())
    data[-3] ^= 0xFF
    path.write_bytes(data)
    with service_around(own_home, FakeTagger(), embedders=[embedder := FakeEmbedder()]) as service:
        assert service.search.status().indexed == 5
        job = service.search.add([folder]).job or ""
        while service.jobs.status(job, 20_000).state == "open":
            pass
        assert (service.search.status().indexed, len(embedder.embedded)) == (6, 1)
