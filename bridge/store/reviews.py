"""What a person decided on the photos of a run before it is written: a row a decision, never changed, only taken back.

What holds of a photo are the decisions on it and on its whole run that were not taken back, in their order.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from sqlite3 import Connection, Row

from bridge.errors import NotFound, Refused
from bridge.store._job_rows import FINAL_SQL, ItemRow, Stage, item_of
from bridge.store.connection import Store
from bridge.store.rules import forbid, permit
from bridge.words import key


class ReviewKind(StrEnum):
    ACCEPT = "accept"
    SKIP = "skip"
    REOPEN = "reopen"
    REJECT = "reject"
    RESTORE = "restore"
    MAP = "map"
    ADD = "add"
    NEVER = "never"
    """Rejected in the whole run, and a rule for later ones."""
    TEXT = "text"
    TEXT_RESTORE = "text_restore"


UNDO = "undo"
"""The taking back of a decision has a place among them, so that what held at any moment can be told later."""


@dataclass(frozen=True, slots=True)
class NewReview:
    """A decision to be stored."""

    kind: ReviewKind
    word: str | None = None
    """A keyword as ``A|B``."""
    value: str | None = None
    """A keyword that takes the place of ``word`` or is added; a text, empty: none is written."""
    field: str | None = None
    """``title``, ``caption`` or ``alt_text``."""
    seen: str | None = None
    """The text that the person saw in the photo, where they were shown one."""


@dataclass(frozen=True, slots=True)
class ReviewAction:
    id: int
    job: str
    kind: ReviewKind
    word: str | None
    value: str | None
    field: str | None
    seen: str | None
    whole: bool
    """For every photo of the run."""
    photos: int
    """On how many it was decided."""
    made: float
    """Unix time, seconds."""
    undone: int | None = None
    """The place of its taking back among the decisions."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a run proposes for one photo, as far as its words go."""

    item: int
    stage: Stage
    finished: int
    keywords: str | None
    """JSON of the result's keywords."""


_STANDS = "a.kind != 'undo' AND a.id <= ?2 AND (a.undone IS NULL OR a.undone > ?2)"
NOW = 2**62
"""Later than every decision."""


class ReviewTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    # -- decisions ----------------------------------------------------------------------------------------------------

    def decide(self, job: str, new: NewReview, items: Sequence[int] | None) -> ReviewAction:
        """Store a decision on these photos of a run; None: on all that it has or will have. On the disk when it
        returns. Raises NotFound where the run has no such photo."""
        made = time.time()
        with self._store.transaction(durable=True) as db:
            if items is None:
                photos = _count(db, "SELECT COUNT(*) FROM items WHERE job = ? AND stage = ?", job, Stage.DONE)
            else:
                photos = len(set(items))
            cursor = db.execute(
                "INSERT INTO review_actions (job, kind, word, value, field, seen, whole, photos, made)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (job, new.kind, new.word, new.value, new.field, new.seen, items is None, photos, made),
            )
            action = cursor.lastrowid or 0
            if items is not None:
                listed = json.dumps(sorted(set(items)))
                known = db.execute(
                    "INSERT INTO review_items (action, item) SELECT ?, i.id FROM json_each(?) j"
                    " CROSS JOIN items i ON i.id = j.value WHERE i.job = ?",
                    (action, listed, job),
                ).rowcount
                if known != photos:
                    raise NotFound(f"The run {job} does not have all of these photos.", hint="Load the page again.")
            if new.kind is ReviewKind.NEVER and new.word is not None:
                rule = forbid(db, tuple(new.word.split("|")))
                db.execute("UPDATE review_actions SET rule = ? WHERE id = ?", (rule, action))
        return ReviewAction(
            action, job, new.kind, new.word, new.value, new.field, new.seen, items is None, photos, made
        )

    def undo(self, job: str, action: int | None = None) -> ReviewAction:
        """Take a decision back, the latest that stands where none is named. On the disk when it returns.

        Raises NotFound where there is none, Refused where it was taken back already.
        """
        with self._store.transaction(durable=True) as db:
            row = db.execute(
                "SELECT * FROM review_actions WHERE job = ?1 AND kind != 'undo'"
                " AND IIF(?2 IS NULL, undone IS NULL, id = ?2) ORDER BY id DESC LIMIT 1",
                (job, action),
            ).fetchone()
            if row is None:
                raise NotFound("There is no decision that could be taken back.", hint="Nothing was decided here yet.")
            if row["undone"] is not None:
                raise Refused("That decision was taken back already.")
            back = db.execute(
                "INSERT INTO review_actions (job, kind, whole, photos, made) VALUES (?, ?, ?, ?, ?)",
                (job, UNDO, row["whole"], row["photos"], time.time()),
            ).lastrowid
            db.execute("UPDATE review_actions SET undone = ? WHERE id = ?", (back, row["id"]))
            if row["rule"] is not None:
                _permit(db, row)
            return _action({**dict(row), "undone": back})

    def sequence(self, job: str) -> int:
        """Another number after each decision and each taking back; 0 before the first."""
        with self._store.reading() as db:
            return _count(db, "SELECT COALESCE(MAX(id), 0) FROM review_actions WHERE job = ?", job)

    def actions(self, job: str, limit: int, before: int = NOW) -> list[ReviewAction]:
        """Newest first, those that were taken back too."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT * FROM review_actions WHERE job = ? AND id < ? AND kind != ? ORDER BY id DESC LIMIT ?",
                (job, before, UNDO, limit),
            ).fetchall()
        return [_action(dict(row)) for row in rows]

    def standing(self, job: str, upto: int = NOW) -> list[ReviewAction]:
        """The decisions that stood when the last of them was ``upto``, in their order."""
        with self._store.reading() as db:
            rows = db.execute(
                f"SELECT a.* FROM review_actions a WHERE a.job = ?1 AND {_STANDS} ORDER BY a.id", (job, upto)
            ).fetchall()
        return [_action(dict(row)) for row in rows]

    def of_items(self, job: str, items: Sequence[int], upto: int = NOW) -> dict[int, list[int]]:
        """The ids of the decisions on these very photos that stood then, in their order; photos without one are left
        out."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT r.item, r.action FROM json_each(?3) j CROSS JOIN review_items r ON r.item = j.value"
                f" CROSS JOIN review_actions a ON a.id = r.action WHERE a.job = ?1 AND {_STANDS}",
                (job, upto, json.dumps(list(items))),
            ).fetchall()
        return _by_item(rows)

    def photos_of(self, action: int) -> list[int]:
        """The photos of a decision that is not on the whole run."""
        with self._store.reading() as db:
            return [row["item"] for row in db.execute("SELECT item FROM review_items WHERE action = ?", (action,))]

    # -- photos of a run ----------------------------------------------------------------------------------------------

    def page(self, job: str, offset: int, limit: int) -> tuple[list[ItemRow], int]:
        """Photos that have ended, in the order in which they were given to the run; and how many there are."""
        with self._store.reading() as db:
            total = _count(db, f"SELECT COUNT(*) FROM items WHERE job = ? AND stage IN ({FINAL_SQL})", job)
            ids = db.execute(
                f"SELECT id FROM items WHERE job = ? AND stage IN ({FINAL_SQL}) ORDER BY id LIMIT ? OFFSET ?",
                (job, limit, offset),
            ).fetchall()
        return self.items(job, [row["id"] for row in ids]), total

    def items(self, job: str, ids: Sequence[int]) -> list[ItemRow]:
        """In the order of ``ids``; what the run does not have is left out."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT i.* FROM json_each(?) j CROSS JOIN items i ON i.id = j.value WHERE i.job = ?",
                (json.dumps(list(ids)), job),
            ).fetchall()
        found = {row["id"]: item_of(row) for row in rows}
        return [found[id] for id in ids if id in found]

    def said(self, job: str, after: int, limit: int) -> list[Said]:
        """The words of photos that have ended, in the order in which they ended, from beyond ``after``."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT id, stage, finished, json_extract(unpacked(result), '$.keywords') AS keywords FROM items"
                " WHERE job = ? AND finished > ? ORDER BY finished LIMIT ?",
                (job, after, limit),
            ).fetchall()
        return [Said(row["id"], Stage(row["stage"]), row["finished"], row["keywords"]) for row in rows]

    def applied(self, job: str) -> list[str]:
        """The runs that wrote what was decided on a run, newest first."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT id FROM jobs WHERE kind = 'review' AND json_extract(request, '$.review') = ?"
                " ORDER BY created DESC, id DESC",
                (job,),
            ).fetchall()
        return [row["id"] for row in rows]


def _permit(db: Connection, row: Row) -> None:
    """The rule goes that a decision made, unless another one wants it too: then it is that one's from now on."""
    word = key(row["word"].split("|"))
    others = db.execute(
        "SELECT id, word FROM review_actions WHERE kind = ? AND undone IS NULL AND rule IS NULL", (ReviewKind.NEVER,)
    )
    heir = next((other["id"] for other in others if key(other["word"].split("|")) == word), None)
    if heir is None:
        permit(db, row["rule"])
    else:
        db.execute("UPDATE review_actions SET rule = ? WHERE id = ?", (row["rule"], heir))


def _by_item(rows: Sequence[Row]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row["item"], []).append(row["action"])
    for actions in found.values():
        actions.sort()
    return found


def _count(db: Connection, sql: str, *values: object) -> int:
    return int(db.execute(sql, values).fetchone()[0])


def _action(row: dict[str, object]) -> ReviewAction:
    values = {name: value for name, value in row.items() if name != "rule"}
    values["kind"] = ReviewKind(str(values["kind"]))
    values["whole"] = bool(values["whole"])
    return ReviewAction(**values)  # type: ignore[arg-type]
