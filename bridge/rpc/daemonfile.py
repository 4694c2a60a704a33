"""``daemon.json``: how a client on this machine finds the daemon, and the lock that keeps it one a user."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from bridge.errors import Refused
from bridge.home import private


@dataclass(frozen=True, slots=True)
class DaemonInfo:
    port: int
    token: str
    pid: int
    started: str
    """When the process began, as the system tells it: with ``pid`` it shows whether the file is stale."""
    version: str


def process_start(pid: int) -> str | None:
    """A text that differs for another process with the same id; None where there is no such process."""
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        # A zombie has ended; in a container nobody may ever collect it.
        return None if fields[0] in "ZX" else fields[19]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        pass
    return "unknown"


def write_info(home: Path, info: DaemonInfo) -> None:
    path = home / "daemon.json"
    fresh = home / "daemon.json.new"
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(info), file)
    fresh.replace(path)


def read_info(home: Path) -> DaemonInfo | None:
    """The daemon that is running, or None: a file whose process is gone, or is another one, counts as none."""
    try:
        info = DaemonInfo(**json.loads((home / "daemon.json").read_text()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    # An address is made of it: a text could name another host.
    numbers = type(info.port) is int and type(info.pid) is int and 0 < info.port < 65536
    if not numbers or not isinstance(info.token, str):
        return None
    return info if process_start(info.pid) == info.started else None


def remove_info(home: Path) -> None:
    (home / "daemon.json").unlink(missing_ok=True)


class DaemonLock:
    """One daemon a user. The operating system holds the lock, so that none survives its process."""

    def __init__(self, home: Path) -> None:
        self._path = home / "daemon.lock"
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Raises Refused where another daemon holds it."""
        file = open(self._path, "a", opener=private)  # noqa: SIM115
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise Refused(
                "A daemon is running for this user already.",
                hint="photo-bridge status shows it; photo-bridge stop ends it.",
            ) from error
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
