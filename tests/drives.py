"""A drive that can be taken away, and one that stops answering."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest


def _must(command: list[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        if os.environ.get("CI"):
            pytest.fail(f"{what}: {done.stderr}")
        pytest.skip(f"{what}: only root can do that")


@dataclass
class Drive:
    """A file system at ``place``. Its files stay in ``store`` while it is not connected."""

    place: Path
    store: Path
    connected: bool = False

    def connect(self) -> None:
        _must(["mount", "--bind", str(self.store), str(self.place)], "no drive can be connected here")
        self.connected = True

    def disconnect(self) -> None:
        """As when its cable is pulled: whoever has a file open has it no longer by its name."""
        if self.connected:
            subprocess.run(["umount", "-l", str(self.place)], check=True)
            self.connected = False


@contextmanager
def drive(folder: Path) -> Iterator[Drive]:
    """Connected."""
    made = Drive(folder / "drive", folder / "behind the drive")
    made.place.mkdir(parents=True)
    made.store.mkdir()
    _must(["mount", "-t", "tmpfs", "tmpfs", str(made.store)], "no drive can be made here")
    try:
        made.connect()
        yield made
    finally:
        made.disconnect()
        subprocess.run(["umount", "-l", str(made.store)], check=False)


@dataclass
class Share:
    """A file system that a program serves, as a network share is: it can be made to say nothing."""

    place: Path
    server: subprocess.Popen[bytes]

    def falls_asleep(self) -> None:
        """It takes no question any more."""
        self.server.send_signal(signal.SIGUSR1)

    def hangs(self) -> None:
        """It may have taken one that it does not answer: whoever asked cannot even be killed."""
        self.server.send_signal(signal.SIGSTOP)

    def wakes_up(self) -> None:
        self.server.send_signal(signal.SIGCONT)
        self.server.send_signal(signal.SIGUSR2)


@contextmanager
def share(folder: Path) -> Iterator[Share]:
    """A share of what lies in ``folder / "behind the share"``."""
    place, behind = folder / "share", folder / "behind the share"
    place.mkdir(parents=True)
    behind.mkdir()
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.share", str(behind), str(place)], stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    try:
        if server.stdout.readline() != b"ready\n":
            if os.environ.get("CI"):
                pytest.fail("no share can be made here")
            pytest.skip("only root, with /dev/fuse, can make a share")
        yield Share(place, server)
    finally:
        with suppress(OSError):
            server.send_signal(signal.SIGCONT)
        subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)
        server.kill()
        server.wait()
        server.stdout.close()
