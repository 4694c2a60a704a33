"""What installing and uninstalling did, a line a file."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.cli.output import say
from bridge.hosts.launch import Change


def show_changes(changes: Iterable[Change]) -> None:
    for change in changes:
        say(f"{'removed' if change.after is None else 'written'}: {change.path}")
