"""digiKam's own database, read only: which photos have a caption or a title in digiKam that their files may lack.

When digiKam reads a file again, the file's caption takes the place of the one in the database (seen in 7.9; tags,
ratings and, where the file has no caption, captions stay). So a photo that has one there is not given one of ours.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

from bridge.errors import NotAvailable
from bridge.hosts.digikam_config import database

QUERY = """SELECT DISTINCT r.identifier, r.specificPath, a.relativePath FROM Images i
  JOIN Albums a ON a.id = i.album JOIN AlbumRoots r ON r.id = a.albumRoot JOIN ImageComments c ON c.imageid = i.id
  WHERE i.name = ? AND i.status = 1 AND c.type IN (1, 3) AND trim(c.comment) <> ''"""
BY_PATH = "volumeid:?path="


def captioned(rc: bytes | None, photos: Sequence[Path]) -> set[Path]:
    """Those of the photos that have a caption or a title in digiKam.

    Raises NotAvailable where there is a digiKam whose database cannot be read, or is no SQLite file.
    """
    try:
        if (folder := database(rc)) is None:
            return set()
        place = (Path(folder) / "digikam4.db").absolute().as_uri()
        with closing(sqlite3.connect(f"{place}?mode=ro", uri=True, timeout=10)) as db:
            return {photo for photo in photos if _has(db, photo)}
    except (sqlite3.Error, ValueError) as error:
        raise NotAvailable(
            "digiKam's captions could not be looked up, so none was written over.",
            hint="Use the workflow AI Captions of the Batch Queue Manager: there digiKam tells each photo's caption.",
        ) from error


def _has(db: sqlite3.Connection, photo: Path) -> bool:
    name, folder = (os.fsencode(part).decode("utf-8", "replace") for part in (photo.name, photo.parent))
    return any(folder.endswith(_album(*row)) for row in db.execute(QUERY, (name,)))


def _album(identifier: str, specific: str, relative: str) -> str:
    """An album's folder, from the root; of one on a drive that is known by its id, from there."""
    root = unquote(identifier.removeprefix(BY_PATH)) if identifier.startswith(BY_PATH) else ""
    return "".join(part.rstrip("/") for part in (root, specific, relative))
