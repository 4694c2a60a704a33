"""The tags of a digiKam database as a text, a path a line: digiKam has no export of them. Read only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bridge.errors import VocabularyInvalid
from bridge.words import DIVISION_SLASH, fold

DATABASE = b"SQLite format 3\0"
"""How a database begins: https://www.sqlite.org/fileformat2.html"""
INTERNAL = "_digikam_internal_tags_"
TAGS = """WITH RECURSIVE t(id, path) AS (
  SELECT id, replace(name, '/', :slash) FROM Tags WHERE pid = 0 AND lower(name) <> :internal
  UNION ALL SELECT Tags.id, t.path || '/' || replace(name, '/', :slash) FROM Tags JOIN t ON Tags.pid = t.id)
SELECT path FROM t"""


def tag_list(database: Path) -> str:
    """Every tag but digiKam's own marks, sorted. Raises VocabularyInvalid where it is no digiKam database."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            rows = db.execute(TAGS, {"slash": DIVISION_SLASH, "internal": INTERNAL}).fetchall()
    except sqlite3.Error as error:
        raise VocabularyInvalid(
            "The tags of this database cannot be read.",
            hint="Name digikam4.db, in the folder that digiKam's settings call Database.",
            detail=str(error),
        ) from error
    return "".join(f"{path}\n" for path in sorted((path for (path,) in rows), key=fold))
