"""digiKam's tags as the keyword tree of a run: words of ours take their places and spelling in it."""

from __future__ import annotations

import time
from pathlib import Path

from bridge.errors import NotAvailable
from bridge.home import private
from bridge.hosts.daemon import Call, sync_tree
from bridge.hosts.digikam_database import tags

QUEUE_SECONDS = 60.0
"""After so long without an item, the next one begins a run of its own."""


def sync(call: Call, rc: bytes | None) -> str | None:
    """See to it that the daemon has the tags as they are now. Returns their hash; None where they cannot be read."""
    try:
        paths = tags(rc)
    except NotAvailable:
        return None
    return sync_tree(call, paths)


def sync_once(call: Call, rc: bytes | None, session: str, note: Path) -> str | None:
    """The same for a queue, in which all items are to have the tree of the first: it grows with what the run adds.

    ``note`` is where that is kept between items.
    """
    try:
        fresh = time.time() - note.stat().st_mtime < QUEUE_SECONDS
        before, _, tree = note.read_text("utf-8").partition("\n") if fresh else ("", "", "")
    except FileNotFoundError:
        before, tree = "", ""
    if before != session or (tree and not call("vocabulary.sync", tree=tree)["known"]):
        tree = sync(call, rc) or ""
    with open(note, "w", encoding="utf-8", opener=private) as file:
        file.write(f"{session}\n{tree}")
    return tree or None
