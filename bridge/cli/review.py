"""``review``: open the review page in the person's browser."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from typing import Annotated, Any

import typer

from bridge.cli.output import say
from bridge.errors import NotAvailable
from bridge.home import ensure_home
from bridge.rpc.client import Client, connect_or_start


def register(app: typer.Typer) -> None:
    app.command("review")(review)


def review(
    job: Annotated[str | None, typer.Option(help="A run's name, or last; none = the list of runs.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print where the page is.")] = False,
) -> None:
    """Look at what will be written, decide, apply, undo: a page in your browser, served by your own machine."""
    with connect_or_start(ensure_home()) as client:
        opened = open_page(client, "" if job is None else f"/review/{job}", browser=None if no_browser else show)
    say(f"the review page: {opened['path']}")
    say(f"Open that file within {opened['expires_s']:.0f} seconds; it works once.")
    say(f"A browser that may not read it takes this code on http://127.0.0.1:{client.info.port}/ instead:")
    say(opened["code"])


def open_page(client: Client, view: str, *, browser: Callable[[str], bool] | None) -> dict[str, Any]:
    """What ``review.open`` answers. ``browser`` is shown the file's URI."""
    opened: dict[str, Any] = client.call("review.open", view=view)
    if browser is not None and not browser(opened["uri"]):
        say("No browser could be started.")
    return opened


def open_for_host(call: Callable[..., Any]) -> None:
    """What a photo program's menu item does. ``call(method)`` asks the daemon.

    Raises NotAvailable, with the file to open, where no browser could be started.
    """
    opened = call("review.open")
    if not show(opened["uri"]):
        raise NotAvailable(
            "No browser could be started.",
            hint=f"Open this file in one within {opened['expires_s']:.0f} seconds: {opened['path']}",
        )


def show(uri: str) -> bool:
    """Whether a browser was started. Only a local file is named on its command line: the code is inside it."""
    return webbrowser.open(uri)
