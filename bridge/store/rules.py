"""Words that persons took away from photos, and what they decided on them: rules that no later run breaks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from sqlite3 import Connection

from bridge.store.connection import Store
from bridge.words import key

OFFERED_AFTER = 3
"""Photos from which a word was taken away before it is offered as a rule, and again after each refusal."""

Path = tuple[str, ...]


class Decision(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Rule:
    """A word never to be written again, offered or accepted."""

    word: Path
    """A name alone stands for every keyword that is called so."""
    photos: int
    """From how many photos it was taken away."""
    when: float
    """Unix time, seconds: when the last of them was noticed; when it was accepted."""


class RuleTable:
    def __init__(self, store: Store) -> None:
        self._store = store

    def notice(self, photo: str, words: Iterable[Path]) -> None:
        """A person took words of ours away from a photo. Noticed again, it counts once."""
        rows = [("|".join(key(word)), photo, "|".join(word), time.time()) for word in words]
        if rows:
            with self._store.transaction() as db:
                db.executemany("INSERT OR IGNORE INTO rejections VALUES (?, ?, ?, ?)", rows)

    def offered(self) -> list[Rule]:
        """What waits for a person's decision, taken away from most photos first."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT j.folded, MAX(j.word) AS word, COUNT(*) AS photos, MAX(noticed) AS noticed FROM rejections j"
                " LEFT JOIN rules r ON r.folded = j.folded GROUP BY j.folded"
                " HAVING COUNT(*) >= COALESCE(MAX(r.photos), 0) + ? AND COALESCE(MAX(r.state), '') != ?"
                " ORDER BY photos DESC, noticed",
                (OFFERED_AFTER, Decision.ACCEPTED),
            ).fetchall()
        never = self.never()
        return [
            Rule(tuple(row["word"].split("|")), row["photos"], row["noticed"])
            for row in rows
            if not forbidden(tuple(row["folded"].split("|")), never)
        ]

    def accepted(self) -> list[Rule]:
        """In the order of their words."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT r.*, (SELECT COUNT(*) FROM rejections j WHERE j.folded = r.folded) AS now FROM rules r"
                " WHERE state = ? ORDER BY folded",
                (Decision.ACCEPTED,),
            ).fetchall()
        return [Rule(tuple(row["word"].split("|")), row["now"], row["decided"]) for row in rows]

    def never(self) -> frozenset[Path]:
        """The accepted words as they are compared: names alone, and whole paths."""
        with self._store.reading() as db:
            rows = db.execute("SELECT folded FROM rules WHERE state = ?", (Decision.ACCEPTED,)).fetchall()
        return frozenset(tuple(row["folded"].split("|")) for row in rows)

    def decide(self, word: Path, decision: Decision) -> None:
        """Remember a person's decision; what is refused is offered again after so many photos more."""
        with self._store.transaction() as db:
            _decide(db, word, decision, time.time())

    def reopen(self, word: Path) -> None:
        """Take a decision back: the word is offered as it was before."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM rules WHERE folded = ?", ("|".join(key(word)),))


def forbidden(path: Path, never: frozenset[Path]) -> bool:
    """Whether a rule forbids a keyword: by its own name, or by its whole path."""
    folded = key(path)
    return folded in never or folded[-1:] in never


def _decide(db: Connection, word: Path, decision: Decision, when: float) -> None:
    folded = "|".join(key(word))
    db.execute(
        "INSERT OR REPLACE INTO rules (folded, word, state, photos, decided)"
        " VALUES (?, ?, ?, (SELECT COUNT(*) FROM rejections WHERE folded = ?), ?)",
        (folded, "|".join(word), decision, folded, when),
    )


def forbid(db: Connection, word: Path) -> str | None:
    """A step of a caller's transaction: the word becomes a rule. Returns what ``permit`` takes it back by; None where
    it was one already."""
    folded = "|".join(key(word))
    row = db.execute("SELECT * FROM rules WHERE folded = ?", (folded,)).fetchone()
    if row is not None and row["state"] == Decision.ACCEPTED:
        return None
    when = time.time()
    _decide(db, word, Decision.ACCEPTED, when)
    return json.dumps({"folded": folded, "decided": when, "before": None if row is None else dict(row)})


def permit(db: Connection, made: str) -> None:
    """Take back what ``forbid`` did, unless a person has decided on that word since."""
    rule = json.loads(made)
    gone = db.execute("DELETE FROM rules WHERE folded = ? AND decided = ?", (rule["folded"], rule["decided"])).rowcount
    if gone and rule["before"] is not None:
        db.execute(
            "INSERT INTO rules (folded, word, state, photos, decided)"
            " VALUES (:folded, :word, :state, :photos, :decided)",
            rule["before"],
        )
