"""What every index promises. A new one inherits ``IndexContract`` and says how it is opened."""

from __future__ import annotations

import shutil
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pytest

from bridge.search.contract import Dead, Index
from bridge.search.vectors import VectorFile
from tests.search.pictures import Floats, keys, vectors

DIMENSIONS = 32
MANY = 3000


def put(file: VectorFile, many: int, seed: int = 0) -> range:
    return file.append(keys(range(len(file), len(file) + many)), vectors(many, DIMENSIONS, seed))


def nearest(file: VectorFile, query: Floats, k: int, among: npt.ArrayLike) -> list[int]:
    rows = np.asarray(among)
    scores = file.read(rows) @ query
    return [int(row) for row in rows[np.lexsort((rows, -scores))[:k]]]


def queries(many: int = 30) -> Floats:
    return vectors(many, DIMENSIONS, seed=7)


def found_of(index: Index, file: VectorFile, among: npt.ArrayLike) -> float:
    """Part of the true ten that are found."""
    hits = [len(set(index.search(query, 10)[0]) & set(nearest(file, query, 10, among))) for query in queries()]
    return sum(hits) / (10 * len(hits))


class Opening(Protocol):
    def __call__(self, file: VectorFile, dead: Dead = tuple) -> Index: ...


class IndexContract(ABC):
    """Inherited by one class for each way to keep an index."""

    exact = True
    """Whether all that is true is found, or nearly all."""

    @abstractmethod
    def open(self, folder: Path, file: VectorFile, dead: Dead = tuple) -> Index:
        """The index of a file of vectors, at work."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> VectorFile:
        return VectorFile(tmp_path / "vectors", DIMENSIONS)

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "index"

    @pytest.fixture
    def opened(self, folder: Path) -> Iterator[Opening]:
        """Opens it; what was open of it before is closed, as at the end of the daemon."""
        at_work: list[Index] = []

        def one(file: VectorFile, dead: Dead = tuple) -> Index:
            if at_work:
                at_work.pop().close()
            at_work.append(self.open(folder, file, dead))
            return at_work[0]

        yield one
        for index in at_work:
            index.close()

    def finds(self, index: Index, file: VectorFile, alive: npt.ArrayLike) -> bool:
        return found_of(index, file, alive) >= (1.0 if self.exact else 0.98)

    def test_it_finds_the_nearest_with_exact_products_the_best_first(self, file: VectorFile, opened: Opening) -> None:
        put(file, MANY)
        index = opened(file, dead=lambda: [1, 2])
        alive = np.setdiff1d(np.arange(MANY), [1, 2])

        for query in queries():
            rows, scores = index.search(query, 20)
            assert scores == pytest.approx(file.read(rows) @ query, abs=1e-6)
            assert np.all(np.diff(scores) <= 0)
        assert self.finds(index, file, alive)
        assert len(index) == len(alive)

    def test_it_takes_more_and_lets_go(self, file: VectorFile, opened: Opening) -> None:
        put(file, MANY)
        index = opened(file)

        index.add(put(file, 600, seed=3))
        gone = np.arange(0, MANY, 7)
        index.remove(gone.tolist())

        alive = np.setdiff1d(np.arange(MANY + 600), gone)
        assert self.finds(index, file, alive)
        assert not set(gone) & {row for query in queries() for row in index.search(query, 50)[0]}
        assert sorted(index.search(queries()[0], 2 * MANY)[0]) == alive.tolist()

    def test_one_by_one_is_as_good(self, file: VectorFile, opened: Opening) -> None:
        index = opened(file)

        for seed in range(30):
            index.add(put(file, 1, seed=seed))
            assert len(index.search(queries()[0], 100)[0]) == seed + 1

        index.remove([4])
        assert 4 not in index.search(queries()[0], 100)[0]

    @pytest.mark.parametrize("many", [0, 1, 30, 49, 51, 200, 1200, 2800])
    def test_only_allowed_rows_are_found_and_as_many_as_there_are(
        self, file: VectorFile, opened: Opening, many: int
    ) -> None:
        put(file, MANY)
        index = opened(file)
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

    def test_rows_beyond_the_file_are_not_found(self, file: VectorFile, opened: Opening) -> None:
        put(file, 100)
        index = opened(file)

        index.remove([-1, 5000])

        assert index.search(queries()[0], 5, allowed=[-3, 7, 100, 4000])[0].tolist() == [7]

    def test_an_empty_one_finds_nothing(self, file: VectorFile, opened: Opening) -> None:
        index = opened(file)

        assert index.search(queries()[0], 5)[0].tolist() == []
        assert index.rebuild()
        assert not index.needs_rebuild

    def test_a_query_of_another_size_is_refused(self, file: VectorFile, opened: Opening) -> None:
        with pytest.raises(ValueError, match="a query of"):
            opened(file).search(np.ones(DIMENSIONS + 1, np.float32), 5)

    def test_it_is_there_at_the_next_start_and_catches_up(self, file: VectorFile, opened: Opening) -> None:
        put(file, MANY)
        kind = opened(file).kind
        opened(file).close()
        put(file, 300, seed=4)

        again = opened(file, dead=lambda: [8])

        assert again.kind == kind
        assert not again.needs_rebuild
        assert self.finds(again, file, np.setdiff1d(np.arange(MANY + 300), [8]))

    def test_what_it_keeps_may_be_lost(self, file: VectorFile, folder: Path, opened: Opening) -> None:
        put(file, MANY)
        opened(file).close()
        shutil.rmtree(folder, ignore_errors=True)

        assert self.finds(opened(file), file, np.arange(MANY))

    def test_dropped_it_leaves_the_vectors_and_nothing_else(
        self, file: VectorFile, folder: Path, opened: Opening
    ) -> None:
        put(file, MANY)
        index = opened(file)
        index.save()

        index.drop()

        assert not folder.exists() or not list(folder.iterdir())
        assert self.finds(opened(file), file, np.arange(MANY))

    def test_a_cancelled_rebuild_leaves_it_answering(self, file: VectorFile, opened: Opening) -> None:
        put(file, MANY)
        index = opened(file)

        assert not index.rebuild(cancelled=lambda: True)

        assert self.finds(index, file, np.arange(MANY))

    def test_a_rebuild_tells_how_far_it_is(self, file: VectorFile, opened: Opening) -> None:
        put(file, MANY)
        told: list[float] = []

        assert opened(file).rebuild(told.append)

        assert told == sorted(told)
        assert told[0] > 0
        assert told[-1] == 1.0

    def test_a_row_that_is_damaged_on_disk_is_named_and_not_found(
        self, file: VectorFile, tmp_path: Path, opened: Opening
    ) -> None:
        put(file, MANY)
        file.close()
        whole = bytearray((tmp_path / "vectors").read_bytes())
        row = 4 + 20 + 2 * DIMENSIONS
        whole[-row * 5 - 3] ^= 0xFF
        (tmp_path / "vectors").write_bytes(whole)
        file = VectorFile(tmp_path / "vectors", DIMENSIONS)

        index = opened(file)

        assert list(index.damaged) == [MANY - 6] == file.damaged()
        assert MANY - 6 not in index.search(queries()[0], MANY)[0]
        again = opened(file)
        assert list(again.damaged) == [MANY - 6]
        assert again.search(queries()[0], 5, allowed=[MANY - 6])[0].tolist() == []

    def test_searches_additions_removals_and_rebuilds_go_on_together(self, file: VectorFile, opened: Opening) -> None:
        put(file, 1500)
        index = opened(file)
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

        works = (look, look, lambda: bool(index.rebuild()))
        threads = [threading.Thread(target=steadily, args=(work,)) for work in works]
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
