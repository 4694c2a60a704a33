"""What our runs left of ours in each photo: the newest is the base of the three-way merge."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from sqlite3 import Row

from bridge.codec import from_json, to_json
from bridge.paths import to_uri
from bridge.store import _claims
from bridge.store._claims import Ending, IsGone, Spot, no_file
from bridge.store._packing import pack, unpack
from bridge.store.connection import Store
from bridge.values import Claim, Field, Flags, Written
from bridge.words import key

_OF_THE_PICTURE = (
    "SELECT id, job, data_hash, written FROM written WHERE path = ?1 AND data_hash = COALESCE((SELECT data_hash FROM"
    " written WHERE path = ?1 AND job = ?2), data_hash) ORDER BY id"
)
"""What runs left in the picture at a path that one of them wrote into. Another one that lay there was another photo."""


class WrittenTable:
    def __init__(self, store: Store, is_gone: IsGone = no_file) -> None:
        self._store = store
        self._is_gone = is_gone

    def get(self, photo: Path, data_hash: str) -> Written | None:
        """By path and picture data: another picture that lay at the path was another photo. One that moved is found by
        its picture data alone, if the place it moved from is empty now: a second copy of the same picture is a photo of
        its own, with words of its own. With an empty hash, the newest at the path, whatever lies there."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT written FROM written WHERE path = ?1 AND (?2 = '' OR data_hash = ?2) ORDER BY id DESC LIMIT 1",
                (os.fsencode(photo), data_hash),
            ).fetchone()
            if row is not None:
                return _left(row)
            others = db.execute(
                "SELECT path, written FROM written WHERE data_hash = ? ORDER BY id DESC", (data_hash,)
            ).fetchall()
        for other in others:
            if self._is_gone(Path(os.fsdecode(other["path"]))):
                return _left(other)
        return None

    def chosen(self, photo: Path, job: str) -> tuple[tuple[str, ...], ...]:
        """The keywords that a person chose for a photo by runs that came after ``job``."""
        with self._store.reading() as db:
            rows = db.execute(_OF_THE_PICTURE, (os.fsencode(photo), job)).fetchall()
        newest = then = Written()
        for row in rows:
            newest = _left(row)
            if row["job"] == job:
                then = newest
        return tuple(Counter(newest.chosen) - Counter(then.chosen))

    def theirs(self, photo: Path, job: str) -> frozenset[Field]:
        """The marks that ``job`` set in a photo, and that a later run found to be the person's; the texts that the
        person wrote by later runs."""
        with self._store.reading() as db:
            rows = db.execute(_OF_THE_PICTURE, (os.fsencode(photo), job)).fetchall()
        records = [(row["job"], _left(row)) for row in rows]
        place = next((number for number, (name, _) in enumerate(records) if name == job), None)
        if place is None:
            return frozenset()
        own, newest = records[place][1], records[-1][1]
        marks = (Field.PICK, Field.RATING, Field.LABEL)
        typed = (field for _, later in records[place + 1 :] for field in later.typed)
        return frozenset(
            (*typed, *(field for field in marks if own.flags.said(field) and newest.flags.said(field) is None))
        )

    def decided_by(self, job: str) -> list[Path]:
        """The photos of which ``job`` left a person's decisions: what they refuse, what they chose or wrote."""
        with self._store.reading() as db:
            rows = db.execute("SELECT path, written FROM written WHERE job = ? ORDER BY id", (job,)).fetchall()
        records = ((Path(os.fsdecode(row["path"])), _left(row)) for row in rows)
        return [path for path, left in records if left.refused or left.chosen or left.typed]

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
        with self._store.reading() as db:
            place = _claims.moved_from(db, spot, data_hash, self._is_gone)
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO written (path, job, data_hash, written) VALUES (?, ?, ?, ?)",
                (os.fsencode(photo), job, data_hash, pack(to_json(written))),
            )
            if place is not None:
                _claims.follow(db, spot, place, data_hash)
            if ending is not None:
                _claims.take_away(db, job, ending)
            _claims.record(db, spot, job, claims, written, data_hash)

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
            rows = db.execute(_OF_THE_PICTURE, (os.fsencode(photo), job)).fetchall()
            picture = next((str(row["data_hash"]) for row in rows if row["job"] == job), None)
            again = _claims.undo(db, to_uri(photo), job, by, there, picture)
            stay = {word for word in _claims.standing(db, to_uri(photo), picture) if word[-1] in said_again}
            newest = before = Written()
            undone: Written | None = None
            for row in rows:
                written = _left(row)
                if undone is not None:
                    kept = [path for path in written.keywords if key(path) in stay]
                    newest = _with(without(written, undone, before), (*kept, *again))
                    db.execute("UPDATE written SET written = ? WHERE id = ?", (pack(to_json(newest)), row["id"]))
                elif row["job"] == job:
                    undone = written
                    db.execute("DELETE FROM written WHERE id = ?", (row["id"],))
                else:
                    newest = before = written
            if undone is not None:
                _claims.compare(db, to_uri(photo), by, newest, picture)


