"""Following a run from the terminal: its results as they come, a progress bar, Ctrl-C that cancels."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bridge.cli.output import EXIT_DONE, EXIT_SOME_FAILED, complain, errors_console, note
from bridge.errors import DaemonUnreachable
from bridge.rpc.client import Client, RemoteError

WAIT_MS = 5_000
SETTLE_SECONDS = 10.0


def follow(client: Client, job: str, show: Callable[[dict[str, Any]], None]) -> int:
    """Show every result of a run until it has ended. Returns the exit code. Ctrl-C cancels the run.

    Raises DaemonUnreachable, with the command that goes on, where the daemon ends meanwhile.
    """
    try:
        return _follow(client, job, show)
    except KeyboardInterrupt:
        cancel(client, job)
        note(f"Cancelled. To go on: photo-bridge resume {job}")
        return EXIT_SOME_FAILED
    except DaemonUnreachable as error:
        raise DaemonUnreachable(
            "The daemon ended while this run was at work.",
            hint=f"What is finished stays finished. To go on: photo-bridge resume {job}",
        ) from error


def cancel(client: Client, job: str) -> dict[str, Any]:
    """Cancel a run and wait a moment for the photos under way, so that the sum that is told is the last one.

    Returns the run's status.
    """
    status: dict[str, Any] = client.call("jobs.cancel", job=job)
    deadline = time.monotonic() + SETTLE_SECONDS
    while status["state"] == "open" and time.monotonic() < deadline:
        status = client.call("jobs.status", job=status["job"], wait_ms=1_000)
    return status


def _follow(client: Client, job: str, show: Callable[[dict[str, Any]], None]) -> int:
    after, held = 0, ""
    with progress_bar() as bar:
        task = bar.add_task("photos", total=None, rate="")
        while True:
            found = client.call("jobs.results", job=job, after=after, wait_ms=WAIT_MS)
            for result in found["results"]:
                show(result)
            after = found["next"]
            status = client.call("jobs.status", job=job)
            rate = f"{status['rate']:.1f}/s" if status["rate"] else ""
            waits = status["waiting"] or {"code": "", "message": "photos"}
            bar.update(
                task, total=status["total"], completed=ended(status), rate=rate, description=escape(waits["message"])
            )
            if waits["code"] not in ("", held):
                _say_once(bar, waits)
            held = waits["code"]
            if found["ended"]:
                break
    if status["error"] is not None:
        complain(RemoteError(**status["error"]))
        return EXIT_SOME_FAILED
    return EXIT_SOME_FAILED if status["failed"] or status["cancelled"] else EXIT_DONE


def _say_once(bar: Progress, waits: dict[str, Any]) -> None:
    """Where there is no bar to say it, a line as the waiting begins; what to do about it is told either way."""
    told = waits["hint"] if bar.console.is_interactive else f"{waits['message']} {waits['hint']}"
    bar.console.print(told.strip(), markup=False, highlight=False, soft_wrap=True)
    bar.refresh()


def progress_bar() -> Progress:
    """On standard error, so that ``--json`` stays clean; shown only on a terminal."""
    console = errors_console()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_interactive,
        transient=True,
        # Rich prints what goes to standard output above the bar, on the bar's stream: only where that is the same
        # terminal. A file or a pipe must get it.
        redirect_stdout=sys.stdout.isatty(),
    )


def ended(status: dict[str, Any]) -> int:
    return sum(int(status[name]) for name in ("done", "skipped", "failed", "cancelled"))
