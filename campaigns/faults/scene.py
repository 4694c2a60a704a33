"""Where it plays: a volume with photos, a home, a daemon, a model server, and an ExifTool that can be exchanged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psutil

from bridge.rpc.client import RemoteError
from campaigns.faults.library import Shoot, make_shoot
from campaigns.faults.model import SLOTS, ModelServer
from campaigns.faults.trial import Trial
from tests.system.daemon import Bridge

EXIFTOOL_S, MODEL_S = 4, 3
"""How long the daemon waits for what hangs. Short, so that a campaign is; long enough for a busy machine."""
PATIENCE_S = 240.0
RESUMES = 8
OPTIONS = {"model": "ollama:llava:13b", "write": True, "raw_renderer": "embedded"}


@dataclass
class Scene:
    root: Path
    seed: int
    model: ModelServer
    bridge: Bridge
    """The home that most trials share."""
    others: list[Bridge] = field(default_factory=list)

    @property
    def volume(self) -> Path:
        return self.root / "volume"

    @property
    def tool(self) -> Path:
        """The program that the daemon takes for ExifTool."""
        return self.root / "exiftool"

    @property
    def offset(self) -> Path:
        """What is added to the clock, where a daemon was started with ``clock_environ``."""
        return self.root / "offset"

    def chance(self, name: str) -> Random:
        """The dice of one trial: the same whatever the others do."""
        return Random(f"{self.seed} {name}")

    def shoot(self, name: str, count: int) -> Shoot:
        return make_shoot(self.volume / name, count, self.seed)

    def real_tool(self) -> None:
        """The daemon's ExifTool is the system's."""
        self.tool_is(f'exec {shutil.which("exiftool")} "$@"')

    def tool_is(self, script: str) -> None:
        fresh = self.tool.with_suffix(".new")
        fresh.write_text(f"#!/bin/sh\n{script}\n")
        fresh.chmod(0o755)
        fresh.replace(self.tool)

    def home(self, name: str, environ: Mapping[str, str] = {}) -> Bridge:
        """Another home, with the same settings."""
        home = self.root / name
        home.mkdir(exist_ok=True)
        self.others.append(Bridge(home, {**self.bridge.environ, **environ}))
        return self.others[-1]


@contextmanager
def scene(seed: int) -> Iterator[Scene]:
    """Everything, and nothing of it afterwards. Needs root: disks are mounted."""
    root = Path(tempfile.mkdtemp(prefix="photo-bridge-faults-"))
    model = ModelServer()
    environ = {
        "PHOTO_BRIDGE_OLLAMA_URL": model.url,
        "PHOTO_BRIDGE_MODEL_IN_FLIGHT": str(SLOTS),
        "PHOTO_BRIDGE_MODEL_TIMEOUT_S": str(MODEL_S),
        "PHOTO_BRIDGE_EXIFTOOL": str(root / "exiftool"),
        "PHOTO_BRIDGE_EXIFTOOL_TIMEOUT_S": str(EXIFTOOL_S),
        "PHOTO_BRIDGE_NOTICES": "false",
        "PYTHONPATH": os.pathsep.join([*sys.path[:1], os.environ.get("PYTHONPATH", "")]),
    }
    (root / "home").mkdir()
    made = Scene(root, seed, model, Bridge(root / "home", environ))
    made.real_tool()
    made.volume.mkdir()
    try:
        with mounted(made.volume, "-t", "tmpfs", "-o", "size=2g", "tmpfs"):
            yield made
    finally:
        for bridge in (made.bridge, *made.others):
            if bridge.process is not None:
                bridge.kill()
        model.stop()
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def mounted(folder: Path, *what: str) -> Iterator[Path]:
    subprocess.run(["mount", *what, str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def begin(bridge: Bridge, folder: Path) -> str:
    with bridge.client() as client:
        return str(client.call("photos.analyze", uris=[folder.as_uri()], options=OPTIONS)["job"])


def status(bridge: Bridge, job: str, wait_ms: int = 0) -> dict[str, Any]:
    with bridge.client() as client:
        found: dict[str, Any] = client.call("jobs.status", job=job, wait_ms=wait_ms)
    return found


def until_still(bridge: Bridge, job: str, trial: Trial) -> dict[str, Any]:
    """Wait until the run is not open any more; what it complains of is noted."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := status(bridge, job, wait_ms=2000))["state"] == "open":
        if time.monotonic() > deadline:
            trial.wrong.append(f"the run {job} hung at {found['done']} of {found['total']}")
            break
    note(bridge, found, trial)
    return found


def note(bridge: Bridge, found: dict[str, Any], trial: Trial) -> None:
    """What a run complains of, by its codes."""
    if found["error"]:
        trial.felt[f"paused ({found['error']['code']})"] += 1
    if found["waiting"]:
        trial.felt[f"waited ({found['waiting']['code']})"] += 1
    for cause in found["absent"]:
        trial.felt[f"photo that waited ({cause['code']})"] += cause["photos"]
    if found["failed"]:
        with bridge.client() as client:
            causes = client.call("jobs.failures", job=found["job"])
        trial.felt.update(Counter({f"failed photo ({cause['code']})": cause["count"] for cause in causes}))


def resume(bridge: Bridge, job: str, trial: Trial) -> None:
    """As a person does when all is well again: failures of before are tried once more."""
    if status(bridge, job)["state"] == "paused":
        trial.under_way += SLOTS  # a run that pauses hangs up on the model
    with bridge.client() as client, suppress(RemoteError):
        client.call("jobs.resume", job=job)


def to_the_end(bridge: Bridge, job: str, trial: Trial) -> None:
    """As a person would once all is well: resume until every photo is done."""
    for _ in range(RESUMES):
        found = until_still(bridge, job, trial)
        if (found["state"], found["done"]) == ("done", found["total"]):
            return
        resume(bridge, job, trial)
    trial.wrong.append(f"the run {job} did not come to its end: {found}")


def results(bridge: Bridge, job: str) -> dict[Path, dict[str, Any]]:
    """By the photo's path."""
    found: dict[Path, dict[str, Any]] = {}
    after = 0
    with bridge.client() as client:
        while page := client.call("jobs.results", job=job, after=after, limit=500):
            found |= {Path(result["path"]): result for result in page["results"]}
            if not page["results"]:
                break
            after = page["next"]
    return found


def tools_of(bridge: Bridge) -> list[psutil.Process]:
    """The daemon's ExifTool processes."""
    assert bridge.process is not None
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(bridge.process.pid).children(recursive=True)
        return [child for child in children if "exiftool" in " ".join(child.cmdline())]
    return []
