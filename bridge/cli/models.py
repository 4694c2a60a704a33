"""``photo-bridge models`` and ``photo-bridge bench``: which models there are, more of them, and how fast they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bridge.cli.flags import AsJson
from bridge.cli.output import (
    EXIT_DONE,
    EXIT_SOME_FAILED,
    complain,
    duration,
    errors_console,
    note,
    print_json,
    say,
    size,
)
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import Client, RemoteError, connect_or_start

WAIT_MS = 2_000
Show = Callable[[dict[str, Any], bool], None]
"""(what a task found, whether as JSON)."""
LICENCES = {
    "clip": "MIT (the openai weights)",
    "blip2": "MIT, and that of Meta's OPT for the language part (not for commercial use)",
}


def register(app: typer.Typer) -> None:
    models = typer.Typer(help="Models on this machine.", no_args_is_help=True)
    models.command("list")(models_list)
    models.command("pull")(models_pull)
    app.add_typer(models, name="models")
    app.command("bench")(bench)


def models_list(json_lines: AsJson = False) -> None:
    """List the models and whether they are ready."""
    with connect_or_start(ensure_home()) as client:
        for model in client.call("models.list"):
            if json_lines:
                print_json(model)
            else:
                _show_model(model)


def models_pull(
    name: Annotated[str, typer.Argument(help="clip, blip2, or a model of Ollama such as llava:13b.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, however large it is.")] = False,
    json_lines: AsJson = False,
) -> None:
    """Bring a model to this machine. This is the only command that downloads anything."""
    with connect_or_start(ensure_home()) as client:
        task = client.call("models.pull", name=name, yes=yes)
        task = follow_task(client, task, name, json_lines=json_lines, download=True)
    if task["state"] == "done" and not json_lines:
        say(f"{name} is here. To use it: photo-bridge tag PHOTOS --model {name}")
    raise typer.Exit(EXIT_DONE if task["state"] == "done" else EXIT_SOME_FAILED)


def bench(
    paths: Annotated[list[Path], typer.Argument(help="Photos and folders.", show_default=False)],
    model: Annotated[list[str] | None, typer.Option(help="One or more. [default: every model that is ready]")] = None,
    photos: Annotated[int, typer.Option(min=2, max=500, help="How many of the photos are asked about.")] = 20,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all their subfolders.")] = False,
    json_lines: AsJson = False,
) -> None:
    """Measure how fast models are on this machine, on some of your photos. Nothing is written."""
    with connect_or_start(ensure_home()) as client:
        uris = [to_uri(path) for path in paths]
        task = client.call("bench.run", uris=uris, models=model or [], photos=photos, recursive=recursive)
        task = follow_task(client, task, "bench", json_lines=json_lines, show=_show)
    raise typer.Exit(EXIT_DONE if task["state"] == "done" else EXIT_SOME_FAILED)


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


def _show(result: dict[str, Any], json_lines: bool) -> None:
    if json_lines:
        print_json(result)
        return
    if "error" in result:
        say(f"{result['model']}: {result['error']['message']}")
        say(f"    {result['error']['hint']}")
        return
    answer, forecast = result["answer_s"], result["forecast"]
    say(result["model"])
    say(f"    {'speed:':<12}{result['seconds_a_photo']:.2f} s a photo, {result['at_once']} at once")
    say(f"    {'forecast:':<12}{duration(forecast['seconds'])} for {forecast['photos']:,} photos")
    spread = f"{answer['median']:.2f} s (of ten, one under {answer['p10']:.2f} and one over {answer['p90']:.2f})"
    say(f"    {'one answer:':<12}{spread}")
    failed = f", {result['failed']} of {result['photos']} photos failed" if result["failed"] else ""
    say(f"    {'keywords:':<12}{result['keywords_a_photo']:.1f} a photo{failed}")
    say(f"    {'start:':<12}{result['load_s']:.1f} s until the first answer")


def _show_model(model: dict[str, Any]) -> None:
    speed = f"  {model['seconds_a_photo']:.2f} s a photo here" if model["seconds_a_photo"] else ""
    say(f"{model['name']:<32} {model['state']:<20} {', '.join(model['capabilities'])}{speed}")
    if model["hint"]:
        say(f"    {model['hint']}")
