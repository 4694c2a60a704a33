"""Folders that are watched, what of each photo in them was dealt with, and the batches that became runs."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, Row

from bridge.errors import NotFound
from bridge.paths import shown
from bridge.store.connection import Store

Seen = tuple[str, str]
"""(stamp of the file, hash of its picture or empty) as they were when the photo was dealt with."""


@dataclass(frozen=True, slots=True)
class WatchRow:
    id: int
    folder: Path
    recursive: bool
    exclude: tuple[str, ...]
    poll: bool
    """Never ask the system to tell of changes."""
    request: str
    """What its runs are asked, JSON: everything is fixed."""
    why: str | None
    """Why that model was chosen."""
    device: str
    """The volume that the folder was on when it was seen last."""
    created: float


@dataclass(frozen=True, slots=True)
class BatchRow:
    id: int
    watch: int
    session: str
    """What the run is called to which the photos are given, before there is one."""
    job: str | None
    """None until they have been given to it."""
    photos: int
    made: float


class WatchTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    # -- watches -------------------------------------------------------------------------------------------------------

    def put(
        self,
        folder: Path,
        *,
        recursive: bool,
        exclude: Sequence[str],
        poll: bool,
        request: str,
        why: str | None,
        device: str,
        seen: Mapping[str, Seen],
        batch: bool = False,
    ) -> WatchRow:
        """Watch a folder, or watch it otherwise than before. In one step with the photos that are there already, which
        are dealt with; with ``batch`` they are to be given to a run. Durable when it returns."""
        with self._store.transaction(durable=True) as db:
            db.execute(
                "INSERT INTO watches (folder, recursive, exclude, poll, request, why, device, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (folder) DO UPDATE SET recursive = excluded.recursive,"
                " exclude = excluded.exclude, poll = excluded.poll, request = excluded.request, why = excluded.why,"
                " device = excluded.device",
                (
                    *(os.fsencode(folder), recursive, json.dumps(list(exclude)), poll, request, why, device),
                    time.time(),
                ),
            )
            row = _row(db.execute("SELECT * FROM watches WHERE folder = ?", (os.fsencode(folder),)).fetchone())
            _put_seen(db, row.id, seen)
            if batch and seen:
                _begin(db, row.id, None, seen)
        return row

    def all(self) -> list[WatchRow]:
        """Oldest first."""
        with self._store.reading() as db:
            return [_row(row) for row in db.execute("SELECT * FROM watches ORDER BY id")]

    def at(self, folder: Path) -> WatchRow:
        """Raises NotFound."""
        with self._store.reading() as db:
            row = db.execute("SELECT * FROM watches WHERE folder = ?", (os.fsencode(folder),)).fetchone()
        if row is None:
            raise NotFound(
                f"The folder {shown(folder)} is not watched.", hint="photo-bridge watch --list shows which are."
            )
        return _row(row)

    def remove(self, watch: int) -> None:
        with self._store.transaction(durable=True) as db:
            db.execute("DELETE FROM watches WHERE id = ?", (watch,))

    def on_device(self, watch: int, device: str) -> None:
        """The folder was seen on another volume."""
        with self._store.transaction() as db:
            db.execute("UPDATE watches SET device = ? WHERE id = ?", (device, watch))

    # -- photos --------------------------------------------------------------------------------------------------------

    def seen(self, watch: int) -> dict[str, Seen]:
        """Every photo that was dealt with, by path."""
        with self._store.reading() as db:
            rows = db.execute("SELECT path, stamp, picture FROM watch_photos WHERE watch = ?", (watch,))
            return {os.fsdecode(row["path"]): (row["stamp"], row["picture"]) for row in rows}

    def save(self, watch: int, seen: Mapping[str, Seen | None], moves: Iterable[tuple[str, str]]) -> None:
        """Photos that moved, from old to new, and what is known of others; None forgets one."""
        with self._store.transaction() as db:
            for old, new in moves:
                places = (os.fsencode(new), watch, os.fsencode(old))
                db.execute("UPDATE OR REPLACE watch_photos SET path = ? WHERE watch = ? AND path = ?", places)
            db.executemany(
                "DELETE FROM watch_photos WHERE watch = ? AND path = ?",
                ((watch, os.fsencode(path)) for path, known in seen.items() if known is None),
            )
            _put_seen(db, watch, {path: known for path, known in seen.items() if known is not None})

    # -- batches -------------------------------------------------------------------------------------------------------

    def begin(self, watch: int, session: str | None, seen: Mapping[str, Seen]) -> BatchRow:
        """Photos that a run is due for: dealt with, in one step with the promise to give them to that run. ``session``
        is that of a run they join; None begins one. Durable when it returns."""
        with self._store.transaction(durable=True) as db:
            _put_seen(db, watch, seen)
            return _batch(_begin(db, watch, session, seen))

    def pending(self, watch: int) -> list[BatchRow]:
        """Batches that were not given to a run yet, oldest first."""
        with self._store.reading() as db:
            rows = db.execute("SELECT * FROM watch_batches WHERE watch = ? AND job IS NULL ORDER BY id", (watch,))
            return [_batch(row) for row in rows]

    def last(self, watch: int) -> BatchRow | None:
        """The newest batch that was given to a run."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT * FROM watch_batches WHERE watch = ? AND job IS NOT NULL ORDER BY id DESC LIMIT 1", (watch,)
            ).fetchone()
        return None if row is None else _batch(row)

    def photos(self, batch: BatchRow) -> list[Path]:
        """Where the photos of a batch are now, in the order of their paths; without those that are gone."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT path FROM watch_photos WHERE watch = ? AND batch = ? ORDER BY path", (batch.watch, batch.id)
            )
            return [Path(os.fsdecode(row["path"])) for row in rows]

    def job_of(self, watch: int, path: Path) -> str | None:
        """The run that a photo was given to last."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT job FROM watch_photos p JOIN watch_batches b ON b.id = p.batch"
                " WHERE p.watch = ? AND p.path = ?",
                (watch, os.fsencode(path)),
            ).fetchone()
        return None if row is None else row["job"]

    def given(self, batch: BatchRow, job: str) -> None:
        """The photos of a batch are in that run."""
        with self._store.transaction() as db:
            db.execute("UPDATE watch_batches SET job = ? WHERE id = ?", (job, batch.id))

    def drop(self, batch: BatchRow) -> None:
        """A batch whose photos are all gone."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM watch_batches WHERE id = ?", (batch.id,))

    def count(self, watch: int) -> int:
        """Photos that were given to runs so far."""
        with self._store.reading() as db:
            told = db.execute(
                "SELECT COALESCE(SUM(photos), 0) FROM watch_batches WHERE watch = ? AND job IS NOT NULL", (watch,)
            )
            return int(told.fetchone()[0])


def _put_seen(db: Connection, watch: int, seen: Mapping[str, Seen]) -> None:
    db.executemany(
        "INSERT INTO watch_photos (watch, path, stamp, picture) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (watch, path) DO UPDATE SET stamp = excluded.stamp, picture = excluded.picture",
        ((watch, os.fsencode(path), *known) for path, known in seen.items()),
    )


def _begin(db: Connection, watch: int, session: str | None, seen: Mapping[str, Seen]) -> Row:
    made = db.execute(
        "INSERT INTO watch_batches (watch, session, photos, made) VALUES (?, ?, ?, ?)",
        (watch, session or "", len(seen), time.time()),
    ).lastrowid
    if session is None:
        db.execute("UPDATE watch_batches SET session = 'watch ' || id WHERE id = ?", (made,))
    db.executemany(
        "UPDATE watch_photos SET batch = ? WHERE watch = ? AND path = ?",
        ((made, watch, os.fsencode(path)) for path in seen),
    )
    row: Row = db.execute("SELECT * FROM watch_batches WHERE id = ?", (made,)).fetchone()
    return row


def _row(row: Row) -> WatchRow:
    return WatchRow(
        id=row["id"],
        folder=Path(os.fsdecode(row["folder"])),
        recursive=bool(row["recursive"]),
        exclude=tuple(json.loads(row["exclude"])),
        poll=bool(row["poll"]),
        request=row["request"],
        why=row["why"],
        device=row["device"],
        created=row["created"],
    )


def _batch(row: Row) -> BatchRow:
    return BatchRow(**dict(row))