def _left(row: Row) -> Written:
    return from_json(Written, unpack(row["written"]))


def _with(written: Written, again: Iterable[tuple[str, ...]]) -> Written:
    """``written`` with keywords that are ours again, unless a person has decided on them since."""
    theirs = set(map(key, (*written.keywords, *written.others, *written.rejected)))
    return replace(written, keywords=(*written.keywords, *(path for path in again if key(path) not in theirs)))


def _lists_without(
    lists: tuple[str, ...] | None, undone: Collection[str], before: Collection[str]
) -> tuple[str, ...] | None:
    """Lists that the run made or filled may be gone with it: that says nothing about the words of later ones. Where no
    other is left, those that are there tell."""
    if not lists:
        return lists
    return tuple(name for name in lists if name not in undone or name in before) or None


def without(written: Written, undone: Written, before: Written) -> Written:
    """``written`` less what ``undone`` had beyond ``before``."""
    gone = set(undone.keywords) - set(before.keywords)
    # A photo has a word as often as it was chosen or refused: what another run chose or refused too stays so.
    chosen = Counter(written.chosen) - (Counter(undone.chosen) - Counter(before.chosen))
    unchosen = set(undone.chosen) - set(before.chosen) - chosen.keys()
    refused = Counter(written.refused) - (Counter(undone.refused) - Counter(before.refused))
    wanted = set(undone.refused) - set(before.refused) - refused.keys()
    left = replace(
        written,
        keywords=tuple(path for path in written.keywords if path not in gone),
        others=tuple(path for path in written.others if path not in unchosen),
        chosen=tuple(chosen.elements()),
        rejected=tuple(path for path in written.rejected if path not in wanted),
        refused=tuple(refused.elements()),
        lists=_lists_without(written.lists, undone.lists or (), before.lists or ()),
        title=before.title if written.title == undone.title else written.title,
        caption=before.caption if written.caption == undone.caption else written.caption,
        alt_text=before.alt_text if written.alt_text == undone.alt_text else written.alt_text,
        flags=Flags(
            pick=before.flags.pick if written.flags.pick == undone.flags.pick else written.flags.pick,
            rating=before.flags.rating if written.flags.rating == undone.flags.rating else written.flags.rating,
            label=before.flags.label if written.flags.label == undone.flags.label else written.flags.label,
        ),
    )
    # What the person had refused before they chose it there is refused again, unless they have it by now.
    theirs = set(map(key, (*left.keywords, *left.others, *left.rejected)))
    again = [path for path in before.rejected if path not in undone.rejected and key(path) not in theirs]
    return replace(
        left,
        rejected=(*left.rejected, *again),
        refused=(*left.refused, *(path for path in before.refused if path in again)),
    )
