"""What a run left in the store, by SQLite's own count of pages, and what its journal is measured beside."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

JOURNAL = ("journal", "host_writes")
VECTORS = ("vectors",)
LEVEL = 3
"""As before-images are compressed (bridge/metadata/_before.py)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes, indexes with their tables."""

    tables: dict[str, int]
    journal_entries: int
    before_images: int

    @property
    def journal(self) -> int:
        return sum(self.tables.get(name, 0) for name in JOURNAL)

    @property
    def rest(self) -> int:
        """Without vectors and journal; thumbnails are files."""
        return sum(size for name, size in self.tables.items() if name not in (*JOURNAL, *VECTORS))


def what_is_stored(database: Path) -> Stored:
    """Of a store that no daemon has open."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        rows = db.execute(
            "SELECT COALESCE(m.tbl_name, s.name), SUM(s.pgsize) FROM dbstat s"
            " LEFT JOIN sqlite_schema m ON m.name = s.name GROUP BY 1 ORDER BY 2 DESC"
        ).fetchall()
        entries, images = db.execute("SELECT COUNT(*), SUM(LENGTH(before)) FROM journal").fetchone()
    db.close()
    return Stored({str(name): int(size) for name, size in rows}, entries, images)


def changed_segments(pairs: Iterable[tuple[bytes, bytes]]) -> tuple[float, float]:
    """(old alone, old and new): bytes a photo of the segments that a write changed, took away or added, compressed as
    the journal compresses. ``pairs`` are photos before and after."""
    olds = both = photos = 0
    for before, after in pairs:
        one, other = segments(before), segments(after)
        old = b"".join(segment for segment in one if segment not in other)
        new = b"".join(segment for segment in other if segment not in one)
        olds += len(zlib.compress(old, LEVEL)) if old else 0
        both += len(zlib.compress(old + new, LEVEL))
        photos += 1
    return olds / photos, both / photos


def segments(jpeg: bytes) -> list[bytes]:
    """What stands between SOI and the first scan."""
    found, at = [], 2
    while jpeg[at + 1] != 0xDA:
        length = 2 + struct.unpack_from(">H", jpeg, at + 2)[0]
        found.append(jpeg[at : at + length])
        at += length
    return found
