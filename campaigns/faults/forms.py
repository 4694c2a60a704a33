"""The short form and the full one: which trials, of how many faults."""

from __future__ import annotations

import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from campaigns.faults.clocks import clocks
from campaigns.faults.disks import disks
from campaigns.faults.exiftools import exiftools
from campaigns.faults.homes import at_once, databases
from campaigns.faults.killing import killing
from campaigns.faults.kills import Moment
from campaigns.faults.models import models
from campaigns.faults.scene import Scene, scene
from campaigns.faults.trial import Trial
from campaigns.faults.volumes import volumes


@dataclass(frozen=True, slots=True)
class Form:
    kills: dict[Moment, int]
    rounds: int
    photos: int
    """Of one run."""
    versions: int
    """Of older databases."""

    @property
    def least_kills(self) -> int:
        return sum(self.kills.values())


FORMS = {
    "ci": Form(
        kills={
            Moment.WORK: 4,
            Moment.START: 3,
            Moment.FILE: 2,
            Moment.INTENT: 2,
            Moment.RENAMED: 2,
            Moment.UNDO: 2,
        },
        rounds=1,
        photos=24,
        versions=3,
    ),
    "full": Form(
        kills={
            Moment.WORK: 30,
            Moment.START: 15,
            Moment.FILE: 15,
            Moment.INTENT: 15,
            Moment.RENAMED: 15,
            Moment.UNDO: 10,
        },
        rounds=2,
        photos=36,
        versions=1000,
    ),
}


def trials_of(form: Form) -> dict[str, Callable[[Scene], Trial]]:
    """Those that take longest come first."""
    rounds, photos = {"rounds": form.rounds}, {"photos": form.photos}
    half = {moment: count // 2 for moment, count in form.kills.items()}
    rest = {moment: count - half[moment] for moment, count in form.kills.items()}
    return {
        "kills": partial(killing, name="kills", kills=rest, **photos),
        "more-kills": partial(killing, name="more kills", kills=half, **photos),
        "volume": partial(volumes, **rounds, **photos),
        "clock": partial(clocks, **rounds, **photos),
        "model": partial(models, **rounds, **photos),
        "disk": partial(disks, **rounds, **photos),
        "databases": partial(databases, versions=form.versions, photos=12),
        "at-once": partial(at_once, rounds=2 * form.rounds, **photos),
        "exiftool": partial(exiftools, **rounds, **photos),
    }


def one(form: str, seed: int, name: str) -> Trial:
    """One trial from its beginning to its end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # disks are unmounted and daemons ended then too
    began = time.monotonic()
    with scene(seed) as stage:
        try:
            trial = trials_of(FORMS[form])[name](stage)
        except Exception:  # what the others found is told all the same
            trial = Trial(name, wrong=[f"it could not be carried out: {traceback.format_exc()}"])
        told = f"{name}: {time.monotonic() - began:.0f} s, {len(trial.findings)} findings\n"
        if trial.findings:
            told += "\n".join([*trial.findings, stage.bridge.log()[-8000:]])
        print(told, file=sys.stderr, flush=True)
    return trial
