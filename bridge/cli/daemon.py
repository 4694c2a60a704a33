"""The daemon: ``serve``, ``stop``, ``status``, ``doctor``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.flags import AsJson
from bridge.cli.output import EXIT_DONE, EXIT_NO_DAEMON, EXIT_SOME_FAILED, print_json, say, size
from bridge.cli.runs import line
from bridge.errors import DaemonUnreachable
from bridge.home import ensure_home
from bridge.rpc.client import connect
from bridge.rpc.daemonfile import process_start, read_info
from bridge.settings import load_settings

STOP_SECONDS = 30.0


def register(app: typer.Typer) -> None:
    for command in (serve, stop, status, doctor):
        app.command(command.__name__)(command)


def serve(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Loopback port; 0 = any free one.")] = None,
    home: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The state folder; see PHOTO_BRIDGE_HOME.")
    ] = None,
) -> None:
    """Run the daemon in the foreground."""
    from bridge.daemon import run_daemon

    if home is not None:
        os.environ["PHOTO_BRIDGE_HOME"] = str(home)
    run_daemon(ensure_home(), load_settings(port=port), ready=lambda actual: say(f"ready 127.0.0.1:{actual}"))


def stop() -> None:
    """End the daemon. Open runs go on at its next start."""
    home = ensure_home()
    info = read_info(home)
    if info is None:
        say("no daemon is running")
        return
    with connect(home) as client:
        client.call("system.stop")
    deadline = time.monotonic() + STOP_SECONDS
    while process_start(info.pid) == info.started:
        if time.monotonic() > deadline:
            say(f"the daemon (process {info.pid}) is finishing its last photos")
            raise typer.Exit(EXIT_SOME_FAILED)
        time.sleep(0.05)
    say("stopped")


def status(json_lines: AsJson = False) -> None:
    """Say whether the daemon runs, what it is doing, and how large its files are."""
    try:
        client = connect(ensure_home())
    except DaemonUnreachable:
        if json_lines:
            print_json({"running": False})
        else:
            say("no daemon is running")
        raise typer.Exit(EXIT_NO_DAEMON) from None
    with client:
        health, store = client.call("system.health"), client.call("system.store")
        open_runs = [run for run in client.call("jobs.list", limit=100) if run["state"] in ("open", "paused")]
    if json_lines:
        print_json({"running": True, "port": client.info.port, **health, **store, "runs": open_runs})
        return
    say(f"photo-bridge {health['version']} on 127.0.0.1:{client.info.port}, process {health['pid']}")
    say(f"database {store['database']}: {size(store['database_bytes'])}")
    say(f"journal: {store['journal_entries']} writes can be undone, before-images {size(store['before_image_bytes'])}")
    for run in open_runs:
        say(line(run))


def doctor(json_lines: AsJson = False) -> None:
    """Check what this machine has and say what to do about what is missing. Works without a daemon."""
    from bridge.doctor import examine

    findings = examine(ensure_home(), load_settings())
    for finding in findings:
        if json_lines:
            print_json(finding)
            continue
        say(f"{'ok ' if finding['ok'] else '-- '} {finding['name']}: {finding['message']}")
        if finding["hint"]:
            say(f"      {finding['hint']}")
    needed = [finding for finding in findings if finding["needed"] and not finding["ok"]]
    raise typer.Exit(EXIT_SOME_FAILED if needed else EXIT_DONE)
