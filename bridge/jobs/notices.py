"""A notice on the desktop when a long run has ended, by what the system has for it."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

from bridge.store import JobRow, JobState, JobTable, Stage

LONG_SECONDS = 60.0
_TITLE = "photo-bridge"
_SCRIPT = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"
_SECONDS = 10.0
"""A desktop that does not answer is left alone then."""

_log = logging.getLogger(__name__)


class Notices:
    def __init__(
        self,
        jobs: JobTable,
        *,
        on: bool,
        show: Callable[[str], None] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``show`` puts a line on the desktop; none = what this system has."""
        self._jobs = jobs
        self._on = on
        self._show = show or on_desktop
        self._now = now

    def ended(self, job: str) -> None:
        """A run has ended: tell of it if it was done and took long. What is told has no file name in it."""
        if not self._on:
            return
        row = self._jobs.get(job)
        if row.state is JobState.DONE and self._now() - row.created >= LONG_SECONDS:
            self._show(self._line(row))

    def _line(self, row: JobRow) -> str:
        counts = self._jobs.counts(row.id)
        failed = counts.get(Stage.FAILED, 0)
        photos = sum(counts.values())
        told = f"A run over {photos} photo{'' if photos == 1 else 's'} has ended"
        return f"{told}; {failed} failed." if failed else f"{told}."


def on_desktop(line: str) -> None:
    """Show a line on the desktop of this machine, where it has a program for that; in a thread of its own."""
    command = notice_command(line)
    if command is not None:
        threading.Thread(target=_run, args=(command,), name="notice", daemon=True).start()


def notice_command(
    line: str, *, platform: str = sys.platform, which: Callable[[str], str | None] = shutil.which
) -> Sequence[str] | None:
    """The program and its arguments, which no shell and no script reads as anything but text."""
    if platform == "linux" and (program := which("notify-send")):
        return (program, "--app-name=photo-bridge", "--", _TITLE, line)
    if platform == "darwin" and (program := which("osascript")):
        return (program, "-e", _SCRIPT, _TITLE, line)
    return None


def _run(command: Sequence[str]) -> None:
    try:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        _log.info("no notice could be shown: %s", error)
