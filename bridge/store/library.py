"""What search knows of every photo, and which row of which vector file is whose.

Two photos with the same pixels are one picture and have one vector. A space is one model's vectors: those of two
models, or of one with other weights, never meet.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from sqlite3 import Connection, Row
from typing import TYPE_CHECKING

from bridge.store import _library_said
from bridge.store._library_filter import folders_below, where
from bridge.store._library_photo import (
    PRESENCES,
    SELECTED,
    LibraryPhoto,
    Presence,
    called,
    folder_of,
    from_row,
    picture_key,
)
from bridge.store._library_writing import Numbers, forget, notice, number_of, put
from bridge.store._row_map import RowMap, column
from bridge.store.connection import Store
from bridge.values import ModelIdentity, PhotoFilter
from bridge.words import fold

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bridge.store._row_map import Rows

ORIENTATIONS = range(1, 9)
COMMON_AT = 10_000
"""Photos: where more have the words, these say little, and only the photos that came last are compared: to rank all of
333,000 took 3.3 s, the last 10,000 of them 0.09 s."""
TABLES = (
    *("library_facts", "library_keyworded", "library_keyword_parts", "library_keywords", "library_names"),
    *("vectors", "spaces", "library_pictures", "library_folders"),
)
AT_ONCE = 500
"""Photos that are asked for in one statement."""
COMMON = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "into", "is", "it", "its", "of", "on", "or"),
        *("over", "the", "their", "this", "to", "under", "with", "without"),
    }
)
"""Words that say nothing of a photo: left out where others are left."""


class LibraryTable:
    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now
        self._maps: dict[int, RowMap] = {}
        self._coverage: dict[tuple[int, tuple[Path, ...]], tuple[int, int]] = {}
        self._coverage_as_of: tuple[int, int] | None = None
        self._keyworded: dict[str, int] = {}
        self._keyworded_as_of: tuple[int, int] | None = None

    # -- photos --------------------------------------------------------------------------------------------------------

    def put(self, *photos: LibraryPhoto) -> None:
        """In one step, each in the place of what was known at its path."""
        names = Numbers()
        with self._store.transaction() as db:
            for photo in photos:
                put(db, photo, names)

    def notice(self, paths: Iterable[Path]) -> None:
        """Photos that are going to be looked at: until then they count as not indexed. What is known stays."""
        with self._store.transaction() as db:
            notice(db, paths)

    def get(self, path: Path) -> LibraryPhoto | None:
        found = self._photos("f.path = ? AND l.name = ?", (folder_of(path), os.fsencode(path.name)))
        return found[0] if found else None

    def by_hash(self, data_hash: str) -> list[LibraryPhoto]:
        """Every photo with this picture data, however it is turned."""
        keys = [picture_key(data_hash, orientation) for orientation in ORIENTATIONS]
        pictures = f"SELECT id FROM library_pictures WHERE key IN ({', '.join('?' * len(keys))})"
        return self._photos(f"x.picture IN ({pictures}) ORDER BY l.id", tuple(keys))

    def below(self, folders: Sequence[Path], after: int = 0, limit: int = 1000) -> list[tuple[int, LibraryPhoto]]:
        """(number, photo) of what is in some folders or below them, by number, from beyond ``after``: a page."""
        inside, values = folders_below(folders)
        # The plus keeps SQLite from going through the whole folder, to sort it by number, for each page.
        return self._numbered(f"+x.{inside} AND x.photo > ? ORDER BY x.photo LIMIT ?", (*values, after, limit))

    def moved(self, old: Path, new: Path) -> bool:
        """The photo at ``old`` is at ``new`` now, with all that is known of it; what was known there is forgotten.
        False where nothing is known of ``old``."""
        if old == new:
            return self.get(old) is not None
        with self._store.transaction() as db:
            number = number_of(db, old)
            if number is None:
                return False
            forget(db, new)
            folder = Numbers().folder(db, folder_of(new))
            db.execute(
                "UPDATE library SET folder = ?, name = ?, called = ? WHERE id = ?",
                (folder, os.fsencode(new.name), called(new), number),
            )
            db.execute("UPDATE library_facts SET folder = ?, presence = 0 WHERE photo = ?", (folder, number))
        return True

    def mark(self, paths: Iterable[Path], presence: Presence) -> None:
        with self._store.transaction() as db:
            for path in paths:
                db.execute(
                    "UPDATE library_facts SET presence = ? WHERE photo = ?",
                    (PRESENCES.index(presence), number_of(db, path)),
                )

    def mark_below(self, folder: Path, presence: Presence) -> int:
        """A folder with all below it, such as a drive that is not connected. How many photos that is."""
        inside, values = folders_below([folder])
        with self._store.transaction() as db:
            done = db.execute(
                f"UPDATE library_facts SET presence = ? WHERE {inside}", (PRESENCES.index(presence), *values)
            )
            return done.rowcount

    def forget(self, paths: Iterable[Path]) -> None:
        """Photos that the library shall not know any more. Their vectors stay until ``remove_vectors``."""
        with self._store.transaction() as db:
            for path in paths:
                forget(db, path)

    def counts(self) -> dict[Presence, int]:
        with self._store.reading() as db:
            (photos,) = db.execute("SELECT COUNT(*) FROM library_facts").fetchone()
            rows = db.execute(
                "SELECT presence, COUNT(*) AS photos FROM library_facts WHERE presence > 0 GROUP BY presence"
            ).fetchall()
        gone = {PRESENCES[row["presence"]]: row["photos"] for row in rows}
        return {Presence.THERE: photos - sum(gone.values()), Presence.MISSING: 0, Presence.OFFLINE: 0, **gone}

    def cameras(self) -> list[str]:
        """As photos name them, sorted."""
        return self._names("camera")

    def lenses(self) -> list[str]:
        return self._names("lens")

    def folders(self) -> list[Path]:
        """Those with photos, and what lies between them and the folder of them all; sorted."""
        with self._store.reading() as db:
            return _library_said.folders(db)

    def keywords(self, text: str, limit: int) -> list[str]:
        """Keywords, ``A|B``, that have ``text`` in them, those of most photos first."""
        with self._store.reading() as db:
            return _library_said.keywords(db, text, limit)

    # -- finding -------------------------------------------------------------------------------------------------------

    def rows_matching(self, space: int, wanted: PhotoFilter, presences: Sequence[Presence] | None = None) -> Rows:
        """The rows of a space's vector file whose photos a filter means, sorted: (rows,) int64. Of photos that are
        there, missing or offline, where ``presences`` names none of these."""
        import numpy as np

        with self._store.reading() as db:
            condition, values = where(db, wanted, presences)
            pictures = column(db, f"SELECT picture AS n FROM library_facts WHERE {condition}", values)
            rows = self._map(space).rows_of(db, pictures)
        # np.unique hashes: 1.2 s for a million rows, where this takes 5 ms.
        meant = np.zeros(int(rows.max(initial=-1)) + 1, np.bool_)
        meant[rows[rows >= 0]] = True
        return np.flatnonzero(meant).astype(np.int64)

    def photos_of_rows(
        self, space: int, rows: Iterable[int], wanted: PhotoFilter | None = None
    ) -> dict[int, list[LibraryPhoto]]:
        """The photos of each row, those that are there first; only those that a filter means, where there is one. A row
        whose photos are all forgotten is left out."""
        found: dict[int, list[LibraryPhoto]] = {}
        asked = [int(row) for row in rows]
        with self._store.reading() as db:
            condition, values = where(db, wanted or PhotoFilter())
            meant = f" AND EXISTS (SELECT 1 FROM library_facts WHERE photo = x.photo AND {condition})"
            for at in range(0, len(asked), AT_ONCE):
                some = asked[at : at + AT_ONCE]
                sql = SELECTED.replace("SELECT ", "SELECT v.row AS vector_row, ", 1)
                for row in db.execute(
                    f"{sql} JOIN vectors v ON v.space = ? AND v.picture = x.picture"
                    f" WHERE v.row IN ({', '.join('?' * len(some))}){meant} ORDER BY x.presence, l.id",
                    (space, *some, *values),
                ):
                    found.setdefault(row["vector_row"], []).append(from_row(row))
        return {row: found[row] for row in asked if row in found}

    def rows_by_words(
        self, space: int, text: str, limit: int = 1000, *, wanted: PhotoFilter | None = None, written: bool = False
    ) -> tuple[Rows, npt.NDArray[np.float32]]:
        """Rows of photos whose keywords, title, caption, names and words have every word of ``text``, in any of its
        English forms, and how well they do (BM25 as of SQLite's FTS5, above 0), the best first; at most ``limit``.
        Of the photos that a filter means, where there is one. ``written``: not by the words that a model saw."""
        import numpy as np

        said = query(text)
        if not said:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if written:
            said = f"{{keywords title caption called}} : ({said})"
        with self._store.reading() as db:
            condition, values = where(db, wanted or PhotoFilter())
            # The plus: each photo with the words is looked up among those that are meant, not the words for each photo.
            meant = f" AND +rowid IN (SELECT photo FROM library_facts WHERE {condition})" if condition != "1" else ""
            found = db.execute(
                "SELECT picture, rank FROM (SELECT rowid AS photo, rank FROM library_text WHERE library_text MATCH ?"
                f"{meant} ORDER BY rowid DESC LIMIT {COMMON_AT})"
                " JOIN library_facts USING (photo) ORDER BY rank LIMIT ?",
                (said, *values, limit),
            ).fetchall()
            pictures = np.array([row["picture"] for row in found], np.int64)
            rows = self._map(space).rows_of(db, pictures)
        scores = -np.array([row["rank"] for row in found], np.float32)
        _, first = np.unique(rows, return_index=True)
        kept = np.sort(first)
        kept = kept[rows[kept] >= 0]
        return rows[kept], scores[kept]

    def matching(
        self,
        wanted: PhotoFilter,
        limit: int = 1000,
        offset: int = 0,
        presences: Sequence[Presence] | None = None,
    ) -> list[LibraryPhoto]:
        """The photos that a filter means, with or without a vector, the newest first: a page."""
        with self._store.reading() as db:
            condition, values = where(db, wanted, presences)
            numbers = f"SELECT photo FROM library_facts WHERE {condition} ORDER BY day DESC, photo LIMIT ? OFFSET ?"
            found = [row["photo"] for row in db.execute(numbers, (*values, limit, offset))]
            photos = {row["id"]: from_row(row) for row in _by_number(db, found)}
        return [photos[number] for number in found]

    def count_matching(self, wanted: PhotoFilter, presences: Sequence[Presence] | None = None) -> int:
        with self._store.reading() as db:
            condition, values = where(db, wanted, presences)
            return int(db.execute(f"SELECT COUNT(*) FROM library_facts WHERE {condition}", values).fetchone()[0])

    def photos_with(self, keywords: Sequence[str]) -> list[int]:
        """How many photos have each of these: as ``PhotoFilter.keywords``, by their paths from the root (``A|B``) or by
        one element of them. Counted again only after something was written."""
        with self._store.reading() as db:
            written = (db.execute("PRAGMA data_version").fetchone()[0], db.total_changes)
            if self._keyworded_as_of != written:
                self._keyworded_as_of = written
                self._keyworded.clear()
            for keyword in keywords:
                if keyword not in self._keyworded:
                    (self._keyworded[keyword],) = db.execute(
                        "SELECT COUNT(DISTINCT photo) FROM library_keyworded WHERE keyword IN"
                        " (SELECT keyword FROM library_keyword_parts WHERE folded = ?)",
                        ("|".join(map(fold, keyword.split("|"))),),
                    ).fetchone()
            return [self._keyworded[keyword] for keyword in keywords]

    # -- spaces and vectors --------------------------------------------------------------------------------------------

    def space(self, identity: ModelIdentity, dimensions: int) -> int:
        """The number of a model's space; a new one where this model, with these weights and options, has none."""
        named = (identity.name, identity.digest, identity.options)
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO spaces (name, digest, options, dimensions, created) VALUES (?, ?, ?, ?, ?)",
                (*named, dimensions, self._now()),
            )
            found = db.execute("SELECT id FROM spaces WHERE (name, digest, options) = (?, ?, ?)", named).fetchone()
        return int(found["id"])

    def spaces(self) -> list[tuple[int, ModelIdentity, int]]:
        """(number, model, dimensions) of every space, the newest first."""
        with self._store.reading() as db:
            rows = db.execute("SELECT * FROM spaces ORDER BY id DESC").fetchall()
        return [
            (row["id"], ModelIdentity(row["name"], row["digest"], row["options"]), row["dimensions"]) for row in rows
        ]

    def add_vectors(self, space: int, vectors: Iterable[tuple[bytes, int]]) -> None:
        """(key, row) of what was appended to the space's file. A picture that had a row has the new one."""
        with self._store.transaction() as db:
            _add(db, space, vectors)

    def adopt_vectors(self, space: int, vectors: Sequence[tuple[bytes, int]]) -> None:
        """The same for rows that the store never heard of; a picture that has a row keeps it."""
        if not vectors:
            return
        with self._store.transaction() as db:
            names = Numbers()
            db.executemany(
                "INSERT OR IGNORE INTO vectors (space, picture, row) VALUES (?, ?, ?)",
                [(space, names.picture(db, key), row) for key, row in vectors],
            )
            _numbered_anew(db, space)

    def cut_vectors(self, space: int, length: int) -> int:
        """Forget rows from ``length`` on, which the file does not have any more. Returns how many rows of it are known
        of: those from there on are to be adopted."""
        with self._store.transaction() as db:
            if db.execute("DELETE FROM vectors WHERE space = ? AND row >= ?", (space, length)).rowcount:
                _numbered_anew(db, space)
            (last,) = db.execute("SELECT MAX(row) FROM vectors WHERE space = ?", (space,)).fetchone()
        return 0 if last is None else int(last) + 1

    def forget_rows(self, space: int, rows: Iterable[int]) -> None:
        """Rows whose vectors are damaged: their pictures have none any more."""
        with self._store.transaction() as db:
            db.executemany("DELETE FROM vectors WHERE space = ? AND row = ?", ((space, row) for row in rows))
            _numbered_anew(db, space)

    def rows(self, space: int) -> Rows:
        """Every row that is a picture's, sorted."""
        with self._store.reading() as db:
            return column(db, "SELECT row AS n FROM vectors WHERE space = ? ORDER BY row", (space,))

    def replace_vectors(self, space: int, vectors: Iterable[tuple[bytes, int]]) -> None:
        """(key, row) of everything, after the space's file was written anew."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM vectors WHERE space = ?", (space,))
            _numbered_anew(db, space)
            _add(db, space, vectors)

    def remove_vectors(self, space: int, keys: Iterable[bytes]) -> None:
        with self._store.transaction() as db:
            db.executemany(
                "DELETE FROM vectors WHERE space = ? AND picture = (SELECT id FROM library_pictures WHERE key = ?)",
                ((space, key) for key in keys),
            )
            _numbered_anew(db, space)

    def forget_space(self, space: int) -> None:
        with self._store.transaction() as db:
            db.execute("DELETE FROM vectors WHERE space = ?", (space,))
            db.execute("DELETE FROM spaces WHERE id = ?", (space,))
        self._maps.pop(space, None)

    def row_of(self, space: int, key: bytes) -> int | None:
        with self._store.reading() as db:
            found = db.execute(
                "SELECT row FROM vectors WHERE space = ? AND picture = (SELECT id FROM library_pictures WHERE key = ?)",
                (space, key),
            ).fetchone()
        return None if found is None else int(found["row"])

    def vectors(self, space: int) -> int:
        """How many pictures have one."""
        with self._store.reading() as db:
            return int(db.execute("SELECT COUNT(*) FROM vectors WHERE space = ?", (space,)).fetchone()[0])

    def unused(self, space: int, limit: int = 1000) -> list[tuple[bytes, int]]:
        """(key, row) of vectors whose photos are all forgotten."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT key, row FROM vectors v JOIN library_pictures p ON p.id = v.picture WHERE space = ?"
                " AND NOT EXISTS (SELECT 1 FROM library_facts x WHERE x.picture = v.picture) LIMIT ?",
                (space, limit),
            ).fetchall()
        return [(row["key"], row["row"]) for row in rows]

    def unindexed(self, space: int, after: int = 0, limit: int = 1000) -> list[tuple[int, LibraryPhoto]]:
        """(number, photo) of photos that are there and have no vector, by number, from beyond ``after``: a page."""
        without = "NOT EXISTS (SELECT 1 FROM vectors v WHERE v.space = ? AND v.picture = x.picture)"
        return self._numbered(
            f"x.photo > ? AND x.presence = 0 AND {without} ORDER BY x.photo LIMIT ?", (after, space, limit)
        )

    def coverage(self, space: int, folders: Sequence[Path] = ()) -> tuple[int, int]:
        """(photos that are there, those of them with a vector); in some folders or below them, or in all. Counted
        again only after something was written, since every search tells it."""
        asked = (space, tuple(folders))
        with self._store.reading() as db:
            # Of other connections' writes, and of this one's.
            written = (db.execute("PRAGMA data_version").fetchone()[0], db.total_changes)
            if self._coverage_as_of != written:
                self._coverage_as_of = written
                self._coverage.clear()
            if asked not in self._coverage:
                condition, values = where(db, PhotoFilter(folders=tuple(folders)), [Presence.THERE])
                pictures = column(db, f"SELECT picture AS n FROM library_facts WHERE {condition}", values)
                rows = self._map(space).rows_of(db, pictures)
                self._coverage[asked] = (pictures.size, int((rows >= 0).sum()))
            return self._coverage[asked]

    def purge(self) -> int:
        """Forget every photo and every space. Returns how many photos."""
        with self._store.transaction(durable=True) as db:
            photos = db.execute("DELETE FROM library").rowcount
            for table in TABLES:
                db.execute(f"DELETE FROM {table}")
        self._maps.clear()
        return photos

    # -- within --------------------------------------------------------------------------------------------------------

    def _map(self, space: int) -> RowMap:
        return self._maps.setdefault(space, RowMap(space))

    def _photos(self, condition: str, values: tuple[object, ...]) -> list[LibraryPhoto]:
        return [photo for _, photo in self._numbered(condition, values)]

    def _numbered(self, condition: str, values: tuple[object, ...]) -> list[tuple[int, LibraryPhoto]]:
        with self._store.reading() as db:
            return [(row["id"], from_row(row)) for row in db.execute(f"{SELECTED} WHERE {condition}", values)]

    def _names(self, kind: str) -> list[str]:
        with self._store.reading() as db:
            rows = db.execute("SELECT name FROM library_names WHERE kind = ? ORDER BY folded", (kind,)).fetchall()
        return [row["name"] for row in rows]


