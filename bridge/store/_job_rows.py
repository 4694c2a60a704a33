"""Jobs and their items, and how they lie in rows. An item is one photo of one job; its stage says how far it came."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from sqlite3 import Row
from typing import Any

from bridge.codec import from_json
from bridge.store._packing import pack, unpack
from bridge.values import Known

PACKED = ("plan", "result", "origin")
"""Columns of items that are packed."""


class JobState(StrEnum):
    OPEN = "open"
    """Running, or taken up at the next start."""
    PAUSED = "paused"
    """Stopped by a cause that concerns every photo (no model server); ``resume`` goes on."""
    CANCELLED = "cancelled"
    DONE = "done"


class Stage(StrEnum):
    WAITING = "waiting"
    READ = "read"
    INFERRED = "inferred"
    PLANNED = "planned"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self in FINAL


FINAL = (Stage.DONE, Stage.SKIPPED, Stage.FAILED, Stage.CANCELLED)
FINAL_SQL = ", ".join(f"'{stage}'" for stage in FINAL)


@dataclass(frozen=True, slots=True)
class JobRow:
    id: str
    kind: str
    state: JobState
    request: str
    session: str | None
    model: str | None
    error: str | None
    created: float
    updated: float
    ended: int
    """The last number that was given to an item that ended."""
    anyway: bool = False
    """A person said that it goes on in quiet hours and on battery too."""


@dataclass(frozen=True, slots=True)
class HoldRow:
    """What held a job back for a time."""

    code: str
    message: str
    """As it was when it began, for a person."""
    since: float
    """Unix time, seconds; as is ``until``, which is None as long as it lasts."""
    until: float | None


@dataclass(frozen=True, slots=True)
class NewItem:
    """A photo as it is added to a job."""

    path: Path
    pixels: Path | None = None
    """Where the pixels come from if not from ``path``: a proxy."""
    host_id: str = ""
    """The host's own id of the photo: virtual copies share a file."""
    known: Known | None = None
    """What the host says of it."""
    pick: int | None = None
    """Of a run that flags photos: 1 picked, -1 rejected."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    id: int
    job: str
    path: Path
    pixels: Path | None
    """Where the pixels come from if not from ``path``: a proxy that a host rendered."""
    stage: Stage
    answer_key: str | None
    plan: str | None
    """The last one that was made for it, JSON: kept whatever becomes of the item, since it may have been written."""
    result: str | None
    """The whole result at a final stage, JSON."""
    finished: int | None
    """1, 2, 3 … in the order in which the job's items ended; one that is taken up again gets a new number."""
    host_id: str = ""
    known: Known | None = None
    origin: str | None = None
    """Which model its words come from, JSON."""
    pick: int | None = None
    """What a run that flags photos writes: 1 picked, -1 rejected."""


def job_of(row: Row) -> JobRow:
    values: dict[str, Any] = dict(row)
    values["state"] = JobState(values["state"])
    values["anyway"] = bool(values["anyway"])
    return JobRow(**values)


def stored(columns: Mapping[str, str]) -> list[str | bytes]:
    return [pack(value) if name in PACKED else value for name, value in columns.items()]


def item_of(row: Row) -> ItemRow:
    values: dict[str, Any] = dict(row)
    values["path"] = Path(os.fsdecode(values["path"]))
    values["pixels"] = None if values["pixels"] is None else Path(os.fsdecode(values["pixels"]))
    values["stage"] = Stage(values["stage"])
    for name in PACKED:
        values[name] = unpack(values[name])
    values["known"] = None if values["known"] is None else from_json(Known, values["known"])
    return ItemRow(**values)
