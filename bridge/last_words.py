"""What is left of a daemon that its own work ended: a fault in native code, or more memory than there is.

Decoders and models are native code in this process, and a picture may need more memory than the machine has. A kill by
a person, a loss of power or an end as asked for leaves nothing here.
"""

from __future__ import annotations

import faulthandler
import logging
from contextlib import suppress
from io import FileIO
from pathlib import Path

from bridge.home import private

_log = logging.getLogger(__name__)

NAME = "crash.txt"
VMSTAT, BOOT = Path("/proc/vmstat"), Path("/proc/sys/kernel/random/boot_id")
_MOST = 1 << 16


def last_words(home: Path) -> str:
    """How the daemon before this one broke down: the stacks of its threads where native code ended it, a sentence where
    the system did for want of memory; empty where neither did. They are told once."""
    path = home / NAME
    try:
        with path.open("rb") as file:
            before, _, said = file.read(_MOST).decode("utf-8", "replace").partition("\n")
        path.unlink()
    except FileNotFoundError:
        return ""
    return said.strip() or _memory_ran_out(before)


class Listening:
    """While it lasts, the stacks of all threads are kept if native code ends the process."""

    def __init__(self, home: Path) -> None:
        self._path = home / NAME
        self._file: FileIO | None = None

    def __enter__(self) -> Listening:
        try:
            self._file = open(self._path, "wb", buffering=0, opener=private)
            self._file.write(f"{_so_far()}\n".encode())
        except OSError as error:  # a full disk, say: what needs the room more tells of it in words for a person
            _log.warning("nothing will be kept of what ends this daemon: %s", error)
            return self
        faulthandler.enable(self._file)
        return self

    def __exit__(self, *_: object) -> None:
        faulthandler.disable()
        if self._file is not None:
            self._file.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _memory_ran_out(before: str) -> str:
    """A process that Linux ends for want of memory is not asked; that it ended one since then is counted."""
    boot, _, count = before.partition(" ")
    now_boot, _, now_count = _so_far().partition(" ")
    if boot and boot == now_boot and count.isdecimal() and now_count.isdecimal() and int(now_count) > int(count):
        return "The system ran out of memory and ended the daemon."
    return ""


def _so_far() -> str:
    """``BOOT COUNT``: which start of the system this is, and how many processes it ended for want of memory since.
    Empty where the system does not say."""
    try:
        counted = next(line for line in VMSTAT.read_text().splitlines() if line.startswith("oom_kill "))
        return f"{BOOT.read_text().strip()} {counted.split()[1]}"
    except (OSError, StopIteration):
        return ""
