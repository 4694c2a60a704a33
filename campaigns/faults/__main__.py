"""``python -m campaigns.faults --form ci|full [--keep] [--seed N] [--only NAME]``: see docs/reports/faults-full.md.

Needs root (disks are mounted), Linux, ExifTool and libfaketime; make faults sees to the last two.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
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
from campaigns.faults.trial import Trial, figures, notes
from campaigns.faults.volumes import volumes
from campaigns.report import Report, publish

SEED = 20261130


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
    rounds, photos = {"rounds": form.rounds}, {"photos": form.photos}
    return {
        "kills": partial(killing, kills=form.kills, **photos),
        "exiftool": partial(exiftools, **rounds, **photos),
        "model": partial(models, **rounds, **photos),
        "disk": partial(disks, **rounds, **photos),
        "clock": partial(clocks, **rounds, **photos),
        "volume": partial(volumes, **rounds, **photos),
        "at-once": partial(at_once, rounds=2 * form.rounds, **photos),
        "databases": partial(databases, versions=form.versions, photos=12),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m campaigns.faults", description=__doc__)
    parser.add_argument("--form", choices=FORMS, default="full")
    parser.add_argument("--keep", action="store_true", help="write docs/reports/ anew")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", help="one kind of fault, or several with commas between them")
    options = parser.parse_args()
    if sys.platform != "linux" or os.geteuid() != 0:
        parser.error("disks are mounted and unmounted here: run it as root, on Linux")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # disks are unmounted and daemons ended then too
    form = FORMS[options.form]
    wanted = trials_of(form)
    if options.only:
        wanted = {name: wanted[name] for name in options.only.split(",")}
    trials = []
    start = time.monotonic()
    with scene(options.seed) as stage:
        for name, run in wanted.items():
            began = time.monotonic()
            trials.append(run(stage))
            found = len(trials[-1].findings)
            print(f"{name}: {time.monotonic() - began:.0f} s, {found} findings", file=sys.stderr, flush=True)
            if found:
                print(stage.bridge.log()[-8000:], file=sys.stderr)
    took = f"It took {(time.monotonic() - start) / 60:.0f} minutes."
    least = form.least_kills if "kills" in wanted else 0
    report = Report(
        name=f"faults-{options.form}",
        title="Faults: a library of photos on bad days",
        command=f"make faults FORM={options.form}" + (f" (only {options.only})" if options.only else ""),
        seed=options.seed,
        figures=figures(trials, least),
        notes=(took, *notes(trials)),
    )
    return publish(report, keep=options.keep)


if __name__ == "__main__":
    sys.exit(main())
