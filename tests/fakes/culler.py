"""A run that flags photos as a test says, beside the runs of a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bridge.jobs.flagging import FlagWork
from bridge.jobs.request import RunOptions
from bridge.jobs.runner import Runner
from bridge.service import Service
from bridge.store import JobState, NewItem

SECONDS = 20.0


def flag(service: Service, picks: Mapping[Path, int | None], options: RunOptions, items: Sequence[NewItem] = ()) -> str:
    """Flag photos by their paths, to its end; returns the run. ``items``: the photos as a host names them."""
    tools = service._tools
    job = tools.jobs.create("flag", options.model_dump_json())
    photos = items or [NewItem(path) for path in picks]
    tools.jobs.add(job, [replace(photo, pick=picks[photo.path]) for photo in photos])
    runner = Runner(tools.jobs, lambda _: FlagWork(tools, options))
    try:
        runner.kick(job)
        assert runner.wait(lambda: tools.jobs.get(job).state is not JobState.OPEN, SECONDS)
    finally:
        runner.stop()
    return job
