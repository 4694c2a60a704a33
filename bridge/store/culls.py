"""What was measured of pictures for culling, what runs say of their photos, and limits fitted to a person's flags."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from bridge.store._cull_picks import YOURS
from bridge.store._job_rows import JobState
from bridge.store._library_photo import picture_key
from bridge.store.connection import Store

_PHOTOS = f"""SELECT c.*, {YOURS} AS yours, i.path, i.host_id, m.measures, m.likeness FROM culls c
JOIN items i ON i.id = c.item JOIN measured m ON m.picture = c.picture
WHERE i.job = ? AND i.stage = 'done'"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One picture, however many copies there are."""

    measures: str
    """JSON."""
    likeness: bytes
    """By what near-duplicates are known."""


@dataclass(frozen=True, slots=True)
class CullVerdict:
    """What a run says of one photo."""

    item: int
    pick: int
    """1 pick, -1 reject, 0 undecided."""
    score: float
    reasons: str
    """JSON."""
    moment: int | None
    """The number of its group in the run."""
    rank: int | None
    kind: str | None
    """Of the group."""


@dataclass(frozen=True, slots=True)
class CullRow:
    """One photo of a run."""

    item: int
    path: Path
    host_id: str
    picture: bytes
    """``picture_key`` of what was looked at."""
    measured: Measured
    shot: str
    """JSON."""
    voice: str | None
    """What a language model said of it, JSON."""
    verdict: CullVerdict | None
    yours: int | None
    """What the person says of it, in the place of the verdict: 1 pick, -1 reject, 0 neither; None nothing."""

    @property
    def pick(self) -> int | None:
        """What holds: the person's word, else the verdict's; None where there is neither."""
        if self.yours is not None:
            return self.yours
        return None if self.verdict is None else self.verdict.pick


@dataclass(frozen=True, slots=True)
class CullMark:
    """As much of a photo of a run as it takes to put photos in order."""

    item: int
    moment: int | None
    verdict: int
    yours: int | None


@dataclass(frozen=True, slots=True)
class FittedLimits:
    """Limits that were fitted to a person's own flags, and what they rest on."""

    id: int
    limits: str
    told: str
    made: float
    """Unix time, seconds."""
    taken_back: float | None


class CullTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    # -- pictures -----------------------------------------------------------------------------------------------------

    def measured(self, picture: bytes, version: str) -> Measured | None:
        """None where it was never looked at, or by another version of the measures."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT measures, likeness FROM measured WHERE picture = ? AND version = ?", (picture, version)
            ).fetchone()
        return None if row is None else Measured(row["measures"], row["likeness"])

    def likeness(self, picture: bytes) -> bytes:
        """By what its near-duplicates are known; empty where it was never looked at."""
        with self._store.reading() as db:
            row = db.execute("SELECT likeness FROM measured WHERE picture = ?", (picture,)).fetchone()
        return b"" if row is None else bytes(row["likeness"])

    def keep(self, picture: bytes, version: str, measured: Measured) -> None:
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO measured (picture, version, measures, likeness) VALUES (?, ?, ?, ?) ON CONFLICT (picture)"
                " DO UPDATE SET version = excluded.version, measures = excluded.measures, likeness = excluded.likeness",
                (picture, version, measured.measures, measured.likeness),
            )

    def voice(self, picture: bytes, model: str) -> str | None:
        """What a language model, by name and digest, said of it, JSON."""
        with self._store.reading() as db:
            row = db.execute("SELECT voice FROM voices WHERE picture = ? AND model = ?", (picture, model)).fetchone()
        return None if row is None else row["voice"]

    def keep_voice(self, picture: bytes, model: str, voice: str) -> None:
        with self._store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO voices VALUES (?, ?, ?)", (picture, model, voice))

    # -- runs ---------------------------------------------------------------------------------------------------------

    def note(self, item: int, picture: bytes, shot: str, voice: str | None = None) -> None:
        """A photo of a run shows this picture."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO culls (item, picture, shot, voice) VALUES (?, ?, ?, ?)",
                (item, picture, shot, voice),
            )

    def photos(self, job: str, after: int = 0, limit: int = 1000) -> list[CullRow]:
        """The photos of a run that were measured, in the order in which they were added to it, from beyond the item
        ``after``."""
        with self._store.reading() as db:
            rows = db.execute(f"{_PHOTOS} AND c.item > ? ORDER BY c.item LIMIT ?", (job, after, limit)).fetchall()
        return [_photo(row) for row in rows]

    def judge(self, verdicts: Iterable[CullVerdict]) -> None:
        """In one step, each in the place of what was said of its photo before."""
        rows = [(v.pick, v.score, v.reasons, v.moment, v.rank, v.kind, v.item) for v in verdicts]
        with self._store.transaction() as db:
            db.executemany(
                "UPDATE culls SET pick = ?, score = ?, reasons = ?, moment = ?, rank = ?, kind = ? WHERE item = ?", rows
            )

    def moments(self, job: str) -> list[list[CullRow]]:
        """The photos of each group of a run, the best first; in the order of the groups."""
        with self._store.reading() as db:
            rows = db.execute(f"{_PHOTOS} AND c.moment IS NOT NULL ORDER BY c.moment, c.rank", (job,)).fetchall()
        found: dict[int, list[CullRow]] = {}
        for row in rows:
            found.setdefault(row["moment"], []).append(_photo(row))
        return list(found.values())

    def marks(self, job: str) -> list[CullMark]:
        """Every photo of a run that was judged: group by group, each the best first, then those that stand alone."""
        with self._store.reading() as db:
            rows = db.execute(
                f"SELECT c.item, c.moment, c.pick AS verdict, {YOURS} AS yours FROM culls c"
                " JOIN items i ON i.id = c.item WHERE i.job = ? AND c.pick IS NOT NULL"
                " ORDER BY c.moment IS NULL, c.moment, c.rank, c.item",
                (job,),
            ).fetchall()
        return [CullMark(*row) for row in rows]

    def some(self, job: str, items: Sequence[int]) -> list[CullRow]:
        """These photos of a run, in this order, without those that it does not have."""
        with self._store.reading() as db:
            rows = db.execute(
                f"{_PHOTOS} AND c.item IN (SELECT value FROM json_each(?))", (job, json.dumps(list(items)))
            ).fetchall()
        found = {row["item"]: _photo(row) for row in rows}
        return [found[item] for item in items if item in found]

    def shows(self, job: str, path: Path, host_id: str, data_hash: str) -> bool:
        """Whether a picture, by the hash of its pixels, is the one that a run looked at, turned or not. True where it
        was not the file that was looked at."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT picture FROM culls JOIN items i ON i.id = item"
                " WHERE i.job = ? AND i.path = ? AND i.host_id = ? AND i.pixels IS NULL",
                (job, os.fsencode(path), host_id),
            ).fetchone()
        return row is None or row["picture"] in {picture_key(data_hash, turn) for turn in range(1, 9)}

    def picks(self, job: str) -> dict[int, int]:
        """How many photos of a run are picked (1), rejected (-1) and undecided (0), by the person where they said it,
        else by the run."""
        with self._store.reading() as db:
            rows = db.execute(
                f"SELECT COALESCE({YOURS}, c.pick) AS holds, COUNT(*) AS photos FROM culls c"
                " JOIN items i ON i.id = c.item WHERE i.job = ? AND c.pick IS NOT NULL GROUP BY holds",
                (job,),
            ).fetchall()
        return {1: 0, -1: 0, 0: 0, **{row["holds"]: row["photos"] for row in rows}}

    def moment_count(self, job: str) -> int:
        with self._store.reading() as db:
            counted = "SELECT COUNT(DISTINCT moment) FROM culls JOIN items i ON i.id = item WHERE i.job = ?"
            return int(db.execute(counted, (job,)).fetchone()[0])

    def purge(self) -> int:
        """Forget what was measured of pictures that no run has. Returns how many; none while a run is at work: what it
        has measured and not yet noted would be missing from it."""
        with self._store.transaction() as db:
            at_work = "SELECT 1 FROM jobs WHERE kind = 'cull' AND state IN (?, ?)"
            if db.execute(at_work, (JobState.OPEN, JobState.PAUSED)).fetchone() is not None:
                return 0
            db.execute("DELETE FROM voices WHERE picture NOT IN (SELECT picture FROM culls)")
            return db.execute("DELETE FROM measured WHERE picture NOT IN (SELECT picture FROM culls)").rowcount

    # -- limits -------------------------------------------------------------------------------------------------------

    def fit(self, limits: str, told: str) -> int:
        """From now on these limits hold."""
        with self._store.transaction(durable=True) as db:
            made = db.execute(
                "INSERT INTO cull_limits (limits, told, made) VALUES (?, ?, ?)", (limits, told, time.time())
            )
            return int(made.lastrowid or 0)

    def fitted(self) -> FittedLimits | None:
        """What holds now; None: the limits of the presets."""
        rows = self._fits("taken_back IS NULL ORDER BY id DESC LIMIT 1")
        return rows[0] if rows else None

    def take_back(self) -> FittedLimits | None:
        """The last fit does not hold any more, and the one before does. Returns what was taken back."""
        last = self.fitted()
        if last is not None:
            with self._store.transaction(durable=True) as db:
                db.execute("UPDATE cull_limits SET taken_back = ? WHERE id = ?", (time.time(), last.id))
        return last

    def _fits(self, where: str, values: Sequence[object] = ()) -> list[FittedLimits]:
        with self._store.reading() as db:
            rows = db.execute(f"SELECT id, limits, told, made, taken_back FROM cull_limits WHERE {where}", values)
            return [FittedLimits(**row) for row in map(dict, rows)]


def _photo(row: Row) -> CullRow:
    verdict = None
    if row["pick"] is not None:
        told = (row[name] for name in ("item", "pick", "score", "reasons", "moment", "rank", "kind"))
        verdict = CullVerdict(*told)
    return CullRow(
        item=row["item"],
        path=Path(os.fsdecode(row["path"])),
        host_id=row["host_id"],
        picture=row["picture"],
        measured=Measured(row["measures"], row["likeness"]),
        shot=row["shot"],
        voice=row["voice"],
        verdict=verdict,
        yours=row["yours"],
    )
