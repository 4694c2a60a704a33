"""What a person says of faces: each action in one step with what it changed, so that any can be taken back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from sqlite3 import Connection, Row
from typing import Any

from bridge.errors import InvalidParams, NotFound
from bridge.store._face_names import bearer, merged_into
from bridge.store.connection import Store
from bridge.words import fold

LONGEST = 200
"""Characters of a name."""
_COLUMNS = {("faces", "grp"), ("faces", "seed"), ("faces", "never"), ("face_groups", "name"), ("face_groups", "merged")}


@dataclass(frozen=True, slots=True)
class FaceAction:
    id: int
    kind: str
    """``name``, ``merge``, ``differ``, ``split``, ``reject``, ``never``."""
    told: str
    """In words."""
    group: int | None = None
    """What it led to."""
    done: float = 0.0
    """Unix time, seconds."""
    undone: float | None = None


@dataclass(slots=True)
class _Change:
    """One action on its way: every value that it sets, with what was there."""

    db: Connection
    steps: list[list[Any]] = field(default_factory=list)

    def set(self, table: str, id: int, column: str, new: Any) -> None:
        assert (table, column) in _COLUMNS
        row = self.db.execute(f"SELECT {column} AS old FROM {table} WHERE id = ?", (id,)).fetchone()
        if row is not None and row["old"] != new:
            _put(self.db, table, id, column, new)
            self.steps.append([table, id, column, row["old"], new])

    def refuse(self, face: int, group: int) -> None:
        cursor = self.db.execute("INSERT OR IGNORE INTO face_refusals VALUES (?, ?)", (face, group))
        if cursor.rowcount:
            self.steps.append(["face_refusals", face, group])

    def part(self, one: int, other: int) -> None:
        pair = sorted((one, other))
        if self.db.execute("INSERT OR IGNORE INTO face_apart VALUES (?, ?)", pair).rowcount:
            self.steps.append(["face_apart", *pair])


class FaceActions:
    def __init__(self, store: Store) -> None:
        self._store = store

    def name(self, group: int, name: str) -> FaceAction:
        """Say who a group is; it joins the group that has the name already. An empty name takes the name away.

        Raises NotFound, InvalidParams.
        """
        name = clean_name(name)
        with self._acting() as change:
            row = _group(change.db, group)
            other = bearer(change.db, name) if name else None
            if other is not None and other != group:
                change.set("face_groups", group, "name", "")  # it was the wrong one: nobody is found by it
                _merge(change, [group], other)
                change.set("face_groups", other, "name", name)
                return self._record(change, "name", f"{_called(row)} is {name}, as group {other} is", other)
            change.set("face_groups", group, "name", name)
            if not name:  # else the files of its photos would name it again
                for face in change.db.execute("SELECT id FROM faces WHERE grp = ?", (group,)).fetchall():
                    change.set("faces", face["id"], "seed", "")
            told = f"{_called(row)} is {name}" if name else f"{_called(row)} has no name"
            return self._record(change, "name", told, group)

    def merge(self, groups: Sequence[int]) -> FaceAction:
        """Groups that are one person become the first of them; its name stays, or it gets the first that one has.

        Raises NotFound, InvalidParams.
        """
        into, *others = dict.fromkeys(groups)
        if not others:
            raise InvalidParams("One group alone cannot be merged.", hint="Name two groups or more.")
        with self._acting() as change:
            rows = [_group(change.db, group) for group in (into, *others)]
            name = next((row["name"] for row in rows if row["name"]), "")
            _merge(change, others, into)
            change.set("face_groups", into, "name", name)
            told = f"{', '.join(map(_called, rows[:-1]))} and {_called(rows[-1])} are one person"
            return self._record(change, "merge", told, into)

    def differ(self, one: int, other: int) -> FaceAction:
        """Two groups are two people: nobody is asked again whether they are one. Raises NotFound, InvalidParams."""
        if one == other:
            raise InvalidParams("A group does not differ from itself.", hint="Name two groups.")
        with self._acting() as change:
            rows = [_group(change.db, group) for group in (one, other)]
            change.part(one, other)
            return self._record(change, "differ", f"{_called(rows[0])} is not {_called(rows[1])}", None)

    def split(self, faces: Sequence[int]) -> FaceAction:
        """Faces of one group, or faces that have none, become a group of their own. Raises NotFound, InvalidParams."""
        with self._acting() as change:
            rows = [_face(change.db, face) for face in dict.fromkeys(faces)]
            if not rows or len({row["grp"] for row in rows}) != 1:
                raise InvalidParams("These faces are not of one group.", hint="photo-bridge faces groups GROUP")
            old = rows[0]["grp"]
            fresh = change.db.execute("INSERT INTO face_groups DEFAULT VALUES").lastrowid
            assert fresh is not None
            for row in rows:
                change.set("faces", row["id"], "grp", fresh)
                change.set("faces", row["id"], "seed", "")
                change.set("faces", row["id"], "never", 0)
                if old is not None:
                    change.refuse(row["id"], old)
            if old is not None:
                change.part(old, fresh)
            were = _count(rows) if old is None else f"{_count(rows)} of group {old}"
            return self._record(change, "split", f"{were} {'is' if len(rows) == 1 else 'are'} group {fresh}", fresh)

    def reject(self, faces: Sequence[int]) -> FaceAction:
        """Faces are not the person of their group; what they are is found anew. Raises NotFound, InvalidParams."""
        with self._acting() as change:
            rows = [_face(change.db, face) for face in dict.fromkeys(faces)]
            if not rows or any(row["grp"] is None for row in rows):
                raise InvalidParams("A face that is in no group cannot be the wrong person.")
            for row in rows:
                change.set("faces", row["id"], "grp", None)
                change.set("faces", row["id"], "seed", "")
                change.refuse(row["id"], row["grp"])
            groups = ", ".join(str(group) for group in dict.fromkeys(row["grp"] for row in rows))
            return self._record(change, "reject", f"{_count(rows)} not of group {groups}", None)

    def never(self, faces: Sequence[int]) -> FaceAction:
        """Faces that nobody is to be asked about: strangers. Raises NotFound, InvalidParams."""
        with self._acting() as change:
            rows = [_face(change.db, face) for face in dict.fromkeys(faces)]
            if not rows:
                raise InvalidParams("No face is named.")
            for row in rows:
                change.set("faces", row["id"], "grp", None)
                change.set("faces", row["id"], "never", 1)
            return self._record(change, "never", f"{_count(rows)} that nobody is asked about", None)

    def undo(self, action: int | None = None) -> tuple[FaceAction, int]:
        """Take back one action, or the newest that stands. What was changed since stays; how much that is.

        Raises NotFound.
        """
        with self._store.transaction(durable=True) as db:
            row = db.execute(
                "SELECT * FROM face_actions WHERE undone IS NULL AND (? IS NULL OR id = ?) ORDER BY id DESC LIMIT 1",
                (action, action),
            ).fetchone()
            if row is None:
                raise NotFound(
                    "There is nothing to take back." if action is None else f"There is no such action: {action}.",
                    hint="photo-bridge faces actions shows what was said of faces.",
                )
            said = _said_since(db, row["id"])
            carried = row["kind"] in ("merge", "name")
            steps = reversed(json.loads(row["changes"]))
            left = sum(not _take_back(db, step, said, carried=carried) for step in steps)
            db.execute("UPDATE face_actions SET undone = ? WHERE id = ?", (time.time(), row["id"]))
            return _action(row), left

    def recent(self, limit: int = 100) -> list[FaceAction]:
        """Newest first."""
        with self._store.reading() as db:
            rows = db.execute("SELECT * FROM face_actions ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
        return [_action(row) for row in rows]

    @contextmanager
    def _acting(self) -> Iterator[_Change]:
        with self._store.transaction(durable=True) as db:
            yield _Change(db)

    def _record(self, change: _Change, kind: str, told: str, group: int | None) -> FaceAction:
        now = time.time()
        cursor = change.db.execute(
            "INSERT INTO face_actions (kind, told, changes, done) VALUES (?, ?, ?, ?)",
            (kind, told, json.dumps(change.steps), now),
        )
        return FaceAction(cursor.lastrowid or 0, kind, told, group, now)


def clean_name(name: str) -> str:
    """A name as it is kept. Raises InvalidParams."""
    text = " ".join(name.split())
    if len(text) > LONGEST or not text.isprintable() or "|" in text:
        raise InvalidParams(f"{name!r} is no name.", hint="A name is one line without |, at most 200 characters long.")
    return text


def _put(db: Connection, table: str, id: int, column: str, value: Any) -> None:
    db.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (value, id))
    if column == "name":
        db.execute("UPDATE face_groups SET folded = ? WHERE id = ?", (fold(value), id))


def _said_since(db: Connection, action: int) -> set[int]:
    """Faces that a later action, which stands, put into a group or took out of one."""
    rows = db.execute("SELECT changes FROM face_actions WHERE id > ? AND undone IS NULL", (action,))
    steps = (step for row in rows for step in json.loads(row["changes"]))
    return {step[1] for step in steps if step[0] == "faces" and step[2] == "grp"}


def _take_back(db: Connection, step: list[Any], said: set[int], *, carried: bool) -> bool:
    """Whether it was still as the action left it. ``said``: of ``_said_since``. ``carried``: faces that a later merge
    took along with the whole group are as they were left."""
    if step[0] == "face_refusals":
        return bool(db.execute("DELETE FROM face_refusals WHERE face = ? AND grp = ?", step[1:]).rowcount)
    if step[0] == "face_apart":
        return bool(db.execute("DELETE FROM face_apart WHERE one = ? AND other = ?", step[1:]).rowcount)
    table, id, column, old, new = step
    assert (table, column) in _COLUMNS
    row = db.execute(f"SELECT {column} AS now FROM {table} WHERE id = ?", (id,)).fetchone()
    if row is None:
        return False
    is_left = row["now"] == new
    if (table, column) == ("faces", "grp"):
        # A face that was set free may have found another group by itself: what the person had said before comes back.
        is_left |= new is None and id not in said
        is_left |= carried and row["now"] == merged_into(db, new)
        old = None if old is None else merged_into(db, old)
    if is_left:
        _put(db, table, id, column, old)
    return bool(is_left)


def _merge(change: _Change, groups: Iterable[int], into: int) -> None:
    for group in groups:
        for row in change.db.execute("SELECT id FROM faces WHERE grp = ? ORDER BY id", (group,)).fetchall():
            change.set("faces", row["id"], "grp", into)
        change.set("face_groups", group, "merged", into)
    change.set("face_groups", into, "merged", None)


def _group(db: Connection, group: int) -> Row:
    row: Row | None = db.execute(
        "SELECT id, name FROM face_groups g WHERE id = ? AND EXISTS (SELECT 1 FROM faces f WHERE f.grp = g.id)",
        (group,),
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no group {group}.", hint="photo-bridge faces groups shows them.")
    return row


def _face(db: Connection, face: int) -> Row:
    row: Row | None = db.execute("SELECT id, grp FROM faces WHERE id = ?", (face,)).fetchone()
    if row is None:
        raise NotFound(f"There is no face {face}.", hint="photo-bridge faces groups GROUP shows those of a group.")
    return row


def _called(row: Row) -> str:
    return f"{row['name']} (group {row['id']})" if row["name"] else f"Group {row['id']}"


def _count(rows: Sequence[Row]) -> str:
    return f"{len(rows)} face{'s' * (len(rows) != 1)}"


def _action(row: Row) -> FaceAction:
    return FaceAction(row["id"], row["kind"], row["told"], None, row["done"], row["undone"])
