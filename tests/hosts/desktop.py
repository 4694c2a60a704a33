"""A screen and a session bus of their own, for real photo programs in tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

SECONDS = 180.0
"""Against waiting for ever: no measure of anything."""
PROGRAMS = ("Xvfb", "dbus-daemon", "xdotool", "exiftool")


def wait_for(what: str, there: Callable[[], bool], seconds: float = SECONDS) -> None:
    """These programs tell of nothing that they have done: they must be looked at again and again."""
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


@dataclass
class Screen:
    """An X server and a session bus, for whatever is started with ``environ``."""

    environ: dict[str, str]


@contextmanager
def screen(folder: Path) -> Iterator[Screen]:
    reading, writing = os.pipe()
    with (folder / "xvfb.log").open("wb") as log:
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
        server = subprocess.Popen(command, pass_fds=[writing], stdout=log, stderr=log)
    os.close(writing)
    with os.fdopen(reading) as told:
        display = told.readline().strip()
    assert display, (folder / "xvfb.log").read_text()
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, text=True
    )
    assert bus.stdout is not None
    try:
        yield Screen({"DISPLAY": f":{display}", "DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip()})
    finally:
        for process in (bus, server):
            process.terminate()
            process.wait(SECONDS)
        bus.stdout.close()


@contextmanager
def desk_of(folder: Path, *programs: str) -> Iterator[Screen]:
    """``screen`` where the programs are there. A test of them is skipped on a person's machine, and fails in CI."""
    lacking = [program for program in (*PROGRAMS, *programs) if shutil.which(program) is None]
    if lacking:
        message = f"not on this machine: {', '.join(lacking)} (make test-hosts installs them)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with screen(folder) as opened:
        yield opened
