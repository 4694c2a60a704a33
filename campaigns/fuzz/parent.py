"""Children at work side by side: watched, ended where they hang, and followed by another where they die."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

HANG_SECONDS = 30.0
"""For one input, on a machine that has other things to do; the child's start is not counted."""
START_SECONDS = 180.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Task:
    target: str
    first: int
    last: int


@dataclass
class Tally:
    """Of one target."""

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[bytes]] = field(default_factory=dict)
    """By what they are: the inputs, the shortest first."""
    traces: dict[str, str] = field(default_factory=dict)
    died: int = 0
    hung: int = 0
    peak_mb: float = 0.0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Inputs a second of a child, its start included."""
        return self.inputs / self.seconds if self.seconds else 0.0

    def found(self, what: str, data: bytes, trace: str) -> None:
        kept = self.faults.setdefault(what, [])
        kept.append(data)
        kept.sort(key=len)
        del kept[5:]
        self.traces.setdefault(what, trace)


def work_folder() -> Path:
    """In memory where there is such a place: each input is written twice."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="photo-bridge-fuzz-", dir=memory if memory.is_dir() else None))


def run(tasks: Sequence[Task], seed: int, *, workers: int, until: float) -> dict[str, Tally]:
    """Try all tasks. ``until``: no new child is started after that, in seconds of ``time.monotonic``."""
    tallies: dict[str, Tally] = {task.target: Tally() for task in tasks}
    lock = threading.Lock()

    def one(task: Task) -> None:
        at = task.first
        while at < task.last and time.monotonic() < until:
            work = work_folder()
            try:
                began = time.monotonic()
                tried = _child(Task(task.target, at, task.last), seed, work)
                with lock:
                    _count(tallies[task.target], work, tried, time.monotonic() - began)
                at += tried.inputs + (0 if tried.status == 0 else 1)
                if tried.status == 0:
                    return
            finally:
                shutil.rmtree(work, ignore_errors=True)

    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(one, task) for task in tasks]:
            future.result()
    return tallies


@dataclass(frozen=True, slots=True)
class _Tried:
    status: int
    inputs: int
    hung: bool
    said: str


def _child(task: Task, seed: int, work: Path) -> _Tried:
    arguments = [task.target, str(seed), str(task.first), str(task.last), str(work)]
    outcomes = work / "outcomes"
    with (work / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "campaigns.fuzz.child", *arguments],
            stdout=said,
            stderr=said,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
        )
        size, since, hung = -1, time.monotonic(), False
        while process.poll() is None:
            now = outcomes.stat().st_size if outcomes.exists() else -1
            if now != size:
                size, since = now, time.monotonic()
            elif not hung and time.monotonic() - since > (START_SECONDS if size < 0 else HANG_SECONDS):
                hung = True
                process.send_signal(signal.SIGABRT)  # its stacks are told then
            elif hung and time.monotonic() - since > START_SECONDS + HANG_SECONDS:
                process.kill()
            time.sleep(_POLL_SECONDS)
    text = (work / "said").read_bytes()[-8000:].decode("utf-8", "replace")
    lines = outcomes.read_text().splitlines() if outcomes.exists() else []
    if process.returncode != 0 and not outcomes.exists():
        raise RuntimeError(f"a child of {task.target} did not begin:\n{text}")
    return _Tried(process.returncode, len(lines), hung, text)


def _count(tally: Tally, work: Path, tried: _Tried, seconds: float) -> None:
    tally.inputs += tried.inputs
    tally.seconds += seconds
    tally.outcomes.update((work / "outcomes").read_text().splitlines())
    peak = work / "peak"
    if peak.exists():
        tally.peak_mb = max(tally.peak_mb, int(peak.read_text()) / 1024)
    faults = work / "faults"
    for line in faults.read_text().splitlines() if faults.exists() else []:
        row = json.loads(line)
        tally.found(row["what"], base64.b64decode(row["input"]), row["trace"])
    if tried.status != 0:
        data = (work / "current").read_bytes()
        tally.inputs += 1
        if tried.hung:
            tally.hung += 1
            tally.found("no answer within the limit", data, tried.said)
        else:
            tally.died += 1
            how = signal.Signals(-tried.status).name if tried.status < 0 else f"status {tried.status}"
            tally.found(f"the process died ({how})", data, tried.said)
