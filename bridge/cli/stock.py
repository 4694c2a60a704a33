"""``photo-bridge stock``: photos as a table that a stock agency takes."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.output import EXIT_DONE, EXIT_SOME_FAILED, note, say
from bridge.cli.tables import save_csv
from bridge.errors import InvalidParams
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import connect_or_start
from bridge.stock import AGENCIES

JOB = re.compile(r"\d{8}-\d{6}-[0-9a-f]+")


class Agencies(StrEnum):
    ADOBE = "adobe"
    SHUTTERSTOCK = "shutterstock"
    ALAMY = "alamy"
    GENERIC = "generic"


def register(app: typer.Typer) -> None:
    app.command("stock")(stock)


def stock(
    what: Annotated[
        list[str], typer.Argument(metavar="JOB|last|PATHS", help="A run, or photos and folders.", show_default=False)
    ],
    agency: Annotated[Agencies, typer.Option(help="Whose columns and limits.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The table that is made.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Write over the file.")] = False,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all their subfolders.")] = False,
) -> None:
    """Write photos with ordered keywords into a CSV file for a stock agency.

    It has what the photos say now, your own words first, and what the run proposed, written or not. Photos that the
    agency would refuse are named with what they lack, and are not in the file.
    """
    with connect_or_start(ensure_home()) as client:
        told = client.call("stock.export", agency=agency.value, recursive=recursive, **_of(what))
    if told["rows"]:
        save_csv(out, told["columns"], told["rows"], force=force)
    for photo in told["lacking"]:
        say(f"{photo['path']}: {'; '.join(photo['lacks'])}")
    for said in told["notes"]:
        note(f"note: {said}")
    left = f", {len(told['lacking'])} not" if told["lacking"] else ""
    say(f"{len(told['rows'])} photos in {out} for {AGENCIES[told['agency']].title}{left}")
    raise typer.Exit(EXIT_SOME_FAILED if told["lacking"] else EXIT_DONE)


def _of(what: list[str]) -> dict[str, Any]:
    """A run by its name, or files. Raises InvalidParams."""
    runs = [name for name in what if (name == "last" or JOB.fullmatch(name)) and not Path(name).exists()]
    if not runs:
        return {"uris": [to_uri(Path(name)) for name in what]}
    if len(what) > 1:
        raise InvalidParams("A list is made of one run, or of photos.", hint="Name one run, or photos and folders.")
    return {"job": runs[0]}
