"""Applying plans, undoing runs, settling what a crash left: everything that touches a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.errors import BridgeError, PhotoChanged
from bridge.exiftool import ExifTool
from bridge.journal import EntryState, Journal, JournalEntry
from bridge.metadata._apply import Draft, check, draft, read_all_back, write_copies
from bridge.metadata._commit import Change, Committed, commit
from bridge.metadata._files import FileChanged
from bridge.metadata._finish import THREADS, finishing, noted
from bridge.metadata._scratch import Scratch
from bridge.metadata._settle import IsAway, settle, settle_some
from bridge.metadata._undo import undo
from bridge.metadata.outcome import Outcome, Settled, UndoReport, WriteRequest
from bridge.metadata.plan import KeywordPath, Plan
from bridge.metadata.state import Role
from bridge.paths import shown
from bridge.threads import Threads
from bridge.values import Field

_ROUNDS = 4
"""How often a photo is planned in all before another program is said to be writing it."""


class Writer:
    """One for a daemon; its methods may be called from several threads.

    ``spool`` is a private folder of ours for the new bytes of files that can only be written in place.
    """

    def __init__(self, tool: ExifTool, journal: Journal, spool: Path, *, is_away: IsAway = lambda _, __: False) -> None:
        """``is_away``: whether the drive of a file is not there, so that nothing can be said of the file."""
        self._is_away = is_away
        self._tool = tool
        self._journal = journal
        self._scratch = Scratch(spool)
        self._pool = Threads("finish", THREADS)

    def close(self) -> None:
        """End the threads, once nothing is written any more but what a drive holds."""
        self._pool.shutdown(wait=False)

    def apply(
        self, plan: Plan, *, job: str, item: int, picture: str = "", replan: Callable[[], Plan] | None = None
    ) -> Outcome:
        """Write one plan. ``picture``: hash of the data of the picture that it is for: by that an undo knows the photo.

        Raises PhotoChanged (without ``replan``, or when the file keeps changing), PhotoMissing, WriteDenied, DiskFull,
        PictureChanged, MetadataRefused, SidecarDamaged, ExifToolFailed: in each case every file is as it was.
        """
        (outcome,) = self.apply_many([WriteRequest(plan, job, item, replan, picture)])
        if isinstance(outcome, BridgeError):
            raise outcome
        return outcome

    def apply_many(self, requests: Sequence[WriteRequest]) -> list[Outcome | BridgeError]:
        """Several plans with two journal commits in all; one that fails is the error in its place."""
        results: dict[int, Outcome | BridgeError] = {}
        waiting = dict(enumerate(requests))
        for last in (*[False] * (_ROUNDS - 1), True):
            for number, result in self._round(waiting).items():
                outcome = _planned_again(waiting, number, result, last) if isinstance(result, FileChanged) else result
                if outcome is not None:
                    results[number] = outcome
                    del waiting[number]
            if not waiting:
                break
        return [results[number] for number in range(len(requests))]

    def note(self, plan: Plan, *, job: str, item: int, picture: str = "") -> None:
        """Journal the files that have a chosen word and are left as they are. Repeating it changes nothing: after a
        crash between the write and this, it is still to be done."""
        if plan.noted:
            there = {entry.target for entry in self._journal.of_job(job, plan.photo, picture)}
            entries = [entry for entry in noted(plan, job, item, picture) if entry.target not in there]
            if entries:
                self._journal.settle(self._journal.intend(entries), EntryState.DONE)

    def undo(
        self, entries: Sequence[JournalEntry], chosen: Sequence[KeywordPath] = (), theirs: Collection[Field] = ()
    ) -> UndoReport:
        """Take back the writes of journal entries (``journal.of_job``), newest first, but for keywords that the person
        chose since, and for texts and marks that are the person's by now."""
        return undo(self._tool, self._journal, self._scratch, self._pool, entries, chosen, theirs, self._is_away)

    def settle(self, unfinished: Iterable[Path] = ()) -> list[Settled]:
        """At start: settle every intent without an outcome by looking at its file, and remove temporary files.

        ``unfinished`` are photos of items that never finished: a temporary file may lie beside them although the
        journal has no intent yet.
        """
        return settle(self._journal, self._scratch, unfinished, self._is_away)

    def settle_photo(self, photo: Path) -> list[Settled]:
        """Settle what was left of one photo's writes when its drive went away. Nobody else may be at work on it."""
        entries = [entry for entry in self._journal.unsettled() if entry.photo == photo]
        return settle_some(self._journal, self._scratch, entries, self._is_away)

    def _round(self, waiting: dict[int, WriteRequest]) -> dict[int, Outcome | BridgeError | FileChanged]:
        """Try to apply each plan once."""
        results: dict[int, Outcome | BridgeError | FileChanged] = {}
        jobs: dict[int, _Work] = {}
        for number, request in waiting.items():
            try:
                check(request.plan)
                if request.plan.empty:
                    self.note(request.plan, job=request.job, item=request.item, picture=request.picture)
                    results[number] = Outcome(request.plan, written=request.plan.written)
                else:
                    drafts = [draft(request.plan, target, self._scratch) for target in request.plan.targets]
                    jobs[number] = _Work(request, drafts)
            except (BridgeError, FileChanged) as error:
                results[number] = error
        try:
            if jobs:
                results |= self._write(jobs)
        except BridgeError as error:  # no ExifTool, no room in the spool, a locked journal: nothing was replaced
            results |= dict.fromkeys(jobs, error)
        return results

    def _write(self, jobs: dict[int, _Work]) -> dict[int, Outcome | BridgeError | FileChanged]:
        results: dict[int, Outcome | BridgeError | FileChanged] = {}
        drafts = [item for work in jobs.values() for item in work.drafts]
        temporaries = [path for item in drafts for path in item.temporaries]
        with self._scratch.batch(temporaries) as batch, finishing(self._pool) as finish:
            for item in drafts:
                finish.begin(item)
            said = dict(zip(map(id, drafts), write_copies(self._tool, drafts), strict=True))
            made = [item for item in drafts if not isinstance(said[id(item)], BridgeError)]
            said |= {id(i): e for i, e in zip(made, read_all_back(self._tool, made), strict=True) if e is not None}
            for item in made:
                if not isinstance(said[id(item)], BridgeError):
                    finish.written(item)
            ready: dict[int, list[Change]] = {}
            warnings: dict[int, tuple[str, ...]] = {}
            for number, work in jobs.items():
                try:
                    warnings[number] = tuple(_or_raise([said[id(item)] for item in work.drafts]))
                    asked = work.request
                    ready[number] = [finish.end(item, asked.job, asked.item, asked.picture) for item in work.drafts]
                except (BridgeError, FileChanged) as error:
                    results[number] = error
            if ready:
                committed = commit(self._journal, batch, list(ready.values()))
                for number, result in zip(ready, committed, strict=True):
                    if not isinstance(result, Committed):
                        results[number] = result
                        continue
                    request, plan = jobs[number].request, jobs[number].request.plan
                    results[number] = _outcome(plan, result.ids, warnings[number])
                    try:  # after the write: who finds a note after a crash finds the write done
                        self.note(plan, job=request.job, item=request.item, picture=request.picture)
                    except BridgeError as error:
                        results[number] = error
        return results


@dataclass(frozen=True, slots=True)
class _Work:
    request: WriteRequest
    drafts: list[Draft]


def _or_raise(answers: Sequence[list[str] | BridgeError]) -> list[str]:
    warnings: list[str] = []
    for answer in answers:
        if isinstance(answer, BridgeError):
            raise answer
        warnings += answer
    return warnings


def _outcome(plan: Plan, ids: tuple[int, ...], warnings: tuple[str, ...]) -> Outcome:
    photo_first = sorted(plan.targets, key=lambda target: target.role is not Role.PHOTO)
    return Outcome(plan, tuple(target.path for target in photo_first), plan.written, ids, warnings)


def _planned_again(
    waiting: dict[int, WriteRequest], number: int, changed: FileChanged, last: bool
) -> BridgeError | None:
    """Put a new plan in the place of one whose file changed. None: try that one."""
    request = waiting[number]
    if request.replan is None or last:
        return PhotoChanged(f"{shown(changed.path)} was changed by another program in the meantime.")
    try:
        waiting[number] = replace(request, plan=request.replan())
    except BridgeError as error:
        return error
    return None
