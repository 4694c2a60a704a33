"""What becomes of claims when a run writes, is undone, or takes others' words away: steps of a caller's transaction."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from sqlite3 import Connection, Row

from bridge.values import Claim, Field, Written
from bridge.words import Key, key

SEPARATOR = "|"


class Standing(StrEnum):
    """Whether what a run wrote still stands."""

    STANDING = "standing"
    UNDONE = "undone"
    REJECTED = "rejected"
    """A person took it away."""
    YOURS = "yours"
    """A person wrote it otherwise, moved it or gave it again: it is theirs now."""
    REPLACED = "replaced"
    """A later run wrote something else in its place."""
    REMOVED = "removed"
    """Taken away with everything that its model wrote."""
    RELEASED = "released"
    """The same, but it stays in the photo, since another run says it too."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a run wrote: one photo, in its files or in the catalogue of a host."""

    place: str
    photo: Path
    host: str = ""


IsGone = Callable[[Path], bool]
"""Whether a file is certainly not there. A copy on a drive that is not connected is a copy all the same."""


def no_file(path: Path) -> bool:
    return not os.path.lexists(path)


def folded(field: str, value: str) -> str:
    """What makes two values the same one."""
    return SEPARATOR.join(key(value.split(SEPARATOR))) if field == Field.KEYWORD else value


def record(
    db: Connection, spot: Spot, job: str, claims: Iterable[Claim], written: Written, picture: str | None = None
) -> None:
    """A run wrote: its claims stand, and those of earlier runs end that are not ours any more. Repeating it changes
    nothing.

    ``picture``, here and below: the hash of the picture whose files these are; what is claimed of another one that lay
    at the same path is not touched. None for a host's photo, which is one whatever it looks like.
    """
    _record(db, spot, job, tuple(claims), picture)
    compare(db, spot.place, job, written, picture)


def _record(db: Connection, spot: Spot, job: str, claims: Sequence[Claim], picture: str | None) -> None:
    if not claims:
        return
    now = time.time()
    db.execute(
        "INSERT OR IGNORE INTO claim_spots (place, photo, host) VALUES (?, ?, ?)",
        (spot.place, os.fsencode(spot.photo), spot.host),
    )
    number, begun = db.execute(
        "INSERT INTO claim_writes (spot, job, data_hash, written) SELECT id, ?, ?, ? FROM claim_spots WHERE place = ?"
        " ON CONFLICT DO UPDATE SET data_hash = excluded.data_hash RETURNING id, written",
        (job, claims[-1].data_hash if picture is None else picture, now, spot.place),
    ).fetchone()
    origins = {origin: _origin(db, origin) for origin in dict.fromkeys(map(_origin_of, claims))}
    db.executemany(
        "INSERT INTO claims (write, field, value, folded, added, origin, score, word, matched, before, written)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        # What was undone is written once more by a host that plans the same run again.
        " ON CONFLICT DO UPDATE SET state = 'standing', ended_by = NULL, ended = NULL, written = excluded.written,"
        " added = excluded.added, before = excluded.before WHERE state != 'standing'",
        [
            (
                *(number, claim.field, *_value(claim), claim.added, origins[_origin_of(claim)], claim.score),
                *(claim.word, claim.matched, claim.before, None if begun == now else now),
            )
            for claim in claims
        ],
    )


def _value(claim: Claim) -> tuple[str | None, str]:
    """(value, what it is compared by): the value is left out where the two are the same."""
    same = folded(claim.field, claim.value)
    return None if same == claim.value else claim.value, same


def _origin_of(claim: Claim) -> tuple[str, ...]:
    return claim.model, claim.digest, claim.options, claim.source, claim.approved


def _origin(db: Connection, origin: tuple[str, ...]) -> int:
    """The number of what the claims of a whole run share."""
    where = "(model, digest, options, source, approved) = (?, ?, ?, ?, ?)"
    found = db.execute(f"SELECT id FROM claim_origins WHERE {where}", origin).fetchone()
    if found is None:
        db.execute(
            "INSERT INTO claim_origins (model, digest, options, source, approved) VALUES (?, ?, ?, ?, ?)", origin
        )
        found = db.execute(f"SELECT id FROM claim_origins WHERE {where}", origin).fetchone()
    return int(found["id"])


