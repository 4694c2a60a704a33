"""What the adapters of Capture One and darktable call: ``host captureone CMD``, ``host darktable CMD``.

Photos come in files that the host wrote, never on the command line. Answers go to standard output, or whole to --out.
What fails says one line of what happened and one of what helps on standard error, and nothing on standard output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.review import open_for_host
from bridge.cli.text_files import answering, give, taken
from bridge.home import ensure_home
from bridge.hosts import text_apply, text_cull, text_host, text_search
from bridge.hosts.captureone import CAPTURE_ONE
from bridge.hosts.dialect import Dialect
from bridge.hosts.records import Photo, confirmations, keyword_tree, line, photos
from bridge.hosts.text_host import TextHost
from bridge.rpc.client import connect_or_start
from bridge.vocabulary import Term, Vocabulary, captureone
from bridge.words import key

DIALECTS = {"captureone": CAPTURE_ONE, "darktable": Dialect(ids_repeat=True)}
MAX_WAIT = 20.0

Said = Annotated[Path, typer.Argument(help="The file that the host wrote; it is removed.")]
Tree = Annotated[Path | None, typer.Option(help="A file with the host's keywords; it is removed.")]
Out = Annotated[Path | None, typer.Option(help="Answer into this file.")]
Undo = Annotated[bool, typer.Option("--undo", help="Of taking the run back.")]


def submit(
    context: typer.Context, want: str, said: Said, tree: Tree = None, session: str | None = None, out: Out = None
) -> None:
    """Hand photos over. Prints the run."""
    with answering(out) as answer, _host(context) as host:
        told, host = _photos(host, said, tree)
        answer.append(line(text_host.submit(host, want, told, session)))


def poll(
    context: typer.Context,
    job: str,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for one more photo.")] = 0.0,
    out: Out = None,
) -> None:
    """Where a run stands: state, ended, total, failed, seconds left, message, hint."""
    with answering(out) as answer, _host(context) as host:
        answer.append(text_host.poll(host, job, min(wait, MAX_WAIT)))


def ended(
    context: typer.Context,
    job: str,
    after: int,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 500,
    out: Out = None,
) -> None:
    """The photos that ended since AFTER."""
    with answering(out) as answer, _host(context) as host:
        answer += text_host.ended(host, job, after, limit)


def results(
    context: typer.Context,
    job: str,
    said: Said,
    tree: Tree = None,
    undo: Undo = False,
    grouped: Annotated[bool, typer.Option("--grouped", help="All operations of a keyword together.")] = False,
    library: Annotated[Path | None, typer.Option(help="Write the keywords that the tree lacks here.")] = None,
    out: Out = None,
) -> None:
    """What the host has to do to these photos, against what it says of them now."""
    with answering(out) as answer, _host(context) as host:
        told, host = _photos(host, said, tree)
        plans = text_apply.plan(host, job, told, undo=undo)
        answer += text_apply.operations(host, plans, grouped=grouped)
        if library is not None:
            give(_library(text_apply.missing(host, plans)), library)


def confirm(context: typer.Context, job: str, said: Said, undo: Undo = False, out: Out = None) -> None:
    """What the host did of its plans."""
    with answering(out) as answer, _host(context) as host:
        answer.append(text_apply.confirm(host, job, confirmations(taken(said, b"plan=")), undo=undo))


def cancel(context: typer.Context, job: str, out: Out = None) -> None:
    """Stop a run. What was applied stays."""
    with answering(out) as answer, _host(context) as host:
        text_host.cancel(host, job)
        answer.append(line("cancelled"))


def undo(context: typer.Context, out: Out = None) -> None:
    """The newest run of this host that wrote, and its photos."""
    with answering(out) as answer, _host(context) as host:
        answer += text_host.undo(host)


def summary(context: typer.Context, job: str, undo: Undo = False, out: Out = None) -> None:
    """The end of a run, for a person."""
    with answering(out) as answer, _host(context) as host:
        answer += (f"{told}\n" for told in text_apply.summary(host, job, undo=undo))


def proxies(context: typer.Context, said: Said, out: Out = None) -> None:
    """The photos that the host has to render for the daemon."""
    with answering(out) as answer, _host(context) as host:
        answer += text_host.proxies(host, _photos(host, said)[0])


def search(
    context: typer.Context,
    said: Annotated[Path, typer.Argument(help="What is looked for; the file is removed.")],
    among: Annotated[Path | None, typer.Option(help="The photos among which it is looked for; removed.")] = None,
    out: Out = None,
) -> None:
    """Find photos by a text or by another photo, best first."""
    with answering(out) as answer, _host(context) as host:
        asked, told = taken(said, b"most="), None if among is None else taken(among, b"path=")
        there = None if told is None else photos(told, host.dialect) if told else []
        answer += text_search.found(host, text_search.wish(asked), there)


def keyword(
    context: typer.Context,
    said: Said,
    word: Annotated[Path, typer.Option(help="A file with the keyword; it is removed.")],
    tree: Tree = None,
    session: str | None = None,
    out: Out = None,
) -> None:
    """Give photos a keyword that a person says. Prints the run."""
    with answering(out) as answer, _host(context) as host:
        asked = taken(word, b"keyword=")
        told, host = _photos(host, said, tree)
        answer.append(line(text_search.keyword(host, text_search.word(asked), told, session)))


def presets(context: typer.Context, out: Out = None) -> None:
    """The presets of culling: preset, name, what it is for."""
    with answering(out) as answer, _host(context) as host:
        answer += text_cull.presets(host)


def cull(
    context: typer.Context,
    said: Said,
    preset: Annotated[str, typer.Option(help="What they are judged as; presets lists them.")] = "default",
    session: str | None = None,
    out: Out = None,
) -> None:
    """Have photos judged. Nothing is set. Prints the run."""
    with answering(out) as answer, _host(context) as host:
        answer.append(line(text_cull.cull(host, _photos(host, said)[0], preset, session)))


def verdict(context: typer.Context, job: str, out: Out = None) -> None:
    """How many photos of a cull that has ended are to be picked, rejected, neither; then text for a person."""
    with answering(out) as answer, _host(context) as host:
        answer += text_cull.verdict(host, job)


def flag(
    context: typer.Context,
    job: str,
    how: Annotated[str | None, typer.Option("--as", help="pick, label or rating; else the host's own way.")] = None,
    out: Out = None,
) -> None:
    """Have what a cull says set. Prints the run, and its photos."""
    with answering(out) as answer, _host(context) as host:
        answer += text_cull.flag(host, job, how)


def review(context: typer.Context, out: Out = None) -> None:
    """Open the review page in the person's browser."""
    with answering(out) as answer, _host(context) as host:
        open_for_host(host.call)
        answer.append(line("opened"))


