"""Words that a vocabulary does not have, waiting for a person."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from bridge.store.connection import Store
from bridge.words import fold

REFUSED, TAKEN = "refused", "taken"


@dataclass(frozen=True, slots=True)
class Suggestion:
    word: str
    photos: int
    first: float
    """Unix time, seconds."""


class SuggestionTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, vocabulary: str, item: int, words: Iterable[str]) -> None:
        """Note what a model would have said of one item; said of one item again, it counts once. ``vocabulary``: the
        hash of the list."""
        rows = [(vocabulary, fold(word), word, item, time.time()) for word in words]
        with self._store.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO suggestions VALUES (?, ?, ?, ?, ?)", rows)

    def waiting(self, vocabulary: str, limit: int) -> list[Suggestion]:
        """What no person has decided on, said of most photos first."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT word, COUNT(*) AS photos, MIN(said) AS first FROM suggestions s WHERE vocabulary = ?"
                " AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.folded = s.folded)"
                " GROUP BY folded ORDER BY photos DESC, first LIMIT ?",
                (vocabulary, limit),
            ).fetchall()
        return [Suggestion(row["word"], row["photos"], row["first"]) for row in rows]

    def decide(self, word: str, how: str) -> None:
        """Remember a person's decision, whatever vocabulary the word waits for."""
        with self._store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?)", (fold(word), how, time.time()))

    def moved(self, old: str, new: str) -> None:
        """A list became another one, since a word was taken into it: what waits for it waits for that."""
        with self._store.transaction() as db:
            db.execute("UPDATE OR IGNORE suggestions SET vocabulary = ? WHERE vocabulary = ?", (new, old))
