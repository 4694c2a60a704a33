"""What a run said of its photos."""

from __future__ import annotations

from pathlib import Path

from bridge.codec import from_json
from bridge.jobs.request import PhotoResult
from bridge.store import JobTable, Stage


def done_results(jobs: JobTable, job: str) -> dict[Path, PhotoResult]:
    """The results of a run's photos that are done, in the order in which they ended."""
    found: dict[Path, PhotoResult] = {}
    after = 0
    while page := jobs.results(job, after, 1000):
        after = page[-1].finished or after
        found |= {
            item.path: from_json(PhotoResult, item.result)
            for item in page
            if item.stage is Stage.DONE and item.result is not None
        }
    return found
