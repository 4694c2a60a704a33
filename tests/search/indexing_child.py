"""Indexes photos that have keys 0, 1, 2 … until it is killed; tells the number of photos that are safe."""

from __future__ import annotations

import sys
from pathlib import Path

from bridge.search.index import Index
from bridge.search.vectors import VectorFile
from tests.search.pictures import keys, vectors
from tests.search.test_index import DIMENSIONS, SMALL

BATCH = 25


def main(folder: Path) -> None:
    file = VectorFile(folder / "vectors", DIMENSIONS, sync_every=100)
    index = Index(folder / "index", file, options=SMALL)
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
    main(Path(sys.argv[1]))
