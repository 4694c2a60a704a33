"""Groups by their names, and what became of groups that were merged: what a person said of one holds for the other."""

from __future__ import annotations

import json
from sqlite3 import Connection

from bridge.words import fold


def group_of_name(db: Connection, name: str) -> int | None:
    """The group of a name, or the one that it was merged into."""
    row = db.execute(
        "SELECT g.id, EXISTS (SELECT 1 FROM faces f WHERE f.grp = g.id) AS used FROM face_groups g"
        " WHERE g.folded = ? AND g.folded != '' ORDER BY used DESC, g.merged IS NOT NULL, g.id LIMIT 1",
        (fold(name),),
    ).fetchone()
    return None if row is None else merged_into(db, row["id"])


def bearer(db: Connection, name: str) -> int | None:
    """The group that has the name itself. One that was merged into another person's bears it no more."""
    row = db.execute(
        "SELECT g.id, EXISTS (SELECT 1 FROM faces f WHERE f.grp = g.id) AS used FROM face_groups g"
        " WHERE g.folded = ? AND g.folded != '' AND g.merged IS NULL ORDER BY used DESC, g.id LIMIT 1",
        (fold(name),),
    ).fetchone()
    return None if row is None else row["id"]


def merged_into(db: Connection, group: int) -> int:
    """What a group is part of by now: itself, where it was not merged."""
    seen: set[int] = set()
    while group not in seen:
        seen.add(group)
        row = db.execute("SELECT merged FROM face_groups WHERE id = ?", (group,)).fetchone()
        if row is None or row["merged"] is None:
            return group
        group = row["merged"]
    return group


def has_faces(db: Connection, group: int | None) -> bool:
    return db.execute("SELECT 1 FROM faces WHERE grp = ? LIMIT 1", (group,)).fetchone() is not None


def refused_groups(db: Connection) -> dict[int, set[int]]:
    """By face, the groups that a person said it is not in, and what those were merged into."""
    found: dict[int, set[int]] = {}
    for row in db.execute("SELECT face, grp FROM face_refusals").fetchall():
        found.setdefault(row["face"], set()).update((row["grp"], merged_into(db, row["grp"])))
    return found


def groups_apart(db: Connection) -> set[tuple[int, int]]:
    """Pairs of groups that a person said are two people, and what those were merged into; the smaller number first.
    Groups apart are also those of which one has nothing but faces that a person took out of the other."""
    pairs = db.execute(
        "SELECT one, other FROM face_apart UNION"
        " SELECT f.grp, r.grp FROM face_refusals r JOIN faces f ON f.id = r.face WHERE f.grp IS NOT NULL"
        " GROUP BY f.grp, r.grp HAVING COUNT(*) = (SELECT COUNT(*) FROM faces x WHERE x.grp = f.grp)"
    ).fetchall()
    found: set[tuple[int, int]] = set()
    for pair in pairs:
        one, other = sorted((merged_into(db, pair[0]), merged_into(db, pair[1])))
        if one != other:  # merged since, by the person
            found.add((one, other))
    return found


def nameless(db: Connection) -> set[int]:
    """Groups whose name a person took away: the files of their photos do not name them again."""
    found: set[int] = set()
    for row in db.execute("SELECT changes FROM face_actions WHERE kind = 'name' AND undone IS NULL"):
        for step in json.loads(row["changes"]):
            if step[0] == "face_groups" and step[2] == "name" and step[4] == "":
                found.add(step[1])
    return found
