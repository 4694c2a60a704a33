"""Runs that are killed again and again, and their undo too."""

from __future__ import annotations

from functools import partial
from random import Random

from campaigns.faults.course import courses
from campaigns.faults.kills import Moment, kill_at, kill_at_random, kill_at_start
from campaigns.faults.scene import Scene
from campaigns.faults.trial import Trial


def killing(scene: Scene, name: str, kills: dict[Moment, int], photos: int) -> Trial:
    trial, chance = Trial(name), scene.chance(name)
    moments = [moment for moment, count in kills.items() for _ in range(count) if moment is not Moment.UNDO]
    chance.shuffle(moments)
    scene.bridge.start()
    while moments:
        undos = [partial(_kill, scene, trial, Moment.UNDO, chance, [])] * kills.get(Moment.UNDO, 0)
        missed: list[Moment] = []
        faults = [partial(_kill, scene, trial, moment, chance, missed) for moment in moments]
        courses(scene, trial, scene.bridge, photos, faults, undos, name=f"kills-{trial.faults.total()}")
        kills, moments = {}, missed
    scene.bridge.stop()
    return trial


def _kill(scene: Scene, trial: Trial, moment: Moment, chance: Random, missed: list[Moment], job: str) -> None:
    bridge = scene.bridge
    match moment:
        case Moment.WORK:
            kill_at_random(bridge, trial, chance)
        case Moment.UNDO:
            kill_at_random(bridge, trial, chance, 0.3, Moment.UNDO)
        case Moment.START:
            bridge.kill()
            kill_at_start(bridge, trial, chance)
        case _:
            if not kill_at(bridge, job, scene.volume, trial, moment):
                missed.append(moment)
                return
    bridge.start()
