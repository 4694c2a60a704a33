"""How fast models were on this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.store.connection import Store


@dataclass(frozen=True, slots=True)
class BenchRow:
    model: str
    digest: str
    """Of its weights then."""
    told: Mapping[str, Any]
    made: float
    """Unix time, seconds."""


class BenchTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, model: str, digest: str, told: Mapping[str, Any]) -> None:
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO benches (model, digest, told, made) VALUES (?, ?, ?, ?)",
                (model, digest, json.dumps(dict(told)), time.time()),
            )

    def latest(self) -> dict[str, BenchRow]:
        """The last one of each model."""
        with self._store.reading() as db:
            rows = db.execute("SELECT * FROM benches WHERE id IN (SELECT MAX(id) FROM benches GROUP BY model)")
            return {
                row["model"]: BenchRow(row["model"], row["digest"], json.loads(row["told"]), row["made"])
                for row in rows
            }
