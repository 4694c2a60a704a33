"""What our runs left of ours in each photo: the newest is the base of the three-way merge."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from bridge.codec import from_json, to_json
from bridge.paths import to_uri
from bridge.store import _claims
from bridge.store._claims import Ending, Spot
from bridge.store.connection import Store
from bridge.values import Claim, Written
from bridge.words import key


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

    def put(
        self,
        photo: Path,
        job: str,
        data_hash: str,
        written: Written,
        *,
        claims: Sequence[Claim] = (),
        ending: Ending | None = None,
    ) -> None:
        """Record what ``job`` left of ours in a photo, what it claims of it, and which claims of others it ended: in
        one step, which may be repeated."""
        spot = Spot(to_uri(photo), photo)
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO written (path, job, data_hash, written) VALUES (?, ?, ?, ?)",
                (os.fsencode(photo), job, data_hash, to_json(written)),
            )
            _claims.follow(db, spot, data_hash)
            if ending is not None:
                _claims.take_away(db, job, ending)
            _claims.record(db, spot, job, claims, written)

    def forget(
        self,
        photo: Path,
        job: str,
        by: str = "",
        *,
        said_again: Collection[str] = (),
        there: Callable[[tuple[str, ...]], bool] = lambda _: True,
    ) -> None:
        """Take a run back that was undone, by the run ``by``: what it added counts as never written, in later runs'
        records too, and what it took away counts as ours again.

        ``said_again``: names of keywords, folded, that stayed since a later run says them too: these stay ours.
        ``there``: whether the photo has a keyword now.
        """
        with self._store.transaction() as db:
            again = _claims.undo(db, to_uri(photo), job, by, there)
            stay = {word for word in _claims.standing(db, to_uri(photo)) if word[-1] in said_again}
            rows = db.execute(
                "SELECT id, job, written FROM written WHERE path = ? ORDER BY id", (os.fsencode(photo),)
            ).fetchall()
            newest = before = Written()
            undone: Written | None = None
            for row in rows:
                written = from_json(Written, row["written"])
                if undone is not None:
                    kept = [path for path in written.keywords if key(path) in stay]
                    newest = _with(without(written, undone, before), (*kept, *again))
                    db.execute("UPDATE written SET written = ? WHERE id = ?", (to_json(newest), row["id"]))
                elif row["job"] == job:
                    undone = written
                    db.execute("DELETE FROM written WHERE id = ?", (row["id"],))
                else:
                    newest = before = written
            if undone is not None:
                _claims.compare(db, to_uri(photo), by, newest)


def _with(written: Written, again: Iterable[tuple[str, ...]]) -> Written:
    """``written`` with keywords that are ours again, unless a person has decided on them since."""
    theirs = set(map(key, (*written.keywords, *written.others, *written.rejected)))
    return replace(written, keywords=(*written.keywords, *(path for path in again if key(path) not in theirs)))


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
