"""The journal of writes in SQLite. Every call is on the disk when it returns."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from bridge.codec import from_json, to_json
from bridge.errors import NotFound
from bridge.journal import PICTURE, EntryState, Journal, JournalEntry, another_picture
from bridge.store._packing import pack, unpack
from bridge.store.connection import Store
from bridge.values import Fingerprint

_STANDS = "state IN ('done', 'passed')"


@dataclass(frozen=True, slots=True)
class JournalSize:
    entries: int
    bytes: int
    """Of the before-images, as stored."""


class SqliteJournal(Journal):
    def __init__(self, store: Store) -> None:
        self._store = store

    def intend(self, entries: list[JournalEntry]) -> list[int]:
        ids: list[int] = []
        with self._store.transaction(durable=True) as db:
            for entry in entries:
                cursor = db.execute(
                    "INSERT INTO journal (job, item, photo, target, kind, state, before, before_print, after_digest,"
                    " changes, temporary, created, picture) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        entry.job,
                        entry.item,
                        os.fsencode(entry.photo),
                        os.fsencode(entry.target),
                        entry.kind,
                        EntryState.INTENT,
                        entry.before,
                        _packed(entry.before_print),
                        entry.after_digest,
                        pack(json.dumps(entry.changes, separators=(",", ":"))),
                        None if entry.temporary is None else os.fsencode(entry.temporary),
                        time.time(),
                        bytes.fromhex(entry.picture[:PICTURE]) or None,
                    ),
                )
                assert cursor.lastrowid is not None
                ids.append(cursor.lastrowid)
        return ids

    def settle(self, ids: list[int], state: EntryState, after: list[Fingerprint | None] | None = None) -> None:
        prints = after or [None] * len(ids)
        with self._store.transaction(durable=True) as db:
            for entry, fingerprint in zip(ids, prints, strict=True):
                changed = db.execute(
                    "UPDATE journal SET state = ?, after_print = COALESCE(?, after_print), temporary = NULL,"
                    " after_digest = NULLIF(after_digest, ?) WHERE id = ?",
                    (state, _packed(fingerprint), fingerprint and fingerprint.digest, entry),
                ).rowcount
                if not changed and state not in (EntryState.UNDONE, EntryState.PASSED):
                    raise NotFound(f"The journal has no entry {entry}.")

    def unsettled(self) -> Iterator[JournalEntry]:
        yield from self._select("state = 'intent' ORDER BY id", ())

    def of_job(self, job: str, photo: Path | None = None, picture: str = "") -> list[JournalEntry]:
        if photo is None:
            found = self._select(f"job = ? AND {_STANDS} ORDER BY id DESC", (job,))
        else:
            found = self._select(f"job = ? AND photo = ? AND {_STANDS} ORDER BY id DESC", (job, os.fsencode(photo)))
        return [entry for entry in found if not another_picture(entry.picture, picture)]

    def after(self, entry: JournalEntry) -> list[JournalEntry]:
        later = self._select(f"target = ? AND id > ? AND {_STANDS} ORDER BY id", (os.fsencode(entry.target), entry.id))
        return [other for other in later if entry.same_photo(other)]

    def undone_at(self, entry: JournalEntry) -> list[JournalEntry]:
        undone = self._select("target = ? AND state = 'undone' ORDER BY id", (os.fsencode(entry.target),))
        return [other for other in undone if entry.same_photo(other)]

    def photos_of(self, job: str, photo: Path | None = None) -> dict[Path, int]:
        """The photos, with their items, of the entries that ``of_job`` gives, without loading what is in them: a run of
        100,000 photos has hundreds of megabytes of that."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT photo, item FROM journal WHERE job = ?1 AND (?2 IS NULL OR photo = ?2)"
                f" AND {_STANDS} ORDER BY id DESC",
                (job, None if photo is None else os.fsencode(photo)),
            ).fetchall()
        return {Path(os.fsdecode(row["photo"])): row["item"] for row in rows}

    def wrote(self, job: str, *, passed: bool = True) -> bool:
        """Whether there is something of a run that could be undone; with ``passed`` also what an undo passed by."""
        stands = _STANDS if passed else "state = 'done'"
        with self._store.reading() as db:
            found = db.execute(f"SELECT 1 FROM journal WHERE job = ? AND {stands} LIMIT 1", (job,)).fetchone()
        return found is not None

    def last_job(self) -> str | None:
        """The run whose write is the newest that was not undone, those aside that an undo passed by."""
        with self._store.reading() as db:
            row = db.execute("SELECT job FROM journal WHERE state = 'done' ORDER BY id DESC LIMIT 1").fetchone()
        return None if row is None else str(row["job"])

    def size(self) -> JournalSize:
        with self._store.reading() as db:
            row = db.execute("SELECT COUNT(*) AS n, COALESCE(SUM(LENGTH(before)), 0) AS b FROM journal").fetchone()
        return JournalSize(entries=row["n"], bytes=row["b"])

    def prune(self, before: float) -> int:
        """Forget settled entries made before a Unix time; those writes can no longer be undone. Returns how many."""
        with self._store.transaction(durable=True) as db:
            return db.execute("DELETE FROM journal WHERE created < ? AND state != 'intent'", (before,)).rowcount

    def _select(self, where: str, values: tuple[object, ...]) -> list[JournalEntry]:
        with self._store.reading() as db:
            return [_entry(row) for row in db.execute(f"SELECT * FROM journal WHERE {where}", values)]


def _entry(row: Row) -> JournalEntry:
    after = _fingerprint(row["after_print"])
    return JournalEntry(
        photo=Path(os.fsdecode(row["photo"])),
        target=Path(os.fsdecode(row["target"])),
        job=row["job"],
        item=row["item"],
        kind=row["kind"],
        before=row["before"],
        before_print=_fingerprint(row["before_print"]),
        # Once the file is there as it was meant to be, its digest stands with what it looks like.
        after_digest=row["after_digest"] or (None if after is None else after.digest),
        changes=json.loads(unpack(row["changes"])),
        temporary=None if row["temporary"] is None else Path(os.fsdecode(row["temporary"])),
        state=EntryState(row["state"]),
        after_print=after,
        picture="" if row["picture"] is None else row["picture"].hex(),
        id=row["id"],
    )


def _packed(fingerprint: Fingerprint | None) -> bytes | None:
    return None if fingerprint is None else pack(to_json(fingerprint))


def _fingerprint(stored: str | bytes | None) -> Fingerprint | None:
    return None if stored is None else from_json(Fingerprint, unpack(stored))
