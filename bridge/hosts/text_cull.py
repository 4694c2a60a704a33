"""A host that speaks the text protocol culls: photos are judged, a person sees the sum, and what they want of it is set
by a run like any other."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bridge.hosts.daemon import Call, batches, cull_results
from bridge.hosts.records import Photo, line
from bridge.hosts.tally import Tally
from bridge.hosts.text_host import TextHost, item, path_of

STOPPED = (
    "The run ended before all photos were judged. Choose the action again: what was measured is not measured twice."
)


def presets(host: TextHost) -> Iterator[str]:
    """Name of each preset, and what it is for."""
    for preset in host.call("cull.presets")["presets"]:
        yield line("preset", preset["name"], preset["about"])


def cull(host: TextHost, photos: Sequence[Photo], preset: str, session: str | None) -> str:
    """Have photos judged, all in one run, since they are compared with one another. Returns the run."""
    session = session or f"{host.name} {uuid.uuid4()}"
    job = ""
    for batch in batches(photos):
        items = [item(host, photo) for photo in batch]
        job = str(host.call("cull.run", items=items, preset=preset, session=session)["job"])
    return job


def verdict(host: TextHost, job: str) -> Iterator[str]:
    """How many are to be picked, to be rejected and neither, and what a person is told of it."""
    status = host.call("jobs.status", job=job)
    if status["state"] == "done":
        summary = host.call("cull.summary", job=job)
        yield line("counts", summary["picked"], summary["rejected"], summary["undecided"])
        yield from (line("said", text) for text in told(summary, status, cull_results(host.call, job)))
    else:
        error = status["error"] or {}
        yield line("counts", 0, 0, 0)
        yield line("said", f"{error['message']} {error['hint']}".strip() if error else STOPPED)
    yield line("done", status["total"])


def told(summary: dict[str, Any], status: dict[str, Any], results: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The sum of a run for a person, line by line."""
    yield f"{summary['picked']} to pick, {summary['rejected']} to reject, {summary['undecided']} undecided"
    reasons = Counter(reason["code"] for one in results if one["pick"] < 0 for reason in one["reasons"])
    if reasons:
        counts = (f"{code.replace('_', ' ')} {count}" for code, count in reasons.most_common())
        yield f"To reject for: {', '.join(counts)}"
    if status["failed"]:
        yield f"{status['failed']} could not be judged"


def flag(host: TextHost, job: str, how: str | None) -> Iterator[str]:
    """Have what a run says set as ``how`` (pick, label or rating; none: the program's own way): the run that does so,
    and its photos, for which the host then asks."""
    started = flag_run(host.call, job, how, host=host.name, apply="host")
    Tally.of(host.home, host.name, started).tidy()
    yield line("run", started)
    chosen = [one for one in cull_results(host.call, job) if one["pick"]]
    for one in chosen:
        yield line("photo", host.dialect.id_in(one["id"]), path_of(one["uri"]))
    yield line("done", len(chosen))


def flag_run(call: Call, job: str, how: str | None, **options: Any) -> str:
    return str(call("cull.flag", job=job, flags=how, session=str(uuid.uuid4()), **options)["job"])
