"""The journal of writes: what metadata promises to record before it touches a file, and what the store keeps.

The one boundary between ``metadata`` (which decides and writes) and ``store`` (which remembers), so that neither room
knows the other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from bridge.paths import to_uri
from bridge.values import Claim, Fingerprint, Operation, Written


class EntryState(StrEnum):
    INTENT = "intent"
    """Recorded; the file may or may not have been replaced yet."""
    DONE = "done"
    ROLLED_BACK = "rolled_back"
    """The file is as it was before."""
    UNDONE = "undone"
    PASSED = "passed"
    """Done, and an undo found no photo at its place, or another picture: it can still be undone where its photo is."""


PICTURE = 16
"""Hex digits of the hash of a picture that the journal keeps: it is only held against the one picture that lies at the
same place, and every byte of an entry is there a million times."""


def another_picture(one: str, other: str) -> bool:
    """Whether two hashes of picture data, each whole or as the journal keeps it, are of two pictures. An empty one is
    not known, and says nothing."""
    return bool(one and other) and one[:PICTURE] != other[:PICTURE]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One file that one run writes for one photo (a photo with a sidecar has two)."""

    photo: Path
    target: Path
    """The file that is written, links resolved."""
    job: str
    item: int
    kind: str
    """How ``before`` restores the file: the writer's own word (``jpeg``, ``sidecar``, ``values`` …)."""
    before: bytes
    """The before-image, compressed by the writer; empty where the file did not exist."""
    before_print: Fingerprint | None
    """None where the file did not exist."""
    after_digest: str | None
    """BLAKE2b-256 of the bytes that will be there afterwards, where they are known before the replacement."""
    changes: dict[str, Any] = field(default_factory=dict)
    """What this write changes, value for value, JSON-ready: enough for an undo after someone else's edit."""
    temporary: Path | None = None
    """The temporary file that may lie beside the target if the machine stops now; None once there is an outcome."""
    state: EntryState = EntryState.INTENT
    after_print: Fingerprint | None = None
    picture: str = ""
    """The first digits of the hash of the photo's picture data (of a RAW: of all its bytes), that of a sidecar's photo
    too. Names come again, on every card of a camera; empty where it is not known: written before this was kept."""
    id: int = 0
    """0 until the journal has given one."""

    def same_photo(self, other: JournalEntry) -> bool:
        """False where the two name one path, and another picture lay there each time."""
        return self.photo != other.photo or not another_picture(self.picture, other.picture)


@dataclass(frozen=True, slots=True)
class HostWrite:
    """What one run has a host do to one of the host's photos. The host's word that it did it is the outcome.

    A write that undoes others is one too: it names them in ``undoes``.
    """

    job: str
    item: int
    host: str
    photo: Path
    photo_id: str
    """The host's own; empty where it has none."""
    operations: tuple[Operation, ...] = ()
    kept: tuple[tuple[str, ...], ...] = ()
    """Keywords that the run proposed and that were there."""
    base: Written = field(default_factory=Written)
    """What our runs had left there before."""
    written: Written = field(default_factory=Written)
    """What they leave there with this one."""
    undoes: tuple[int, ...] = ()
    applied: tuple[int, ...] = ()
    """Which operations the host carried out, by their place in ``operations``."""
    created: tuple[int, ...] = ()
    """Those of them that made a keyword in the host's tree."""
    claims: tuple[Claim, ...] = ()
    """What the run claims of it, where all operations are carried out."""
    state: EntryState = EntryState.INTENT
    id: int = 0

    @property
    def place(self) -> str:
        """One name for one photo of one host, wherever its file moves to."""
        return place_of(self.host, self.photo, self.photo_id)


def place_of(host: str, photo: Path, photo_id: str) -> str:
    return f"{host} {photo_id or to_uri(photo)}"


class Journal(ABC):
    """Append, then settle. Every call is durable (fsync) when it returns."""

    @abstractmethod
    def intend(self, entries: list[JournalEntry]) -> list[int]:
        """Record intents in one transaction before any of their files is touched; returns their ids, in order."""

    @abstractmethod
    def settle(self, ids: list[int], state: EntryState, after: list[Fingerprint | None] | None = None) -> None:
        """Record the outcome of entries, in one transaction. Raises NotFound for an unknown id, but for UNDONE and
        PASSED: what an undo takes back may be forgotten at any moment, by who prunes the journal, and the undo ends all
        the same."""

    @abstractmethod
    def unsettled(self) -> Iterator[JournalEntry]:
        """Intents without an outcome, oldest first."""

    @abstractmethod
    def of_job(self, job: str, photo: Path | None = None, picture: str = "") -> list[JournalEntry]:
        """Entries of one run that are DONE or PASSED, newest first; of one photo where it is named, and without those
        that are known to be about another picture where the hash of one is."""

    @abstractmethod
    def after(self, entry: JournalEntry) -> list[JournalEntry]:
        """DONE and PASSED entries for the same target that came later than ``entry``, oldest first; none of another
        picture that had the same name."""

    @abstractmethod
    def undone_at(self, entry: JournalEntry) -> list[JournalEntry]:
        """UNDONE entries for the same target as ``entry``, oldest first: writes that were taken back, and the taking
        back itself; none of another picture that had the same name."""
