"""``python -m campaigns.faults --form ci|full [--keep] [--seed N] [--only NAME]``: see docs/reports/faults-full.md.

Needs root (disks are mounted), Linux, ExifTool and libfaketime; make faults sees to the last two.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import active_children, get_context

from campaigns.faults.forms import FORMS, one, trials_of
from campaigns.faults.trial import figures, notes
from campaigns.report import Report, publish

SEED = 20261130
LANES = 2
"""Trials that run side by side, each with a daemon, a model server and disks of its own: much of them is waiting."""


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, _end)
    # Else each of the hundred daemons would compile all that it imports, which takes longer than what it then does.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    form = FORMS[options.form]
    names = options.only.split(",") if options.only else list(trials_of(form))
    start = time.monotonic()
    if options.lanes > 1 and len(names) > 1:
        # Processes of their own, since a trial stops and signals what it started.
        with ProcessPoolExecutor(options.lanes, mp_context=get_context("spawn")) as lanes:
            trials = list(lanes.map(partial(one, options.form, options.seed), names))
    else:
        trials = [one(options.form, options.seed, name) for name in names]
    took = f"It took {(time.monotonic() - start) / 60:.0f} minutes, {options.lanes} trials side by side."
    least = form.least_kills if {"kills", "more-kills"} <= set(names) else 0
    report = Report(
        name=f"faults-{options.form}",
        title="Faults: a library of photos on bad days",
        command=f"make faults FORM={options.form}" + (f" (only {options.only})" if options.only else ""),
        seed=options.seed,
        figures=figures(trials, least),
        notes=(took, *notes(trials)),
    )
    return publish(report, keep=options.keep)


def _end(*_: object) -> None:
    for lane in active_children():
        lane.terminate()
    sys.exit(143)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m campaigns.faults", description=__doc__)
    parser.add_argument("--form", choices=FORMS, default="full")
    parser.add_argument("--keep", action="store_true", help="write docs/reports/ anew")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", help="one kind of fault, or several with commas between them")
    parser.add_argument("--lanes", type=int, default=LANES, help="trials side by side")
    options = parser.parse_args()
    if sys.platform != "linux" or os.geteuid() != 0:
        parser.error("disks are mounted and unmounted here: run it as root, on Linux")
    return options


if __name__ == "__main__":
    sys.exit(main())
