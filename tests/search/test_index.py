"""The index: the same answer as a look at every vector, whatever was added, removed or asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.errors import DiskFull
from bridge.search.index import CompressedOptions, Index, IndexOptions
from bridge.search.vectors import VectorFile
from tests.search.disks import disk_full_at
from tests.search.pictures import Floats, keys, vectors

DIMENSIONS = 32
MANY = 3000
SMALL = IndexOptions(
    compressed_from=1000,
    few=50,
    compressed=CompressedOptions(probed=0.3, probed_most=0.6, probed_least=0, first=64, most=600, rounds=2, few=0),
)
"""A compressed index of few vectors, that has to leave out most of them as one of many does."""
FLAT = IndexOptions(few=50)
IN_FILE = IndexOptions(few=50, held=0)


@pytest.fixture
def file(tmp_path: Path) -> VectorFile:
    return VectorFile(tmp_path / "vectors", DIMENSIONS)


def put(file: VectorFile, many: int, seed: int = 0) -> range:
    return file.append(keys(range(len(file), len(file) + many)), vectors(many, DIMENSIONS, seed))


def nearest(file: VectorFile, query: Floats, k: int, among: npt.ArrayLike) -> list[int]:
    rows = np.asarray(among)
    scores = file.read(rows) @ query
    return [int(row) for row in rows[np.lexsort((rows, -scores))[:k]]]


def queries(many: int = 30) -> Floats:
    return vectors(many, DIMENSIONS, seed=7)


def made(folder: Path, file: VectorFile, options: IndexOptions) -> Index:
    index = Index(folder / "index", file, options=options)
    if options is SMALL:
        assert index.rebuild()
        assert index.kind == "compressed"
    return index


def found_of(index: Index, file: VectorFile, among: npt.ArrayLike) -> float:
    """Part of the true ten that are found."""
    hits = [len(set(index.search(query, 10)[0]) & set(nearest(file, query, 10, among))) for query in queries()]
    return sum(hits) / (10 * len(hits))


@pytest.mark.parametrize("options", [FLAT, IN_FILE], ids=["in memory", "in the file"])
def test_a_flat_index_finds_exactly_the_nearest(file: VectorFile, tmp_path: Path, options: IndexOptions) -> None:
    put(file, 500)
    index = Index(tmp_path / "index", file, dead=lambda: [1, 2], options=options)
    index.add(put(file, 200, seed=1))
    index.remove([3, 650])
    alive = np.setdiff1d(np.arange(700), [1, 2, 3, 650])

    for query in queries():
        rows, scores = index.search(query, 20)
        assert rows.tolist() == nearest(file, query, 20, alive)
        assert scores == pytest.approx(file.read(rows) @ query, abs=1e-6)
    assert sorted(index.search(query, 2000)[0]) == alive.tolist()
    assert len(index) == len(alive)


def test_a_compressed_index_finds_the_nearest_with_exact_products(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    index = made(tmp_path, file, SMALL)

    rows, scores = index.search(queries()[0], 10)

    assert scores == pytest.approx(file.read(rows) @ queries()[0], abs=1e-6)
    assert np.all(np.diff(scores) <= 0)
    assert found_of(index, file, np.arange(MANY)) >= 0.98


def test_a_compressed_index_takes_more_and_lets_go(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    index = made(tmp_path, file, SMALL)

    index.add(put(file, 600, seed=3))
    gone = np.arange(0, MANY, 7)
    index.remove(gone.tolist())

    alive = np.setdiff1d(np.arange(MANY + 600), gone)
    assert found_of(index, file, alive) >= 0.98
    assert not set(gone) & {row for query in queries() for row in index.search(query, 50)[0]}


@pytest.mark.parametrize("options", [FLAT, IN_FILE, SMALL], ids=["in memory", "in the file", "compressed"])
@pytest.mark.parametrize("many", [0, 1, 30, 49, 51, 200, 1200, 2800])
def test_only_allowed_rows_are_found_and_as_many_as_there_are(
    file: VectorFile, tmp_path: Path, options: IndexOptions, many: int
) -> None:
    put(file, MANY)
    index = made(tmp_path, file, options)
    index.remove(range(0, MANY, 5))
    allowed = np.sort(np.random.default_rng(many).choice(MANY, many, replace=False))
    alive = allowed[allowed % 5 > 0]

    hits = 0
    for query in queries():
        found = index.search(query, 10, allowed=allowed)[0].tolist()
        assert len(found) == min(10, len(alive))
        assert set(found) <= set(alive.tolist())
        hits += len(set(found) & set(nearest(file, query, 10, alive)))
    assert hits >= 0.97 * len(queries()) * min(10, len(alive))
    assert sorted(index.search(queries()[0], MANY, allowed=allowed)[0]) == alive.tolist()


def test_rows_beyond_the_file_are_not_found(file: VectorFile, tmp_path: Path) -> None:
    put(file, 100)
    index = Index(tmp_path / "index", file)

    index.remove([-1, 5000])

    assert index.search(queries()[0], 5, allowed=[-3, 7, 100, 4000])[0].tolist() == [7]


def test_an_empty_index_finds_nothing(file: VectorFile, tmp_path: Path) -> None:
    index = Index(tmp_path / "index", file)

    assert index.search(queries()[0], 5)[0].tolist() == []
    assert index.rebuild()
    assert not index.needs_rebuild


def test_it_is_there_at_the_next_start_and_catches_up(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    made(tmp_path, file, SMALL)
    put(file, 300, seed=4)

    again = Index(tmp_path / "index", file, dead=lambda: [8], options=SMALL)

    assert again.kind == "compressed"
    assert not again.needs_rebuild
    assert found_of(again, file, np.setdiff1d(np.arange(MANY + 300), [8])) >= 0.98


def test_growth_removal_and_drift_ask_for_a_rebuild(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    index = Index(tmp_path / "index", file, options=SMALL)
    assert index.needs_rebuild
    index.rebuild()
    assert not index.needs_rebuild

    index.remove(range(MANY // 3))
    assert index.needs_rebuild
    index.rebuild()
    assert not index.needs_rebuild

    strange = np.random.default_rng(5).standard_normal((600, DIMENSIONS)).astype(np.float32)
    strange /= np.linalg.norm(strange, axis=1, keepdims=True)
    index.add(file.append(keys(range(600)), -vectors(1, DIMENSIONS) + 0.2 * strange))
    assert index.needs_rebuild
    index.rebuild()
    assert not index.needs_rebuild

    index.add(put(file, 2 * MANY))
    assert index.needs_rebuild


def test_where_few_are_left_it_is_flat_again(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    index = Index(tmp_path / "index", file, dead=lambda: range(400, MANY), options=SMALL)

    index.rebuild()

    assert index.kind == "flat"
    assert index.search(queries()[0], 10)[0].tolist() == nearest(file, queries()[0], 10, np.arange(400))


def test_a_cancelled_rebuild_leaves_the_old_one(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    index = Index(tmp_path / "index", file, options=SMALL)

    assert not index.rebuild(cancelled=lambda: True)

    assert index.kind == "flat"
    assert not (tmp_path / "index" / "index").exists()


def test_a_rebuild_tells_how_far_it_is(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    told: list[float] = []

    Index(tmp_path / "index", file, options=SMALL).rebuild(told.append)

    assert told == sorted(told)
    assert told[0] > 0
    assert told[-1] == 1.0


def test_a_row_that_is_damaged_on_disk_is_named_and_not_found(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    file.close()
    whole = bytearray((tmp_path / "vectors").read_bytes())
    row = 4 + 20 + 2 * DIMENSIONS
    whole[-row * 5 - 3] ^= 0xFF
    (tmp_path / "vectors").write_bytes(whole)
    file = VectorFile(tmp_path / "vectors", DIMENSIONS)

    index = made(tmp_path, file, SMALL)

    assert list(index.damaged) == [MANY - 6] == file.damaged()
    assert MANY - 6 not in index.search(queries()[0], MANY)[0]
    again = Index(tmp_path / "index", file, options=SMALL)
    assert list(again.damaged) == [MANY - 6]
    assert again.search(queries()[0], 5, allowed=[MANY - 6])[0].tolist() == []


def test_a_full_disk_is_told_and_the_old_snapshot_stays(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    index = made(tmp_path, file, SMALL)
    before = (tmp_path / "index" / "index").read_bytes()
    index.add(put(file, 100))
    file.sync()

    for room in (0, 10, 5000, len(before) - 1):
        with disk_full_at(room), pytest.raises(DiskFull):
            index.save()

    assert [path.name for path in (tmp_path / "index").iterdir()] == ["index"]
    assert (tmp_path / "index" / "index").read_bytes() == before
    assert found_of(index, file, np.arange(MANY + 100)) >= 0.98


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("snapshot")
    file = VectorFile(folder / "vectors", DIMENSIONS)
    put(file, 1200)
    made(folder, file, SMALL)
    file.close()
    return folder, (folder / "index" / "index").read_bytes()


damages: st.SearchStrategy[Callable[[bytes], bytes]] = st.one_of(
    st.builds(lambda at: lambda whole: whole[: int(at * len(whole))], st.floats(0, 0.9999)),
    st.builds(lambda tail: lambda whole: whole + tail, st.binary(min_size=1, max_size=99)),
    st.builds(lambda junk: lambda _: junk, st.binary(max_size=300)),
    st.builds(
        lambda at, bit: (
            lambda whole: (
                whole[: (spot := int(at * (len(whole) - 1)))] + bytes([whole[spot] ^ 1 << bit]) + whole[spot + 1 :]
            )
        ),
        st.floats(0, 1),
        st.integers(0, 7),
    ),
)


@given(damage=damages)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_snapshot_is_made_again(snapshot: tuple[Path, bytes], damage: Callable[[bytes], bytes]) -> None:
    folder, whole = snapshot
    (folder / "index" / "index").write_bytes(damage(whole))
    file = VectorFile(folder / "vectors", DIMENSIONS)

    index = Index(folder / "index", file, options=SMALL)

    assert index.kind == "flat"
    assert index.needs_rebuild
    assert found_of(index, file, np.arange(1200)) == 1.0
    index.rebuild()
    assert (folder / "index" / "index").read_bytes() == whole
    file.close()


def test_a_snapshot_of_other_vectors_is_not_taken(tmp_path: Path) -> None:
    for name, seed in (("one", 0), ("two", 1)):
        (tmp_path / name).mkdir()
        file = VectorFile(tmp_path / name / "vectors", DIMENSIONS)
        put(file, 1200, seed)
        made(tmp_path / name, file, SMALL)
        file.close()
    (tmp_path / "one" / "index" / "index").replace(tmp_path / "two" / "index" / "index")

    file = VectorFile(tmp_path / "two" / "vectors", DIMENSIONS)
    index = Index(tmp_path / "two" / "index", file, options=SMALL)

    assert index.kind == "flat"
    assert found_of(index, file, np.arange(1200)) == 1.0


def test_searches_additions_removals_and_rebuilds_go_on_together(file: VectorFile, tmp_path: Path) -> None:
    put(file, 1500)
    index = made(tmp_path, file, SMALL)
    index.remove([4])
    ended, failures = threading.Event(), []

    def steadily(work: Callable[[], None]) -> None:
        try:
            while not ended.is_set():
                work()
        except BaseException as error:
            failures.append(error)

    def look() -> None:
        for query in queries(5):
            rows, scores = index.search(query, 10)
            assert len(rows) == len(set(rows.tolist())) == 10
            assert 4 not in rows
            assert scores == pytest.approx(file.read(rows) @ query, abs=1e-6)
            assert len(index.search(query, 10, allowed=range(0, 1500, 3))[0]) == 10

    threads = [threading.Thread(target=steadily, args=(work,)) for work in (look, look, lambda: bool(index.rebuild()))]
    for thread in threads:
        thread.start()
    for seed in range(40):
        index.add(put(file, 50, seed=100 + seed))
        index.remove([1000 + seed])
    ended.set()
    for thread in threads:
        thread.join()

    assert not failures
    index.add(put(file, 1))
    alive = np.setdiff1d(np.arange(len(file)), [4, *range(1000, 1040)])
    assert sorted(index.search(queries()[0], len(file))[0]) == alive.tolist()
