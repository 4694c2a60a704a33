"""``photo-bridge vocabulary``: the photographer's own keyword lists. They are sent as text, never as a path."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.files import whole
from bridge.cli.flags import AsJson
from bridge.cli.output import note, print_json, say
from bridge.errors import InvalidParams, Refused
from bridge.home import ensure_home
from bridge.hosts.digikam_tags import DATABASE, tag_list
from bridge.paths import to_uri, visible
from bridge.rpc.client import connect_or_start
from bridge.vocabulary.formats import FORMATS, decoded

MAX_BYTES = 20 * 2**20
Kind = Annotated[str | None, typer.Option("--format", metavar="KIND", help=f"One of {', '.join(FORMATS)}.")]
Named = Annotated[str | None, typer.Option("--name", help="A vocabulary's name. [default: the one in use]")]
Name = Annotated[str, typer.Argument(help="A vocabulary's name.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Your own keyword lists, with synonyms.", no_args_is_help=True)
    group.command("import")(import_)
    group.command("list")(list_)
    for command in (export, show, use, remove, learn, match, queue, accept, refuse, undo):
        group.command(command.__name__)(command)
    app.add_typer(group, name="vocabulary")


def import_(
    file: Annotated[Path, typer.Argument(help="A keyword list, or digiKam's digikam4.db.", show_default=False)],
    name: Annotated[str | None, typer.Option(help="What to call it. [default: as the file]")] = None,
    format: Kind = None,
    use: Annotated[
        bool | None, typer.Option("--use/--no-use", help="For runs that name none. [default: if it is the first]")
    ] = None,
    json_lines: AsJson = False,
) -> None:
    """Keep a keyword list: Lightroom's, Capture One's, digiKam's tags, or a word a line."""
    text, kind = read_list(file)
    with connect_or_start(ensure_home()) as client:
        told = client.call(
            "vocabulary.import",
            text=text,
            name=name or file.stem.strip() or "vocabulary",
            format=format or kind,
            use=use,
        )
    if json_lines:
        print_json(told)
    else:
        show_kept(told)


