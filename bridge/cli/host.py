"""``host NAME …``: what the adapters call."""

from __future__ import annotations

import typer


def register(app: typer.Typer, name: str | None = None) -> None:
    """Of all adapters, or of one: a host may start us once a photo, and waits meanwhile."""
    host = typer.Typer(help="What the adapters call.", no_args_is_help=True)
    if name in (None, "digikam"):
        from bridge.cli import host_digikam

        host_digikam.register(host)
    if name != "digikam":
        from bridge.cli import host_text

        host_text.register(host)
    app.add_typer(host, name="host", hidden=True)
