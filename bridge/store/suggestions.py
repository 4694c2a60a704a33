"""Words that a vocabulary does not have, waiting for a person."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

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

    def waiting(self, vocabulary: str, name: str | None = None) -> list[Suggestion]:
        """What no person has decided on, said of most photos first. Under a ``name``, also what was said while the list
        was another one: an edit of the list, even beside a run, takes no word out of the queue."""
        with self._store.reading() as db:
            rows = db.execute(
                f"SELECT word, folded, COUNT(DISTINCT item) AS photos, MIN(said) AS first FROM suggestions s"
                f" WHERE vocabulary IN {_SAME} AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.folded = s.folded)"
                " GROUP BY folded ORDER BY photos DESC, first",
                _same(vocabulary, name),
            ).fetchall()
        return [Suggestion(row["word"], row["photos"], row["first"]) for row in rows]

    def examples(self, vocabulary: str, name: str | None, word: str, limit: int) -> list[Path]:
        """Photos of which the word would have been said, the latest first."""
        with self._store.reading() as db:
            rows = db.execute(
                f"SELECT i.path FROM suggestions s JOIN items i ON i.id = s.item WHERE vocabulary IN {_SAME}"
                " AND folded = ? GROUP BY i.path ORDER BY MAX(s.item) DESC LIMIT ?",
                (*_same(vocabulary, name), fold(word), limit),
            ).fetchall()
        return [Path(os.fsdecode(row["path"])) for row in rows]


# What the list was before its edits, back to its last import.
_EDITS = (
    "FROM vocabulary_edits WHERE vocabulary = ? AND kind != 'import' AND id > (SELECT COALESCE(MAX(id), 0)"
    " FROM vocabulary_edits WHERE vocabulary = ? AND kind = 'import' AND undone IS NULL)"
)
_SAME = f"(SELECT ? UNION SELECT before {_EDITS} UNION SELECT after {_EDITS})"


def _same(vocabulary: str, name: str | None) -> tuple[str, ...]:
    folded = "" if name is None else fold(name)
    return (vocabulary, *(folded,) * 4)
