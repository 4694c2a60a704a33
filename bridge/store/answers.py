"""What models answered, kept under everything that shaped the answer, so that nothing is asked twice."""

from __future__ import annotations

import hashlib
import json
import time

from bridge.codec import from_json, to_json
from bridge.store._packing import pack, unpack
from bridge.store.connection import Store
from bridge.values import Answer, ModelIdentity


def answer_key(data_hash: str, orientation: int, model: ModelIdentity, context: str = "") -> str:
    """The key of design 3: picture data, orientation, model, its options (template, style, schema), sent context."""
    parts = [data_hash, orientation, model.name, model.digest, model.options, context]
    return hashlib.blake2b(json.dumps(parts).encode("utf-8"), digest_size=20).hexdigest()


class AnswerTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, key: str) -> Answer | None:
        with self._store.reading() as db:
            row = db.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        return None if row is None else from_json(Answer, unpack(row["answer"]))

    def put(self, key: str, model: str, answer: Answer) -> None:
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", (key, model, pack(to_json(answer)), time.time())
            )

    def times(self, job: str, since: float) -> list[float]:
        """When the answers of a run's photos were given, Unix time, in order; those given before ``since`` are not
        told."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT created FROM answers WHERE created >= ?"
                " AND key IN (SELECT answer_key FROM items WHERE job = ?) ORDER BY created",
                (since, job),
            ).fetchall()
        return [row["created"] for row in rows]

    def purge(self) -> int:
        """Forget every answer. Returns how many there were."""
        with self._store.transaction(durable=True) as db:
            return db.execute("DELETE FROM answers").rowcount
