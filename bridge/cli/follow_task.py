"""Following a task from the terminal, such as a download or a measurement: a progress bar, Ctrl-C that ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bridge.cli.output import EXIT_SOME_FAILED, complain, errors_console, note, print_json, size
from bridge.rpc.client import Client, RemoteError

WAIT_MS = 2_000
Show = Callable[[dict[str, Any], bool], None]
"""(what a task found, whether as JSON)."""
LICENCES = {
    "clip": "MIT (the openai weights)",
    "blip2": "MIT, and that of Meta's OPT for the language part (not for commercial use)",
}


def follow_task(
    client: Client,
    task: dict[str, Any],
    name: str,
    *,
    json_lines: bool,
    download: bool = False,
    show: Show = lambda *_: None,
) -> dict[str, Any]:
    """Show how a task goes until it has ended; Ctrl-C ends it. Returns its last state."""
    shown = 0
    try:
        with _bar(download=download) as bar:
            line = bar.add_task(name, total=None, what="")
            while True:
                task = client.call("tasks.status", task=task["task"], seen=task["seen"], wait_ms=WAIT_MS)
                bar.update(line, completed=task["done"], total=task["total"], what=task["what"])
                for result in task["results"][shown:]:
                    show(result, json_lines)
                shown = len(task["results"])
                if json_lines and download:
                    print_json({name: task[name] for name in ("name", "state", "done", "total", "what")})
                if task["state"] == "waiting":
                    bar.stop()
                    _ask(client, task, name)
                    bar.start()
                elif task["state"] != "running":
                    break
    except (KeyboardInterrupt, typer.Abort):
        client.call("tasks.cancel", task=task["task"])
        note("Ended. What has arrived is kept." if download else "Ended.")
        raise typer.Exit(EXIT_SOME_FAILED) from None
    if task["error"] is not None:
        complain(RemoteError(**task["error"]))
    return task


def _ask(client: Client, task: dict[str, Any], name: str) -> None:
    licence = LICENCES.get(name)
    told = f" Licence of the weights: {licence}." if licence else ""
    if task["total"] is None:
        what = f"{task['what']}; models with vision have 2 to 20 GB"
    else:
        what = f"{size(task['total'] - task['done'])} are to be downloaded"
    if typer.confirm(f"{name}: {what}.{told} Go on?", err=True):
        client.call("tasks.confirm", task=task["task"])
    else:
        client.call("tasks.cancel", task=task["task"])


def _bar(*, download: bool) -> Progress:
    console = errors_console()
    amount = DownloadColumn() if download else MofNCompleteColumn()
    return Progress(
        *(
            TextColumn("{task.description}"),
            BarColumn(),
            amount,
            TimeRemainingColumn(),
            TextColumn("{task.fields[what]}"),
        ),
        console=console,
        disable=not console.is_interactive,
        transient=True,
    )
