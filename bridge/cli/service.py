"""``service``: a daemon that starts when you log in. Works without a daemon."""

from __future__ import annotations

from pathlib import Path

import typer

from bridge import autostart
from bridge.cli.changes import show_changes
from bridge.cli.daemon import stop
from bridge.cli.flags import AsJson
from bridge.cli.output import EXIT_DONE, EXIT_SOME_FAILED, print_json, say
from bridge.home import ensure_home, home_folder
from bridge.hosts.launch import command_line
from bridge.rpc.daemonfile import read_info


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Have the daemon start when you log in.", no_args_is_help=True)
    for name, command in (("install", install), ("status", status), ("uninstall", uninstall)):
        group.command(name)(command)
    app.add_typer(group, name="service")


def install() -> None:
    """Start the daemon at every login from now on, and now. One that runs is ended first; its runs go on after."""
    home = ensure_home()
    recipe = recipe_of(home)
    autostart.reach(recipe)
    if read_info(home) is not None:
        stop()
    show_changes(autostart.put_in(home, recipe))
    say(f"The daemon starts when you log in, by {recipe.system}, and has been started now.")


def uninstall() -> None:
    """Take exactly that out again and end the daemon. Commands start one when they need it."""
    home = ensure_home()
    recipe = recipe_of(home)
    now = autostart.standing(home, recipe)
    if not (now.noted or now.known):
        say("The service was not installed.")
        return
    autostart.reach(recipe)
    if read_info(home) is not None:
        stop()
    show_changes(autostart.take_out(home, recipe))
    say("The daemon no longer starts when you log in.")


def status(json_lines: AsJson = False) -> None:
    """Say whether the daemon starts when you log in, and whether it runs now."""
    home = ensure_home()
    recipe = recipe_of(home)
    now, info = autostart.standing(home, recipe), read_info(home)
    good = now.noted and now.current and now.known
    if json_lines:
        print_json(
            {
                "system": recipe.system,
                "file": str(recipe.file),
                "installed": now.noted,
                "current": now.current,
                "starts_at_login": now.known,
                "process": None if info is None else info.pid,
            }
        )
    else:
        say(f"{'ok ' if good else '-- '} service: {_told(recipe, now)}")
        say(f"{'ok ' if info else '-- '} daemon: {f'process {info.pid}' if info else 'not running'}")
    raise typer.Exit(EXIT_DONE if good else EXIT_SOME_FAILED)


def _told(recipe: autostart.Recipe, now: autostart.Standing) -> str:
    if not (now.noted or now.known):
        return "not installed; photo-bridge service install"
    if not now.current:
        return f"{recipe.file} is not current; photo-bridge service install"
    if not now.known:
        return f"{recipe.system} does not know it, or has it disabled; photo-bridge service install"
    return f"starts when you log in, by {recipe.system}: {recipe.file}"


def recipe_of(home: Path) -> autostart.Recipe:
    """How this system starts this installation's daemon on this state folder."""
    folder = [] if home == home_folder({}) else ["--home", str(home)]
    return autostart.recipe(home, [*command_line(), "serve", *folder])
