"""ExifTool dies, hangs, is away, is another program."""

from __future__ import annotations

import shutil
import signal
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil

from campaigns.faults import broken_exiftool
from campaigns.faults.course import courses, until_felt
from campaigns.faults.scene import EXIFTOOL_S, Scene, tools_of
from campaigns.faults.trial import Trial
from tests.system.daemon import Bridge

DIES, HANGS, AWAY, NO_PROGRAM = "dies", "hangs", "is away", "is no program"
WAYS = (DIES, HANGS, AWAY, NO_PROGRAM, "fails", "lies", "cuts", "garbles")
DEATHS = 5


def exiftools(scene: Scene, rounds: int, photos: int) -> Trial:
    trial, chance = Trial("exiftool"), scene.chance("exiftool")
    bridge = scene.bridge
    bridge.start()
    ways = [way for _ in range(rounds) for way in chance.sample(WAYS, len(WAYS))]
    courses(scene, trial, bridge, photos, [partial(_fail, scene, trial, bridge, way) for way in ways])
    bridge.stop()
    return trial


def _fail(scene: Scene, trial: Trial, bridge: Bridge, way: str, job: str) -> None:
    trial.faults[f"ExifTool {way}"] += 1
    if way == DIES:
        for _ in range(DEATHS):
            _each(bridge, signal.SIGKILL)
            time.sleep(0.1)  # work goes on in between
    elif way == HANGS:
        _each(bridge, signal.SIGSTOP)
        until_felt(bridge, job, trial, 2 * EXIFTOOL_S)
    else:
        _replace(scene, way)
        _each(bridge, signal.SIGKILL)
        until_felt(bridge, job, trial, 2 * EXIFTOOL_S)
        scene.real_tool()
        _each(bridge, signal.SIGKILL)


def _replace(scene: Scene, way: str) -> None:
    if way == AWAY:
        scene.tool.unlink()
    elif way == NO_PROGRAM:
        shutil.copy("/bin/true", scene.tool)
    else:
        program = Path(broken_exiftool.__file__)
        scene.tool_is(f'exec {sys.executable} {program} {way} "$@"')


def _each(bridge: Bridge, what: signal.Signals) -> None:
    for process in tools_of(bridge):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(what)
