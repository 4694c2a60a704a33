"""What hosts were told to do to their photos, and what they said of it: the journal of writes that hosts carry out."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Any

from bridge.codec import from_json, to_json, to_plain
from bridge.errors import NotFound
from bridge.journal import EntryState, HostWrite
from bridge.store import _claims
from bridge.store._claims import Spot
from bridge.store.connection import Store
from bridge.store.written import without
from bridge.values import Claim, Op, Operation, Written


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one write: which of its operations the host carried out, and which of them made a keyword in
    its tree."""

    id: int
    applied: tuple[int, ...]
    created: tuple[int, ...] = ()
    written: Written | None = None
    """The base of the next run, where it is another than the write's own."""


_TO_UNDO = "undoes = '[]' AND operations != '[]' AND (state = 'intent' OR (state = 'done' AND applied != '[]'))"


class HostWriteTable:
    """Append, then settle. Every call is on the disk when it returns."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def intend(self, writes: Sequence[HostWrite]) -> list[int]:
        """Record intents in one transaction before a host is told; returns their ids, in order."""
        ids: list[int] = []
        with self._store.transaction(durable=True) as db:
            for write in writes:
                cursor = db.execute(
                    "INSERT INTO host_writes (job, item, host, photo, photo_id, place, state, operations, kept, base,"
                    " written, undoes, claims, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        write.job,
                        write.item,
                        write.host,
                        os.fsencode(write.photo),
                        write.photo_id,
                        write.place,
                        write.state,
                        json.dumps([to_plain(operation) for operation in write.operations]),
                        json.dumps(write.kept),
                        to_json(write.base),
                        to_json(write.written),
                        json.dumps(write.undoes),
                        json.dumps([to_plain(claim) for claim in write.claims]),
                        time.time(),
                    ),
                )
                assert cursor.lastrowid is not None
                ids.append(cursor.lastrowid)
                if write.state is EntryState.DONE and not write.undoes:
                    _claims.compare(db, write.place, write.job, write.written)
        return ids

    def settle(self, outcomes: Iterable[Outcome]) -> None:
        """Record in one transaction what hosts did. An undo of which something was carried out takes its writes back:
        what they added counts as never written, in later runs' records too. Raises NotFound for an unknown id."""
        with self._store.transaction(durable=True) as db:
            for outcome in outcomes:
                write = _get(db, outcome.id)
                written = outcome.written or write.written
                db.execute(
                    "UPDATE host_writes SET state = ?, applied = ?, created = ?, written = ? WHERE id = ?",
                    (
                        EntryState.DONE,
                        json.dumps(outcome.applied),
                        json.dumps(outcome.created),
                        to_json(written),
                        outcome.id,
                    ),
                )
                if outcome.applied and not write.undoes:
                    spot = Spot(write.place, write.photo, write.host)
                    _claims.record(db, spot, write.job, _carried_out(write, outcome.applied), written)
                if outcome.applied or not write.operations:
                    for undone in write.undoes:
                        with suppress(NotFound):  # pruned since
                            _take_back(db, _get(db, undone))

    def drop(self, ids: Iterable[int]) -> None:
        """Record that hosts did not do it."""
        with self._store.transaction(durable=True) as db:
            db.executemany(
                "UPDATE host_writes SET state = ? WHERE id = ?", [(EntryState.ROLLED_BACK, id) for id in ids]
            )

    def get(self, id: int) -> HostWrite:
        """Raises NotFound."""
        with self._store.reading() as db:
            return _get(db, id)

    def unsettled(self, place: str) -> list[HostWrite]:
        """Intents without an outcome for one photo, oldest first."""
        return self._select("place = ? AND state = 'intent' ORDER BY id", (place,))

    def base(self, place: str) -> Written | None:
        """What our runs left of ours in one photo."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT written FROM host_writes WHERE place = ? AND state = 'done' AND undoes = '[]'"
                " ORDER BY id DESC LIMIT 1",
                (place,),
            ).fetchone()
        return None if row is None else from_json(Written, row["written"])

    def of_place(self, place: str) -> list[HostWrite]:
        """Writes to one photo, undos left out, that stand or were taken back: oldest first."""
        return self._select("place = ? AND state IN ('done', 'undone') AND undoes = '[]' ORDER BY id", (place,))

    def to_undo(self, job: str) -> list[HostWrite]:
        """Writes of one run that stand, or of which the host never said what became of them; oldest first."""
        return self._select(f"job = ? AND {_TO_UNDO} ORDER BY id", (job,))

    def host_of(self, job: str) -> str | None:
        """The host that has something of a run to take back; None where there is nothing."""
        with self._store.reading() as db:
            row = db.execute(f"SELECT host FROM host_writes WHERE job = ? AND {_TO_UNDO} LIMIT 1", (job,)).fetchone()
        return None if row is None else str(row["host"])

    def last_job(self, host: str | None = None) -> str | None:
        """The run whose write is the newest that was not undone; of one host where it is named."""
        with self._store.reading() as db:
            row = db.execute(
                f"SELECT job FROM host_writes WHERE {_TO_UNDO} AND (? IS NULL OR host = ?) ORDER BY id DESC LIMIT 1",
                (host, host),
            ).fetchone()
        return None if row is None else str(row["job"])

    def prune(self, before: float) -> int:
        """Forget what was made before a Unix time; it can no longer be undone. Returns how many."""
        with self._store.transaction(durable=True) as db:
            return db.execute(
                "DELETE FROM host_writes WHERE made < ? AND state != 'intent' AND id NOT IN"
                " (SELECT MAX(id) FROM host_writes WHERE state = 'done' AND undoes = '[]' GROUP BY place)",
                (before,),
            ).rowcount

    def _select(self, where: str, values: tuple[object, ...]) -> list[HostWrite]:
        with self._store.reading() as db:
            return [_write(row) for row in db.execute(f"SELECT * FROM host_writes WHERE {where}", values)]


def _carried_out(write: HostWrite, applied: Sequence[int]) -> list[Claim]:
    """The claims on what the host did, and on what was there already."""
    done = [write.operations[number] for number in applied]
    values = {"|".join(one.path) if one.path is not None else str(one.new) for one in done if one.op is not Op.REMOVE}
    return [claim for claim in write.claims if not claim.added or claim.value in values]


def _take_back(db: Connection, undone: HostWrite) -> None:
    _claims.undo(db, undone.place, undone.job, undone.host, lambda _: True)
    db.execute("UPDATE host_writes SET state = ? WHERE id = ?", (EntryState.UNDONE, undone.id))
    later = db.execute(
        "SELECT * FROM host_writes WHERE place = ? AND id > ? AND state = 'done' AND undoes = '[]' ORDER BY id",
        (undone.place, undone.id),
    ).fetchall()
    said: set[tuple[str, ...]] = set()
    for write in map(_write, later):
        base = _less(write.base, undone, said)
        added = (write.operations[number] for number in write.applied)
        said |= {*write.kept, *(one.path for one in added if one.op is Op.ADD and one.path)}
        left = _less(write.written, undone, said)
        db.execute(
            "UPDATE host_writes SET base = ?, written = ? WHERE id = ?", (to_json(base), to_json(left), write.id)
        )


def _less(written: Written, undone: HostWrite, said: set[tuple[str, ...]]) -> Written:
    """``written`` less what ``undone`` had added, unless a later run said it too: there it stays, and is ours."""
    stay = tuple(path for path in written.keywords if path in said)
    left = without(written, undone.written, undone.base)
    return replace(left, keywords=tuple(dict.fromkeys((*left.keywords, *stay))))


def _get(db: Connection, id: int) -> HostWrite:
    row = db.execute("SELECT * FROM host_writes WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no plan {id}.", hint="Ask for the plan of these photos again.")
    return _write(row)


def _write(row: Row) -> HostWrite:
    def pairs(name: str) -> Any:
        return json.loads(row[name])

    return HostWrite(
        job=row["job"],
        item=row["item"],
        host=row["host"],
        photo=Path(os.fsdecode(row["photo"])),
        photo_id=row["photo_id"],
        operations=from_json(tuple[Operation, ...], row["operations"]),
        kept=tuple(map(tuple, pairs("kept"))),
        base=from_json(Written, row["base"]),
        written=from_json(Written, row["written"]),
        undoes=tuple(pairs("undoes")),
        applied=tuple(pairs("applied")),
        created=tuple(pairs("created")),
        claims=from_json(tuple[Claim, ...], row["claims"]),
        state=EntryState(row["state"]),
        id=row["id"],
    )
