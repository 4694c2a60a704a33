"""``install lightroom`` and ``uninstall lightroom``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge import __version__
from bridge.cli.changes import show_changes
from bridge.cli.output import say
from bridge.home import ensure_home, home_folder
from bridge.hosts import lightroom
from bridge.hosts.launch import carry_out
from bridge.paths import absolute


def register(install: typer.Typer, uninstall: typer.Typer) -> None:
    install.command("lightroom")(install_lightroom)
    uninstall.command("lightroom")(uninstall_lightroom)


def install_lightroom(
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", help="Put the plug-in there instead; you add it yourself.")
    ] = None,
) -> None:
    """Put the plug-in where Lightroom Classic loads it by itself (macOS, Windows)."""
    folder = lightroom.modules() if to is None else absolute(to)
    changes = lightroom.plan_install(ensure_home(), home_folder({}), folder, __version__)
    carry_out(changes)
    lightroom.tidy(changes)
    if not changes:
        say("The Lightroom plug-in was in place already; nothing was changed.")
        return
    say(f"The Lightroom plug-in is in place: {folder / lightroom.PLUGIN}")
    if to is None:
        say("Start Lightroom Classic again. The actions are in Library > Plug-in Extras and File > Plug-in Extras.")
    else:
        say("In Lightroom Classic: File > Plug-in Manager > Add, and choose that folder.")


def uninstall_lightroom() -> None:
    """Take exactly that out again. What is written in your catalogues and photos stays."""
    changes = lightroom.plan_uninstall(ensure_home())
    carry_out(changes)
    lightroom.tidy(changes)
    show_changes(changes)
    say("The Lightroom plug-in is gone." if changes else "The Lightroom plug-in was not installed.")
