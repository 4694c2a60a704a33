"""``photo-bridge index``, ``index-status``, ``index-rebuild``, ``index-move``: what search can find."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.flags import AsJson
from bridge.cli.follow import follow
from bridge.cli.follow_task import follow_task
from bridge.cli.output import EXIT_DONE, EXIT_SOME_FAILED, note, print_json, say, size
from bridge.cli.telling import counts, show_result
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import connect_or_start


class Engine(StrEnum):
    FAISS = "faiss"
    QDRANT = "qdrant"


def register(app: typer.Typer) -> None:
    app.command("index")(index)
    app.command("index-status")(index_status)
    app.command("index-rebuild")(index_rebuild)
    app.command("index-move")(index_move)


def index(
    paths: Annotated[list[Path], typer.Argument(help="Photos and folders.", show_default=False)],
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all their subfolders.")] = False,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Names or paths to leave out.")] = None,
    wait: Annotated[bool, typer.Option("--wait/--detach", help="Wait until all of them are done.")] = True,
    json_lines: AsJson = False,
) -> None:
    """Look at photos so that photo-bridge search finds them. No photo is changed.

    What is indexed already and has not changed is passed over. Photos that you tag on this machine are indexed by that.
    """
    with connect_or_start(ensure_home()) as client:
        submitted = client.call(
            "index.add", uris=[to_uri(path) for path in paths], recursive=recursive, exclude=exclude or []
        )
        code = EXIT_DONE
        if wait:
            code = follow(client, submitted["job"], print_json if json_lines else _show_failed)
        status = client.call("jobs.status", job=submitted["job"])
    if json_lines:
        if not wait:
            print_json(status)
    elif wait:
        say(f"{status['job']}  {status['model']}: {counts(status) or 'nothing done'}")
    else:
        say(f"{submitted['photos']} photos are being indexed. To see how far it is: photo-bridge index-status")
    raise typer.Exit(code)


def _show_failed(result: dict[str, Any]) -> None:
    if result["status"] == "failed":
        show_result(result)


def index_status(
    paths: Annotated[list[Path] | None, typer.Argument(help="Folders. [default: all]", show_default=False)] = None,
    json_lines: AsJson = False,
) -> None:
    """Show how much of the library can be found, and by which model."""
    with connect_or_start(ensure_home()) as client:
        status = client.call("index.status", uris=[to_uri(path) for path in paths or []])
    if json_lines:
        print_json(status)
        return
    say(f"{status['indexed']:,} of {status['photos']:,} photos can be found ({status['coverage']:.0%})")
    for count, what in ((status["missing"], "are not there any more"), (status["offline"], "are on drives elsewhere")):
        if count:
            say(f"{count:,} {what}")
    if status["engine"] == "qdrant":
        say(f"The index is kept by Qdrant, {status['server'] or 'embedded in our folder'}")
    for model in status["models"]:
        role = " answers," if model["answers"] else ""
        role += " gets new photos," if model["wanted"] else ""
        say(f"{model['title']}:{role} {model['photos']:,} photos, {size(model['bytes'])}, {model['kind']}")
        if model["trouble"]:
            say(f"  {model['trouble']}")
    if status["job"]:
        say(f"A run is at work: photo-bridge resume {status['job']} shows it")


def index_rebuild(json_lines: AsJson = False) -> None:
    """Build the index anew from the vectors; the old one answers until the new one is there. Seldom needed."""
    with connect_or_start(ensure_home()) as client:
        task = follow_task(client, client.call("index.rebuild"), "index", json_lines=json_lines)
    done = task["state"] == "done"
    if json_lines:
        print_json({"state": task["state"]})
    elif done:
        say("The index is built anew.")
    raise typer.Exit(EXIT_DONE if done else EXIT_SOME_FAILED)


def index_move(
    to: Annotated[Engine, typer.Option(help="faiss: in this program. qdrant: where qdrant_url says.")],
    json_lines: AsJson = False,
) -> None:
    """Have the index kept by Qdrant or by faiss. The old one answers until the new one is whole; then it goes."""
    left: list[str] = []
    with connect_or_start(ensure_home()) as client:
        begun = client.call("index.move", to=to.value)
        task = follow_task(
            client, begun, "index", json_lines=json_lines, show=lambda told, _: left.append(told["left"])
        )
    done = task["state"] == "done"
    if json_lines:
        print_json({"state": task["state"], "left": left})
    elif done:
        say(f"The index is kept by {to.value} now.")
        for told in left:
            note(told)
    raise typer.Exit(EXIT_DONE if done else EXIT_SOME_FAILED)