def query(text: str) -> str:
    """A question to the full-text search: every word of ``text`` as it stands there, no operators."""
    words = re.findall(r"[^\W_]+", text.lower())
    return " ".join(f'"{word}"' for word in [word for word in words if word not in COMMON] or words)


def _by_number(db: Connection, numbers: Sequence[int]) -> Iterable[Row]:
    for at in range(0, len(numbers), AT_ONCE):
        some = numbers[at : at + AT_ONCE]
        yield from db.execute(f"{SELECTED} WHERE l.id IN ({', '.join('?' * len(some))})", tuple(some))


def _add(db: Connection, space: int, vectors: Iterable[tuple[bytes, int]]) -> None:
    names, added = Numbers(), list(vectors)
    (last,) = db.execute("SELECT MAX(row) FROM vectors WHERE space = ?", (space,)).fetchone()
    if added and last is not None and min(row for _, row in added) <= last:
        _numbered_anew(db, space)  # rows of a tail that was lost are given again
    db.executemany(
        "INSERT OR REPLACE INTO vectors (space, picture, row) VALUES (?, ?, ?)",
        ((space, names.picture(db, key), row) for key, row in added),
    )


def _numbered_anew(db: Connection, space: int) -> None:
    db.execute("UPDATE spaces SET generation = generation + 1 WHERE id = ?", (space,))
