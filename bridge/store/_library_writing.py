"""How a photo is put into the library's tables, and taken out of them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from sqlite3 import Connection

from bridge.store._library_photo import (
    CODED,
    ELEMENT,
    ENTRY,
    PRESENCES,
    LibraryPhoto,
    called,
    day_number,
    folder_of,
    keywords_text,
    words_text,
)
from bridge.words import fold


class Numbers:
    """Numbers of folders, pictures, names and keywords, each asked for once in a step."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, object], int] = {}

    def folder(self, db: Connection, path: bytes) -> int:
        if ("folder", path) not in self._known:
            self._known["folder", path], _ = self._number(db, "library_folders", "path", path)
        return self._known["folder", path]

    def picture(self, db: Connection, key: bytes) -> int:
        return self._number(db, "library_pictures", "key", key)[0]

    def name(self, db: Connection, kind: str, name: str | None) -> int | None:
        if not name:
            return None
        asked = (kind, fold(name))
        if asked not in self._known:
            db.execute("INSERT OR IGNORE INTO library_names (kind, folded, name) VALUES (?, ?, ?)", (*asked, name))
            found = db.execute("SELECT id FROM library_names WHERE (kind, folded) = (?, ?)", asked).fetchone()
            self._known[asked] = found["id"]
        return self._known[asked]

    def keyword(self, db: Connection, path: str) -> int:
        """``path`` as it is stored. A filter finds it by one of its elements, or by a way from the root."""
        if ("keyword", path) not in self._known:
            folded = tuple(map(fold, path.split(ELEMENT)))
            number, is_new = self._number(db, "library_keywords", "path", ELEMENT.join(folded))
            if is_new:
                ways = {*folded, *("|".join(folded[:end]) for end in range(2, len(folded) + 1))}
                db.executemany("INSERT INTO library_keyword_parts VALUES (?, ?)", ((way, number) for way in ways))
            self._known["keyword", path] = number
        return self._known["keyword", path]

    def _number(self, db: Connection, table: str, column: str, value: object) -> tuple[int, bool]:
        """(its number, whether that is new)."""
        found = db.execute(f"SELECT id FROM {table} WHERE {column} = ?", (value,)).fetchone()
        if found is not None:
            return int(found["id"]), False
        return _made(db.execute(f"INSERT INTO {table} ({column}) VALUES (?)", (value,)).lastrowid), True


def put(db: Connection, photo: LibraryPhoto, names: Numbers) -> None:
    folder, picture = names.folder(db, folder_of(photo.path)), names.picture(db, photo.key)
    place = (folder, os.fsencode(photo.path.name))
    texts = (keywords_text(photo.keywords), photo.title, photo.caption, called(photo.path), words_text(photo.words))
    rest = (picture, photo.data_hash, photo.orientation, photo.stamp, photo.seen, *texts)
    found = db.execute("SELECT id, keywords FROM library WHERE folder = ? AND name = ?", place).fetchone()
    if found is None:
        number = _made(
            db.execute(
                "INSERT INTO library (folder, name, picture, data_hash, orientation, stamp, seen, keywords, title,"
                " caption, called, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*place, *rest),
            ).lastrowid
        )
    else:
        number = found["id"]
        db.execute(
            "UPDATE library SET picture = ?, data_hash = ?, orientation = ?, stamp = ?, seen = ?, keywords = ?,"
            " title = ?, caption = ?, called = ?, words = ? WHERE id = ?",
            (*rest, number),
        )
    _keyword(db, number, "" if found is None else found["keywords"], texts[0], names)
    db.execute(
        "INSERT OR REPLACE INTO library_facts (photo, folder, picture, presence, day, rating, pick, people,"
        " camera, lens, label, category, light, season) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(number, folder, picture, PRESENCES.index(photo.presence), day_number(photo.captured)),
            *(photo.rating, photo.pick, photo.people),
            *(names.name(db, kind, getattr(photo, kind)) for kind in CODED),
        ),
    )


def _keyword(db: Connection, number: int, old: str, new: str, names: Numbers) -> None:
    """Only what differs is written: most photos come again with the keywords that they had."""
    before, after = (
        {names.keyword(db, path) for path in text.split(ENTRY) if path} if text and old != new else set()
        for text in (old, new)
    )
    db.executemany(
        "DELETE FROM library_keyworded WHERE keyword = ? AND photo = ?", ((k, number) for k in before - after)
    )
    db.executemany("INSERT INTO library_keyworded VALUES (?, ?)", ((k, number) for k in after - before))


def notice(db: Connection, paths: Iterable[Path]) -> None:
    """Photos of which nothing is known but that they are there; those that are known stay as they are. A folder at a
    time: half a million ``put`` take minutes."""
    names, folders = Numbers(), defaultdict[bytes, set[Path]](set)
    for path in paths:
        folders[folder_of(path)].add(path)
    nothing = LibraryPhoto(Path(), "")
    picture = names.picture(db, nothing.key)
    for folder, photos in folders.items():
        number = names.folder(db, folder)
        known = {row["name"] for row in db.execute("SELECT name FROM library WHERE folder = ?", (number,))}
        (last,) = db.execute("SELECT COALESCE(MAX(id), 0) FROM library").fetchone()
        db.executemany(
            "INSERT INTO library (folder, name, picture, data_hash, orientation, stamp, seen, keywords, title, caption,"
            " called, words) VALUES (?, ?, ?, ?, ?, '', 0, '', '', '', ?, '')",
            (
                (number, name, picture, nothing.data_hash, nothing.orientation, called(path))
                for path in sorted(photos)
                if (name := os.fsencode(path.name)) not in known
            ),
        )
        db.execute(
            "INSERT INTO library_facts (photo, folder, picture, presence) SELECT id, folder, picture, ? FROM library"
            " WHERE id > ?",
            (PRESENCES.index(nothing.presence), last),
        )


def number_of(db: Connection, path: Path) -> int | None:
    found = db.execute(
        "SELECT id FROM library WHERE folder = (SELECT id FROM library_folders WHERE path = ?) AND name = ?",
        (folder_of(path), os.fsencode(path.name)),
    ).fetchone()
    return None if found is None else int(found["id"])


def forget(db: Connection, path: Path) -> None:
    number = number_of(db, path)
    if number is None:
        return
    (keywords,) = db.execute("SELECT keywords FROM library WHERE id = ?", (number,)).fetchone()
    _keyword(db, number, keywords, "", Numbers())
    db.execute("DELETE FROM library WHERE id = ?", (number,))
    db.execute("DELETE FROM library_facts WHERE photo = ?", (number,))


def _made(number: int | None) -> int:
    assert number is not None
    return number
