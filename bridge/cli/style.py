"""``photo-bridge style``: style guides, and which folder has which. They are sent as text, never as a path."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.flags import AsJson
from bridge.cli.output import print_json, say
from bridge.cli.tag_options import read_text
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import connect_or_start

Name = Annotated[str, typer.Argument(help="A style guide's name.")]
Folder = Annotated[Path, typer.Option(help="A folder: it and all below it.", show_default=False)]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Style guides: what you want said of your photos, and how.", no_args_is_help=True)
    group.command("list")(list_)
    for command in (show, add, remove, use, unuse, folders):
        group.command(command.__name__)(command)
    app.add_typer(group, name="style")


def list_(json_lines: AsJson = False) -> None:
    """Show which style guides there are."""
    with connect_or_start(ensure_home()) as client:
        for info in client.call("style.list"):
            if json_lines:
                print_json(info)
            else:
                say(f"{info['label']}{'  comes with the program' if info['shipped'] else ''}")


def show(name: Name) -> None:
    """Show a style guide, to read it or to begin one of your own."""
    with connect_or_start(ensure_home()) as client:
        for line in client.call("style.show", name=name)["text"].splitlines():
            say(line)


def add(
    file: Annotated[Path, typer.Argument(help="A text file (docs/styles.md).", show_default=False)],
    name: Annotated[str | None, typer.Option(help="What to call it. [default: as the file]")] = None,
) -> None:
    """Keep a style guide of your own, in place of the one that has the name."""
    text = read_text(file)
    with connect_or_start(ensure_home()) as client:
        say(f"{client.call('style.add', text=text, name=name or file.stem)['label']} is kept")


def remove(name: Name) -> None:
    """Forget a style guide. What was written with it stays."""
    with connect_or_start(ensure_home()) as client:
        client.call("style.remove", name=name)


def use(name: Name, folder: Folder) -> None:
    """Tag the photos of a folder, and of those below it, by this guide; the nearest folder above a photo counts."""
    with connect_or_start(ensure_home()) as client:
        client.call("style.use", name=name, uri=to_uri(folder))


def unuse(folder: Folder) -> None:
    """Take the guide of a folder away."""
    with connect_or_start(ensure_home()) as client:
        client.call("style.unuse", uri=to_uri(folder))


def folders(json_lines: AsJson = False) -> None:
    """Show which folders have a style guide."""
    with connect_or_start(ensure_home()) as client:
        told = client.call("style.folders")
    if not told and not json_lines:
        say("no folder has one: photo-bridge style use NAME --folder PATH")
    for one in told:
        if json_lines:
            print_json(one)
        else:
            say(f"{one['folder']}: {one['label']}")
