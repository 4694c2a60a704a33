"""Forgetting faces for good: rows alone leave their bytes in free pages, in the log beside the database, in backups."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from bridge.store.connection import Store

TABLES = (
    *("face_pictures", "face_photos", "faces", "face_spaces", "face_vectors"),
    *("face_groups", "face_refusals", "face_apart", "face_regions", "face_actions"),
)
KINDS = ("faces", "names")
"""Runs that tell of faces and names; what they wrote into photos stays in the journal, so that it can be undone."""


def wipe(store: Store) -> None:
    """Raises StoreLocked."""
    with store.alone() as db:
        _empty(db)
    # Made before an update of ours changed the database: with all that was in it then.
    for backup in store.path.parent.glob(f"{store.path.name}.before-*"):
        with closing(sqlite3.connect(backup, isolation_level=None)) as db:
            _empty(db)


def _empty(db: sqlite3.Connection) -> None:
    there = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    db.execute("PRAGMA secure_delete = ON")
    db.execute("BEGIN IMMEDIATE")
    try:
        for table in TABLES:
            if table in there:
                db.execute(f"DELETE FROM {table}")
        if "jobs" in there:
            marks = ", ".join("?" * len(KINDS))
            db.execute(f"DELETE FROM items WHERE job IN (SELECT id FROM jobs WHERE kind IN ({marks}))", KINDS)
            db.execute(f"DELETE FROM jobs WHERE kind IN ({marks})", KINDS)
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("PRAGMA secure_delete = OFF")
