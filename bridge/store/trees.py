"""Keyword trees of hosts, each under the hash that the host gave it."""

from __future__ import annotations

import time

from bridge.codec import from_json
from bridge.store.connection import Store
from bridge.values import TreeKeyword

KEPT = 20
"""Trees that are kept: a photographer has a few catalogues, and an older state of one is never asked for again."""


class TreeTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, hash: str, keywords: str) -> None:
        """``keywords``: JSON of a list of ``TreeKeyword``."""
        with self._store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO trees VALUES (?, ?, ?)", (hash, keywords, time.time()))
            db.execute(
                "DELETE FROM trees WHERE hash NOT IN (SELECT hash FROM trees ORDER BY used DESC LIMIT ?)", (KEPT,)
            )

    def has(self, hash: str) -> bool:
        with self._store.transaction() as db:
            return bool(db.execute("UPDATE trees SET used = ? WHERE hash = ?", (time.time(), hash)).rowcount)

    def get(self, hash: str) -> tuple[TreeKeyword, ...] | None:
        with self._store.reading() as db:
            row = db.execute("SELECT keywords FROM trees WHERE hash = ?", (hash,)).fetchone()
        return None if row is None else from_json(tuple[TreeKeyword, ...], row["keywords"])
