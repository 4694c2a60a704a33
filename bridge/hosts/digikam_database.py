"""What digiKam's own database says of photos, read only: it may know more than their files.

When digiKam reads a file again, the file's caption takes the place of the one in the database (seen in 7.9; tags,
ratings and, where the file has no caption, captions stay).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bridge.errors import NotAvailable
from bridge.hosts.digikam_config import database
from bridge.hosts.digikam_known import COLOURS, PICKS, RATINGS
from bridge.values import Known

IMAGES = """SELECT i.id, r.identifier, r.specificPath, a.relativePath FROM Images i
  JOIN Albums a ON a.id = i.album JOIN AlbumRoots r ON r.id = a.albumRoot WHERE i.name = ? AND i.status = 1"""
COMMENTS = """SELECT type, comment FROM ImageComments WHERE imageid = ? AND trim(comment) <> ''
  ORDER BY language <> 'x-default'"""
CAPTION, TITLE = 1, 3
BY_PATH = "volumeid:?path="
INTERNAL = "_Digikam_Internal_Tags_"
COLOUR_TAGS = ("None", "Red", "Orange", "Yellow", "Green", "Blue", "Magenta", "Gray", "Black", "White")
PICK_TAGS = ("None", "Rejected", "Pending", "Accepted")
LABELS: dict[str, dict[str, Any]] = {
    **{f"Color Label {name}": {"label": label} for name, label in zip(COLOUR_TAGS, COLOURS, strict=True)},
    **{f"Pick Label {name}": {"pick": pick} for name, pick in zip(PICK_TAGS, PICKS, strict=True)},
}
"""Labels are internal tags."""


def known(rc: bytes | None, photos: Sequence[Path]) -> dict[Path, Known]:
    """What it says of those of the photos that it has.

    Raises NotAvailable where there is a digiKam whose database cannot be read, or is no SQLite file.
    """
    with _opened(rc) as db:
        if db is None:
            return {}
        paths = _paths(db)
        found = ((photo, image) for photo in photos if (image := _image(db, photo)) is not None)
        return {photo: _known(db, image, paths) for photo, image in found}


def tags(rc: bytes | None) -> list[tuple[str, ...]]:
    """Every tag that is a word for photos: neither digiKam's own nor the name of a person. Raises NotAvailable."""
    with _opened(rc) as db:
        if db is None:
            return []
        people = {tag for (tag,) in db.execute("SELECT tagid FROM TagProperties WHERE property = 'person'")}
        paths = _paths(db)
    return sorted(path for tag, path in paths.items() if tag not in people and path[0] != INTERNAL)


@contextmanager
def _opened(rc: bytes | None) -> Iterator[sqlite3.Connection | None]:
    """The database, or None where digiKam has none yet. Raises NotAvailable, also for what goes wrong in it."""
    try:
        if (folder := database(rc)) is None:
            yield None
            return
        place = (Path(folder) / "digikam4.db").absolute().as_uri()
        with closing(sqlite3.connect(f"{place}?mode=ro", uri=True, timeout=10)) as db:
            yield db
    except (sqlite3.Error, ValueError) as error:
        raise NotAvailable(
            "digiKam's captions and labels could not be looked up, so none was written over.",
            hint="For captions use the workflow AI Captions of the Batch Queue Manager: there digiKam tells them.",
        ) from error


def _paths(db: sqlite3.Connection) -> dict[int, tuple[str, ...]]:
    """Every tag's whole path."""
    listed = {number: (parent, name) for number, parent, name in db.execute("SELECT id, pid, name FROM Tags")}

    def path(number: int) -> tuple[str, ...]:
        parent, name = listed[number]
        return (*path(parent), name) if parent in listed else (name,)

    return {number: path(number) for number in listed}


def _image(db: sqlite3.Connection, photo: Path) -> int | None:
    name, folder = (os.fsencode(part).decode("utf-8", "replace") for part in (photo.name, photo.parent))
    albums = {_album(*place): image for image, *place in db.execute(IMAGES, (name,))}
    # Of a drive that is known by its id only the end of the path is known: a whole path is surer.
    return albums[max(fits, key=len)] if (fits := [album for album in albums if folder.endswith(album)]) else None


def _album(identifier: str, specific: str, relative: str) -> str:
    """An album's folder, from the root; of one on a drive that is known by its id, from there."""
    root = unquote(identifier.removeprefix(BY_PATH)) if identifier.startswith(BY_PATH) else ""
    return "".join(part.rstrip("/") for part in (root, specific, relative))


def _known(db: sqlite3.Connection, image: int, paths: dict[int, tuple[str, ...]]) -> Known:
    rows = db.execute("SELECT tagid FROM ImageTags WHERE imageid = ?", (image,))
    there = [paths[tag] for (tag,) in rows if tag in paths]
    texts: dict[int, str] = {}
    for kind, text in db.execute(COMMENTS, (image,)):
        texts.setdefault(kind, text)
    stars = db.execute("SELECT rating FROM ImageInformation WHERE imageid = ?", (image,)).fetchone()
    labels: dict[str, Any] = {}
    for path in there:
        labels |= LABELS.get(path[-1], {}) if path[0] == INTERNAL else {}
    return Known(
        keywords=tuple(path for path in there if path[0] != INTERNAL),
        title=texts.get(TITLE),
        caption=texts.get(CAPTION),
        rating=stars[0] if stars is not None and stars[0] in range(RATINGS) else None,
        **labels,
    )
