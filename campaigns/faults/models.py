"""The model server refuses, hangs, breaks, talks nonsense, stops in the middle of an answer."""

from __future__ import annotations

from functools import partial

from campaigns.faults.course import courses, until_felt
from campaigns.faults.model import SLOTS
from campaigns.faults.scene import MODEL_S, Scene
from campaigns.faults.trial import Trial
from tests.fakes.ollama import Fault

WAYS = (
    *(Fault.HTTP_500, Fault.BUSY, Fault.PROSE, Fault.NOT_OLLAMA, Fault.DROPPED, Fault.DROPPED_MIDWAY, Fault.CUT),
    *(Fault.SLOW, Fault.ENDLESS, Fault.FLOOD, Fault.MISSING),
)
GONE = "gone"


def models(scene: Scene, rounds: int, photos: int) -> Trial:
    trial, chance = Trial("model server"), scene.chance("models")
    scene.bridge.start()
    ways = [way for _ in range(rounds) for way in chance.sample((GONE, *WAYS), len(WAYS) + 1)]
    courses(scene, trial, scene.bridge, photos, [partial(_fail, scene, trial, way) for way in ways])
    scene.bridge.stop()
    return trial


def _fail(scene: Scene, trial: Trial, way: str, job: str) -> None:
    trial.faults[f"model {way}"] += 1
    if way == GONE:
        scene.model.stop()
        trial.under_way += SLOTS
    else:
        scene.model.fail(way)
    # A bad answer is asked for twice before the photo fails.
    until_felt(scene.bridge, job, trial, 3 * MODEL_S)
    if way == GONE:
        scene.model.start()
    else:
        scene.model.fail(None)