def settings(context: typer.Context, out: Out = None) -> None:
    """The settings as they are: name and value."""
    with answering(out) as answer, _host(context) as host:
        answer += text_host.settings(host)


def change(context: typer.Context, name: str, value: str, out: Out = None) -> None:
    """Change one setting. Prints its name, its value from now on, and when that is."""
    with answering(out) as answer, _host(context) as host:
        answer.append(text_host.change(host, name, value))


def library(context: typer.Context, out: Out = None) -> None:
    """The keywords of the last runs, as programs import them."""
    with answering(out) as answer, _host(context) as host:
        answer.append(_library(text_host.words(host)))


def _library(words: Iterable[tuple[str, ...]]) -> str:
    return captureone.format(Vocabulary(map(Term, sorted(words, key=key))))


COMMANDS = (
    *(submit, poll, ended, results, confirm, cancel, undo, summary),
    *(search, keyword, proxies, presets, cull, verdict, flag, review, settings, change, library),
)


def register(host: typer.Typer) -> None:
    for name in DIALECTS:
        commands = typer.Typer(help=f"What the {name} adapter calls.", no_args_is_help=True)
        commands.callback()(_named(name))
        for command in COMMANDS:
            commands.command(command.__name__)(command)
        host.add_typer(commands, name=name)


def _named(name: str) -> Callable[[typer.Context], None]:
    def note(context: typer.Context) -> None:
        context.obj = name

    return note


@contextmanager
def _host(context: typer.Context) -> Iterator[TextHost]:
    """The host that calls. The daemon is asked, and started where none runs, when it is first needed."""
    home = ensure_home()
    with ExitStack() as stack:
        client = cache(lambda: stack.enter_context(connect_or_start(home)))
        yield TextHost(
            name=context.obj,
            dialect=DIALECTS[context.obj],
            home=home,
            call=lambda method, **params: client().call(method, **params),
            put=lambda name, data: client().put_proxy(name, data),
        )


def _photos(host: TextHost, said: Path, tree: Path | None = None) -> tuple[list[Photo], TextHost]:
    """What a host wrote of its photos, and the host with its keyword tree; both files are gone afterwards."""
    # Both are taken before either is looked at.
    told, words = taken(said, b"path="), b"" if tree is None else taken(tree, b"")
    dialect = host.dialect.with_tree(keyword_tree(words))
    return photos(told, dialect), replace(host, dialect=dialect)
