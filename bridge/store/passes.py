"""Passes: folders that runs went through, and how. What a run wrote there is in ``written``, until it is taken back."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from bridge.codec import from_json, to_json
from bridge.store.connection import Store
from bridge.values import PassSettings, Scope

_GONE = "('removed', 'undone', 'released')"
# Few photos lose all that a run wrote, so these are looked for first; else each photo of a library would be.
_WRITTEN = f"""
FROM pass_jobs k JOIN written w ON w.job = k.job WHERE k.pass = p.id AND NOT (
  (w.job, w.path) IN (SELECT job, photo FROM provenance WHERE ended_by IS NOT NULL AND state IN {_GONE})
  AND NOT EXISTS (SELECT 1 FROM provenance n WHERE n.job = w.job AND n.photo = w.path AND n.state NOT IN {_GONE}))
"""
_PASSES = f"""
SELECT p.*, MAX(j.made) AS latest, EXISTS (SELECT 1 {_WRITTEN}) AS wrote,
  (SELECT COUNT(*) FROM pass_jobs k JOIN jobs o ON o.id = k.job WHERE k.pass = p.id AND o.state IN ('open', 'paused')
   AND json_extract(o.request, '$.write')) AS at_work
FROM passes p JOIN pass_jobs j ON j.pass = p.id
"""


@dataclass(frozen=True, slots=True)
class PassRow:
    id: int
    scope: Scope
    settings: PassSettings
    wrote: bool
    """Whether its runs have written a photo from which not all of it was taken away."""
    at_work: bool
    """Whether a run of it is writing, or waits to."""
    started: float
    """Unix time, seconds; as is ``latest``, when its last run began."""
    latest: float

    @property
    def stands(self) -> bool:
        """Whether something of it is in the photos: a dry run leaves nothing, nor does one that was taken back."""
        return self.at_work or self.wrote


class PassTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, scopes: Sequence[Scope], settings: PassSettings, job: str) -> None:
        """A run goes through these folders: it goes on with the passes that are like it, or begins them."""
        now, told = time.time(), to_json(settings)
        with self._store.transaction() as db:
            for scope in scopes:
                place = (os.fsencode(scope.folder), scope.recursive, scope.want, told)
                db.execute(
                    "INSERT OR IGNORE INTO passes (folder, recursive, want, settings, started) VALUES (?, ?, ?, ?, ?)",
                    (*place, now),
                )
                db.execute(
                    "INSERT OR IGNORE INTO pass_jobs SELECT id, ?, ? FROM passes"
                    " WHERE folder = ? AND recursive = ? AND want = ? AND settings = ?",
                    (job, now, *place),
                )

    def all(self) -> list[PassRow]:
        """The one with the latest run first."""
        with self._store.reading() as db:
            return list(map(_pass, db.execute(f"{_PASSES} GROUP BY p.id ORDER BY latest DESC, p.id DESC")))

    def photos(self, row: PassRow) -> int:
        """How many photos its runs have written, less those from which all of it was taken away."""
        with self._store.reading() as db:
            counted = f"SELECT (SELECT COUNT(DISTINCT w.path) {_WRITTEN}) AS n FROM passes p WHERE p.id = ?"
            return int(db.execute(counted, (row.id,)).fetchone()["n"])

    def has(self, job: str) -> bool:
        """Whether a run belongs to any."""
        with self._store.reading() as db:
            return db.execute("SELECT 1 FROM pass_jobs WHERE job = ? LIMIT 1", (job,)).fetchone() is not None

    def of_job(self, job: str) -> list[PassRow]:
        """Those that a run belongs to."""
        with self._store.reading() as db:
            rows = db.execute(
                f"{_PASSES} WHERE p.id IN (SELECT pass FROM pass_jobs WHERE job = ?) GROUP BY p.id ORDER BY p.id",
                (job,),
            )
            return list(map(_pass, rows))


def _pass(row: Row) -> PassRow:
    return PassRow(
        id=row["id"],
        scope=Scope(Path(os.fsdecode(row["folder"])), bool(row["recursive"]), row["want"]),
        settings=from_json(PassSettings, row["settings"]),
        wrote=bool(row["wrote"]),
        at_work=bool(row["at_work"]),
        started=row["started"],
        latest=row["latest"],
    )
