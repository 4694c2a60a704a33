"""What a run does to each photo: its stages, and one photo on its way through them."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.errors import BridgeError, NotAtHand
from bridge.jobs.request import ErrorResult, PhotoResult
from bridge.paths import shown, to_uri
from bridge.store import ItemRow
from bridge.taggers.contract import Cancelled
from bridge.threads import Threads


@dataclass(slots=True)
class Task:
    """One photo on its way through the stages; ``carry`` is what the stage before left for the next."""

    item: ItemRow
    cancelled: Callable[[], bool]
    carry: Any = None
    ended: bool = False
    lone: bool = False
    """The daemon may have broken down over it: no other photo may be under way beside it."""
    parked: bool = False
    """The gate did not let it through the last time."""
    since: float = 0.0
    """When the stage began that it is in."""
    thread: threading.Thread | None = None
    """That does this stage, where it is one that a drive may hold."""
    threads: Threads | None = None
    """Those that it is one of."""
    waits_for: NotAtHand | None = None
    """Why its drive holds it, or held it last."""
    held: bool = False
    """A drive holds its thread: neither that nor the photo counts, until the thread returns."""
    counts: bool = True
    """It has a place in the window."""
    cut_short: NotAtHand | None = None
    """Why its ExifTool was ended."""
    given_up: bool = False
    """It was cancelled while it was held."""
    inside: bool = False
    """The gate let it in, and waits to be told that it is through."""

    def still_wanted(self) -> None:
        """Raises Cancelled where it is not."""
        if self.given_up or self.cancelled():
            raise Cancelled


Step = Callable[[Task], PhotoResult | None]
"""Does one stage. Returns the result where the photo has ended, None where the next stage goes on."""


class Work(ABC):
    """What a kind of job does to each photo."""

    in_flight: int
    """How many photos its stages keep busy at once."""

    @abstractmethod
    def steps(self) -> Sequence[tuple[Executor, Step]]:
        """The stages in order, each with the threads it runs on."""

    def reads(self, item: ItemRow) -> Path | None:
        """The file without which nothing can be done; None: it takes none."""
        return item.path

    def is_heavy(self, task: Task, step: int) -> bool:  # noqa: ARG002 - most kinds have no model
        """Whether that step of ``steps`` puts a model, or the whole processor, to work on the photo: such a step waits
        while the machine is too hot, or is to be quiet. What is stored already is not heavy."""
        return False

    def finish(self) -> None:  # noqa: B027 - most kinds have nothing to do then
        """Called when all photos have ended, before the job has; again after more came, or after a crash."""


def ended(item: ItemRow, status: str, **more: Any) -> PhotoResult:
    """The result of an item with nothing to tell beyond ``more``."""
    return PhotoResult.model_validate(
        {
            "path": shown(item.path),
            "uri": to_uri(item.path),
            "id": item.host_id,
            "status": status,
            "job": item.job,
            **more,
        }
    )


def failed(item: ItemRow, error: BridgeError) -> PhotoResult:
    """The result of an item that failed alone."""
    return ended(item, "failed", error=ErrorResult(**error.as_dict()))


def pool(name: str, threads: int) -> ThreadPoolExecutor:
    """Named threads, so that a stack dump tells what each of them is for."""
    return ThreadPoolExecutor(threads, thread_name_prefix=name)
