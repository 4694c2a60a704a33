"""A whole daemon in this process, without its socket, around a tagger of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.compose import Models, build
from bridge.errors import ModelMissing
from bridge.jobs.request import PhotoResult
from bridge.service import JobStatus, Service
from bridge.settings import Settings
from bridge.taggers import Choice, pull_model
from bridge.taggers.contract import Tagger

WAIT_MS = 20_000


@contextmanager
def service_around(home: Path, tagger: Tagger, *others: Tagger, settings: Settings | None = None) -> Iterator[Service]:
    """A service whose models these are; the first is chosen where none is named. What is pulled, is pulled as
    ``settings`` say."""
    known = {one.name: one for one in (tagger, *others)}

    def choose(name: str, _: Settings, __: str) -> Choice:
        if name not in ("auto", *known):
            raise ModelMissing(f"There is no model named {name}.")
        return Choice(tagger.name if name == "auto" else name, "It is the only one.")

    models = Models(
        choose=choose,
        make=lambda name, *_: known[name],
        list=lambda _: [
            {"name": name, "state": "ready", "message": "", "hint": "", "capabilities": ["keywords"]} for name in known
        ],
        pull=pull_model,
    )
    daemon = build(home, settings or Settings(port=0), models)
    try:
        yield daemon.service
    finally:
        daemon.close()


def finish(service: Service, job: str) -> JobStatus:
    """Wait until a run has ended, or waits for a person."""
    status = service.job(job)
    while status.state == "open":
        status = service.job(job, WAIT_MS)
    return status


def results(service: Service, job: str) -> dict[str, PhotoResult]:
    """Every result of a run that has ended, by file name."""
    finish(service, job)
    return {Path(result.path).name: result for result in service.results(job, limit=1000).results}
