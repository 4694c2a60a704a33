"""The photographer's own style guides by name, and the folders that have a guide, of their own or a shipped one."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from bridge.store.connection import Store
from bridge.words import fold


@dataclass(frozen=True, slots=True)
class StoredStyle:
    name: str
    text: str
    stored: float
    """Unix time, seconds."""


class StyleTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, name: str, text: str) -> None:
        """Keep a guide, in place of the one that had the name. Names that differ only in case are one."""
        with self._store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO styles VALUES (?, ?, ?, ?)", (fold(name), name, text, time.time()))

    def get(self, name: str) -> StoredStyle | None:
        with self._store.reading() as db:
            row = db.execute("SELECT name, text, stored FROM styles WHERE folded = ?", (fold(name),)).fetchone()
        return None if row is None else StoredStyle(*row)

    def all(self) -> list[StoredStyle]:
        """By name."""
        with self._store.reading() as db:
            return [StoredStyle(*row) for row in db.execute("SELECT name, text, stored FROM styles ORDER BY folded")]

    def delete(self, name: str) -> bool:
        """Whether there was one."""
        with self._store.transaction() as db:
            return bool(db.execute("DELETE FROM styles WHERE folded = ?", (fold(name),)).rowcount)

    def use(self, folder: Path, name: str) -> None:
        """Photos in the folder and below are tagged by this guide, in place of another that the folder had."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO style_folders VALUES (?, ?, ?)", (os.fsencode(folder), name, time.time())
            )

    def unuse(self, folder: Path) -> bool:
        """Whether the folder had one."""
        with self._store.transaction() as db:
            return bool(db.execute("DELETE FROM style_folders WHERE folder = ?", (os.fsencode(folder),)).rowcount)

    def folders(self) -> dict[Path, str]:
        """The name of the guide of each folder that has one of its own, by path."""
        with self._store.reading() as db:
            rows = db.execute("SELECT folder, style FROM style_folders ORDER BY folder").fetchall()
        return {Path(os.fsdecode(row["folder"])): row["style"] for row in rows}