_OF_PICTURE = "(?2 IS NULL OR data_hash = ?2)"


def compare(db: Connection, place: str, by: str, written: Written, picture: str | None = None) -> None:
    """End the claims whose values are not ours by ``written``, the record that the run ``by`` left."""
    ours = set(map(key, written.keywords))
    refused = set(map(key, written.rejected))
    others = set(map(key, written.others))
    names = {name for path in others for name in path}
    texts = {Field.TITLE: written.title, Field.CAPTION: written.caption, Field.ALT_TEXT: written.alt_text}
    rows = db.execute(
        f"SELECT * FROM provenance WHERE place = ?1 AND {_OF_PICTURE} AND state = 'standing'", (place, picture)
    ).fetchall()
    for row in rows:
        if row["field"] == Field.KEYWORD:
            word = tuple(row["folded"].split(SEPARATOR))
            if word in ours:
                continue
            theirs = word in others or (len(word) == 1 and word[0] in names)
            state = Standing.REJECTED if word in refused else Standing.YOURS if theirs else Standing.REPLACED
        else:
            field = Field(row["field"])
            standing = texts.get(field) or written.flags.said(field)
            if standing == row["value"]:
                continue
            state = Standing.YOURS if standing is None else Standing.REPLACED
        end(db, [row["id"]], state, by)


def standing(db: Connection, place: str, picture: str | None = None) -> set[Key]:
    """The keywords that runs claim in a photo."""
    rows = db.execute(
        f"SELECT folded FROM provenance WHERE place = ?1 AND {_OF_PICTURE} AND field = ?3 AND state = 'standing'",
        (place, picture, Field.KEYWORD),
    ).fetchall()
    return {tuple(row["folded"].split(SEPARATOR)) for row in rows}


def end(db: Connection, ids: Iterable[int], state: Standing, by: str) -> None:
    db.executemany(
        "UPDATE claims SET was = state, was_by = ended_by, state = ?, ended_by = ?, ended = ? WHERE id = ?",
        [(state, by, time.time(), id) for id in ids],
    )


def stand_again(db: Connection, ids: Iterable[int]) -> None:
    """What had ended stands again; how it had ended is kept for an undo."""
    db.executemany(
        "UPDATE claims SET was = state, was_by = ended_by, state = 'standing', ended_by = NULL, ended = NULL"
        " WHERE id = ? AND state != 'standing'",
        [(id,) for id in ids],
    )


def undo(
    db: Connection, place: str, job: str, by: str, there: Callable[[Key], bool], picture: str | None = None
) -> list[Key]:
    """A run was undone: its claims end, and what it had ended is as it was before. Returns the keywords that stand
    again, as they are spelt. ``there``: whether the photo has a keyword; one that did not come back stands no more."""
    rows = db.execute(
        f"SELECT * FROM provenance WHERE place = ?1 AND {_OF_PICTURE} ORDER BY id", (place, picture)
    ).fetchall()
    mine = [row for row in rows if row["job"] == job and row["state"] != Standing.UNDONE]
    texts = [row for row in mine if row["field"] != Field.KEYWORD]
    # A third run wrote over the second: it stands in the place of the first one too.
    later = {row["field"]: row["ended_by"] for row in texts if row["state"] == Standing.REPLACED}
    end(db, [row["id"] for row in mine], Standing.UNDONE, by)
    again: list[Row] = []
    for row in rows:
        if row["ended_by"] == job and row["state"] == Standing.REPLACED and row["field"] in later:
            db.execute("UPDATE claims SET ended_by = ? WHERE id = ?", (later[row["field"]], row["id"]))
        elif row["ended_by"] == job:
            _as_before(db, row, picture)
            again.append(row)
        elif row["was_by"] == job and row["field"] in later:
            db.execute("UPDATE claims SET was_by = ? WHERE id = ?", (later[row["field"]], row["id"]))
        elif row["was_by"] == job and row["state"] == Standing.REMOVED and row["job"] != job:
            # It was taken away while it did not stand in the photo: now it does.
            stand_again(db, [row["id"]])
            again.append(row)
        elif row["was_by"] == job:
            db.execute("UPDATE claims SET was = 'standing', was_by = NULL WHERE id = ?", (row["id"],))
    for row in mine:
        if row["field"] != Field.KEYWORD or there(tuple(row["value"].split(SEPARATOR))):
            _alone_again(db, row, picture)
    words = {row["id"]: tuple(row["value"].split(SEPARATOR)) for row in again if row["field"] == Field.KEYWORD}
    end(db, [id for id, path in words.items() if not there(path)], Standing.UNDONE, by)
    return [path for path in words.values() if there(path)]


