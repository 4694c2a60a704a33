"""Qdrant's index, embedded and on a server: what every index promises, and what only this one meets."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from bridge.errors import IndexRefused, IndexTaken, IndexUnreachable
from bridge.search._qdrant import Points, QdrantPlace
from bridge.search.contract import Dead, Index
from bridge.search.qdrant_index import QdrantIndex, QdrantOptions, discard_qdrant
from bridge.search.vectors import VectorFile
from bridge.servers import server_url
from tests.fakes.http import Recorder
from tests.fakes.qdrant import FakeQdrant
from tests.search.index_contract import DIMENSIONS, MANY, IndexContract, found_of, nearest, put, queries

SMALL = QdrantOptions(few=50, waiting=100, at_once=5000)


def place_of(server: FakeQdrant, key: str | None = None) -> QdrantPlace:
    return QdrantPlace(server_url(server.url, ()), key)


class TestEmbedded(IndexContract):
    def open(self, folder: Path, file: VectorFile, dead: Dead = tuple) -> Index:
        return QdrantIndex(folder, file, QdrantPlace(), dead, SMALL)


class TestServer(IndexContract):
    exact = False

    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with FakeQdrant() as self.server:
            yield
        assert self.server.wrong == []

    def open(self, folder: Path, file: VectorFile, dead: Dead = tuple) -> Index:
        return QdrantIndex(folder, file, place_of(self.server), dead, SMALL)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[FakeQdrant]:
    with FakeQdrant() as server:
        yield server
    assert server.wrong == []


@pytest.fixture
def file(tmp_path: Path) -> VectorFile:
    return VectorFile(tmp_path / "vectors", DIMENSIONS)


def opened(tmp_path: Path, file: VectorFile, place: QdrantPlace, **more: object) -> QdrantIndex:
    options = {"options": SMALL, **more}
    return QdrantIndex(tmp_path / "index", file, place, **options)  # type: ignore[arg-type]


def points_of(server: FakeQdrant) -> list[int]:
    (collection,) = server.collections.values()
    return sorted(collection.points)


def test_what_a_start_finds_missing_or_dead_is_mended(file: VectorFile, tmp_path: Path, server: FakeQdrant) -> None:
    put(file, 400)
    opened(tmp_path, file, place_of(server)).close()
    (collection,) = server.collections.values()
    for row in (3, 5, 7):
        del collection.points[row]
    collection.points[4000] = collection.points[0]

    opened(tmp_path, file, place_of(server), dead=lambda: [9, 10]).close()

    assert points_of(server) == [row for row in range(400) if row not in (9, 10)]


def test_a_start_that_finds_all_in_step_asks_for_a_number_only(
    file: VectorFile, tmp_path: Path, server: FakeQdrant
) -> None:
    put(file, 400)
    opened(tmp_path, file, place_of(server)).close()
    server.seen.clear()

    opened(tmp_path, file, place_of(server)).close()

    assert [path.rpartition("/")[2] for _, path in server.seen] == ["exists", "count"]


def test_two_files_share_a_server(tmp_path: Path, server: FakeQdrant) -> None:
    for name, seed in (("one", 1), ("two", 2)):
        (tmp_path / name).mkdir()
        file = VectorFile(tmp_path / name / "vectors", DIMENSIONS)
        put(file, 500, seed)
        index = opened(tmp_path / name, file, place_of(server))
        assert found_of(index, file, np.arange(500)) >= 0.98
        index.close()

    assert len(server.collections) == 2


def test_photos_come_in_batches_and_are_found_before(file: VectorFile, tmp_path: Path, server: FakeQdrant) -> None:
    index = opened(tmp_path, file, place_of(server))
    server.seen.clear()
    for seed in range(99):
        index.add(put(file, 1, seed))
    assert server.seen == []
    assert index.search(queries()[0], 5)[0].tolist() == nearest(file, queries()[0], 5, np.arange(99))

    index.add(put(file, 1, 99))

    assert points_of(server) == list(range(100))
    index.close()


def test_without_its_server_it_reads_the_file_and_finds_as_much(
    file: VectorFile, tmp_path: Path, server: FakeQdrant
) -> None:
    put(file, MANY)
    clock = Clock()
    index = opened(tmp_path, file, place_of(server), clock=clock)
    assert index.trouble is None

    server.broken = True
    index.search(queries()[0], 5)
    server.seen.clear()
    index.add(put(file, 300, 1))
    index.remove([5])
    assert found_of(index, file, np.setdiff1d(np.arange(MANY + 300), [5])) == 1.0
    assert server.seen == [], "it is asked again only after a while"
    assert (index.trouble is not None and "does not" in index.trouble) or "error" in str(index.trouble)

    server.broken = False
    clock.now += SMALL.again_s
    index.search(queries()[0], 5)
    assert index.trouble is None
    index.close()
    assert points_of(server) == [row for row in range(MANY + 300) if row != 5]


def test_a_server_that_is_not_there_at_the_start_is_taken_up_later(file: VectorFile, tmp_path: Path) -> None:
    put(file, 300)
    clock = Clock()
    with FakeQdrant() as gone:
        place, port = place_of(gone), gone.port
    index = opened(tmp_path, file, place, clock=clock)
    assert found_of(index, file, np.arange(300)) == 1.0
    assert "does not answer" in str(index.trouble)
    with pytest.raises(IndexUnreachable):
        index.rebuild()

    with FakeQdrant(port=port) as server:
        clock.now += SMALL.again_s
        index.add(put(file, 1))
        index.save()
        assert points_of(server) == list(range(301))
    index.close()


def test_a_server_that_lost_its_disk_is_filled_again(file: VectorFile, tmp_path: Path, server: FakeQdrant) -> None:
    put(file, MANY)
    options = QdrantOptions(few=50, at_once=1000)
    index = opened(tmp_path, file, place_of(server), options=options)
    assert index.needs_rebuild
    index.rebuild()
    assert not index.needs_rebuild

    server.collections.clear()
    assert found_of(index, file, np.arange(MANY)) == 1.0
    assert index.needs_rebuild
    assert "index-rebuild" in str(index.trouble)

    index.rebuild()
    assert points_of(server) == list(range(MANY))
    server.collections.clear()
    index.rebuild()
    assert points_of(server) == list(range(MANY))
    index.close()


def test_points_that_somebody_deleted_are_noticed(file: VectorFile, tmp_path: Path, server: FakeQdrant) -> None:
    put(file, MANY)
    index = opened(tmp_path, file, place_of(server))
    (collection,) = server.collections.values()
    for row in range(0, MANY, 2):
        del collection.points[row]

    assert sorted(index.search(queries()[0], MANY)[0]) == list(range(MANY))
    index.save()
    assert points_of(server) == list(range(MANY))
    index.close()


def test_points_that_lie_are_only_missed(file: VectorFile, tmp_path: Path, server: FakeQdrant) -> None:
    put(file, 500)
    index = opened(tmp_path, file, place_of(server))
    (collection,) = server.collections.values()
    collection.points[7] = [9.0] * DIMENSIONS

    rows, scores = index.search(queries()[0], 10)

    assert scores == pytest.approx(file.read(rows) @ queries()[0], abs=1e-6)
    index.rebuild()
    assert found_of(index, file, np.arange(500)) >= 0.98
    index.close()


# -- what it may tell, and whom ---------------------------------------------------------------------------------------


def test_the_key_is_sent_to_the_server_and_shown_to_nobody(
    file: VectorFile, tmp_path: Path, caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    put(file, 200)
    with FakeQdrant(key="s3cret-key") as server:
        caplog.set_level(0)
        place = place_of(server, "s3cret-key")
        index = opened(tmp_path, file, place)
        index.search(queries()[0], 5)
        index.close()
        assert index.trouble is None

        refused = opened(tmp_path, file, place_of(server, "an0ther-key"))
        with pytest.raises(IndexRefused) as error:
            refused.rebuild()
        refused.close()

    said = f"{place} {caplog.text} {error.value} {error.value.detail} {[str(one.message) for one in recwarn]}"
    said += (tmp_path / "index" / "qdrant.json").read_text()
    assert "s3cret" not in said and "an0ther" not in said


def test_proxies_of_the_environment_do_not_see_the_vectors(
    file: VectorFile, tmp_path: Path, server: FakeQdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(file, 200)
    with Recorder() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        index = opened(tmp_path, file, place_of(server))
        index.search(queries()[0], 5)
        index.close()
        assert proxy.seen == []
    assert points_of(server) == list(range(200))


def test_nothing_is_sent_on(file: VectorFile, tmp_path: Path, server: FakeQdrant) -> None:
    put(file, 200)
    with Recorder() as elsewhere:
        server.onwards = elsewhere.url
        index = opened(tmp_path, file, place_of(server))
        assert found_of(index, file, np.arange(200)) == 1.0
        assert "sends requests on" in str(index.trouble)
        index.close()
        assert elsewhere.seen == []


def test_nobody_is_asked_for_a_version(file: VectorFile, tmp_path: Path, server: FakeQdrant) -> None:
    opened(tmp_path, file, place_of(server)).close()

    assert {path.split("/")[1] for _, path in server.seen} == {"collections"}


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://127.0.0.1", "http://127.0.0.1:80"),
        ("https://127.0.0.1:443/shared", "https://127.0.0.1:443/shared"),
        ("http://[::1]:6333", "http://[::1]:6333"),
    ],
)
def test_what_is_asked_is_what_the_address_says(tmp_path: Path, url: str, asked: str) -> None:
    points = Points(QdrantPlace(server_url(url, ())), tmp_path, "photos", DIMENSIONS)

    assert points._client._client.rest_uri == asked
    points.close()


_POINT = {"version": 0, "score": 1e30}


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("query", {"points": [{**_POINT, "id": id} for id in (0, 10**9, 2**63 - 1, str(UUID(int=7)))]}),
        ("query", {"points": [{**_POINT, "id": -3}] * 400}),
        ("query", {"points": None}),
        ("query", None),
        ("query", "x" * (33 << 20)),
        ("count", {"count": -1}),
        ("count", None),
        ("scroll", {"points": [{"id": 5}], "next_page_offset": 5}),
        ("scroll", {"points": [{"id": -1}, {"id": str(UUID(int=7))}], "next_page_offset": None}),
        ("exists", []),
    ],
)
def test_whatever_a_server_answers_the_photos_found_are_right(
    file: VectorFile, tmp_path: Path, server: FakeQdrant, method: str, answer: object
) -> None:
    """It may be any program that listens there."""
    put(file, 400)
    opened(tmp_path, file, place_of(server)).close()
    (collection,) = server.collections.values()
    del collection.points[5]  # so that all are named one by one
    server.instead[method] = answer
    for at in (1, 2):
        index = opened(tmp_path, file, place_of(server), dead=lambda at=at: [at])
        alive = np.setdiff1d(np.arange(400), [at])
        for query in queries()[:5]:
            assert list(index.search(query, 5)[0]) == nearest(file, query, 5, alive)
            some = np.setdiff1d(range(3, 390), [at])
            assert list(index.search(query, 5, allowed=some)[0]) == nearest(file, query, 5, some)
        index.close()


def test_a_packed_answer_is_not_unpacked(file: VectorFile, tmp_path: Path, server: FakeQdrant) -> None:
    put(file, 200)
    server.packed = True
    index = opened(tmp_path, file, place_of(server))
    assert "packed" in str(index.trouble)
    assert found_of(index, file, np.arange(200)) == 1.0
    index.close()


# -- letting go -------------------------------------------------------------------------------------------------------


def test_vectors_on_a_server_are_taken_away_without_their_index(
    file: VectorFile, tmp_path: Path, server: FakeQdrant
) -> None:
    put(file, 200)
    opened(tmp_path, file, place_of(server)).close()

    discard_qdrant(tmp_path / "index", lambda: place_of(server))
    discard_qdrant(tmp_path / "index", lambda: place_of(server))

    assert server.collections == {}
    assert list((tmp_path / "index").iterdir()) == []


def test_vectors_of_a_file_that_was_made_anew_do_not_stay_on_the_server(tmp_path: Path, server: FakeQdrant) -> None:
    """A damaged file of vectors is put aside, and the new one has another id."""
    for name in ("first", "second"):
        file = VectorFile(tmp_path / name, DIMENSIONS)
        put(file, 100)
        server.broken = name == "second"
        index = opened(tmp_path, file, place_of(server))
        index.close()
    server.broken = False
    discard_qdrant(tmp_path / "index", lambda: place_of(server))
    assert server.collections == {}


@pytest.mark.parametrize("again", [False, True])
def test_vectors_of_the_server_before_are_known_until_they_are_gone(
    file: VectorFile, tmp_path: Path, server: FakeQdrant, again: bool
) -> None:
    put(file, 100)
    with FakeQdrant() as before:
        opened(tmp_path, file, place_of(before)).close()
        index = opened(tmp_path, file, place_of(server))
        for _ in range(2):
            with pytest.raises(IndexUnreachable, match="does not name that server any more"):
                index.drop()
        assert (len(server.collections), len(before.collections)) == (0, 1)
        if again:
            opened(tmp_path, file, place_of(before)).drop()
        else:
            discard_qdrant(tmp_path / "index", lambda: place_of(before))
        assert before.collections == {} and not list((tmp_path / "index").iterdir())


def test_vectors_that_cannot_be_taken_away_are_told_of(file: VectorFile, tmp_path: Path) -> None:
    put(file, 200)
    with FakeQdrant() as server:
        place = place_of(server)
        opened(tmp_path, file, place).close()
    for now in (place, QdrantPlace()):
        with pytest.raises(IndexUnreachable):
            discard_qdrant(tmp_path / "index", lambda now=now: now)  # type: ignore[misc]
    assert (tmp_path / "index" / "qdrant.json").exists(), "it is known where they are"


# -- embedded ---------------------------------------------------------------------------------------------------------


def test_the_embedded_store_is_for_one_at_a_time(file: VectorFile, tmp_path: Path) -> None:
    index = opened(tmp_path, file, QdrantPlace())
    with pytest.raises(IndexTaken, match="open in another program"):
        opened(tmp_path, file, QdrantPlace())
    index.close()
    opened(tmp_path, file, QdrantPlace()).close()


@pytest.mark.parametrize("damaged", ["meta.json", "storage.sqlite", "qdrant.json"])
def test_an_embedded_store_that_is_damaged_is_made_again(file: VectorFile, tmp_path: Path, damaged: str) -> None:
    put(file, 300)
    opened(tmp_path, file, QdrantPlace()).close()
    (path,) = (tmp_path / "index").rglob(damaged)
    path.write_bytes(b"\xffno such thing" * 300)

    index = opened(tmp_path, file, QdrantPlace())

    assert found_of(index, file, np.arange(300)) == 1.0
    assert index.trouble is None
    index.close()


def test_an_embedded_store_holds_the_vectors(file: VectorFile, tmp_path: Path) -> None:
    put(file, 300)
    opened(tmp_path, file, QdrantPlace()).close()

    (path,) = (tmp_path / "index" / "qdrant").rglob("storage.sqlite")
    with sqlite3.connect(path) as stored:
        assert stored.execute("SELECT count(*) FROM points").fetchone() == (300,)
    assert json.loads((tmp_path / "index" / "qdrant.json").read_text())["place"] == "embedded"
    assert path.parents[2].stat().st_mode & 0o077 == 0
