"""The model hub, reached from a child process alone: in the daemon itself every library stays offline.

Those libraries read their offline switches once, when they are imported, so that there is no lifting them for a while
in a process that lives on. The child has the person's environment without those switches and without their credentials.
Its proxies are followed: the person asked for a download.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.errors import PullFailed

__all__ = ["HubFile", "Listing", "fetch", "listing", "where"]

SWITCHES = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
CREDENTIALS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH")
QUIET = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    # Its store of chunks cannot take up what an earlier process left.
    "HF_HUB_DISABLE_XET": "1",
}
LOOK_S = 0.2
"""Between two looks at a running child."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """``size`` in bytes. ``sha256`` of the content where the hub keeps it as a large file, else None; ``git`` is the
    SHA-1 that git names it by."""

    name: str
    size: int
    sha256: str | None
    git: str


@dataclass(frozen=True, slots=True)
class Listing:
    repo: str
    commit: str
    files: tuple[HubFile, ...]


def listing(repo: str, cancelled: Callable[[], bool]) -> Listing | None:
    """What the hub has of a model now; None where that was cancelled. Raises PullFailed."""
    told = _ask(["list", repo], cancelled)
    if told is None:
        return None
    try:
        files = tuple(HubFile(f["name"], int(f["size"]), f["sha256"], f["git"]) for f in told["files"])
        return Listing(repo, str(told["commit"]), files)
    except (KeyError, TypeError, ValueError) as error:
        raise PullFailed(f"The model hub does not say what {repo} consists of.", detail=str(error)) from error


def where(model: str, pretrained: str, cancelled: Callable[[], bool]) -> tuple[str, str | None] | None:
    """(repository, file or None) of weights that open_clip knows, which must be installed. Raises PullFailed."""
    told = _ask(["where", model, pretrained], cancelled)
    return None if told is None else (told["repo"], told["file"])


def fetch(listed: Listing, file: HubFile, part: Path, seen: Callable[[], None], cancelled: Callable[[], bool]) -> bool:
    """Download into ``part``, going on from its end; ``seen`` is called a few times a second. False where cancelled.

    Raises PullFailed; what has arrived stays in ``part``.
    """
    told = _ask(["fetch", listed.repo, listed.commit, file.name, str(file.size), str(part)], cancelled, seen)
    return told is not None


def _ask(
    arguments: list[str], cancelled: Callable[[], bool], seen: Callable[[], None] = lambda: None
) -> dict[str, Any] | None:
    """What the child says; None where it was ended because of ``cancelled``."""
    with tempfile.TemporaryDirectory(prefix="photo-bridge-pull-") as scratch, tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            # -P: a folder named bridge where the daemon was started is not ours.
            [sys.executable, "-P", "-m", "bridge.engines._hub_child", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.DEVNULL,
            env=_environment(scratch),
        )
        try:
            while not _ended(child):
                if cancelled():
                    return None
                seen()
        finally:
            child.kill()
            child.wait()
        said.seek(0)
        return _told(said.read())


def _ended(child: subprocess.Popen[bytes]) -> bool:
    try:
        child.wait(LOOK_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _environment(scratch: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in (*SWITCHES, *CREDENTIALS)}
    return {**kept, **QUIET, "HF_HOME": scratch}


def _told(said: bytes) -> dict[str, Any]:
    try:
        told = json.loads(said)
    except ValueError:
        told = {"error": "the process ended without a word"}
    if "error" in told:
        raise PullFailed(f"The model hub: {told['error']}")
    result: dict[str, Any] = told
    return result