def _as_before(db: Connection, row: Row, picture: str | None) -> None:
    db.execute("UPDATE claims SET state = was, ended_by = was_by WHERE id = ?", (row["id"],))
    if row["field"] != Field.KEYWORD:
        # One text stands at a time: an older one had taken its place.
        db.execute(
            "UPDATE claims SET state = was, ended_by = was_by WHERE id IN (SELECT id FROM provenance"
            f" WHERE place = ?1 AND {_OF_PICTURE} AND field = ?3 AND value != ?4 AND state = 'standing'"
            " AND was IS NOT NULL)",
            (row["place"], picture, row["field"], row["value"]),
        )


def _alone_again(db: Connection, row: Row, picture: str | None) -> None:
    """What stayed in the photo only since the run said it too is its writer's again."""
    db.execute(
        "UPDATE claims SET state = 'standing', ended_by = NULL, ended = NULL WHERE id IN (SELECT id FROM provenance"
        f" WHERE place = ?1 AND {_OF_PICTURE} AND field = ?3 AND folded = ?4 AND state = 'released')"
        f" AND NOT EXISTS (SELECT 1 FROM provenance WHERE place = ?1 AND {_OF_PICTURE} AND field = ?3 AND folded = ?4"
        " AND state = 'standing')",
        (row["place"], picture, row["field"], row["folded"]),
    )


def moved_from(db: Connection, spot: Spot, data_hash: str, is_gone: IsGone) -> str | None:
    """The place that a photo moved from: of one with its picture whose file is gone. None where it has claims already
    (another picture that lay there does not count), or there is no such place. Looks at other drives, so never within a
    transaction that writes."""
    if db.execute("SELECT 1 FROM provenance WHERE place = ? AND data_hash = ?", (spot.place, data_hash)).fetchone():
        return None
    olds = db.execute(
        "SELECT photo, place FROM provenance WHERE data_hash = ? AND host = '' GROUP BY place ORDER BY MAX(id) DESC",
        (data_hash,),
    ).fetchall()
    return next((old["place"] for old in olds if is_gone(Path(os.fsdecode(old["photo"])))), None)


def follow(db: Connection, spot: Spot, place: str, data_hash: str) -> None:
    """A photo that moved takes its claims along; what is claimed of other pictures that lay there stays. Where one run
    wrote into it and into what lay at its new place before, its claims stay too: a run has one record a place."""
    db.execute(
        "INSERT OR IGNORE INTO claim_spots (place, photo, host) VALUES (?, ?, ?)",
        (spot.place, os.fsencode(spot.photo), spot.host),
    )
    db.execute(
        "UPDATE OR IGNORE claim_writes SET spot = (SELECT id FROM claim_spots WHERE place = ?)"
        " WHERE spot = (SELECT id FROM claim_spots WHERE place = ?) AND data_hash = ?",
        (spot.place, place, data_hash),
    )
    db.execute(
        "DELETE FROM claim_spots WHERE place = ? AND id NOT IN (SELECT spot FROM claim_writes)",
        (place,),
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """What a run that takes a model's words away does to claims, by their ids."""

    states: Mapping[int, Standing]
    again: Sequence[int] = ()
    """Claims on texts that stand in the photo again."""


def take_away(db: Connection, job: str, ending: Ending) -> None:
    """Repeating it changes nothing."""
    ended = {row["id"] for row in db.execute("SELECT id FROM provenance WHERE ended_by = ?", (job,))}
    for id, state in ending.states.items():
        if id not in ended:
            end(db, [id], state, job)
    stand_again(db, ending.again)
