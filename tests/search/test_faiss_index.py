"""faiss's index: what every index promises, flat and compressed, and what only this one does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.errors import DiskFull
from bridge.search.contract import Dead, Index
from bridge.search.faiss_index import CompressedOptions, FaissIndex, IndexOptions
from bridge.search.vectors import VectorFile
from tests.search.disks import disk_full_at
from tests.search.index_contract import DIMENSIONS, MANY, IndexContract, found_of, nearest, put, queries
from tests.search.pictures import keys, vectors

SMALL = IndexOptions(
    compressed_from=1000,
    few=50,
    compressed=CompressedOptions(probed=0.3, probed_most=0.6, probed_least=0, first=64, most=600, rounds=2, few=0),
)
"""A compressed index of few vectors, that has to leave out most of them as one of many does."""
FLAT = IndexOptions(few=50)
IN_FILE = IndexOptions(few=50, held=0)


class TestFlatInMemory(IndexContract):
    def open(self, folder: Path, file: VectorFile, dead: Dead = tuple) -> Index:
        return FaissIndex(folder, file, dead, FLAT)


class TestFlatInTheFile(IndexContract):
    def open(self, folder: Path, file: VectorFile, dead: Dead = tuple) -> Index:
        return FaissIndex(folder, file, dead, IN_FILE)


class TestCompressed(IndexContract):
    exact = False

    def open(self, folder: Path, file: VectorFile, dead: Dead = tuple) -> Index:
        index = FaissIndex(folder, file, dead, SMALL)
        if index.needs_rebuild:
            assert index.rebuild()
            assert index.kind == "compressed"
        return index


@pytest.fixture
def file(tmp_path: Path) -> VectorFile:
    return VectorFile(tmp_path / "vectors", DIMENSIONS)


def made(folder: Path, file: VectorFile) -> FaissIndex:
    index = FaissIndex(folder / "index", file, options=SMALL)
    assert index.rebuild()
    return index


def test_growth_removal_and_drift_ask_for_a_rebuild(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    index = FaissIndex(tmp_path / "index", file, options=SMALL)
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
    index = FaissIndex(tmp_path / "index", file, dead=lambda: range(400, MANY), options=SMALL)

    index.rebuild()

    assert index.kind == "flat"
    assert index.search(queries()[0], 10)[0].tolist() == nearest(file, queries()[0], 10, np.arange(400))


def test_a_cancelled_rebuild_leaves_the_old_one(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    index = FaissIndex(tmp_path / "index", file, options=SMALL)

    assert not index.rebuild(cancelled=lambda: True)

    assert index.kind == "flat"
    assert not (tmp_path / "index" / "index").exists()


def test_a_full_disk_is_told_and_the_old_snapshot_stays(file: VectorFile, tmp_path: Path) -> None:
    put(file, MANY)
    index = made(tmp_path, file)
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
    made(folder, file)
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

    index = FaissIndex(folder / "index", file, options=SMALL)

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
        made(tmp_path / name, file)
        file.close()
    (tmp_path / "one" / "index" / "index").replace(tmp_path / "two" / "index" / "index")

    file = VectorFile(tmp_path / "two" / "vectors", DIMENSIONS)
    index = FaissIndex(tmp_path / "two" / "index", file, options=SMALL)

    assert index.kind == "flat"
    assert found_of(index, file, np.arange(1200)) == 1.0
