"""A filter as SQL over the facts of the library."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from sqlite3 import Connection

from bridge.gear import is_part
from bridge.store._library_photo import PRESENCES, Presence, day_number
from bridge.values import PhotoFilter
from bridge.words import fold

Clause = tuple[str, tuple[object, ...]]


def where(db: Connection, wanted: PhotoFilter, presences: Sequence[Presence] | None = None) -> Clause:
    """(condition over ``library_facts``, its values)."""
    parts = [
        *([folders_below(wanted.folders)] if wanted.folders else []),
        *_limits("day", day_number(wanted.since), day_number(wanted.until)),
        *_limits("rating", wanted.rating_least, wanted.rating_most),
        *_limits("people", wanted.people_least, wanted.people_most),
        *([("pick = ?", (wanted.pick,))] if wanted.pick is not None else []),
        *(_gear(db, "camera", camera) for camera in wanted.cameras),
        *(_gear(db, "lens", lens) for lens in wanted.lenses),
        *(_keyword(word) for word in wanted.keywords),
        *([_named(db, "category", wanted.categories)] if wanted.categories else []),
        *(_named(db, kind, (name,)) for kind in ("light", "season", "label") if (name := getattr(wanted, kind))),
        *([_one_of("presence", [PRESENCES.index(one) for one in presences])] if presences is not None else []),
    ]
    return " AND ".join(f"({sql})" for sql, _ in parts) or "1", tuple(value for _, values in parts for value in values)


def folders_below(folders: Sequence[Path]) -> Clause:
    """In one of some folders or below it. A range of paths for each, so that it is looked up, not gone through."""
    parts, values = [], []
    for folder in folders:
        name = os.fsencode(folder)
        start = name if name.endswith(os.sep.encode()) else name + os.sep.encode()
        parts.append("path = ? OR path >= ? AND path < ?")
        values += [name, start, start[:-1] + bytes([start[-1] + 1])]
    return f"folder IN (SELECT id FROM library_folders WHERE {' OR '.join(parts) or '0'})", tuple(values)


def _limits(column: str, least: int | None, most: int | None) -> list[Clause]:
    """Comparing with what is not known is never true in SQL, as it is meant."""
    return [
        *([(f"{column} >= ?", (least,))] if least is not None else []),
        *([(f"{column} <= ?", (most,))] if most is not None else []),
    ]


def _gear(db: Connection, kind: str, asked: str) -> Clause:
    return _one_of(kind, _ids(db, kind, lambda name: is_part(asked, name)))


def _named(db: Connection, kind: str, names: Sequence[str]) -> Clause:
    wanted = set(map(fold, names))
    return _one_of(kind, _ids(db, kind, lambda name: fold(name) in wanted))


def _ids(db: Connection, kind: str, fits: Callable[[str], bool]) -> list[int]:
    rows = db.execute("SELECT id, name FROM library_names WHERE kind = ?", (kind,))
    return [row["id"] for row in rows if fits(row["name"])]


def _one_of(column: str, numbers: Sequence[int]) -> Clause:
    return f"{column} IN ({', '.join('?' * len(numbers))})", tuple(numbers)


def _keyword(word: str) -> Clause:
    """By one element of its path, or by its path from the root."""
    folded = "|".join(map(fold, word.split("|")))
    return (
        "photo IN (SELECT photo FROM library_keyworded WHERE keyword IN"
        " (SELECT keyword FROM library_keyword_parts WHERE folded = ?))",
        (folded,),
    )
