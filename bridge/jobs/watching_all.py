"""All watched folders of a daemon, each with a thread of its own: a drive that does not answer stops nobody else."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from bridge.jobs.watching_folder import STOP_SECONDS, Around, Told, WatchedFolder
from bridge.store import WatchRow


class Watching:
    def __init__(self, around: Around) -> None:
        self._around = replace(around, changed=self._note)
        self._changed = threading.Condition()
        self._changes = 0
        self._folders: dict[int, WatchedFolder] = {}
        self._stopping = False

    def begin(self, row: WatchRow) -> None:
        """Watch a folder, or watch it otherwise than before. Nothing after ``stop``."""
        self.end(row.id)
        folder = WatchedFolder(row, self._around)
        with self._changed:
            if self._stopping:
                return
            self._folders[row.id] = folder
        folder.start()
        self._note()

    def end(self, watch: int) -> None:
        with self._changed:
            folder = self._folders.pop(watch, None)
        if folder is not None:
            folder.stop()
            self._note()

    def told(self, watch: int) -> Told | None:
        with self._changed:
            folder = self._folders.get(watch)
        return None if folder is None else folder.told()

    def wait(self, seen: int, seconds: float) -> int:
        """The number of changes so far, as soon as it is another one than ``seen`` or the time is over."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while self._changes == seen and not self._stopping and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            return self._changes

    def stop(self) -> None:
        """Returns when no folder is looked at any more, or their drives have not answered for ``STOP_SECONDS``: ten
        folders of one share that sleeps take no longer than one."""
        with self._changed:
            self._stopping = True
            folders = list(self._folders.values())
            self._folders.clear()
            self._changed.notify_all()
        for folder in folders:
            folder.stop_soon()
        deadline = time.monotonic() + STOP_SECONDS
        for folder in folders:
            folder.stop(max(0.0, deadline - time.monotonic()))

    def _note(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()
