"""``photo-bridge models`` and ``photo-bridge bench``: which models there are, more of them, and how fast they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.flags import AsJson
from bridge.cli.follow_task import follow_task
from bridge.cli.output import (
    EXIT_DONE,
    EXIT_SOME_FAILED,
    duration,
    print_json,
    say,
)
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import connect_or_start


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
