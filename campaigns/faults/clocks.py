"""The clock jumps by hours and years, forwards and back; the computer sleeps and wakes.

The daemon runs under libfaketime, which reads the offset from a file again and again. Times of files and the monotonic
clock stay the system's."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random

import psutil

from campaigns.faults.course import Act, courses
from campaigns.faults.model import SLOTS
from campaigns.faults.scene import EXIFTOOL_S, Scene
from campaigns.faults.trial import Trial
from tests.system.daemon import Bridge

LIBRARY = "faketime/libfaketime.so.1"
"""Not libfaketimeMT: its lock, where another thread holds it, stays locked in a process that is just being forked."""
JUMPS = ("+3h", "-3h", "+1y", "-5y", "+20y", "-1d", "+0")
"""As libfaketime reads them; 20 years on, seconds since 1970 need more than 31 bits."""
KILLED_AT = ("+20y", "-5y")
NIGHT = "+8h"


def clocks(scene: Scene, rounds: int, photos: int) -> Trial:
    trial, chance = Trial("clock and sleep"), scene.chance("clock")
    jump(scene, "+0")
    environ = {
        "LD_PRELOAD": str(library()),
        "FAKETIME_TIMESTAMP_FILE": str(scene.offset),
        "FAKETIME_CACHE_DURATION": "1",  # seconds; without that the file would be read at each look at the clock
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }
    bridge = scene.home("home-with-a-clock", environ)
    bridge.start()
    faults: list[Act] = []
    for _ in range(rounds):
        faults += [partial(_jump, scene, trial, bridge, chance, to) for to in JUMPS]
        faults += [partial(_sleep, scene, trial, bridge, chance, model) for model in (True, False)]
    chance.shuffle(faults)
    courses(scene, trial, bridge, photos, faults, name="clock")
    bridge.stop()
    tidy()
    years = sorted({line[:4] for line in bridge.log().splitlines() if line[:4].isdigit()})
    trial.felt[f"a log with entries of {', '.join(years)}"] += 1
    if len(years) < 2:
        trial.wrong.append("the daemon did not see the clock jump")
    return trial


def library() -> Path:
    """Where Debian puts it. Raises RuntimeError where it is not installed."""
    for folder in ("/usr/lib", f"/usr/lib/{os.uname().machine}-linux-gnu", "/usr/lib64", "/usr/local/lib"):
        if (path := Path(folder) / LIBRARY).exists():
            return path
    raise RuntimeError("libfaketime is missing: apt-get install faketime")


def tidy() -> None:
    """A process under libfaketime that is killed leaves files, and a later one of its number would not start."""
    for path in Path("/dev/shm").glob("*faketime_*"):
        number = path.name.rpartition("_")[2]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            path.unlink(missing_ok=True)


def jump(scene: Scene, to: str) -> None:
    fresh = scene.offset.with_suffix(".new")
    fresh.write_text(to + "\n")
    fresh.replace(scene.offset)


def _jump(scene: Scene, trial: Trial, bridge: Bridge, chance: Random, to: str, _job: str) -> None:
    trial.faults[f"clock at {to}"] += 1
    time.sleep(chance.uniform(0.0, 0.3))  # the moment of the jump
    jump(scene, to)
    if chance.random() < 0.5 or to in KILLED_AT:
        trial.faults["killed under that clock"] += 1
        trial.under_way += SLOTS
        time.sleep(chance.uniform(0.0, 0.3))
        _kill_all(bridge)
        tidy()
        bridge.start()


def _sleep(scene: Scene, trial: Trial, bridge: Bridge, chance: Random, model: bool, _job: str) -> None:
    """All of it stops, and wakes when the clock has moved on; a server beyond sleep has dropped its connections."""
    trial.faults["sleep and wake" + (", the model server anew" if model else "")] += 1
    trial.under_way += SLOTS
    time.sleep(chance.uniform(0.0, 0.3))  # the moment of the lid
    asleep = _family(bridge)
    _signal(asleep, signal.SIGSTOP)
    jump(scene, NIGHT)
    if model:
        scene.model.stop()
        scene.model.start()
    time.sleep(chance.choice([0.5, EXIFTOOL_S + 1.0]))  # a nap, and longer than any reply is waited for
    _signal(asleep, signal.SIGCONT)


def _kill_all(bridge: Bridge) -> None:
    """With what it is just forking: libfaketime waits for ever in a process that is no program yet, when another thread
    was looking at the clock; and such a process holds all files of the daemon, its lock too."""
    assert bridge.process is not None
    bridge.process.send_signal(signal.SIGSTOP)
    family = _family(bridge)
    bridge.kill()
    _signal(family, signal.SIGKILL)


def _family(bridge: Bridge) -> list[psutil.Process]:
    assert bridge.process is not None
    daemon = psutil.Process(bridge.process.pid)
    return [daemon, *daemon.children(recursive=True)]


def _signal(processes: list[psutil.Process], what: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(what)
