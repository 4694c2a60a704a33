"""The run as it is seen from outside: how far it is, how long an answer takes, how much memory it has."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bridge.rpc.client import Client
from campaigns.endurance.reference import Blind, Slice


@dataclass(frozen=True, slots=True)
class Sample:
    """Memory of the daemon and all its children, bytes, when ``photos`` had ended. ``shared``: what several of them
    have counts for each in RSS, and in parts in PSS."""

    photos: int
    pss: int
    rss: int


@dataclass(frozen=True, slots=True)
class Window:
    """From one slice of the reference to the next; ``seconds`` without that slice."""

    start: int
    end: int
    seconds: float
    reference: Slice


@dataclass(slots=True)
class Seen:
    samples: list[Sample] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    """Seconds of each ``jobs.status`` without ``wait_ms``, during the run."""
    status: dict[str, Any] = field(default_factory=dict)
    """The last one."""
    seconds: float = 0.0
    """Of the run, without the slices of the reference."""


@dataclass(frozen=True, slots=True)
class Pace:
    """``window`` seconds of the run, then ``writes`` of the reference."""

    window: float
    writes: int
    status: float = 0.25
    """Seconds between two questions for ``jobs.status``."""
    sample: float = 1.0
    """Seconds between two looks at the memory."""


class Watch:
    """Of one run of one daemon."""

    def __init__(self, client: Client, job: str, blind: Blind, pace: Pace, progress: Path | None = None) -> None:
        self._client = client
        self._job = job
        self._blind = blind
        self._pace = pace
        self._progress = progress
        self._daemon = psutil.Process(client.info.pid)

    def follow(self) -> Seen:
        """Until the run has ended."""
        seen = Seen()
        ended, begun, sampled = self._ask(seen), time.perf_counter(), 0.0
        start = ended
        while seen.status["state"] == "open":
            time.sleep(self._pace.status)
            ended, now = self._ask(seen), time.perf_counter()
            if now - sampled >= self._pace.sample:
                sampled = now
                seen.samples.append(self._sample(ended))
            if now - begun >= self._pace.window or seen.status["state"] != "open":
                with self._standing_still():
                    spent, reference = time.perf_counter() - begun, self._blind.slice(self._pace.writes)
                seen.windows.append(Window(start, ended, spent, reference))
                seen.seconds += spent
                self._tell(seen)
                start, begun = ended, time.perf_counter()
        return seen

    def ask_often(self, times: int) -> list[float]:
        """Seconds of each answer."""
        seen = Seen()
        for _ in range(times):
            self._ask(seen)
        return seen.answers

    def _ask(self, seen: Seen) -> int:
        """How many photos have ended."""
        begun = time.perf_counter()
        seen.status = self._client.call("jobs.status", job=self._job)
        seen.answers.append(time.perf_counter() - begun)
        return sum(seen.status[state] for state in ("done", "skipped", "failed", "cancelled"))

    def _sample(self, photos: int) -> Sample:
        pss = rss = 0
        for process in self._processes():
            with suppress(psutil.Error):
                memory = process.memory_full_info()
                pss, rss = pss + memory.pss, rss + memory.rss
        return Sample(photos, pss, rss)

    def _processes(self) -> Sequence[psutil.Process]:
        return [self._daemon, *self._daemon.children(recursive=True)]

    @contextmanager
    def _standing_still(self) -> Iterator[None]:
        processes = self._processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.suspend()
        try:
            yield
        finally:
            for process in reversed(processes):
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def _tell(self, seen: Seen) -> None:
        if self._progress is None:
            return
        last, memory = seen.windows[-1], seen.samples[-1].pss if seen.samples else 0
        rate, blind = (last.end - last.start) / last.seconds, last.reference.writes / last.reference.seconds
        with self._progress.open("a") as file:
            file.write(
                f"{time.strftime('%H:%M:%S')} {last.end} photos after {seen.seconds:.0f} s; {rate:.1f}/s,"
                f" reference {blind:.1f}/s, {memory / 2**20:.0f} MiB\n"
            )
