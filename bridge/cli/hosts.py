"""The photographer's programs: ``install`` and ``uninstall``. Both work without a daemon."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bridge import __version__
from bridge.cli import install_captureone, install_darktable, install_lightroom
from bridge.cli.changes import show_changes
from bridge.cli.output import say
from bridge.home import ensure_home
from bridge.hosts import digikam
from bridge.hosts.digikam_config import reading
from bridge.hosts.launch import carry_out, read

QUESTION = (
    'digiKam does not reread files that another program changed: "Rescan file when files are modified" is off.',
    "With it on, digiKam shows our tags by itself: it adds the tags of a changed file to its own, and takes the file's",
    "caption and rating where the file has one. With it off, you reread by hand.",
)
CAREFUL = (
    'CAREFUL: "Clean up the metadata from the database when rescan files" is on. Tags, captions and ratings that you',
    "never saved to the files would be forgotten with the next run. Save them to the files first.",
)


def register(app: typer.Typer) -> None:
    install = typer.Typer(help="Put photo-bridge into a photo program.", no_args_is_help=True)
    install.command("digikam")(install_digikam)
    install.callback()(lambda: None)
    uninstall = typer.Typer(help="Take photo-bridge out of a photo program.", no_args_is_help=True)
    uninstall.command("digikam")(uninstall_digikam)
    uninstall.callback()(lambda: None)
    install_captureone.register(install, uninstall)
    install_darktable.register(install, uninstall)
    install_lightroom.register(install, uninstall)
    app.add_typer(install, name="install")
    app.add_typer(uninstall, name="uninstall")


def install_digikam(
    rescan: Annotated[
        bool | None,
        typer.Option(
            "--rescan/--no-rescan", help="Switch on that digiKam rereads files that changed.", show_default=False
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: switch it on.")] = False,
) -> None:
    """Put the workflows AI Keywords and AI Captions and eight "Open With" entries into digiKam. Close digiKam first."""
    home, where = ensure_home(), digikam.places()
    digikam.refuse_running()
    now = reading(read(where.rc))
    switch = rescan if rescan is not None else yes
    if rescan is None and not yes and not now.rescan and where.rc.exists() and sys.stdin.isatty():
        for told in QUESTION + (CAREFUL if now.clears else ()):
            say(told)
        switch = typer.confirm("Switch it on?", err=True)
    changes = digikam.plan_install(home, where, __version__, rescan=switch)
    carry_out(changes)
    show_changes(changes)
    say(
        "The digiKam adapter is in place."
        if changes
        else "The digiKam adapter was in place already; nothing was changed."
    )
    now = reading(read(where.rc))
    if not now.rescan:
        say("To see the tags after a run: select the album, then Album > Reread Metadata From Files.")
    if not now.sidecars:
        say("Camera RAW gets sidecars. To let digiKam read them: Settings > Configure digiKam > Metadata > Sidecars >")
        say("Read from sidecar files.")


def uninstall_digikam() -> None:
    """Take exactly that out again. Tags in your photos stay. Close digiKam first."""
    digikam.refuse_running()
    changes = digikam.plan_uninstall(ensure_home(), digikam.places())
    carry_out(changes)
    show_changes(changes)
    say("The digiKam adapter is gone." if changes else "The digiKam adapter was not installed.")
