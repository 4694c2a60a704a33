"""The tables of jobs and their items."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from sqlite3 import Row

from bridge.codec import to_json
from bridge.errors import NotFound
from bridge.store._job_rows import (
    FINAL_SQL,
    HoldRow,
    ItemRow,
    JobRow,
    JobState,
    NewItem,
    Stage,
    item_of,
    job_of,
    stored,
)
from bridge.store._packing import pack
from bridge.store.connection import Store
from bridge.volumes import Volume, Volumes

SECOND = len("20261125-020000")
MADE = "jobs.rowid"
"""The order in which jobs were made. Their times are for people: a clock that is set back made the newest the oldest,
and ``last`` another run. SQLite gives a new row a number above all that are there, and keeps their order."""


class JobTable:
    def __init__(self, store: Store, look: Callable[[], Volumes] = Volumes) -> None:
        """``look``: what is mounted now."""
        self._store = store
        self._look = look

    def create(self, kind: str, request: str, *, session: str | None = None, about: str | None = None) -> str:
        """A new open job without items; returns its id, which sorts by time. ``about``: the job whose photos it will
        have; they lie on the drives on which they lay then, and not on what is in their place by now."""
        job = time.strftime("%Y%m%d-%H%M%S-") + secrets.token_hex(3)
        now = time.time()
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO jobs (id, kind, state, request, session, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (job, kind, JobState.OPEN, request, session, now, now),
            )
            if about is not None:
                db.execute(
                    "INSERT INTO job_volumes (job, root, uuid, mounted)"
                    " SELECT ?, root, uuid, mounted FROM job_volumes WHERE job = ?",
                    (job, about),
                )
        return job

    def add(self, job: str, photos: Iterable[NewItem]) -> int:
        """Append photos to a job, which is open then. One that it has already is passed over, unless it failed or was
        cancelled: that is put back to work, with what is said of it now. Returns how many have work to be done."""
        photos = list(photos)
        rows = [
            (
                None if photo.pixels is None else os.fsencode(photo.pixels),
                None if photo.known is None else to_json(photo.known),
                photo.pick,
                job,
                os.fsencode(photo.path),
                photo.host_id,
            )
            for photo in photos
        ]
        look = self._look()
        # One that earlier runs found there, and that is not connected now.
        gone = [volume for volume in self.known_volumes() if look.left_empty(volume)]
        volumes = {look.of(folder / "photo", gone) for folder in {photo.path.parent for photo in photos}} - {None}
        with self._store.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO job_volumes (job, root, uuid, mounted) VALUES (?, ?, ?, ?)",
                [(job, os.fsencode(one.root), one.uuid, one.mounted) for one in volumes if one is not None],
            )
            again = db.executemany(
                f"UPDATE items SET stage = '{Stage.WAITING}', finished = NULL, result = NULL,"
                " pixels = ?, known = ?, pick = ?"
                f" WHERE job = ? AND path = ? AND host_id = ? AND stage IN ('{Stage.FAILED}', '{Stage.CANCELLED}')",
                rows,
            )
            new = db.executemany(
                "INSERT OR IGNORE INTO items (pixels, known, pick, job, path, host_id) VALUES (?, ?, ?, ?, ?, ?)", rows
            )
            added = max(again.rowcount, 0) + max(new.rowcount, 0)  # -1 without any rows
            db.execute(
                "UPDATE jobs SET updated = ?, state = IIF(state = ?, ?, state) WHERE id = ?",
                (time.time(), JobState.DONE, JobState.OPEN, job),
            )
        return added

    def volumes(self, job: str) -> list[Volume]:
        """The drives and shares of its photos, as they were when these were added."""
        with self._store.reading() as db:
            rows = db.execute("SELECT root, uuid, mounted FROM job_volumes WHERE job = ?", (job,)).fetchall()
        return [_volume(row) for row in rows]

    def known_volumes(self) -> list[Volume]:
        """Those of all runs, as the newest found each."""
        with self._store.reading() as db:
            # SQLite takes the other columns from the row that has the greatest name: the newest run.
            rows = db.execute("SELECT root, uuid, mounted, MAX(job) FROM job_volumes GROUP BY root").fetchall()
        return [_volume(row) for row in rows]

    def displaced(self, job: str) -> bool:
        """Whether another drive is now where one of a run's was: what is on that one is no matter of this run."""
        look = self._look()
        return any(look.another_is_there(volume) for volume in self.volumes(job))

    def put_volumes(self, job: str, volumes: Iterable[Volume]) -> None:
        """The run is about what is on these from now on."""
        rows = [(one.uuid, one.mounted, job, os.fsencode(one.root)) for one in volumes]
        with self._store.transaction() as db:
            db.executemany("UPDATE job_volumes SET uuid = ?, mounted = ? WHERE job = ? AND root = ?", rows)

    def get(self, job: str) -> JobRow:
        with self._store.reading() as db:
            row = db.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
        if row is None:
            raise NotFound(f"There is no run named {job}.")
        return job_of(row)

    def recent(self, limit: int) -> list[JobRow]:
        """Newest first."""
        with self._store.reading() as db:
            rows = db.execute(f"SELECT * FROM jobs ORDER BY {MADE} DESC LIMIT ?", (limit,)).fetchall()
        return [job_of(row) for row in rows]

    def newest(self, jobs: Iterable[str | None]) -> str | None:
        """The one that was made last. Names sort by the second, and the names of purged jobs are all there is."""
        named = {job for job in jobs if job is not None}
        with self._store.reading() as db:
            known = [row["id"] for row in db.execute(f"SELECT id FROM jobs ORDER BY {MADE}") if row["id"] in named]
        if len(known) == len(named):
            return known[-1] if known else None
        return max(named, key=lambda job: (job[:SECOND], known.index(job) if job in known else -1))

    def open_jobs(self) -> list[JobRow]:
        """Oldest first."""
        with self._store.reading() as db:
            rows = db.execute(f"SELECT * FROM jobs WHERE state = ? ORDER BY {MADE}", (JobState.OPEN,)).fetchall()
        return [job_of(row) for row in rows]

    def of_session(self, session: str, since: float) -> JobRow | None:
        """The newest job of a host's session that is open, or was done or paused at or after ``since``."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT * FROM jobs WHERE session = ? AND (state = ? OR state IN (?, ?) AND updated >= ?)"
                f" ORDER BY {MADE} DESC",
                (session, JobState.OPEN, JobState.DONE, JobState.PAUSED, since),
            ).fetchone()
        return None if row is None else job_of(row)

    def set_state(self, job: str, state: JobState, *, error: str | None = None) -> None:
        with self._store.transaction() as db:
            db.execute(
                "UPDATE jobs SET state = ?, error = ?, updated = ? WHERE id = ?", (state, error, time.time(), job)
            )

    def go_anyway(self, job: str) -> None:
        """From now to its end the job goes on in quiet hours and on battery too."""
        with self._store.transaction() as db:
            db.execute("UPDATE jobs SET anyway = 1 WHERE id = ?", (job,))

    def note_hold(self, job: str, code: str, message: str, since: float) -> None:
        """Something holds the job back from now on."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO job_holds (job, code, message, since) VALUES (?, ?, ?, ?)", (job, code, message, since)
            )

    def end_holds(self, job: str | None = None, code: str | None = None) -> None:
        """What held the job back does so no more; with None that of any code, and that of all jobs."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE job_holds SET until = ?"
                " WHERE until IS NULL AND job = IFNULL(?, job) AND code = IFNULL(?, code)",
                (time.time(), job, code),
            )

    def holds(self, job: str, limit: int) -> list[HoldRow]:
        """What held a job back the last times, oldest first."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT code, message, since, until FROM job_holds WHERE job = ? ORDER BY id DESC LIMIT ?", (job, limit)
            ).fetchall()
        return [HoldRow(**dict(row)) for row in reversed(rows)]

    def ask_anew(self, job: str, request: str) -> None:
        """What the job was asked is this from now on."""
        with self._store.transaction() as db:
            db.execute("UPDATE jobs SET request = ? WHERE id = ?", (request, job))

    def set_model(self, job: str, model: str | None) -> None:
        with self._store.transaction() as db:
            db.execute("UPDATE jobs SET model = ? WHERE id = ?", (model, job))

    def counts(self, job: str) -> dict[Stage, int]:
        with self._store.reading() as db:
            rows = db.execute("SELECT stage, n FROM job_stages WHERE job = ? AND n > 0", (job,)).fetchall()
        return {Stage(row["stage"]): row["n"] for row in rows}

    def unfinished(self, job: str, after: int, limit: int) -> list[ItemRow]:
        """The next items with work left, by id, from beyond ``after``."""
        with self._store.reading() as db:
            rows = db.execute(
                f"SELECT * FROM items WHERE job = ? AND id > ? AND stage NOT IN ({FINAL_SQL}) ORDER BY id LIMIT ?",
                (job, after, limit),
            ).fetchall()
        return [item_of(row) for row in rows]

    def item(self, item: int) -> ItemRow:
        with self._store.reading() as db:
            row = db.execute("SELECT * FROM items WHERE id = ?", (item,)).fetchone()
        if row is None:
            raise NotFound(f"There is no item {item}.")
        return item_of(row)

    def find(self, job: str, path: Path, host_id: str = "") -> ItemRow | None:
        with self._store.reading() as db:
            row = db.execute(
                "SELECT * FROM items WHERE job = ? AND path = ? AND host_id = ?", (job, os.fsencode(path), host_id)
            ).fetchone()
        return None if row is None else item_of(row)

    def amend(self, item: int, **columns: str) -> None:
        """Put other values into an item that has ended; it keeps its stage and its place in the order of ends."""
        names = ", ".join(f"{name} = ?" for name in columns)
        with self._store.transaction() as db:
            db.execute(f"UPDATE items SET {names} WHERE id = ?", (*stored(columns), item))

    def proxies(self, folder: Path) -> dict[Path, bool]:
        """The proxies in a folder that items name, and whether a run without an end is among those that do."""
        start = os.fsencode(folder) + b"/"
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT pixels, MAX(jobs.state IN (?, ?)) AS needed FROM items JOIN jobs ON jobs.id = items.job"
                " WHERE pixels >= ? AND pixels < ? GROUP BY pixels",
                (JobState.OPEN, JobState.PAUSED, start, start[:-1] + b"0"),
            ).fetchall()
        return {Path(os.fsdecode(row["pixels"])): bool(row["needed"]) for row in rows}

    def advance(self, item: int, stage: Stage, **columns: str) -> None:
        """Record that an item reached a stage that is not final, with what that stage found."""
        names = "".join(f", {name} = ?" for name in columns)
        with self._store.transaction() as db:
            # One that has ended stays so, whatever a thread does late that a drive has held.
            db.execute(
                f"UPDATE items SET stage = IIF(stage IN ({FINAL_SQL}), stage, ?){names} WHERE id = ?",
                (stage, *stored(columns), item),
            )

    def finish(self, item: int, stage: Stage, result: str) -> None:
        """Record an item's end and its place in the order of ends."""
        with self._store.transaction() as db:
            db.execute("UPDATE jobs SET ended = ended + 1 WHERE id = (SELECT job FROM items WHERE id = ?)", (item,))
            db.execute(
                "UPDATE items SET stage = ?, result = ?, finished = (SELECT ended FROM jobs WHERE id = items.job)"
                " WHERE id = ?",
                (stage, pack(result), item),
            )
            db.execute("DELETE FROM under_way WHERE item = ?", (item,))

    def begin(self, item: int) -> None:
        """Record that an item is being worked on, until it ends or is put down."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO under_way (item, begun) VALUES (?, 1) ON CONFLICT (item) DO UPDATE SET begun = 1", (item,)
            )

    def put_down(self, item: int) -> None:
        """It is not being worked on any more, and has not ended."""
        with self._store.transaction() as db:
            db.execute("UPDATE under_way SET begun = 0 WHERE item = ?", (item,))
            db.execute("DELETE FROM under_way WHERE item = ? AND crashes = 0", (item,))

    def take_stock(self, *, crashed: bool) -> None:
        """At start: nothing is being worked on. ``crashed``: the daemon before broke down over one of those that were;
        each counts it."""
        with self._store.transaction() as db:
            db.execute("UPDATE under_way SET begun = 0, crashes = crashes + IIF(?, begun, 0)", (crashed,))
            db.execute("DELETE FROM under_way WHERE crashes = 0")

    def suspects(self, least: int = 1) -> list[ItemRow]:
        """The items that have not ended and were being worked on as the daemon broke down, so often at least."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT items.* FROM items JOIN under_way ON under_way.item = items.id"
                f" WHERE crashes >= ? AND stage NOT IN ({FINAL_SQL}) ORDER BY id",
                (least,),
            ).fetchall()
        return [item_of(row) for row in rows]

    def results(self, job: str, after: int, limit: int) -> list[ItemRow]:
        """Ended items in the order in which they ended, from beyond ``after``."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT * FROM items WHERE job = ? AND finished > ? ORDER BY finished LIMIT ?", (job, after, limit)
            ).fetchall()
        return [item_of(row) for row in rows]

    def failed(self, job: str) -> list[tuple[Path, str]]:
        """Photos of a job that failed, by path, each with the cause that its result tells, JSON."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT path, json_extract(unpacked(result), '$.error') AS error FROM items WHERE job = ? AND stage = ?"
                " AND error IS NOT NULL ORDER BY path",
                (job, Stage.FAILED),
            ).fetchall()
        return [(Path(os.fsdecode(row["path"])), row["error"]) for row in rows]

    def span(self, job: str) -> tuple[Path, Path] | None:
        """The first and the last photo of a job by path: what their names share, those of all photos share."""
        with self._store.reading() as db:
            # The two ends of an index; MIN and MAX would walk through it.
            ends = [
                db.execute(
                    f"SELECT path FROM items INDEXED BY items_by_path WHERE job = ? ORDER BY path {way} LIMIT 1", (job,)
                ).fetchone()
                for way in ("ASC", "DESC")
            ]
        first, last = (None if row is None else Path(os.fsdecode(row["path"])) for row in ends)
        return None if first is None or last is None else (first, last)

    def open_items(self, job: str, photos: Sequence[Path]) -> list[int]:
        """The ids of the named photos' items that have not ended."""
        found: list[int] = []
        with self._store.reading() as db:
            for path in photos:
                found += [
                    row["id"]
                    for row in db.execute(
                        f"SELECT id FROM items WHERE job = ? AND path = ? AND stage NOT IN ({FINAL_SQL})",
                        (job, os.fsencode(path)),
                    )
                ]
        return found

    def cancel_rest(self, job: str) -> None:
        """Mark every item that has not ended as cancelled."""
        with self._store.transaction() as db:
            db.execute(
                f"UPDATE items SET stage = ? WHERE job = ? AND stage NOT IN ({FINAL_SQL})", (Stage.CANCELLED, job)
            )

    def reopen(self, job: str) -> int:
        """Put failed and cancelled items back to work and the job with them. Returns how many items have work left."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE items SET stage = ?, finished = NULL, result = NULL WHERE job = ? AND stage IN (?, ?)",
                (Stage.WAITING, job, Stage.FAILED, Stage.CANCELLED),
            )
            left: int = db.execute(
                f"SELECT COUNT(*) FROM items WHERE job = ? AND stage NOT IN ({FINAL_SQL})", (job,)
            ).fetchone()[0]
            if left:
                db.execute(
                    "UPDATE jobs SET state = ?, error = NULL, updated = ? WHERE id = ?",
                    (JobState.OPEN, time.time(), job),
                )
        return left

    def purge(self) -> int:
        """Forget every job that has ended, with its items; those of audits stay, since verdicts hang on their words,
        and so does a run that another one is at work to write as it was reviewed. Returns how many."""
        with self._store.transaction(durable=True) as db:
            return db.execute(
                "DELETE FROM jobs WHERE state IN (?1, ?2) AND id NOT IN (SELECT job FROM audit_runs)"
                " AND NOT EXISTS (SELECT 1 FROM jobs w WHERE w.kind = 'review' AND w.state NOT IN (?1, ?2)"
                " AND json_extract(w.request, '$.review') = jobs.id)",
                (JobState.DONE, JobState.CANCELLED),
            ).rowcount


def _volume(row: Row) -> Volume:
    return Volume(Path(os.fsdecode(row["root"])), row["uuid"], bool(row["mounted"]))
