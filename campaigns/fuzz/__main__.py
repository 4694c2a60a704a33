"""Damaged inputs over everything that is read: ``python -m campaigns.fuzz --form ci|full``.

Findings are written to ``--findings FOLDER``, the shortest inputs of each, with what was said; they are to be mended at
their root and kept as a test.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from campaigns.fuzz.child import MEMORY
from campaigns.fuzz.parent import HANG_SECONDS, Tally, Task, run
from campaigns.fuzz.targets import CHUNKS, INPUTS, MEANT, TARGETS
from campaigns.report import Figure, Report, publish

SEED = 20261130
BOUND_SECONDS = {"ci": 285.0, "full": 3600.0}
"""No child is started after that."""
CI_SHARE = 0.13


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m campaigns.fuzz", description=__doc__)
    parser.add_argument("--form", choices=("ci", "full"), default="full")
    parser.add_argument("--keep", action="store_true", help="write docs/reports/ anew")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", action="append", choices=sorted(TARGETS), help="these targets alone")
    parser.add_argument("--share", type=float, help="of the full form's inputs")
    parser.add_argument("--workers", type=int, default=min(4, len(os.sched_getaffinity(0))))
    parser.add_argument("--findings", type=Path, default=Path("/tmp/photo-bridge-findings"))
    asked = parser.parse_args()
    share = asked.share or (1.0 if asked.form == "full" else CI_SHARE)
    wanted = {name: max(1, round(count * share)) for name, count in INPUTS.items() if name in (asked.only or INPUTS)}
    began = time.monotonic()
    tallies = run(tasks(wanted), asked.seed, workers=asked.workers, until=began + BOUND_SECONDS[asked.form])
    write_findings(tallies, asked.findings)
    report = told(asked.form, asked.seed, wanted, tallies, time.monotonic() - began)
    return publish(report, keep=asked.keep)


def tasks(wanted: dict[str, int]) -> list[Task]:
    """The slowest first, so that no child is left to work alone at the end."""
    found = [
        Task(name, first, min(first + CHUNKS[name], count))
        for name, count in wanted.items()
        for first in range(0, count, CHUNKS[name])
    ]
    order = list(TARGETS)
    return sorted(found, key=lambda task: order.index(task.target))


def told(form: str, seed: int, wanted: dict[str, int], tallies: dict[str, Tally], seconds: float) -> Report:
    inputs = sum(tally.inputs for tally in tallies.values())
    asked = sum(wanted.values())
    faults = sum(len(tally.faults) for tally in tallies.values())
    at_least = asked if form == "ci" or asked < 100_000 else 100_000
    figures = (
        Figure("inputs", f"{inputs:,}", f"at least {at_least:,}", inputs >= at_least),
        _none("processes that died", sum(tally.died for tally in tallies.values())),
        _none(f"inputs without an answer within {HANG_SECONDS:.0f} s", sum(tally.hung for tally in tallies.values())),
        _none("kinds of faults found: what must hold does not, or an error without a type left", faults),
        Figure(
            "most memory that a process grew by",
            f"{max(t.peak_mb for t in tallies.values()):.0f} MiB",
            f"at most {MEMORY >> 20} MiB, by its limit",
        ),
        Figure("time", f"{seconds / 60:.1f} minutes"),
    )
    rows = [
        f"| {name} | {MEANT[name]} | {tally.inputs:,} | {_outcomes(tally)} | {tally.rate:.0f} |"
        for name, tally in tallies.items()
    ]
    table = "\n".join(["| target | what | inputs | outcomes | a second |", "|---|---|---|---|---|", *rows])
    notes = [f"## Targets\n\n{table}"]
    if faults:
        found = [f"- {name}: {what}" for name, tally in tallies.items() for what in tally.faults]
        notes.append("## Found in this run\n\n" + "\n".join(found))
    notes.append(Path(__file__).with_name("mended.md").read_text("utf-8").strip())
    command = f"python -m campaigns.fuzz --form {form}"
    return Report(f"fuzz-{form}", "Fuzzing", command, seed, figures, tuple(notes))


def _none(what: str, count: int) -> Figure:
    return Figure(what, str(count), "0", count == 0)


def _outcomes(tally: Tally) -> str:
    total = max(1, sum(tally.outcomes.values()))
    return ", ".join(f"{name} {100 * count / total:.0f} %" for name, count in tally.outcomes.most_common(5))


def write_findings(tallies: dict[str, Tally], folder: Path) -> None:
    for name, tally in tallies.items():
        for number, (what, inputs) in enumerate(tally.faults.items()):
            place = folder / f"{name}-{number}"
            place.mkdir(parents=True, exist_ok=True)
            (place / "what.txt").write_text(f"{what}\n\n{tally.traces[what]}\n", "utf-8")
            for at, data in enumerate(inputs):
                (place / f"input-{at}").write_bytes(data)
            sys.stderr.write(f"{name}: {what} -> {place}\n")


if __name__ == "__main__":
    sys.exit(main())
