"""Runs: ``apply``, ``undo``, ``jobs``, ``cancel``, ``resume``, ``journal prune``, ``purge``."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli import follow
from bridge.cli.flags import AsJson
from bridge.cli.output import print_json, say
from bridge.cli.telling import close, counts, show_result
from bridge.errors import InvalidParams
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import connect_or_start

Job = Annotated[str, typer.Argument(help="A run's name, or last.")]


def register(app: typer.Typer) -> None:
    for command in (apply, undo, jobs, cancel, resume, purge):
        app.command(command.__name__)(command)
    journal = typer.Typer(help="The before-images that undo needs.", no_args_is_help=True)
    journal.command("prune")(prune)
    app.add_typer(journal, name="journal")


def apply(
    job: Job = "last",
    allow_mixed: Annotated[
        bool, typer.Option("--allow-mixed", help="Write where a pass of another model or style is.")
    ] = False,
    json_lines: AsJson = False,
) -> None:
    """Write what a dry run showed. No model is asked again."""
    with connect_or_start(ensure_home()) as client:
        submitted = client.call("metadata.apply", job=job, allow_mixed=allow_mixed)
        code = follow.follow(client, submitted["job"], print_json if json_lines else show_result)
        if not json_lines:
            close(client.call("jobs.status", job=submitted["job"]))
    raise typer.Exit(code)


def undo(
    job: Job = "last",
    photo: Annotated[Path | None, typer.Option(help="Only this photo of the run.")] = None,
    json_lines: AsJson = False,
) -> None:
    """Take back what a run wrote. What you or another program changed since stays."""
    with connect_or_start(ensure_home()) as client:
        target = {} if photo is None else {"uri": to_uri(photo)}
        submitted = client.call("metadata.undo", job=job, **target)
        show = print_json if json_lines else partial(show_result, changed="restored")
        code = follow.follow(client, submitted["job"], show)
        if not json_lines:
            close(client.call("jobs.status", job=submitted["job"]))
    raise typer.Exit(code)


def jobs(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20,
    json_lines: AsJson = False,
) -> None:
    """List runs, newest first."""
    with connect_or_start(ensure_home()) as client:
        for status in client.call("jobs.list", limit=limit):
            if json_lines:
                print_json(status)
            else:
                say(line(status))


def cancel(job: Job = "last", json_lines: AsJson = False) -> None:
    """Stop a run. What it wrote stays, and can be undone."""
    with connect_or_start(ensure_home()) as client:
        _tell(follow.cancel(client, job), json_lines)


def resume(
    job: Job = "last",
    now: Annotated[
        bool, typer.Option("--now", help="Do not wait for quiet hours to end, nor for the plug, in this run.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait/--detach", help="Show the results as they come.")] = True,
    json_lines: AsJson = False,
) -> None:
    """Go on with a run: what failed or was cancelled is tried again."""
    with connect_or_start(ensure_home()) as client:
        before = client.call("jobs.status", job=job)
        if before["state"] == "done" and not before["failed"] and not before["cancelled"]:
            _tell(before, json_lines)
            return
        status = client.call("jobs.resume", job=before["job"], now=now)
        if not wait:
            _tell(status, json_lines)
            return
        code = follow.follow(client, status["job"], print_json if json_lines else show_result)
        if not json_lines:
            close(client.call("jobs.status", job=status["job"]))
    raise typer.Exit(code)


def purge(
    journal: Annotated[bool, typer.Option("--journal", help="The journal too: nothing can be undone then.")] = False,
    index: Annotated[bool, typer.Option("--index", help="What search knows too: index your photos again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget ended runs and stored answers. No photo is touched."""
    parts = ["ended runs", "stored answers", *["the index of search"] * index, *["THE JOURNAL (no undo)"] * journal]
    what = f"{', '.join(parts[:-1])} {'AND' if journal else 'and'} {parts[-1]}"
    if not yes:
        typer.confirm(f"Forget {what}?", abort=True, err=True)
    with connect_or_start(ensure_home()) as client:
        gone = client.call("system.purge", journal=journal, index=index)
    photos = f", {gone['indexed']} photos of the index" if index else ""
    say(f"forgotten: {gone['jobs']} runs, {gone['answers']} answers, {gone['journal_entries']} journal entries{photos}")


def prune(older_than: Annotated[str, typer.Option(help="An age: 12h, 90d, 8w.")]) -> None:
    """Forget before-images older than an age; those writes can no longer be undone."""
    match = re.fullmatch(r"(\d+)([hdw])", older_than)
    if match is None:
        raise InvalidParams(f"{older_than} is no age.", hint="Say 12h, 90d or 8w.")
    seconds = int(match[1]) * {"h": 3600, "d": 86_400, "w": 604_800}[match[2]]
    with connect_or_start(ensure_home()) as client:
        say(f"{client.call('journal.prune', older_than_s=seconds)} entries forgotten")


def line(status: dict[str, Any]) -> str:
    """One run on one line."""
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(status["created"]))
    what = status["kind"] if status["kind"] != "tag" else "write" if status["write"] else "dry run"
    cause = status["error"] or status["waiting"]
    waits = f"  waits: {cause['message']}" if cause else ""
    style = f"  style: {status['style']}" if status["style"] else ""
    cluster = f"  on the cluster at {status['cluster']}" if status["cluster"] else ""
    return (
        f"{status['job']}  {when}  {status['state']:<9} {what:<7} "
        f"{follow.ended(status)}/{status['total']} {counts(status)}  {status['model'] or ''}{style}{cluster}{waits}"
    ).rstrip()


def _tell(status: dict[str, Any], json_lines: bool) -> None:
    if json_lines:
        print_json(status)
    else:
        say(line(status))
