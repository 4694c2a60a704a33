"""What wrote each keyword and text, and whether it still stands. Written in one step with what it tells of."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from bridge.paths import to_uri
from bridge.store._claims import SEPARATOR, IsGone, Spot, Standing, no_file
from bridge.store.connection import Store
from bridge.values import Claim, Field
from bridge.words import Key, key


@dataclass(frozen=True, slots=True)
class Record:
    """One value of one run in one photo."""

    id: int
    spot: Spot
    job: str
    claim: Claim
    folded: str
    written: float
    """Unix time, seconds."""
    state: Standing
    ended_by: str | None
    """The run that ended it, or noticed that it had ended; the host for an undo there."""
    ended: float | None

    @property
    def path(self) -> tuple[str, ...]:
        """Of a keyword."""
        return tuple(self.claim.value.split(SEPARATOR))


# A word that was there already counts where nobody's word but this one keeps it.
_TOLD = (
    "(added OR state = 'standing' AND NOT EXISTS (SELECT 1 FROM provenance o WHERE o.place = p.place"
    " AND o.field = p.field AND o.folded = p.folded AND o.state = 'standing' AND (o.added OR o.id < p.id)))"
)


class ProvenanceTable:
    def __init__(self, store: Store, is_gone: IsGone = no_file) -> None:
        self._store = store
        self._is_gone = is_gone

    def at(self, photo: Path, data_hash: str | None = None) -> list[Record]:
        """Every claim on the files of one photo, oldest first: by path, or by its picture data where it has moved. None
        on another picture that lay at its path, unless no hash is named."""
        found = self._select("place = ?1 AND (?2 IS NULL OR data_hash = ?2) ORDER BY id", to_uri(photo), data_hash)
        if found or data_hash is None:
            return found
        lost = self._select("data_hash = ? AND host = '' ORDER BY id", data_hash)
        places = [record.spot for record in reversed(lost) if self._is_gone(record.spot.photo)]
        return [record for record in lost if places and record.spot.place == places[0].place]

    def told_of(self, names: Collection[Path]) -> list[Record]:
        """What is to be told of one photo, by the paths that lead to it: of its files and of hosts' catalogues; oldest
        first."""
        marks = ", ".join("?" * len(names))
        return self._select(f"photo IN ({marks}) AND {_TOLD} ORDER BY id", *map(os.fsencode, names))

    def page(self, after: int, limit: int, *, model: str | None = None, since: float = 0.0) -> list[Record]:
        """What is to be told of everything, from beyond the record ``after``."""
        where = f"id > ? AND (? IS NULL OR model = ?) AND written >= ? AND {_TOLD} ORDER BY id LIMIT ?"
        return self._select(where, after, model, model, since, limit)

    def photos_of(self, model: str) -> list[Spot]:
        """Where something that a model wrote stands, or may come to stand again."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT place, photo, host FROM provenance WHERE model = ? AND state IN ('standing', 'replaced')"
                " GROUP BY place ORDER BY MIN(id)",
                (model,),
            ).fetchall()
        return [Spot(row["place"], Path(os.fsdecode(row["photo"])), row["host"]) for row in rows]

    def jobs_of(self, model: str, host: str) -> list[str]:
        """The runs of a model of which something stands in the catalogue of a host, newest first."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT job FROM provenance WHERE model = ? AND host = ? AND state = 'standing' GROUP BY job"
                " ORDER BY MAX(id) DESC",
                (model, host),
            ).fetchall()
        return [row["job"] for row in rows]

    def taken_by(self, job: str) -> list[Path]:
        """Photos of which a run that takes words away ended something."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT DISTINCT photo FROM provenance WHERE ended_by = ? AND state IN ('removed', 'released')", (job,)
            ).fetchall()
        return [Path(os.fsdecode(row["photo"])) for row in rows]

    def took(self, job: str) -> bool:
        """Whether there is a photo of which a run that takes words away ended something."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT 1 FROM provenance WHERE ended_by = ? AND state IN ('removed', 'released') LIMIT 1", (job,)
            ).fetchone()
        return row is not None

    def comes_back(self, job: str, photo: Path) -> bool:
        """Whether something may stand in a photo's files again once a run is undone."""
        return bool(self._select("place = ? AND (ended_by = ? OR state = 'released') LIMIT 1", to_uri(photo), job))

    def models(self) -> list[str]:
        """Every model that has written something."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT DISTINCT model FROM claim_origins o WHERE EXISTS (SELECT 1 FROM claims WHERE origin = o.id)"
                " ORDER BY model"
            ).fetchall()
        return [row["model"] for row in rows]

    def lost_pictures(self) -> set[str]:
        """Hashes of pictures whose files are not where they were."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT DISTINCT data_hash, photo FROM claim_writes JOIN claim_spots s ON s.id = spot WHERE host = ''"
            ).fetchall()
        return {row["data_hash"] for row in rows if self._is_gone(Path(os.fsdecode(row["photo"])))}

    def claimed(self, photos: Sequence[Path]) -> frozenset[Key]:
        """The keywords that runs claim in the files of these photos, as they are compared."""
        found: set[Key] = set()
        for photo in photos:
            records = self._select("place = ? AND state = 'standing' AND field = ?", to_uri(photo), Field.KEYWORD)
            found |= {key(record.path) for record in records}
        return frozenset(found)

    def _select(self, where: str, *values: object) -> list[Record]:
        with self._store.reading() as db:
            return [_record(row) for row in db.execute(f"SELECT * FROM provenance p WHERE {where}", values)]


def _record(row: Row) -> Record:
    return Record(
        id=row["id"],
        spot=Spot(row["place"], Path(os.fsdecode(row["photo"])), row["host"]),
        job=row["job"],
        claim=Claim(
            field=Field(row["field"]),
            value=row["value"],
            added=bool(row["added"]),
            model=row["model"],
            digest=row["digest"],
            options=row["options"],
            score=row["score"],
            source=row["source"],
            word=row["word"],
            matched=row["matched"],
            before=row["before"],
            approved=row["approved"],
            data_hash=row["data_hash"],
        ),
        folded=row["folded"],
        written=row["written"],
        state=Standing(row["state"]),
        ended_by=row["ended_by"],
        ended=row["ended"],
    )
