"""Keyword lists as they were imported, by their content; and those that a person gave a name to."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from bridge.errors import NotFound
from bridge.store.connection import Store
from bridge.words import fold

KEPT = 50
"""Lists without a name that are kept: a run goes on with the one that it was started with."""
_NAMED = "SELECT v.name, v.active, v.stored, l.* FROM vocabularies v JOIN keyword_lists l ON l.hash = v.list"


@dataclass(frozen=True, slots=True)
class KeywordList:
    hash: str
    """Of its kind and text: a run names its list by it, whatever is imported meanwhile."""
    format: str
    text: str
    version: str
    """Of its terms alone: part of the key of an answer."""
    terms: int


@dataclass(frozen=True, slots=True)
class NamedList:
    name: str
    active: bool
    """Used where a run names none. One at most is."""
    stored: float
    """Unix time, seconds."""
    content: KeywordList


class VocabularyTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, name: str | None, text: str, format: str, version: str, terms: int) -> KeywordList:
        """Keep a list; under a name, in place of the one that had it. Names that differ only in case are one."""
        kept = keyword_list(text, format, version, terms)
        now = time.time()
        with self._store.transaction() as db:
            keep(db, kept, now)
            if name is not None:
                db.execute(
                    "INSERT INTO vocabularies VALUES (?, ?, ?, 0, ?)"
                    " ON CONFLICT (folded) DO UPDATE SET name = excluded.name, list = excluded.list, stored = ?",
                    (fold(name), name, kept.hash, now, now),
                )
            db.execute(
                "DELETE FROM keyword_lists WHERE hash NOT IN (SELECT list FROM vocabularies) AND hash NOT IN"
                " (SELECT hash FROM keyword_lists ORDER BY used DESC LIMIT ?)",
                (KEPT,),
            )
        return kept

    def by_hash(self, hash: str) -> KeywordList | None:
        with self._store.transaction() as db:
            db.execute("UPDATE keyword_lists SET used = ? WHERE hash = ?", (time.time(), hash))
            row = db.execute("SELECT * FROM keyword_lists WHERE hash = ?", (hash,)).fetchone()
        return None if row is None else _list(row)

    def get(self, name: str) -> NamedList:
        """Raises NotFound."""
        with self._store.reading() as db:
            return named(db, name)

    def all(self) -> list[NamedList]:
        """By name."""
        with self._store.reading() as db:
            return _all(db.execute(f"{_NAMED} ORDER BY v.folded"))

    def active(self) -> NamedList | None:
        with self._store.reading() as db:
            return next(iter(_all(db.execute(f"{_NAMED} WHERE v.active"))), None)

    def activate(self, name: str | None) -> None:
        """Use this one, or none. Raises NotFound."""
        with self._store.transaction() as db:
            db.execute("UPDATE vocabularies SET active = 0")
            if name is not None:
                done = db.execute("UPDATE vocabularies SET active = 1 WHERE folded = ?", (fold(name),)).rowcount
                if not done:
                    raise _missing(name)

    def delete(self, name: str) -> None:
        """Take the name away; runs that were started with the list still find it. Raises NotFound."""
        with self._store.transaction() as db:
            if not db.execute("DELETE FROM vocabularies WHERE folded = ?", (fold(name),)).rowcount:
                raise _missing(name)
            db.execute("DELETE FROM vocabulary_edits WHERE vocabulary = ?", (fold(name),))


def keyword_list(text: str, format: str, version: str, terms: int) -> KeywordList:
    digest = blake2b(f"{format}\n{text}".encode(), digest_size=16).hexdigest()
    return KeywordList(digest, format, text, version, terms)


def keep(db: sqlite3.Connection, list: KeywordList, now: float) -> None:
    """Within a transaction."""
    db.execute(
        "INSERT INTO keyword_lists VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET used = ?",
        (list.hash, list.format, list.text, list.version, list.terms, now, now),
    )


def named(db: sqlite3.Connection, name: str) -> NamedList:
    """Within a transaction. Raises NotFound."""
    row = db.execute(f"{_NAMED} WHERE v.folded = ?", (fold(name),)).fetchone()
    if row is None:
        raise _missing(name)
    return _named(row)


def _all(rows: Iterable[sqlite3.Row]) -> list[NamedList]:
    return [_named(row) for row in rows]


def _named(row: sqlite3.Row) -> NamedList:
    return NamedList(row["name"], bool(row["active"]), row["stored"], _list(row))


def _list(row: sqlite3.Row) -> KeywordList:
    return KeywordList(row["hash"], row["format"], row["text"], row["version"], row["terms"])


def _missing(name: str) -> NotFound:
    return NotFound(
        f"There is no vocabulary named {name}.", hint="photo-bridge vocabulary list shows those that there are."
    )
