"""What our runs left of ours in each photo: the newest is the base of the three-way merge."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from bridge.codec import from_json, to_json
from bridge.store.connection import Store
from bridge.values import Written


class WrittenTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, photo: Path, data_hash: str) -> Written | None:
        """By path first. A photo that moved is found by its picture data, if the place it moved from is empty now:
        a second copy of the same picture is a photo of its own, with words of its own."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT written FROM written WHERE path = ? ORDER BY id DESC LIMIT 1", (os.fsencode(photo),)
            ).fetchone()
            if row is not None:
                return from_json(Written, row["written"])
            others = db.execute(
                "SELECT path, written FROM written WHERE data_hash = ? ORDER BY id DESC", (data_hash,)
            ).fetchall()
        for other in others:
            if not os.path.lexists(other["path"]):
                return from_json(Written, other["written"])
        return None

    def put(self, photo: Path, job: str, data_hash: str, written: Written) -> None:
        """Record what ``job`` left of ours in a photo."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO written (path, job, data_hash, written) VALUES (?, ?, ?, ?)",
                (os.fsencode(photo), job, data_hash, to_json(written)),
            )

    def forget(self, photo: Path, job: str) -> None:
        """Take a run back that was undone: what it added counts as never written, in later runs' records too."""
        with self._store.transaction() as db:
            rows = db.execute(
                "SELECT id, job, written FROM written WHERE path = ? ORDER BY id", (os.fsencode(photo),)
            ).fetchall()
            before = Written()
            undone: Written | None = None
            for row in rows:
                written = from_json(Written, row["written"])
                if undone is not None:
                    later = without(written, undone, before)
                    db.execute("UPDATE written SET written = ? WHERE id = ?", (to_json(later), row["id"]))
                elif row["job"] == job:
                    undone = written
                    db.execute("DELETE FROM written WHERE id = ?", (row["id"],))
                else:
                    before = written


def without(written: Written, undone: Written, before: Written) -> Written:
    """``written`` less what ``undone`` had beyond ``before``."""
    gone = set(undone.keywords) - set(before.keywords)
    return replace(
        written,
        keywords=tuple(path for path in written.keywords if path not in gone),
        title=before.title if written.title == undone.title else written.title,
        caption=before.caption if written.caption == undone.caption else written.caption,
        alt_text=before.alt_text if written.alt_text == undone.alt_text else written.alt_text,
    )
