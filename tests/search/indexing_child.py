"""Indexes photos that have keys 0, 1, 2 … until it is killed; tells the number of photos that are safe."""

from __future__ import annotations

import sys
from pathlib import Path

from bridge.search._qdrant import QdrantPlace
from bridge.search.contract import Index
from bridge.search.faiss_index import FaissIndex
from bridge.search.qdrant_index import QdrantIndex, QdrantOptions
from bridge.search.vectors import VectorFile
from tests.search.index_contract import DIMENSIONS
from tests.search.pictures import keys, vectors
from tests.search.test_faiss_index import SMALL

BATCH = 25


def open_index(engine: str, folder: Path, file: VectorFile) -> Index:
    if engine == "faiss":
        return FaissIndex(folder / "index", file, options=SMALL)
    return QdrantIndex(folder / "index", file, QdrantPlace(), options=QdrantOptions(few=50, waiting=60))


def main(engine: str, folder: Path) -> None:
    file = VectorFile(folder / "vectors", DIMENSIONS, sync_every=100)
    index = open_index(engine, folder, file)
    while True:
        first = len(file)
        index.add(file.append(keys(range(first, first + BATCH)), vectors(BATCH, DIMENSIONS, seed=first)))
        sys.stdout.write(f"{first + BATCH}\n")
        sys.stdout.flush()
        if index.needs_rebuild:
            index.rebuild()
        elif first % 500 == 0:
            index.save()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
