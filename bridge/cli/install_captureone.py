"""``install captureone`` and ``uninstall captureone``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge import __version__
from bridge.cli.changes import show_changes
from bridge.cli.output import say
from bridge.home import ensure_home
from bridge.hosts import captureone
from bridge.hosts.launch import carry_out
from bridge.paths import absolute


def register(install: typer.Typer, uninstall: typer.Typer) -> None:
    install.command("captureone")(install_captureone)
    uninstall.command("captureone")(uninstall_captureone)


def install_captureone(
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", help="Put the scripts there, as text, instead.")
    ] = None,
) -> None:
    """Put the actions into Capture One's Scripts menu (macOS)."""
    place = captureone.menu_place() if to is None else captureone.source_place(absolute(to))
    changes = captureone.plan_install(ensure_home(), place, __version__)
    carry_out(changes)
    show_changes(changes)
    if not changes:
        say("The Capture One adapter was in place already; nothing was changed.")
        return
    say("The Capture One adapter is in place.")
    if to is None:
        say("To see the actions: in Capture One's Scripts menu, choose Update Scripts Menu.")


def uninstall_captureone() -> None:
    """Take exactly that out again. What is written in your photos and catalogues stays."""
    changes = captureone.plan_uninstall(ensure_home())
    carry_out(changes)
    show_changes(changes)
    say("The Capture One adapter is gone." if changes else "The Capture One adapter was not installed.")
