"""The volume with the photos is pulled out and put back.

Its mount point stays empty, or goes, or the folder has another name for a while; and the daemon is killed, and starts,
without it."""

from __future__ import annotations

import subprocess
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import Random

from campaigns.faults.course import Act, courses, until_felt
from campaigns.faults.kills import Moment, kill_at
from campaigns.faults.library import Shoot, make_shoot
from campaigns.faults.model import SLOTS
from campaigns.faults.scene import EXIFTOOL_S, Scene, mounted
from campaigns.faults.trial import Trial
from tests.system.daemon import Bridge

EMPTY, AWAY = "gone, its mount point empty", "gone with its mount point"
KILLED = (None, Moment.WORK, Moment.INTENT, Moment.RENAMED, Moment.FILE)


class Stick:
    """A volume that shows the photos at ``folder``: they lie at the top of it, as on a camera's card."""

    def __init__(self, scene: Scene, name: str, stack: ExitStack) -> None:
        self.store, self.folder = scene.root / f"store-{name}", scene.volume / name
        self.store.mkdir()
        stack.enter_context(mounted(self.store, "-t", "tmpfs", "-o", "size=256m", "tmpfs"))
        self._stack = stack

    def shoot(self, count: int, seed: int) -> Shoot:
        made = make_shoot(self.store / self.folder.name, count, seed)
        self.come()
        self._stack.callback(self.go, EMPTY)
        return made.seen_at(self.folder)

    def come(self) -> None:
        self.folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "--bind", str(self.store / self.folder.name), str(self.folder)], check=True)

    def go(self, how: str) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=False, stderr=subprocess.DEVNULL)
        if how == AWAY:
            self.folder.rmdir()


def volumes(scene: Scene, rounds: int, photos: int) -> Trial:
    trial, chance = Trial("volume"), scene.chance("volume")
    bridge = scene.bridge
    bridge.start()
    with ExitStack() as stack:
        sticks: list[Stick] = []

        def make(name: str, count: int) -> Shoot:
            sticks.append(Stick(scene, name, stack))
            return sticks[-1].shoot(count, scene.seed)

        faults: list[Act] = [
            partial(_pull, trial, bridge, sticks, chance, how, killed)
            for _ in range(rounds)
            for how in (EMPTY, AWAY)
            for killed in KILLED
        ]
        chance.shuffle(faults)
        courses(scene, trial, bridge, photos, faults, name="volume", make=make)
    with_another_name: list[Act] = [partial(_rename, scene, trial, bridge, chance) for _ in range(rounds)]
    courses(scene, trial, bridge, photos, with_another_name, name="renamed")
    bridge.stop()
    return trial


def _pull(
    trial: Trial, bridge: Bridge, sticks: list[Stick], chance: Random, how: str, killed: Moment | None, job: str
) -> None:
    stick = sticks[-1]
    time.sleep(chance.uniform(0.0, 0.2))  # the moment
    if killed is Moment.WORK:
        bridge.kill()
    elif killed is not None and not kill_at(bridge, job, stick.folder, trial, killed):
        killed = None
    if killed is not None:
        trial.under_way += SLOTS
    trial.faults[f"volume {how}" + (", the daemon killed" if killed else "")] += 1
    stick.go(how)
    if killed is not None:
        bridge.start()
    until_felt(bridge, job, trial, 2 * EXIFTOOL_S)
    if how == EMPTY:
        trial.left += [f"{path.name} was made in the empty mount point" for path in stick.folder.iterdir()]
    elif stick.folder.exists():
        trial.left.append("the mount point was made anew")
    stick.come()


def _rename(scene: Scene, trial: Trial, bridge: Bridge, chance: Random, job: str) -> None:
    """As a person does in the file manager, and back."""
    trial.faults["folder has another name for a while"] += 1
    folder = max(scene.volume.glob("renamed-*"), key=lambda path: path.stat().st_ctime_ns)
    other = Path(f"{folder}.other")
    time.sleep(chance.uniform(0.0, 0.2))  # the moment
    folder.rename(other)
    until_felt(bridge, job, trial, 2 * EXIFTOOL_S)
    if folder.exists():
        trial.left.append(f"{folder.name} was made anew")
    other.rename(folder)
