"""``photo-bridge search`` and ``similar``: photos by what they show, and a keyword for what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.flags import AsJson
from bridge.cli.follow import follow
from bridge.cli.output import EXIT_DONE, EXIT_SOME_FAILED, note, print_json, say
from bridge.cli.telling import close, show_result
from bridge.errors import InvalidParams
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import Client, connect_or_start

Many = Annotated[int, typer.Option("-k", "--count", min=1, max=1000, help="How many at most.")]
Filters = Annotated[
    list[str] | None,
    typer.Option("--filter", metavar="NAME=VALUE", help="As in people=2, rating=4+, since=2024-05-01, folder=PATH."),
]
Chosen = Annotated[
    str | None, typer.Option("--keyword", metavar="WORD", help="Add this keyword to what is found; A|B: B beneath A.")
]
Write = Annotated[bool, typer.Option("--write/--dry-run", help="Write the keyword, or only show the plan.")]
Offset = Annotated[int, typer.Option(min=0, help="Pass over so many results: the next page.")]
Without = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="What it shall not show.")]


def register(app: typer.Typer) -> None:
    app.command("search")(search)
    app.command("similar")(similar)


def search(
    texts: Annotated[list[str] | None, typer.Argument(help="What the photos show.", show_default=False)] = None,
    k: Many = 20,
    filters: Filters = None,
    without: Without = None,
    like: Annotated[Path | None, typer.Option(metavar="PHOTO", help="Like this photo, but with TEXTS.")] = None,
    plain: Annotated[
        list[str] | None, typer.Option(metavar="PHRASE", help="Words of the text that are no filter.")
    ] = None,
    no_phrases: Annotated[bool, typer.Option("--no-phrases", help="No words of the text become filters.")] = False,
    offset: Offset = 0,
    keyword: Chosen = None,
    write: Write = False,
    json_lines: AsJson = False,
) -> None:
    """Find photos by saying what is in them: photo-bridge search "golden-hour beach shots with two people".

    What can be found was tagged or indexed before (photo-bridge index FOLDER). Nothing leaves this machine.
    """
    _find(
        json_lines=json_lines,
        keyword=keyword,
        write=write,
        texts=texts or [],
        without=without or [],
        like=None if like is None else to_uri(like),
        k=k,
        offset=offset,
        filters=_filters(filters),
        plain=plain or [],
        phrases=not no_phrases,
    )


def similar(
    photo: Annotated[Path, typer.Argument(help="A photo, indexed or not.", show_default=False)],
    k: Many = 20,
    filters: Filters = None,
    but: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="Like it, but with this.")] = None,
    without: Without = None,
    offset: Offset = 0,
    keyword: Chosen = None,
    write: Write = False,
    json_lines: AsJson = False,
) -> None:
    """Find photos that look like one."""
    _find(
        json_lines=json_lines,
        keyword=keyword,
        write=write,
        like=to_uri(photo),
        texts=but or [],
        without=without or [],
        k=k,
        offset=offset,
        filters=_filters(filters),
        phrases=False,
    )


def _filters(filters: list[str] | None) -> list[str]:
    """With folders made absolute: the daemon stands elsewhere."""
    told = []
    for text in filters or []:
        name, equals, value = text.partition("=")
        told.append(f"folder={Path(value).absolute()}" if equals and name.strip() == "folder" else text)
    return told


def _find(*, json_lines: bool, keyword: str | None, write: bool, **question: Any) -> None:
    if write and keyword is None:
        raise InvalidParams("There is nothing to write.", hint="Name the keyword: --keyword WORD --write")
    with connect_or_start(ensure_home()) as client:
        found = client.call("search.photos", **question)
        if json_lines:
            print_json(found)
        else:
            _show(found, question)
        code = EXIT_DONE
        if keyword is not None:
            code = _add(client, keyword, found, write=write, json_lines=json_lines)
    raise typer.Exit(code)


def _show(found: dict[str, Any], question: dict[str, Any]) -> None:
    for at, result in enumerate(found["results"], question["offset"] + 1):
        gone = "" if result["there"] else "  (not there now)"
        say(f"{at:>4}  {result['score']:.2f}  {result['path']}{gone}")
        if result["why"]:
            say(f"            {', '.join(result['why'])}")
    for applied in found["filters"]:
        if applied["phrase"]:
            say(
                f"“{applied['phrase']}” was taken for {applied['name']}={applied['value']}; to look for the words: "
                f'--plain "{applied["phrase"]}"'
            )
    shown = len(found["results"])
    more = "" if found["next"] is None else f" To see more: --offset {found['next']}"
    say(
        f"{shown} of {found['total']} in {found['ms']:.0f} ms, {found['coverage']:.0%} indexed, by "
        f"{found['model_title']}.{more}"
    )
    for warning in found["warnings"]:
        note(f"note: {warning}")


def _add(client: Client, keyword: str, found: dict[str, Any], *, write: bool, json_lines: bool) -> int:
    uris = [result["uri"] for result in found["results"] if result["there"]]
    if not uris:
        note("There is no photo to add the keyword to.")
        return EXIT_SOME_FAILED
    submitted = client.call("photos.keyword", keyword=keyword, uris=uris, write=write)
    code = follow(client, submitted["job"], print_json if json_lines else show_result)
    if not json_lines:
        close(client.call("jobs.status", job=submitted["job"]))
    return code
