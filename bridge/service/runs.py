"""Of runs, beyond their counts: where their photos are, what failed and why, what can be undone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from bridge.jobs.request import ErrorResult
from bridge.jobs.tools import Tools
from bridge.paths import shown, to_uri
from bridge.service.replies import FailedPhoto, Failure, JobStatus, ListedRun
from bridge.store import JobRow, JobState

SHOWN = 50
"""Photos of one cause that are named; the others are counted."""


class RunService:
    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def listed(self, row: JobRow, status: JobStatus) -> ListedRun:
        """A run as it stands in a list of runs."""
        folder = self._folder(row.id)
        return ListedRun(
            **status.model_dump(),
            folder=None if folder is None else shown(folder),
            uri=None if folder is None else to_uri(folder),
            undoable=row.state is not JobState.OPEN and row.kind != "undo" and self._wrote(row.id),
        )

    def failures(self, job: str) -> tuple[Failure, ...]:
        """Why photos of a run failed: one entry a cause and what to do about it, that of most photos first.

        Raises NotFound.
        """
        found: dict[tuple[str, str], list[FailedPhoto]] = {}
        for path, told in self._tools.jobs.failed(self._tools.jobs.get(job).id):
            error = ErrorResult.model_validate_json(told)
            photo = FailedPhoto(uri=to_uri(path), path=shown(path), message=error.message)
            found.setdefault((error.code, error.hint), []).append(photo)
        causes = sorted(found.items(), key=lambda cause: -len(cause[1]))
        return tuple(
            Failure(code=code, hint=hint, count=len(photos), photos=tuple(photos[:SHOWN]))
            for (code, hint), photos in causes
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
