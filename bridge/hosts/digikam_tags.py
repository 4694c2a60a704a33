"""The tags of a digiKam database as a text, a path a line: digiKam has no export of them. Read only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bridge.errors import VocabularyInvalid
from bridge.words import DIVISION_SLASH, fold

DATABASE = b"SQLite format 3\0"
"""How a database begins: https://www.sqlite.org/fileformat2.html"""
MARKS = ("internalTag", "unknownPerson", "unconfirmedPerson", "ignoredPerson")
"""Properties of the tags that digiKam keeps for itself, as a database of 7.9 has them."""
TAGS = f"""WITH RECURSIVE
  known(id, pid, name) AS (SELECT id, pid, replace(name, '/', '{DIVISION_SLASH}') FROM Tags WHERE id NOT IN
    (SELECT tagid FROM TagProperties WHERE property IN {MARKS})),
  t(id, path) AS (SELECT id, name FROM known WHERE pid = 0
    UNION ALL SELECT known.id, t.path || '/' || name FROM known JOIN t ON known.pid = t.id)
SELECT path FROM t"""


def tag_list(database: Path) -> str:
    """Every tag but digiKam's own marks, sorted. Raises VocabularyInvalid where it is no digiKam database."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            rows = db.execute(TAGS).fetchall()
    except sqlite3.Error as error:
        raise VocabularyInvalid(
            "The tags of this database cannot be read.",
            hint="Name digikam4.db, in the folder that digiKam's settings call Database.",
            detail=str(error),
        ) from error
    return "".join(f"{path}\n" for path in sorted((path for (path,) in rows), key=fold))
