"""A photo as the library knows it, and how that lies in its tables."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from sqlite3 import Row

from bridge.values import Category

ELEMENT, ENTRY = "\x1f", "\x1e"
"""Between the elements of a keyword's path, and between keywords: the full-text search parts words there too."""

CODED = ("camera", "lens", "label", "category", "light", "season")
"""Facts that are kept as numbers of names."""


class Presence(StrEnum):
    """Whether a photo's file was there when it was last looked for."""

    THERE = "there"
    MISSING = "missing"
    """Its folder is there, it is not."""
    OFFLINE = "offline"
    """Its drive is not connected."""


PRESENCES = (Presence.THERE, Presence.MISSING, Presence.OFFLINE)
"""By the numbers that are stored."""


@dataclass(frozen=True, slots=True)
class LibraryPhoto:
    """What the library knows of one photo. None and empty: not known."""

    path: Path
    """Absolute."""
    data_hash: str
    orientation: int = 1
    """EXIF orientation 1..8."""
    stamp: str = ""
    """What photo and sidecars were when they were read: equal as long as none of them changed."""
    presence: Presence = Presence.THERE
    seen: float = 0.0
    """Unix time of the last look, seconds."""
    captured: date | None = None
    camera: str | None = None
    """As ``bridge.gear.camera_name`` has it."""
    lens: str | None = None
    rating: int | None = None
    """0..5."""
    pick: int | None = None
    """-1 rejected, 0, 1 picked."""
    label: str | None = None
    category: Category | None = None
    light: str | None = None
    season: str | None = None
    people: int | None = None
    keywords: tuple[tuple[str, ...], ...] = ()
    """Whole paths, as they are written."""
    title: str = ""
    caption: str = ""
    words: tuple[str, ...] = ()
    """What a model saw in it, which is not among its keywords."""

    @property
    def key(self) -> bytes:
        return picture_key(self.data_hash, self.orientation)


def picture_key(data_hash: str, orientation: int) -> bytes:
    """Under this a picture's vector is kept: 20 bytes, equal for equal pixels that are turned the same way."""
    return blake2b(f"{data_hash}:{orientation}".encode(), digest_size=20).digest()


def day_number(day: date | None) -> int | None:
    """``YYYYMMDD``."""
    return None if day is None else day.year * 10_000 + day.month * 100 + day.day


def folder_of(path: Path) -> bytes:
    return os.fsencode(path.parent)


def called(path: Path) -> str:
    """The names that a person may have given to a photo and its folder, as text."""
    return f"{_text(path.parent.name)}{ENTRY}{_text(path.stem)}"


def keywords_text(keywords: tuple[tuple[str, ...], ...]) -> str:
    return ENTRY.join(ELEMENT.join(map(_plain, path)) for path in keywords)


def words_text(words: tuple[str, ...]) -> str:
    return ENTRY.join(map(_plain, words))


def from_row(row: Row) -> LibraryPhoto:
    """Of a row with the columns of ``SELECTED``."""
    day = row["day"]
    return LibraryPhoto(
        path=Path(os.fsdecode(row["path"])) / os.fsdecode(row["name"]),
        data_hash=row["data_hash"],
        orientation=row["orientation"],
        stamp=row["stamp"],
        presence=PRESENCES[row["presence"]],
        seen=row["seen"],
        captured=None if day is None else date(day // 10_000, day // 100 % 100, day % 100),
        camera=row["camera"],
        lens=row["lens"],
        rating=row["rating"],
        pick=row["pick"],
        label=row["label"],
        category=None if row["category"] is None else Category(row["category"]),
        light=row["light"],
        season=row["season"],
        people=row["people"],
        keywords=tuple(tuple(path.split(ELEMENT)) for path in row["keywords"].split(ENTRY) if path),
        title=row["title"],
        caption=row["caption"],
        words=tuple(word for word in row["words"].split(ENTRY) if word),
    )


SELECTED = (
    "SELECT f.path, l.*, x.presence, x.day, x.rating, x.pick, x.people, "
    + ", ".join(f"(SELECT name FROM library_names WHERE id = x.{kind}) AS {kind}" for kind in CODED)
    + " FROM library l JOIN library_facts x ON x.photo = l.id JOIN library_folders f ON f.id = l.folder"
)


def _plain(text: str) -> str:
    return text.replace(ELEMENT, " ").replace(ENTRY, " ")


def _text(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")