def read_list(file: Path) -> tuple[str, str | None]:
    """The text of a file, and its kind where that is sure. Raises InvalidParams, VocabularyInvalid."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidParams(f"{file} cannot be read: {error.strerror}.", hint="Name a text file.") from error
    if data.startswith(DATABASE):
        return tag_list(file), "digikam"
    if len(data) > MAX_BYTES:
        raise InvalidParams(f"{file} is larger than {MAX_BYTES >> 20} MB.", hint="Name a list of keywords.")
    return decoded(data), None


def export(
    name: Name,
    format: Kind = None,
    out: Annotated[Path | None, typer.Option(help="Into this file. [default: show it]")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over the file.")] = False,
) -> None:
    """Give a keyword list back, as it was imported or as another kind of list."""
    with connect_or_start(ensure_home()) as client:
        told = client.call("vocabulary.export", name=name, format=format)
    data = told["text"].encode()
    if out is None:
        # Not through say: line ends and tabs are part of the list. What else a list from elsewhere holds is shown as
        # text on a terminal, and given as it is to whatever reads a pipe.
        sys.stdout.flush()
        sys.stdout.buffer.write(visible(told["text"], keep="\r\n\t").encode() if sys.stdout.isatty() else data)
        sys.stdout.buffer.flush()
    else:
        if out.exists() and not force:
            raise Refused(f"{out} is there already.", hint="Name another file, or add --force.")
        with whole(out) as file:
            file.write(data)
    for loss in told["losses"]:
        note(f"Not in a {told['format']} list: {loss}")


def list_(json_lines: AsJson = False) -> None:
    """Show which keyword lists there are. A star marks the one for runs that name none."""
    with connect_or_start(ensure_home()) as client:
        known = client.call("vocabulary.list")
    if not known and not json_lines:
        say("no vocabulary yet: photo-bridge vocabulary import FILE")
    for info in known:
        if json_lines:
            print_json(info)
        else:
            day = time.strftime("%Y-%m-%d", time.localtime(info["stored"]))
            star = "*" if info["active"] else " "
            say(f"{star} {info['name']}: {info['terms']} keywords, {info['format']}, {day}")


def show(name: Name) -> None:
    """Show a keyword list, a keyword a line with its synonyms."""
    with connect_or_start(ensure_home()) as client:
        for line in client.call("vocabulary.export", name=name, format="plain")["text"].splitlines():
            say(line)


def use(
    name: Annotated[str | None, typer.Argument(help="A vocabulary's name.", show_default=False)] = None,
    none: Annotated[bool, typer.Option("--none", help="Use none.")] = False,
) -> None:
    """Choose the keyword list for runs that name none."""
    if (name is None) is not none:
        raise InvalidParams("Name a vocabulary, or say --none.", hint="photo-bridge vocabulary list shows them.")
    with connect_or_start(ensure_home()) as client:
        client.call("vocabulary.use", name=name)


def remove(name: Name) -> None:
    """Forget a keyword list. What was written with it stays."""
    with connect_or_start(ensure_home()) as client:
        client.call("vocabulary.remove", name=name)


def learn(
    paths: Annotated[list[Path], typer.Argument(help="Photos and folders.", show_default=False)],
    name: Annotated[str | None, typer.Option(help="Keep them under this name. [default: only show them]")] = None,
    at_least: Annotated[int, typer.Option(min=1, help="Photos that have a keyword.")] = 1,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all their subfolders.")] = False,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Names or paths to leave out.")] = None,
    json_lines: AsJson = False,
) -> None:
    """Count the keywords that you gave to photos, and make a list of them."""
    with connect_or_start(ensure_home()) as client:
        told = client.call(
            "vocabulary.learn",
            uris=[to_uri(path) for path in paths],
            recursive=recursive,
            exclude=exclude or [],
            at_least=at_least,
            name=name,
        )
    if json_lines:
        print_json(told)
        return
    for word in told["words"]:
        say(f"{word['photos']:>7}  {'|'.join(word['path'])}")
    failed = f", {told['unreadable']} more could not be read" if told["unreadable"] else ""
    say(f"{len(told['words'])} keywords in {told['photos']} photos{failed}")
    if told["kept"] is not None:
        show_kept(told["kept"])


def match(
    words: Annotated[list[str], typer.Argument(help="What a model says of one photo.", show_default=False)],
    name: Named = None,
) -> None:
    """Show what a run would write for words, and why."""
    with connect_or_start(ensure_home()) as client:
        for found in client.call("vocabulary.match", words=words, name=name)["keywords"]:
            say(f"{found['word']} -> {'|'.join(found['path'])}  ({found['reason']}, {found['score']:.2f})")


def queue(name: Named = None, json_lines: AsJson = False) -> None:
    """Show the words that runs with --vocab-policy suggest met and the list lacks."""
    with connect_or_start(ensure_home()) as client:
        told = client.call("vocabulary.queue", name=name)
    for word in told["words"]:
        if json_lines:
            print_json(word)
        else:
            say(f"{word['photos']:>7}  {word['word']}")
    if not json_lines:
        say(f"{told['name']}: {len(told['words'])} words wait.  photo-bridge vocabulary accept|refuse WORD")


def accept(
    word: Annotated[str, typer.Argument(help="A word of the queue, or any other.", show_default=False)],
    path: Annotated[str | None, typer.Option("--as", metavar="A|B", help="Where it goes, and its name there.")] = None,
    name: Named = None,
) -> None:
    """Take a word into the list. The next run writes it."""
    with connect_or_start(ensure_home()) as client:
        levels = [] if path is None else path.split("|")
        show_kept(client.call("vocabulary.accept", word=word, path=levels, name=name))


def refuse(
    word: Annotated[str, typer.Argument(help="A word of the queue.", show_default=False)], name: Named = None
) -> None:
    """Never suggest a word again."""
    with connect_or_start(ensure_home()) as client:
        client.call("vocabulary.refuse", word=word, name=name)


def undo(name: Named = None) -> None:
    """Take back the latest change of the list: a word taken in or refused, an edit of the review page, an import."""
    with connect_or_start(ensure_home()) as client:
        told = client.call("vocabulary.undo_edit", name=name)
    say(f"{told['name']}, {told['terms']} keywords: taken back: {told['told']}")


def show_kept(told: dict[str, Any]) -> None:
    words = ", ".join(told["words"]) + (" …" if told["terms"] > len(told["words"]) else "")
    say(f"{told['name']}: {told['terms']} keywords from {FORMATS[told['format']].title}: {words}")
    if told["active"]:
        say("Runs that name no vocabulary take it; photo-bridge vocabulary use --none ends that.")
