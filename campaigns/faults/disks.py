"""The disk of the photos is full, or may not be written; so is that of the home, at work and at a start."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random

from campaigns.faults.course import Act, courses, until_felt
from campaigns.faults.library import Shoot, make_shoot
from campaigns.faults.model import SLOTS
from campaigns.faults.scene import EXIFTOOL_S, Scene, mounted
from campaigns.faults.trial import Trial
from tests.disks import fill
from tests.system.daemon import Bridge

SIZE = "size=96m"
LEAST_ROOM, MOST_ROOM = 0, 60_000
"""Bytes that a full disk has left: for none, or for some, of what writing a photo takes."""
BALLAST = "ballast"
REFUSAL_S = 60.0


def disks(scene: Scene, rounds: int, photos: int) -> Trial:
    trial, chance = Trial("disk"), scene.chance("disk")
    _photos(scene, trial, chance, rounds, photos)
    _home(scene, trial, chance, rounds, photos)
    return trial


def _photos(scene: Scene, trial: Trial, chance: Random, rounds: int, photos: int) -> None:
    with ExitStack() as stack:

        def make(name: str, count: int) -> Shoot:
            disk = scene.volume / name
            disk.mkdir()
            stack.enter_context(mounted(disk, "-t", "tmpfs", "-o", SIZE, "tmpfs"))
            return make_shoot(disk / name, count, scene.seed)

        bridge = scene.bridge
        bridge.start()
        faults: list[Act] = [
            partial(fault, scene, trial, bridge, chance)
            for _ in range(rounds)
            for fault in (_full, _full_and_killed, _read_only)
        ]
        chance.shuffle(faults)
        courses(scene, trial, bridge, photos, faults, name="disk", make=make)
        bridge.stop()


def _full(scene: Scene, trial: Trial, bridge: Bridge, chance: Random, job: str) -> None:
    trial.faults["photos' disk full"] += 1
    with filled(_disk_of(scene), chance):
        until_felt(bridge, job, trial, 2 * EXIFTOOL_S)


def _full_and_killed(scene: Scene, trial: Trial, bridge: Bridge, chance: Random, job: str) -> None:
    trial.faults["photos' disk full, and killed"] += 1
    trial.under_way += SLOTS
    with filled(_disk_of(scene), chance):
        time.sleep(chance.uniform(0.0, 0.4))  # the moment of the kill
        bridge.kill()
        bridge.start()
        until_felt(bridge, job, trial, 2 * EXIFTOOL_S)


def _read_only(scene: Scene, trial: Trial, bridge: Bridge, _chance: Random, job: str) -> None:
    trial.faults["photos' disk read-only"] += 1
    disk = _disk_of(scene)
    _until_done(lambda: _remount(disk, "ro"))
    until_felt(bridge, job, trial, 2 * EXIFTOOL_S)
    _remount(disk, "rw")


def _home(scene: Scene, trial: Trial, chance: Random, rounds: int, photos: int) -> None:
    bridge = scene.home("home-on-a-disk")
    with mounted(bridge.home, "-t", "tmpfs", "-o", SIZE, "tmpfs"):
        bridge.start()
        kinds = [fault for _ in range(rounds) for fault in (_home_full, _home_full_at_start, _home_read_only_at_start)]
        courses(scene, trial, bridge, photos, [partial(kind, trial, bridge, chance) for kind in kinds], name="home")
        bridge.stop()


def _home_full(trial: Trial, bridge: Bridge, chance: Random, job: str) -> None:
    trial.faults["home's disk full"] += 1
    trial.under_way += SLOTS  # what came in meanwhile had no place
    with filled(bridge.home, chance, most=0):
        until_felt(bridge, job, trial, 2 * EXIFTOOL_S)


def _home_full_at_start(trial: Trial, bridge: Bridge, chance: Random, _job: str) -> None:
    trial.faults["home's disk full at a start"] += 1
    trial.under_way += SLOTS
    bridge.kill()
    with filled(bridge.home, chance, most=0):
        starts_or_says_why(trial, bridge)
    bridge.start()


def _home_read_only_at_start(trial: Trial, bridge: Bridge, _chance: Random, _job: str) -> None:
    trial.faults["home's disk read-only at a start"] += 1
    trial.under_way += SLOTS
    bridge.kill()
    _until_done(lambda: _remount(bridge.home, "ro"))
    starts_or_says_why(trial, bridge)
    _remount(bridge.home, "rw")
    bridge.start()


def starts_or_says_why(trial: Trial, bridge: Bridge) -> None:
    """A daemon that cannot start says so in words for a person, and leaves."""
    with suppress(AssertionError):
        bridge.start()
        trial.felt["started all the same"] += 1
        bridge.kill()
        return
    bridge.kill()
    said = bridge.run("serve").stderr.strip()
    trial.felt["refused to start"] += 1
    if not said or "Traceback" in said:
        trial.wrong.append(f"a start that failed said {said[-300:]!r}")


@contextmanager
def filled(disk: Path, chance: Random, most: int = MOST_ROOM) -> Iterator[None]:
    """Another program has taken the room."""
    with suppress(OSError):  # the daemon took some of it in the same moment
        fill(disk, chance.randint(LEAST_ROOM, most))
    try:
        yield
    finally:
        (disk / BALLAST).unlink(missing_ok=True)


def _disk_of(scene: Scene) -> Path:
    return max(scene.volume.glob("disk-*"), key=lambda path: int(path.name.rpartition("-")[2]))


def _remount(disk: Path, how: str) -> bool:
    done = subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], capture_output=True, check=False)
    return done.returncode == 0


def _until_done(attempt: Callable[[], bool]) -> None:
    """A disk cannot be made read-only in the moment in which a file of it is written."""
    for _ in range(200):
        if attempt():
            return
        time.sleep(0.01)
    raise RuntimeError("the disk stayed busy")
