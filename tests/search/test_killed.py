"""Killed at any moment of indexing: no vector is lost or doubled, and the index is there again by itself."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bridge.search.contract import Index
from bridge.search.vectors import VectorFile
from tests.search.index_contract import DIMENSIONS, found_of
from tests.search.indexing_child import open_index
from tests.search.pictures import key, vectors

ROOT = Path(__file__).parents[2]
KILLS = 20


@pytest.mark.system
@pytest.mark.parametrize(("engine", "wanted_kinds"), [("faiss", {"flat", "compressed"}), ("qdrant", {"qdrant"})])
def test_twenty_kills_lose_and_double_nothing(tmp_path: Path, engine: str, wanted_kinds: set[str]) -> None:
    chance = random.Random(3)
    safe, kinds = 0, set()
    for _ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.search.indexing_child", engine, str(tmp_path)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        assert child.stdout is not None
        wanted = chance.randint(1, 20)
        for line in child.stdout:
            assert int(line) > safe
            safe = int(line)
            wanted -= 1
            if not wanted:
                child.kill()  # and what it still said before that counts too
        child.wait()

        file = VectorFile(tmp_path / "vectors", DIMENSIONS)
        assert len(file) >= safe
        assert list(file.keys()) == [(row, key(row)) for row in range(len(file))]
        assert file.damaged() == []
        index: Index = open_index(engine, tmp_path, file)
        assert sorted(index.search(vectors(1, DIMENSIONS)[0], len(file))[0]) == list(range(len(file)))
        kinds.add(index.kind)
        index.close()
        file.close()

    assert kinds == wanted_kinds
    file = VectorFile(tmp_path / "vectors", DIMENSIONS)
    index = open_index(engine, tmp_path, file)
    index.rebuild()
    assert index.kind in wanted_kinds - {"flat"}
    assert found_of(index, file, np.arange(len(file))) >= 0.98
