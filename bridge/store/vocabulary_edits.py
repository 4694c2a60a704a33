"""Edits of named keyword lists and decisions on words that wait: each in one step with what it changes, so that it can
be taken back at any later time. On the disk before they are answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from sqlite3 import Connection, Row

from bridge.errors import NotFound, Refused
from bridge.store.connection import Store
from bridge.store.vocabularies import KeywordList, keep, named
from bridge.words import fold

IMPORTED = "import"


@dataclass(frozen=True, slots=True)
class VocabularyEdit:
    id: int
    kind: str
    told: str
    """In words."""
    made: float
    """Unix time, seconds."""
    undone: float | None = None


class VocabularyEdits:
    def __init__(self, store: Store) -> None:
        self._store = store

    def make(
        self,
        name: str,
        kind: str,
        told: str,
        after: KeywordList | None = None,
        *,
        word: str | None = None,
        decision: str | None = None,
    ) -> VocabularyEdit:
        """Put a list in the place of the one that has this name (None: it stays as it is), and remember what a person
        decided on a word, whatever vocabulary that waits for. Raises NotFound."""
        with self._store.transaction(durable=True) as db:
            before, now = named(db, name).content, time.time()
            decided = None if word is None else _decide(db, word, decision, now)
            start, removed, added = _difference(before.text, before.text if after is None else after.text)
            edit = db.execute(
                "INSERT INTO vocabulary_edits (vocabulary, kind, told, word, decision, before, after, format, version,"
                " terms, start, removed, added, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(fold(name), kind, told, word, decided, before.hash, (after or before).hash, before.format),
                    *(before.version, before.terms, start, removed, added, now),
                ),
            ).lastrowid
            if after is not None:
                _put(db, name, before, after, now)
        assert edit is not None
        return VocabularyEdit(edit, kind, told, now)

    def undo(self, name: str, edit: int | None = None) -> VocabularyEdit:
        """Take back an edit, or the latest that stands: the list is as it was, to the byte, and the word waits again.

        Raises NotFound; Refused where a later edit of the list stands on it.
        """
        with self._store.transaction(durable=True) as db:
            list, now = named(db, name).content, time.time()
            row = db.execute(
                "SELECT * FROM vocabulary_edits WHERE vocabulary = ? AND undone IS NULL AND (? IS NULL OR id = ?)"
                " ORDER BY id DESC LIMIT 1",
                (fold(name), edit, edit),
            ).fetchone()
            if row is None:
                raise NotFound("There is no edit of this list to take back.", hint="Nothing was changed.")
            if row["before"] != row["after"]:
                later = db.execute(
                    "SELECT told FROM vocabulary_edits WHERE vocabulary = ? AND undone IS NULL AND id > ?"
                    " AND before != after ORDER BY id DESC",
                    (fold(name), row["id"]),
                ).fetchone()
                if later is not None or row["after"] != list.hash:
                    last = "" if later is None else f": {later['told']}"
                    raise Refused(f"A later edit stands on this one{last}", hint="Take that back first.")
                text = list.text[: row["start"]] + row["removed"] + list.text[row["start"] + row["added"] :]
                old = KeywordList(row["before"], row["format"], text, row["version"], row["terms"])
                _put(db, name, list, old, now)
            if row["word"] is not None:
                _release(db, row, now)
            db.execute("UPDATE vocabulary_edits SET undone = ? WHERE id = ?", (now, row["id"]))
        return VocabularyEdit(row["id"], row["kind"], row["told"], row["made"], now)

    def latest(self, name: str, limit: int) -> list[VocabularyEdit]:
        """The newest first, those that were taken back among them."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT * FROM vocabulary_edits WHERE vocabulary = ? ORDER BY id DESC LIMIT ?", (fold(name), limit)
            ).fetchall()
        return [_edit(row) for row in rows]


def _put(db: Connection, name: str, before: KeywordList, after: KeywordList, now: float) -> None:
    keep(db, after, now)
    db.execute("UPDATE vocabularies SET list = ?, stored = ? WHERE folded = ?", (after.hash, now, fold(name)))
    # A hundred edits of a long list are no hundred lists; the one that a run was started with is kept for it.
    db.execute(
        "DELETE FROM keyword_lists WHERE hash = ? AND hash NOT IN (SELECT list FROM vocabularies)"
        " AND NOT EXISTS (SELECT 1 FROM jobs WHERE instr(request, ?))"
        " AND NOT EXISTS (SELECT 1 FROM audits WHERE instr(request, ?))",
        (before.hash, before.hash, before.hash),
    )


def _decide(db: Connection, word: str, decision: str | None, now: float) -> str | None:
    """Sets or takes away what was decided on a word. Returns what it was."""
    folded = fold(word)
    old = db.execute("SELECT decision FROM decisions WHERE folded = ?", (folded,)).fetchone()
    if decision is None:
        db.execute("DELETE FROM decisions WHERE folded = ?", (folded,))
    else:
        db.execute("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?)", (folded, decision, now))
    return None if old is None else str(old["decision"])


def _release(db: Connection, edit: Row, now: float) -> None:
    """What an edit decided on its word goes, unless a later one, of any list, decided on it too: what was decided
    before comes back with that one."""
    later = db.execute(
        "SELECT id, word FROM vocabulary_edits WHERE word IS NOT NULL AND undone IS NULL AND id > ? ORDER BY id",
        (edit["id"],),
    )
    heir = next((other["id"] for other in later if fold(other["word"]) == fold(edit["word"])), None)
    if heir is None:
        _decide(db, edit["word"], edit["decision"], now)
    else:
        db.execute("UPDATE vocabulary_edits SET decision = ? WHERE id = ?", (edit["decision"], heir))


def _difference(old: str, new: str) -> tuple[int, str, int]:
    """(where the two begin to differ, what stood there, how many characters stand there now)."""
    most = min(len(old), len(new))
    start = _longest(most, lambda n: old[:n] == new[:n])
    end = _longest(most - start, lambda n: old[len(old) - n :] == new[len(new) - n :])
    return start, old[start : len(old) - end], len(new) - end - start


def _longest(most: int, same: Callable[[int], bool]) -> int:
    """The greatest length up to which two texts are the same: by halves, since the texts are long."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if same(middle) else (low, middle - 1)
    return low


def _edit(row: Row) -> VocabularyEdit:
    return VocabularyEdit(row["id"], row["kind"], row["told"], row["made"], row["undone"])
