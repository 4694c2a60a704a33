"""Faces of photos: where they are, what is kept of each, and the group that it is in."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, Row

from bridge.store._face_names import group_of_name, groups_apart, has_faces, nameless, refused_groups
from bridge.store._face_wiping import wipe
from bridge.store.connection import Store
from bridge.values import ModelIdentity
from bridge.words import fold

PART = 4096
"""Vectors read at a time: memory does not grow with the library."""


@dataclass(frozen=True, slots=True)
class NewFace:
    """A face as it was found. Places are shares 0..1 of the picture as shown."""

    place: tuple[float, float, float, float]
    """Left, top, width, height."""
    points: tuple[tuple[float, float], ...]
    score: float
    worth: float
    """How well a person can be told by it, 0..1."""
    crop: bytes
    """JPEG."""
    vector: bytes
    """float32, little-endian, length 1."""


@dataclass(frozen=True, slots=True)
class FaceRow:
    id: int
    picture: int
    place: tuple[float, float, float, float]
    score: float
    worth: float
    group: int | None
    name: str
    """Of its group; empty: nobody has said."""
    never: bool
    """Nobody is to be asked about it."""
    seed: str
    """Who the files say it is."""


@dataclass(frozen=True, slots=True)
class FacePicture:
    id: int
    width: int
    """As shown, pixels."""
    height: int
    orientation: int


@dataclass(frozen=True, slots=True)
class GroupRow:
    id: int
    name: str
    faces: int
    photos: int
    best: int
    """Its face by which the person can be told best."""
    example: Path
    """A photo with that face."""


@dataclass(frozen=True, slots=True)
class VectorRow:
    """A face for the grouping."""

    face: int
    picture: int
    worth: float
    vector: bytes
    group: int | None
    seed: str


_FACE = (
    "SELECT f.id, f.picture, f.place, f.score, f.worth, f.grp, f.never, f.seed, COALESCE(g.name, '') AS name"
    " FROM faces f LEFT JOIN face_groups g ON g.id = f.grp"
)


class FaceTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    # -- what is found ------------------------------------------------------------------------------------------------

    def picture(self, key: bytes) -> FacePicture | None:
        """``key`` as ``picture_key`` makes it."""
        with self._store.reading() as db:
            row = db.execute("SELECT * FROM face_pictures WHERE key = ?", (key,)).fetchone()
        return None if row is None else FacePicture(row["id"], row["width"], row["height"], row["orientation"])

    def known(self, path: Path) -> tuple[int, str] | None:
        """The picture that a photo was, and its stamp then."""
        with self._store.reading() as db:
            row = db.execute("SELECT picture, stamp FROM face_photos WHERE path = ?", (os.fsencode(path),)).fetchone()
        return None if row is None else (row["picture"], row["stamp"])

    def add(
        self, key: bytes, size: tuple[int, int], orientation: int, faces: Sequence[NewFace], model: ModelIdentity
    ) -> FacePicture:
        """A picture with its faces, in one step. One that is known stays as it is."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO face_pictures (key, width, height, orientation, looked) VALUES (?, ?, ?, ?, ?)",
                (key, *size, orientation, time.time()),
            )
            row = db.execute("SELECT * FROM face_pictures WHERE key = ?", (key,)).fetchone()
            picture = FacePicture(row["id"], row["width"], row["height"], row["orientation"])
            if db.execute("SELECT 1 FROM faces WHERE picture = ? LIMIT 1", (picture.id,)).fetchone() is None:
                space = _space(db, model)
                for face in faces:
                    cursor = db.execute(
                        "INSERT INTO faces (picture, place, points, score, worth, crop) VALUES (?, ?, ?, ?, ?, ?)",
                        (
                            picture.id,
                            json.dumps(face.place),
                            json.dumps(face.points),
                            face.score,
                            face.worth,
                            face.crop,
                        ),
                    )
                    db.execute("INSERT INTO face_vectors VALUES (?, ?, ?)", (space, cursor.lastrowid, face.vector))
        return picture

    def note(self, path: Path, picture: FacePicture, stamp: str, seeds: Mapping[int, str]) -> None:
        """That a photo shows this picture, and who its files say its faces (keys) are, where they say it."""
        with self._store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO face_photos VALUES (?, ?, ?)", (os.fsencode(path), picture.id, stamp))
            refused = refused_groups(db) if seeds else {}
            for face, name in seeds.items():
                # What a person said of a face goes before what its file says.
                if group_of_name(db, name) not in refused.get(face, ()):
                    db.execute(
                        "UPDATE faces SET seed = ? WHERE id = ? AND picture = ? AND never = 0", (name, face, picture.id)
                    )

    def of_picture(self, picture: int) -> list[FaceRow]:
        """From left to right."""
        with self._store.reading() as db:
            rows = db.execute(f"{_FACE} WHERE f.picture = ? ORDER BY f.id", (picture,)).fetchall()
        return sorted(map(_face, rows), key=lambda face: face.place[0])

    def face(self, face: int) -> FaceRow | None:
        with self._store.reading() as db:
            row = db.execute(f"{_FACE} WHERE f.id = ?", (face,)).fetchone()
        return None if row is None else _face(row)

    def crop(self, face: int) -> bytes | None:
        with self._store.reading() as db:
            row = db.execute("SELECT crop FROM faces WHERE id = ?", (face,)).fetchone()
        return None if row is None else row["crop"]

    def photos_of(self, picture: int) -> list[Path]:
        with self._store.reading() as db:
            rows = db.execute("SELECT path FROM face_photos WHERE picture = ? ORDER BY path", (picture,)).fetchall()
        return [Path(os.fsdecode(row["path"])) for row in rows]

    def counts(self) -> tuple[int, int]:
        """Photos that were looked at, and faces that are kept."""
        with self._store.reading() as db:
            row = db.execute("SELECT (SELECT COUNT(*) FROM face_photos), (SELECT COUNT(*) FROM faces)").fetchone()
        return row[0], row[1]

    # -- vectors ------------------------------------------------------------------------------------------------------

    def lacking(self, model: ModelIdentity, picture: int | None = None, limit: int = 64) -> list[tuple[int, bytes]]:
        """(face, crop) of faces that have no vector of a model, of one picture where it is named."""
        of_one, which = ("", ()) if picture is None else ("picture = ? AND ", (picture,))
        with self._store.transaction() as db:
            space = _space(db, model)
            rows = db.execute(
                f"SELECT id, crop FROM faces f WHERE {of_one}NOT EXISTS"
                " (SELECT 1 FROM face_vectors v WHERE v.space = ? AND v.face = f.id) ORDER BY id LIMIT ?",
                (*which, space, limit),
            ).fetchall()
        return [(row["id"], row["crop"]) for row in rows]

    def embed(self, model: ModelIdentity, vectors: Mapping[int, bytes]) -> None:
        """Vectors of another model, by face. Those of models before it are no more use, once a face has its own."""
        with self._store.transaction() as db:
            space = _space(db, model)
            for face, vector in vectors.items():
                if db.execute("SELECT 1 FROM faces WHERE id = ?", (face,)).fetchone() is not None:
                    db.execute("DELETE FROM face_vectors WHERE face = ? AND space != ?", (face, space))
                    db.execute("INSERT OR REPLACE INTO face_vectors VALUES (?, ?, ?)", (space, face, vector))

    def grouped(self, model: ModelIdentity, part: int = PART) -> Iterator[list[VectorRow]]:
        """Every face that has a group, in parts."""
        return self._vectors(model, "f.grp IS NOT NULL", part)

    def ungrouped(self, model: ModelIdentity) -> list[VectorRow]:
        """Every face that waits for one; not those that nobody is to be asked about."""
        parts = self._vectors(model, "f.grp IS NULL AND f.never = 0", PART)
        return [row for rows in parts for row in rows]

    def waiting(self) -> int:
        """How many faces have no group and may get one."""
        with self._store.reading() as db:
            row = db.execute("SELECT COUNT(*) FROM faces WHERE grp IS NULL AND never = 0").fetchone()
        return int(row[0])

    def _vectors(self, model: ModelIdentity, where: str, part: int) -> Iterator[list[VectorRow]]:
        after = 0
        while True:
            with self._store.transaction() as db:
                rows = db.execute(
                    "SELECT f.id, f.picture, f.worth, f.grp, f.seed, v.vector FROM faces f"
                    f" JOIN face_vectors v ON v.face = f.id AND v.space = ? WHERE {where} AND f.id > ?"
                    " ORDER BY f.id LIMIT ?",
                    (_space(db, model), after, part),
                ).fetchall()
            if not rows:
                return
            after = rows[-1]["id"]
            yield [VectorRow(r["id"], r["picture"], r["worth"], r["vector"], r["grp"], r["seed"]) for r in rows]

    # -- groups -------------------------------------------------------------------------------------------------------

    def fresh_group(self) -> int:
        """The id of the next new group."""
        with self._store.reading() as db:
            row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'face_groups'").fetchone()
        return 1 if row is None else int(row["seq"]) + 1

    def put_groups(self, groups: Mapping[int, int]) -> None:
        """Faces (keys) that came into groups (values), new ones among them. A face that has got a group or a word of
        the person's meanwhile stays with that."""
        with self._store.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO face_groups (id) VALUES (?)", [(g,) for g in sorted({*groups.values()})]
            )
            refused = refused_groups(db)
            db.executemany(
                "UPDATE faces SET grp = ? WHERE id = ? AND grp IS NULL AND never = 0",
                [(group, face) for face, group in groups.items() if group not in refused.get(face, ())],
            )

    def name_by_seeds(self) -> None:
        """Groups without a name get the one that files say most often of their faces, unless another group has it or a
        person took the name of this one away."""
        with self._store.transaction() as db:
            rows = db.execute(
                "SELECT g.id, f.seed, COUNT(*) AS said FROM face_groups g JOIN faces f ON f.grp = g.id"
                " WHERE g.name = '' AND f.seed != '' GROUP BY g.id, f.seed ORDER BY g.id, said DESC, f.seed"
            ).fetchall()
            done = nameless(db)
            for row in rows:
                if row["id"] not in done and not has_faces(db, group_of_name(db, row["seed"])):
                    done.add(row["id"])
                    db.execute(
                        "UPDATE face_groups SET name = ?, folded = ? WHERE id = ?",
                        (row["seed"], fold(row["seed"]), row["id"]),
                    )

    def refusals(self) -> dict[int, frozenset[int]]:
        """By face, the groups that a person said it is not in, and what those were merged into."""
        with self._store.reading() as db:
            return {face: frozenset(groups) for face, groups in refused_groups(db).items()}

    def apart(self) -> frozenset[tuple[int, int]]:
        """Pairs of groups, the smaller number first, that a person said are two people."""
        with self._store.reading() as db:
            return frozenset(groups_apart(db))

    def names(self) -> dict[int, str]:
        """Of every group that has one, and was not merged into another."""
        with self._store.reading() as db:
            return {
                row["id"]: row["name"]
                for row in db.execute("SELECT id, name FROM face_groups WHERE name != '' AND merged IS NULL")
            }

    def group_of_name(self, name: str) -> int | None:
        """The group of a name, or the one that it was merged into."""
        with self._store.reading() as db:
            return group_of_name(db, name)

    def groups(self) -> list[GroupRow]:
        """Those that have faces in photos, the largest first; what has a name before what has none."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT g.id, g.name, COUNT(*) AS faces, COUNT(DISTINCT f.picture) AS photos, f.id AS best,"
                " (SELECT path FROM face_photos p WHERE p.picture = f.picture ORDER BY path LIMIT 1) AS example,"
                " MAX(f.worth) FROM faces f JOIN face_groups g ON g.id = f.grp"
                " WHERE EXISTS (SELECT 1 FROM face_photos p WHERE p.picture = f.picture)"
                " GROUP BY g.id ORDER BY g.name = '', faces DESC, g.id"
            ).fetchall()
        return [
            GroupRow(r["id"], r["name"], r["faces"], r["photos"], r["best"], Path(os.fsdecode(r["example"])))
            for r in rows
        ]

    def of_group(self, group: int) -> list[tuple[FaceRow, Path]]:
        """Its faces, the best first, each with a photo that shows it."""
        return self._in_photos("f.grp = ?", (group,))

    def loose(self, offset: int, limit: int) -> list[tuple[FaceRow, Path]]:
        """Faces that have no group and may get one, the best first, each with a photo that shows it: a page."""
        return self._in_photos("f.grp IS NULL AND f.never = 0", (), f" LIMIT {limit:d} OFFSET {offset:d}")

    def loose_count(self) -> int:
        """How many those are; ``waiting`` counts faces of photos that are forgotten, too."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT COUNT(*) FROM faces f WHERE f.grp IS NULL AND f.never = 0"
                " AND EXISTS (SELECT 1 FROM face_photos p WHERE p.picture = f.picture)"
            ).fetchone()
        return int(row[0])

    def _in_photos(self, where: str, values: tuple[object, ...], page: str = "") -> list[tuple[FaceRow, Path]]:
        shown = "(SELECT path FROM face_photos p WHERE p.picture = f.picture ORDER BY path LIMIT 1)"
        with self._store.reading() as db:
            rows = db.execute(
                _FACE.replace(" FROM", f", {shown} AS path FROM", 1)
                + " WHERE EXISTS (SELECT 1 FROM face_photos p WHERE p.picture = f.picture)"
                + f" AND {where} ORDER BY f.worth DESC, f.id{page}",
                values,
            ).fetchall()
        return [(_face(row), Path(os.fsdecode(row["path"]))) for row in rows]

    # -- regions that were written ------------------------------------------------------------------------------------

    def regions(self, picture: int) -> list[tuple[str, str, bool]]:
        """(run, entry, added or taken away), oldest first."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT job, entry, added FROM face_regions WHERE picture = ? ORDER BY id", (picture,)
            ).fetchall()
        return [(row["job"], row["entry"], bool(row["added"])) for row in rows]

    def write_regions(self, picture: int, job: str, added: Iterable[str], taken: Iterable[str]) -> None:
        """What a run is about to write. Said again after a crash, it is kept once."""
        with self._store.transaction() as db:
            for entries, is_added in ((taken, 0), (added, 1)):
                db.executemany(
                    "INSERT OR IGNORE INTO face_regions (picture, job, entry, added) VALUES (?, ?, ?, ?)",
                    [(picture, job, entry, is_added) for entry in sorted(entries)],
                )

    # -- the end ------------------------------------------------------------------------------------------------------

    def wipe(self) -> int:
        """Forget everything, so that its bytes are gone from the database, its log and its backups. Returns how many
        faces were kept. Raises StoreLocked."""
        faces = self.counts()[1]
        wipe(self._store)
        return faces


def _space(db: Connection, model: ModelIdentity) -> int:
    who = (model.name, model.digest, model.options)
    db.execute("INSERT OR IGNORE INTO face_spaces (name, digest, options) VALUES (?, ?, ?)", who)
    row = db.execute("SELECT id FROM face_spaces WHERE name = ? AND digest = ? AND options = ?", who).fetchone()
    return int(row["id"])


def _face(row: Row) -> FaceRow:
    left, top, width, height = json.loads(row["place"])
    return FaceRow(
        id=row["id"],
        picture=row["picture"],
        place=(left, top, width, height),
        score=row["score"],
        worth=row["worth"],
        group=row["grp"],
        name=row["name"],
        never=bool(row["never"]),
        seed=row["seed"],
    )
