"""Runs as they go on and as they went: where they stand, what came of each photo, what failed and why; their end."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from bridge.codec import from_json
from bridge.errors import NotFound
from bridge.jobs.absence import Cause
from bridge.jobs.request import ErrorResult, PhotoResult, RunOptions
from bridge.jobs.runner import Runner
from bridge.jobs.styling import RunStyles, prompt_label
from bridge.jobs.tools import Tools
from bridge.paths import shown, to_uri
from bridge.service.replies import (
    MAX_WAIT_MS,
    Absent,
    FailedPhoto,
    Failure,
    JobEvent,
    JobEvents,
    JobHold,
    JobResults,
    JobStatus,
    ListedRun,
)
from bridge.store import ItemRow, JobRow, JobState, Stage

SHOWN = 50
"""Photos of one cause that are named; the others are counted."""


LOOKING = ("tag", "cull", "faces")
"""The kinds of runs that may look at photos on a cluster."""
HOLDS = 100
"""What held a run back is told of so many times, the last ones."""


class JobService:
    def __init__(self, tools: Tools, runner: Runner) -> None:
        self._tools = tools
        self._jobs = tools.jobs
        self._runner = runner

    def recent(self, limit: int) -> list[ListedRun]:
        """Newest first."""
        return [self._listed(row, self._status(row)) for row in self._jobs.recent(limit)]

    def status(self, job: str, wait_ms: int = 0) -> JobStatus:
        """Where a run stands; with ``wait_ms`` as soon as one more photo has ended, the run has, or something else
        holds it back."""
        job = self._resolve(job)
        before = self._status(self._jobs.get(job))
        if not wait_ms or before.state != JobState.OPEN:
            return before
        self._runner.wait(lambda: self._moved(before), min(wait_ms, MAX_WAIT_MS) / 1000)
        return self._status(self._jobs.get(job))

    def _moved(self, before: JobStatus) -> bool:
        now = self._status(self._jobs.get(before.job))
        return _standing(now) != _standing(before)

    def results(self, job: str, after: int = 0, limit: int = 200, wait_ms: int = 0) -> JobResults:
        """Results in the order in which photos ended, from beyond ``after``; waits for the next where none is there."""
        page, ended = self._page(job, after, limit, wait_ms)
        results = tuple(from_json(PhotoResult, item.result) for item in page if item.result is not None)
        return JobResults(results=results, next=_last(page, after), ended=ended)

    def events(self, job: str, after: int = 0, wait_ms: int = 0, photos: Collection[Path] = ()) -> JobEvents:
        """The same as ``results``, told in one line a photo; only of ``photos``, where these are named. With what held
        the run back up to now."""
        page, ended = self._page(job, after, 1000, wait_ms)
        events = tuple(
            JobEvent(seq=item.finished, uri=to_uri(item.path), status=item.stage)
            for item in page
            if item.finished is not None and (not photos or item.path in photos)
        )
        holds = tuple(
            JobHold(code=row.code, message=row.message, since=row.since, until=row.until)
            for row in self._jobs.holds(self._resolve(job), HOLDS)
        )
        return JobEvents(events=events, next=_last(page, after), ended=ended, holds=holds)

    def _page(self, job: str, after: int, limit: int, wait_ms: int) -> tuple[list[ItemRow], bool]:
        """What ended beyond ``after``, waited for where there is nothing yet; and whether that is the last of it."""
        job = self._resolve(job)
        items = self._jobs.results(job, after, limit)
        if not items and wait_ms and self._jobs.get(job).state is JobState.OPEN:
            self._runner.wait(
                lambda: bool(self._jobs.results(job, after, 1)) or self._jobs.get(job).state is not JobState.OPEN,
                min(wait_ms, MAX_WAIT_MS) / 1000,
            )
            items = self._jobs.results(job, after, limit)
        ended = self._jobs.get(job).state is not JobState.OPEN
        return items, ended and not self._jobs.results(job, _last(items, after), 1)

    def failures(self, job: str) -> tuple[Failure, ...]:
        """Why photos of a run failed: one entry a cause and what to do about it, that of most photos first.

        Raises NotFound.
        """
        found: dict[tuple[str, str], list[FailedPhoto]] = {}
        for path, told in self._jobs.failed(self._jobs.get(self._resolve(job)).id):
            error = ErrorResult.model_validate_json(told)
            photo = FailedPhoto(uri=to_uri(path), path=shown(path), message=error.message)
            found.setdefault((error.code, error.hint), []).append(photo)
        causes = sorted(found.items(), key=lambda cause: -len(cause[1]))
        return tuple(
            Failure(code=code, hint=hint, count=len(photos), photos=tuple(photos[:SHOWN]))
            for (code, hint), photos in causes
        )

    def cancel(self, job: str, photos: Sequence[Path] = ()) -> JobStatus:
        """Stop a run, or single photos of it. What was written stays written and can be undone."""
        row = self._jobs.get(self._resolve(job))
        if row.state in (JobState.OPEN, JobState.PAUSED):
            self._runner.cancel(row.id, self._jobs.open_items(row.id, photos) if photos else None)
        return self._status(self._jobs.get(row.id))

    def resume(self, job: str = "last", *, now: bool = False) -> JobStatus:
        """Go on with a run: what failed or was cancelled is tried again; nothing that is stored is asked again. With
        ``now`` it does not wait for quiet hours to end, nor for the plug."""
        job = self._resolve(job)
        self._jobs.get(job)
        self._runner.resume(job, anyway=now)
        return self._status(self._jobs.get(job))

    def _resolve(self, job: str) -> str:
        if job != "last":
            return job
        recent = self._jobs.recent(1)
        if not recent:
            raise NotFound("There is no run yet.")
        return recent[0].id

    def _status(self, row: JobRow) -> JobStatus:
        counts = self._jobs.counts(row.id)
        total = sum(counts.values())
        left = sum(count for stage, count in counts.items() if not stage.final)
        request = json.loads(row.request)
        is_open = row.state is JobState.OPEN
        rate = self._runner.rate(row.id) if is_open else None
        return JobStatus(
            job=row.id,
            kind=row.kind,
            state=row.state,
            model=row.model,
            **_asked(row),
            write=row.kind == "undo" or bool(request.get("write")) or request.get("apply") == "host",
            total=total,
            done=counts.get(Stage.DONE, 0),
            skipped=counts.get(Stage.SKIPPED, 0),
            failed=counts.get(Stage.FAILED, 0),
            cancelled=counts.get(Stage.CANCELLED, 0),
            rate=rate,
            seconds_left=left / rate if rate else None,
            created=row.created,
            error=None if row.error is None else ErrorResult.model_validate_json(row.error),
            absent=_absent(self._runner.absent(row.id)) if is_open else (),
            waiting=self._runner.waiting(row.id) if is_open else None,
            cluster=request.get("address") if row.kind in LOOKING else None,
        )

    def _listed(self, row: JobRow, status: JobStatus) -> ListedRun:
        """A run as it stands in a list of runs."""
        folder = self._folder(row.id)
        return ListedRun(
            **status.model_dump(),
            folder=None if folder is None else shown(folder),
            uri=None if folder is None else to_uri(folder),
            undoable=row.state is not JobState.OPEN and row.kind != "undo" and self._wrote(row.id),
        )

    def _folder(self, job: str) -> Path | None:
        """The deepest folder that has all photos of a run; None of a run without photos, or on two drives."""
        ends = self._tools.jobs.span(job)
        with suppress(ValueError):  # Windows: another drive has another root
            return None if ends is None else Path(os.path.commonpath([path.parent for path in ends]))
        return None

    def _wrote(self, job: str) -> bool:
        tools = self._tools
        return tools.journal.wrote(job) or tools.host_writes.host_of(job) is not None or tools.provenance.took(job)


def _asked(row: JobRow) -> dict[str, str | None]:
    """By which guides and which template a tagging run asks."""
    if row.kind != "tag":
        return {}
    options = RunOptions.model_validate_json(row.request)
    return {"style": RunStyles(options).label, "prompt": prompt_label(options)}


def _absent(causes: Sequence[Cause]) -> tuple[Absent, ...]:
    return tuple(Absent(code=one.code, message=one.message, hint=one.hint, photos=one.photos) for one in causes)


def _standing(status: JobStatus) -> tuple[object, ...]:
    return status.state, _ended(status), status.waiting, tuple((one.code, one.message) for one in status.absent)


def _ended(status: JobStatus) -> int:
    return status.done + status.skipped + status.failed + status.cancelled


def _last(page: Sequence[ItemRow], after: int) -> int:
    return (page[-1].finished if page else None) or after
