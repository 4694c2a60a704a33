"""Audits: a sample of a library, the runs over it, and what a person said of their words."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from bridge.errors import NotFound
from bridge.store.connection import Store


@dataclass(frozen=True, slots=True)
class AuditRow:
    id: str
    request: str
    """What was asked for, JSON: with exactly this the whole library is run later."""
    photos: int
    """In the whole of the places that it is a sample of."""
    made: float
    """Unix time, seconds."""
    runs: Mapping[str, str]
    """Model -> its run over the sample."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``kind``: ``keyword``, ``caption`` or ``missing``; ``right`` None takes a verdict back."""

    photo: Path
    kind: str
    value: str
    right: bool | None


class AuditTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, request: str, photos: int, sample: Sequence[tuple[Path, str]], runs: Mapping[str, str]) -> str:
        """``sample``: photos, each with its stratum; ``runs``: model -> its run.

        All of it is kept or nothing. Returns the id, which sorts by time.
        """
        audit = time.strftime("%Y%m%d-%H%M%S-") + secrets.token_hex(2)
        rows = [(audit, place, os.fsencode(path), stratum) for place, (path, stratum) in enumerate(sample)]
        with self._store.transaction() as db:
            db.execute("INSERT INTO audits VALUES (?, ?, ?, ?)", (audit, request, photos, time.time()))
            db.executemany("INSERT INTO audit_photos VALUES (?, ?, ?, ?)", rows)
            db.executemany("INSERT INTO audit_runs VALUES (?, ?, ?)", [(audit, *run) for run in runs.items()])
        return audit

    def get(self, audit: str) -> AuditRow:
        """Raises NotFound. ``last``: the newest."""
        where, values = ("1", ()) if audit == "last" else ("id = ?", (audit,))
        with self._store.reading() as db:
            row = db.execute(f"SELECT * FROM audits WHERE {where} ORDER BY made DESC LIMIT 1", values).fetchone()
            if row is None:
                hint = "photo-bridge audit list shows those that there are."
                raise NotFound(
                    "There is no audit yet." if audit == "last" else f"There is no audit {audit}.", hint=hint
                )
            return _audit(row, self._runs(row["id"]))

    def all(self) -> list[AuditRow]:
        """Newest first."""
        with self._store.reading() as db:
            rows = db.execute("SELECT * FROM audits ORDER BY made DESC").fetchall()
            return [_audit(row, self._runs(row["id"])) for row in rows]

    def sample(self, audit: str) -> list[tuple[Path, str]]:
        """The photos in the order in which they were drawn, each with its stratum."""
        with self._store.reading() as db:
            rows = db.execute("SELECT path, stratum FROM audit_photos WHERE audit = ? ORDER BY place", (audit,))
            return [(Path(os.fsdecode(row["path"])), row["stratum"]) for row in rows]

    def judge(self, audit: str, verdicts: Iterable[Verdict]) -> None:
        """Keep what a person said, on the disk when this returns; the last word on a thing counts."""
        with self._store.transaction(durable=True) as db:
            for verdict in verdicts:
                at = (audit, os.fsencode(verdict.photo), verdict.kind, verdict.value)
                if verdict.right is None:
                    db.execute("DELETE FROM audit_verdicts WHERE audit = ? AND path = ? AND kind = ? AND value = ?", at)
                else:
                    db.execute(
                        "INSERT OR REPLACE INTO audit_verdicts VALUES (?, ?, ?, ?, ?, ?)",
                        (*at, verdict.right, time.time()),
                    )

    def verdicts(self, audit: str) -> dict[Path, dict[str, dict[str, bool]]]:
        """Photo -> kind -> value -> whether it is right."""
        found: dict[Path, dict[str, dict[str, bool]]] = {}
        with self._store.reading() as db:
            for row in db.execute("SELECT * FROM audit_verdicts WHERE audit = ? ORDER BY made", (audit,)):
                kinds = found.setdefault(Path(os.fsdecode(row["path"])), {})
                kinds.setdefault(row["kind"], {})[row["value"]] = bool(row["verdict"])
        return found

    def _runs(self, audit: str) -> dict[str, str]:
        with self._store.reading() as db:
            rows = db.execute("SELECT model, job FROM audit_runs WHERE audit = ? ORDER BY rowid", (audit,))
            return {row["model"]: row["job"] for row in rows}


def _audit(row: Row, runs: Mapping[str, str]) -> AuditRow:
    return AuditRow(row["id"], row["request"], row["photos"], row["made"], runs)
