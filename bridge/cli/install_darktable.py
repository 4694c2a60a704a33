"""``install darktable`` and ``uninstall darktable``."""

from __future__ import annotations

import typer

from bridge import __version__
from bridge.cli.changes import show_changes
from bridge.cli.output import say
from bridge.home import ensure_home
from bridge.hosts import darktable
from bridge.hosts.launch import carry_out


def register(install: typer.Typer, uninstall: typer.Typer) -> None:
    install.command("darktable")(put_in)
    uninstall.command("darktable")(take_out)


def put_in() -> None:
    """Put buttons and shortcuts for AI keywords and captions into darktable (4.2 or later)."""
    changes = darktable.plan_install(ensure_home(), darktable.places(), __version__)
    carry_out(changes)
    show_changes(changes)
    if not changes:
        say("The darktable adapter was in place already; nothing was changed.")
        return
    say("The darktable adapter is in place. If darktable is running, close it and start it again.")
    say('The buttons are in lighttable, on the right, in the module "actions on selection" (in darktable 4.2 it is')
    say('called "selected image[s]").')


def take_out() -> None:
    """Take exactly that out again. Tags of your photos stay."""
    where = darktable.places()
    changes = darktable.plan_uninstall(ensure_home(), where)
    carry_out(changes)
    darktable.sweep(where)
    show_changes(changes)
    say("The darktable adapter is gone." if changes else "The darktable adapter was not installed.")
