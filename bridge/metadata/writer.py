"""Applying plans, undoing runs, settling what a crash left: everything that touches a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bridge.errors import BridgeError
from bridge.exiftool import ExifTool
from bridge.journal import Journal, JournalEntry
from bridge.metadata.outcome import Outcome, Settled, UndoReport, WriteRequest
from bridge.metadata.plan import Plan


class Writer:
    """One for a daemon; its methods may be called from several threads.

    ``spool`` is a private folder of ours for whole before-images of files that can only be written in place.
    """

    def __init__(self, tool: ExifTool, journal: Journal, spool: Path) -> None:
        raise NotImplementedError

    def apply(self, plan: Plan, *, job: str, item: int, replan: Callable[[], Plan] | None = None) -> Outcome:
        """Write one plan.

        Raises PhotoChanged (without ``replan``, or when the file keeps changing), PhotoMissing, WriteDenied, DiskFull,
        PictureChanged, MetadataRefused, SidecarDamaged, ExifToolFailed: in each case every file is as it was.
        """
        raise NotImplementedError

    def apply_many(self, requests: Sequence[WriteRequest]) -> list[Outcome | BridgeError]:
        """Several plans with two journal commits in all; one that fails is the error in its place."""
        raise NotImplementedError

    def undo(self, entries: Sequence[JournalEntry]) -> UndoReport:
        """Take back the writes of journal entries (``journal.of_job``), newest first."""
        raise NotImplementedError

    def settle(self, unfinished: Iterable[Path] = ()) -> list[Settled]:
        """At start: settle every intent without an outcome by looking at its file, and remove temporary files.

        ``unfinished`` are photos of items that never finished: a temporary file may lie beside them although the
        journal has no intent yet.
        """
        raise NotImplementedError
