"""What an undo run does to one photo: take back what one earlier run wrote there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path

from bridge.exiftool import ExifTool
from bridge.jobs.locks import KeyedLocks
from bridge.jobs.reading import states_of
from bridge.jobs.records import Records
from bridge.jobs.request import ErrorResult, PhotoResult, UndoRequest
from bridge.jobs.work import Step, Task, Work, ended
from bridge.metadata import Restored, Writer, words_of
from bridge.paths import canonical, shown
from bridge.photos import Thumbnails
from bridge.store import ProvenanceTable, SqliteJournal, WrittenTable

IN_FLIGHT = 4

_PASSED_BY = {
    Restored.ANOTHER: "Another picture is there now: nothing of it was touched. Undo the run again where the photo is.",
    Restored.GONE: "It is not there any more. Where it was renamed or moved, bring it back, then undo the run again.",
}
"""What is said of a photo that keeps what the run wrote, wherever it is."""


class UndoWork(Work):
    in_flight = IN_FLIGHT

    def __init__(
        self,
        request: UndoRequest,
        *,
        journal: SqliteJournal,
        writer: Writer,
        written: WrittenTable,
        provenance: ProvenanceTable,
        records: Records,
        thumbnails: Thumbnails,
        exiftool: ExifTool,
        writers: Executor,
        writing: KeyedLocks,
    ) -> None:
        self._job = request.job
        self._journal = journal
        self._writer = writer
        self._written = written
        self._provenance = provenance
        self._records = records
        self._thumbnails = thumbnails
        self._exiftool = exiftool
        self._writers = writers
        self._writing = writing

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return [(self._writers, self._undo)]

    def _undo(self, task: Task) -> PhotoResult | None:
        photo = task.item.path
        with self._writing.hold(photo.resolve()):
            task.still_wanted()
            self._writer.settle_photo(photo)
            chosen = self._written.chosen(canonical(photo), self._job)
            theirs = self._written.theirs(canonical(photo), self._job)
            before = self._thumbnails.file_of(photo)
            report = self._writer.undo(self._journal.of_job(self._job, photo), chosen, theirs)
            self._thumbnails.follow(photo, before)
            error = next((undone.error for undone in report.photos if undone.error is not None), None)
            restored = {undone.restored for undone in report.photos}
            passed_by = bool(restored) and restored <= _PASSED_BY.keys()
            if error is None and not passed_by:
                # In each of its files: a word that is gone from one of them is nobody's, or the person's.
                names = [undone.said_again for undone in report.photos]
                stay = frozenset.intersection(*names) if names else frozenset()
                self._written.forget(
                    canonical(photo), self._job, task.item.job, said_again=stay, there=self._there(photo)
                )
        self._records.refresh(photo)
        left = [f"{shown(undone.target)}: {what}" for undone in report.photos for what in undone.left]
        changed = [
            shown(undone.target) for undone in report.photos if undone.restored in (Restored.EXACTLY, Restored.PARTLY)
        ]
        if error is not None:
            return ended(task.item, "failed", written_to=changed, warnings=left, error=ErrorResult(**error))
        if passed_by:
            why = Restored.ANOTHER if Restored.ANOTHER in restored else Restored.GONE
            return ended(task.item, "skipped", reason=_PASSED_BY[why])
        return ended(task.item, "done", written_to=changed, warnings=left)

    def _there(self, photo: Path) -> Callable[[tuple[str, ...]], bool]:
        """Whether the photo has a keyword: what the run had taken away comes back unless others took it away too."""
        if not self._provenance.comes_back(self._job, canonical(photo)):
            return lambda _: True
        (state,) = states_of(self._exiftool, [photo])
        words = words_of([] if state is None else state.documents)
        return lambda path: words.find(path) is not None
