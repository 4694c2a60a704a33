"""What our last write left of ours in each photo: the base of the three-way merge."""

from __future__ import annotations

import os
import time
from pathlib import Path

from bridge.codec import from_json, to_json
from bridge.store.connection import Store
from bridge.values import Written


class WrittenTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, photo: Path, data_hash: str) -> Written | None:
        """By path first. A photo that moved is found by its picture data, if the place it moved from is empty now:
        a second copy of the same picture is a photo of its own, with words of its own."""
        with self._store.reading() as db:
            row = db.execute("SELECT written FROM written WHERE path = ?", (os.fsencode(photo),)).fetchone()
            if row is not None:
                return from_json(Written, row["written"])
            others = db.execute("SELECT path, written FROM written WHERE data_hash = ?", (data_hash,)).fetchall()
        for other in others:
            if not os.path.lexists(other["path"]):
                return from_json(Written, other["written"])
        return None

    def put(self, photo: Path, data_hash: str, written: Written) -> None:
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO written VALUES (?, ?, ?, ?)",
                (os.fsencode(photo), data_hash, to_json(written), time.time()),
            )
