"""``photo-bridge passes``: the folders that runs went through, and with what."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from bridge.cli.output import print_json, say
from bridge.home import ensure_home
from bridge.rpc.client import connect_or_start


def register(app: typer.Typer) -> None:
    app.command("passes")(passes)


def passes(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a pass.")] = False) -> None:
    """Show which folders were tagged by which model, prompt, style and vocabulary.

    A run that would mix another model into such a folder is refused, unless you say --allow-mixed.
    """
    with connect_or_start(ensure_home()) as client:
        found = client.call("passes.list")
    for one in found:
        if as_json:
            print_json(one)
        else:
            _show(one)
    if not found and not as_json:
        say("No folder has a pass yet: photo-bridge tag FOLDER --write begins one.")


def _show(one: dict[str, Any]) -> None:
    what = {"all": "keywords and captions"}.get(one["want"], one["want"])
    say(f"{one['folder']}{'  (with subfolders)' if one['recursive'] else ''}")
    say(f"    {'model:':<12}{one['model']}  ({one['weights'][:8]})")
    for name in ("prompt", "style", "vocabulary"):
        if one[name]:
            policy = f", {one['policy']}" if name == "vocabulary" else ""
            say(f"    {name + ':':<12}{one[name]}{policy}")
    when = f"{_day(one['started'])} to {_day(one['latest'])}{', at work' if one['state'] == 'open' else ''}"
    say(f"    {'written:':<12}{what} of {one['photos']} photos, {when}")


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))
