"""``photo-bridge provenance``: what wrote each keyword and caption, and taking away what one model wrote."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bridge.cli.flags import AsJson
from bridge.cli.follow import follow
from bridge.cli.output import note, print_json, say
from bridge.cli.tables import save_csv, save_json
from bridge.cli.tag_options import day
from bridge.cli.telling import close, show_result
from bridge.errors import InvalidParams
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import Client, connect_or_start

PAGE = 5_000
COLUMNS = (
    *("path", "uri", "host", "field", "value", "model", "digest", "options", "score", "source", "word", "reason"),
    *("written", "job", "approved", "state", "there", "ended_by", "ended", "data_hash"),
)
STATES = {
    "standing": "",
    "undone": "undone by {}",
    "rejected": "you took it away",
    "yours": "yours now",
    "replaced": "replaced by {}",
    "removed": "removed by {}",
    "released": "removed by {}, but another run says it too",
}


class PathsOrCommand(TyperGroup):
    """What is no command of the group is a photo: ``provenance FOLDER``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["show", *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        cls=PathsOrCommand,
        help="What wrote each keyword and caption: photo-bridge provenance PATHS.",
        no_args_is_help=True,
    )
    for command in (show, export, remove):
        group.command(command.__name__)(command)
    app.add_typer(group, name="provenance")


def show(
    paths: Annotated[list[Path], typer.Argument(help="Photos and folders.", show_default=False)],
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all their subfolders.")] = False,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Names or paths to leave out.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Into a table.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over the file.")] = False,
    json_lines: AsJson = False,
) -> None:
    """Show what wrote each keyword and caption of photos."""
    with connect_or_start(ensure_home()) as client:
        photos = client.call(
            "provenance.get", uris=[to_uri(path) for path in paths], recursive=recursive, exclude=exclude or []
        )
    if csv is not None:
        lines = save_csv(csv, COLUMNS, (row(value) for photo in photos for value in photo["values"]), force=force)
        say(f"{lines} values of {len(photos)} photos: {csv}")
    for photo in photos if csv is None else ():
        if json_lines:
            print_json(photo)
        else:
            show_photo(photo)


def export(
    file: Annotated[Path, typer.Argument(help="The file that is made.", show_default=False)],
    format: Annotated[
        str | None, typer.Option("--format", metavar="csv|json", help="[default: as the file is named]")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Only what this model wrote.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only what was written since YYYY-MM-DD.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over the file.")] = False,
) -> None:
    """Write everything that was ever written into a table, or as JSON."""
    kind = format or file.suffix.removeprefix(".").lower()
    if kind not in ("csv", "json"):
        raise InvalidParams(f"{kind or 'Nothing'} is no format.", hint="Say --format csv or --format json.")
    start = None if since is None else day(since)
    with connect_or_start(ensure_home()) as client:
        values = everything(client, model, start)
        lines = (
            save_csv(file, COLUMNS, map(row, values), force=force)
            if kind == "csv"
            else save_json(file, values, force=force)
        )
    say(f"{lines} values: {file}")


def remove(
    model: Annotated[str, typer.Option(help="As photo-bridge models list names it.", show_default=False)],
    paths: Annotated[list[Path] | None, typer.Argument(help="[default: everywhere]", show_default=False)] = None,
    write: Annotated[bool, typer.Option("--write/--dry-run", help="Take it away, or only show the plan.")] = False,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all their subfolders.")] = False,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Names or paths to leave out.")] = None,
    json_lines: AsJson = False,
) -> None:
    """Take away every keyword and text that a model wrote, and that is still as it wrote it.

    Without --write nothing is changed. What you wrote or changed yourself stays, and photo-bridge undo brings all back.
    """
    with connect_or_start(ensure_home()) as client:
        told = client.call(
            "provenance.remove",
            model=model,
            uris=[to_uri(path) for path in paths or []],
            recursive=recursive,
            exclude=exclude or [],
            write=write,
        )
        code = follow(client, told["job"], print_json if json_lines else show_result)
        if not json_lines:
            close(client.call("jobs.status", job=told["job"]))
    for host in told["hosts"]:
        left = f"{host['title']} applied this model's words to {host['photos']} photos: they are left out."
        note(f"{left} Take the runs back there: {host['how']}")
    raise typer.Exit(code)


def everything(client: Client, model: str | None, since: str | None) -> Iterator[dict[str, Any]]:
    after, ended = 0, False
    while not ended:
        page = client.call("provenance.export", after=after, limit=PAGE, model=model, since=since)
        yield from page["values"]
        after, ended = page["next"], page["ended"]


def row(value: dict[str, Any]) -> list[Any]:
    """A value as a line of a table: times as a person reads them, and a spreadsheet."""
    told = {**value, **{name: _moment(value[name]) for name in ("written", "ended")}}
    return [told[name] for name in COLUMNS]


def show_photo(photo: dict[str, Any]) -> None:
    say(photo["path"])
    if not photo["values"]:
        say("    nothing was written by photo-bridge")
    for value in photo["values"]:
        say(f"    {line(value)}")


def line(value: dict[str, Any]) -> str:
    """One keyword or text, and where it comes from."""
    label = "" if value["field"] == "keyword" else f"{value['field'].replace('_', ' ')}: "
    score = "" if value["score"] is None else f" {value['score']:.2f}"
    said = f" (said “{value['word']}”, {value['reason']})" if value["word"] else ""
    source = f" by {value['source']}" if value["source"] not in ("", value["model"]) else ""
    who = "" if value["approved"] == "write" else f", confirmed by {value['approved']}"
    state = "not there any more" if value["there"] is False else STATES[value["state"]].format(value["ended_by"])
    return (
        f"{label}{value['value']}  {value['model']}{source}{score}{said}"
        f"  {_moment(value['written'])}  {value['job']}{who}{f'  [{state}]' if state else ''}"
    )


def _moment(when: float | None) -> str:
    return "" if when is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))
