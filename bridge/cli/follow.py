"""Following a run from the terminal: its results as they come, a progress bar, Ctrl-C that cancels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bridge.cli.output import EXIT_DONE, EXIT_SOME_FAILED, complain, errors_console
from bridge.rpc.client import Client, RemoteError

WAIT_MS = 5_000


def follow(client: Client, job: str, show: Callable[[dict[str, Any]], None]) -> int:
    """Show every result of a run until it has ended. Returns the exit code. Ctrl-C cancels the run."""
    try:
        return _follow(client, job, show)
    except KeyboardInterrupt:
        client.call("jobs.cancel", job=job)
        errors_console().print(
            f"Cancelled. What was written stays: photo-bridge undo {job} takes it back, resume {job} goes on."
        )
        return EXIT_SOME_FAILED


def _follow(client: Client, job: str, show: Callable[[dict[str, Any]], None]) -> int:
    after = 0
    with progress_bar() as bar:
        task = bar.add_task("photos", total=None, rate="")
        while True:
            found = client.call("jobs.results", job=job, after=after, wait_ms=WAIT_MS)
            for result in found["results"]:
                show(result)
            after = found["next"]
            status = client.call("jobs.status", job=job)
            rate = f"{status['rate']:.1f}/s" if status["rate"] else ""
            bar.update(task, total=status["total"], completed=ended(status), rate=rate)
            if found["ended"]:
                break
    if status["error"] is not None:
        complain(RemoteError(**status["error"]))
        return EXIT_SOME_FAILED
    return EXIT_SOME_FAILED if status["failed"] or status["cancelled"] else EXIT_DONE


def progress_bar() -> Progress:
    """On standard error, so that ``--json`` stays clean; shown only on a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=errors_console(),
        transient=True,
    )


def ended(status: dict[str, Any]) -> int:
    return sum(int(status[name]) for name in ("done", "skipped", "failed", "cancelled"))
