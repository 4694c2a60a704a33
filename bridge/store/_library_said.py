"""What the photos of the library have of a kind, as it is spelled there: for fields that complete what is typed."""

from __future__ import annotations

import os
from pathlib import Path
from sqlite3 import Connection

from bridge.store._library_photo import ELEMENT, ENTRY
from bridge.words import fold


def folders(db: Connection) -> list[Path]:
    """Every folder with photos, and those that lie between them and the one that holds them all; sorted."""
    rows = db.execute(
        "SELECT path FROM library_folders o WHERE EXISTS (SELECT 1 FROM library_facts f WHERE f.folder = o.id)"
    ).fetchall()
    there = [Path(os.fsdecode(row["path"])) for row in rows]
    if not there:
        return []
    try:
        root = Path(os.path.commonpath(there))
    except ValueError:  # drives of Windows
        return sorted(there)
    between = {parent for folder in there for parent in folder.parents if parent.is_relative_to(root)}
    return sorted({*there, *between})


def keywords(db: Connection, text: str, limit: int) -> list[str]:
    """Keywords, ``A|B``, that have ``text`` in them, those of most photos first."""
    rows = db.execute(
        "SELECT k.path, (SELECT COUNT(*) FROM library_keyworded d WHERE d.keyword = k.id) AS photos,"
        " (SELECT l.keywords FROM library_keyworded d JOIN library l ON l.id = d.photo WHERE d.keyword = k.id LIMIT 1)"
        " AS spelled FROM library_keywords k WHERE instr(replace(k.path, ?, '|'), ?) AND photos > 0"
        " ORDER BY photos DESC, k.path LIMIT ?",
        (ELEMENT, fold(text), limit),
    ).fetchall()
    return [_spelled(row["path"], row["spelled"]) for row in rows]


def _spelled(folded: str, keywords: str) -> str:
    """A stored path as one of the photos that have it writes it."""
    for path in keywords.split(ENTRY):
        if ELEMENT.join(map(fold, path.split(ELEMENT))) == folded:
            return path.replace(ELEMENT, "|")
    return folded.replace(ELEMENT, "|")
