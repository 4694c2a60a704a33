"""The command line: ``photo-bridge``. Commands talk to the daemon and start it when it is not running."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import typer

from bridge import __version__
from bridge.cli import host
from bridge.cli.output import EXIT_SOME_FAILED, complain, exit_code
from bridge.errors import BridgeError


def commands(words: Sequence[str]) -> typer.Typer:
    """All commands; of ``host …`` those alone, since an adapter may start us once a photo."""
    app = typer.Typer(
        name="photo-bridge",
        help="Keywords and captions for your photos, by models on your own machine. Nothing leaves it.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(invoke_without_command=True)(root)
    if words[:1] == ["host"] and len(words) > 1:
        host.register(app, words[1])
        return app
    from bridge.cli import (
        audit,
        cluster,
        cull,
        daemon,
        eval,
        faces,
        hosts,
        index,
        models,
        passes,
        provenance,
        review,
        rules,
        runs,
        search,
        service,
        stock,
        style,
        tag,
        vocabulary,
        watch,
    )

    tagging = (tag, watch, runs, review, passes, vocabulary, style, stock, provenance, rules)
    for group in (*tagging, cull, search, index, faces, eval, audit, models, daemon, service, cluster, hosts, host):
        group.register(app)
    return app


def root(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    if version:
        print(__version__)
        raise typer.Exit


def run() -> None:
    """The entry point: exit 0 all done, 1 some failed, 2 usage, 3 no daemon, 4 refused."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # Windows gives none to a program without a console, which the service is
            setattr(sys, name, open(os.devnull, "w"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a pipe of another encoding shows an escape for what it does not know, and nothing breaks.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        commands(sys.argv[1:])()
    except BridgeError as error:
        complain(error)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(EXIT_SOME_FAILED)
    except BrokenPipeError:
        # Whoever read our output has had enough (head): not an error, and nothing more to say on a closed pipe.
        sys.stderr.close()
        sys.exit(EXIT_SOME_FAILED)


if __name__ == "__main__":
    run()
