"""Looks into new photos of watched folders that native code may end, and the daemon with them.

Such a look would be the first thing that the next daemon does again, and so on for ever, and photos of runs that were
under way beside it would be blamed. So what is looked into is on the disk meanwhile. What a daemon broke down over is
not looked into again but given to a run as it is: there it is taken up alone, and set aside in the end.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bridge.home import private
from bridge.jobs.watching import Look
from bridge.jobs.watching_disk import stamp_at, unread


class Looking:
    """One for a daemon; called by several threads, each with a photo of its own."""

    def __init__(self, folder: Path, *, crashed: bool) -> None:
        """``folder`` is ours. ``crashed``: its own work ended the daemon before, perhaps one of these looks."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self._suspects: set[str] = set()
        for left in folder.iterdir():
            with suppress(OSError):
                if crashed:
                    self._suspects.add(os.fsdecode(left.read_bytes()))
                left.unlink()

    def at(self, path: str, look: Callable[[str], Look | None]) -> Look | None:
        """What ``look`` says of a photo; None where it went away."""
        if path in self._suspects:
            self._suspects.discard(path)  # what a person saves in its place is another photo
            stamp = stamp_at(path)
            return None if stamp is None else unread(stamp)
        note = self._folder / str(threading.get_ident())
        with suppress(OSError), open(note, "wb", opener=private) as file:  # on a full disk it is looked into unnoted
            file.write(os.fsencode(path))
        try:
            return look(path)
        finally:
            with suppress(OSError):
                note.unlink()
