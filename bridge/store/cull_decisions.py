"""What a person says of the photos of culling runs: each decision in one step, so that any can be taken back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection, Row

from bridge.errors import NotFound
from bridge.store._cull_picks import YOURS
from bridge.store.connection import Store


@dataclass(frozen=True, slots=True)
class CullDecision:
    """One step, of one photo or several."""

    id: int
    picked: int
    """Photos."""
    rejected: int
    undecided: int
    """Set to neither."""
    given_back: int
    """To the verdict of the run."""
    made: float
    """Unix time, seconds."""
    undone: float | None


_DECISIONS = """SELECT d.id, TOTAL(p.pick = 1) AS picked, TOTAL(p.pick = -1) AS rejected,
TOTAL(p.pick = 0) AS undecided, TOTAL(p.item IS NOT NULL AND p.pick IS NULL) AS given_back, d.made, d.undone
FROM cull_decisions d LEFT JOIN cull_picks p ON p.decision = d.id"""


class CullDecisionTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def decide(self, job: str, picks: Mapping[int, int | None]) -> CullDecision:
        """The person says this of photos (items) of a run: 1 pick, -1 reject, 0 neither, None as the run says. On the
        disk when this returns; all of it or nothing. Raises NotFound where the run has no such photo."""
        with self._store.transaction(durable=True) as db:
            made = db.execute("INSERT INTO cull_decisions (job, made) VALUES (?, ?)", (job, time.time()))
            for item, pick in picks.items():
                added = db.execute(
                    "INSERT INTO cull_picks (item, decision, picture, pick) SELECT c.item, ?, c.picture, ? FROM culls c"
                    " JOIN items i ON i.id = c.item WHERE c.item = ? AND i.job = ? AND c.pick IS NOT NULL",
                    (made.lastrowid, pick, item, job),
                )
                if not added.rowcount:
                    raise NotFound(f"The run {job} says nothing of the photo {item}.")
            return _decision(db, made.lastrowid or 0)

    def undo(self, job: str, decision: int | None = None) -> tuple[CullDecision, list[int]]:
        """Take back one decision, or the latest that stands; what was said of the same photos since stays. Returns it
        and its photos. Raises NotFound."""
        with self._store.transaction(durable=True) as db:
            row = db.execute(
                "SELECT id FROM cull_decisions WHERE job = ? AND undone IS NULL AND (? IS NULL OR id = ?)"
                " ORDER BY id DESC LIMIT 1",
                (job, decision, decision),
            ).fetchone()
            if row is None:
                raise NotFound(
                    "There is no decision of yours to take back."
                    if decision is None
                    else f"There is no decision {decision} of yours to take back in this run.",
                    hint="cull.decisions lists those that there are.",
                )
            db.execute("UPDATE cull_decisions SET undone = ? WHERE id = ?", (time.time(), row["id"]))
            items = db.execute("SELECT item FROM cull_picks WHERE decision = ? ORDER BY item", (row["id"],)).fetchall()
            return _decision(db, row["id"]), [item["item"] for item in items]

    def recent(self, job: str, limit: int = 100) -> list[CullDecision]:
        """Of a run, newest first, with those that were taken back."""
        with self._store.reading() as db:
            rows = db.execute(
                f"{_DECISIONS} WHERE d.job = ? GROUP BY d.id ORDER BY d.id DESC LIMIT ?", (job, limit)
            ).fetchall()
        return [_of(row) for row in rows]

    def photos(self, job: str) -> int:
        """Of how many photos of a run the person has said something that holds."""
        with self._store.reading() as db:
            counted = f"SELECT COUNT({YOURS}) FROM culls c JOIN items i ON i.id = c.item WHERE i.job = ?"
            return int(db.execute(counted, (job,)).fetchone()[0])


def _decision(db: Connection, decision: int) -> CullDecision:
    return _of(db.execute(f"{_DECISIONS} WHERE d.id = ? GROUP BY d.id", (decision,)).fetchone())


def _of(row: Row) -> CullDecision:
    return CullDecision(
        id=row["id"],
        picked=int(row["picked"]),
        rejected=int(row["rejected"]),
        undecided=int(row["undecided"]),
        given_back=int(row["given_back"]),
        made=row["made"],
        undone=row["undone"],
    )
