"""What writing and undoing answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bridge.metadata.plan import Plan
from bridge.values import Written

ANOTHER = "another picture is there now: nothing of it was touched"


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """One plan of one run."""

    plan: Plan
    job: str
    item: int
    replan: Callable[[], Plan] | None = None
    """Asked, a few times at most, when a file changed after it was planned: read and plan again."""
    picture: str = ""
    """Hash of the data of the picture that it was planned for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one plan became."""

    plan: Plan
    """The one that was applied: another than the request's where it was planned again."""
    written_to: tuple[Path, ...] = ()
    """As named, photo first; empty where there was nothing to write."""
    written: Written = field(default_factory=Written)
    """The base of the next run: to be stored."""
    journal_ids: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


class Restored(StrEnum):
    EXACTLY = "exactly"
    """Byte for byte as before our write."""
    PARTLY = "partly"
    """Someone wrote since: what that run added is gone, the rest is named in ``left``."""
    NOTHING = "nothing"
    """There was nothing of that run left to take away, or the file is gone."""
    GONE = "gone"
    """The photo is not there: it can be undone where it is, should it be somewhere."""
    ANOTHER = "another"
    """Another picture is at the place of the photo: nothing was touched, and it can be undone where the photo is."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PhotoUndo:
    """What undoing did to one file of one photo."""

    photo: Path
    target: Path
    restored: Restored
    left: tuple[str, ...] = ()
    """What stays, each with its reason, in words."""
    said_again: frozenset[str] = frozenset()
    """The names of keywords, folded, that stay because a later run says them too."""
    error: dict[str, str] | None = None
    """``{"code", "message", "hint"}`` where it failed."""


@dataclass(frozen=True, slots=True)
class UndoReport:
    photos: tuple[PhotoUndo, ...] = ()


class Settlement(StrEnum):
    DONE = "done"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True)
class Settled:
    """What an intent without an outcome turned out to be."""

    photo: Path
    target: Path
    job: str
    item: int
    outcome: Settlement
