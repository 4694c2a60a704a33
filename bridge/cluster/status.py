"""Which machines a cluster has, and what they are good for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.cluster._pool import RESOURCE
from bridge.cluster._status import DENIED
from bridge.cluster.nodes import driver_environment, installed, kept
from bridge.cluster.running import reach
from bridge.cluster.token import own_token
from bridge.errors import ModelUnreachable, Refused
from bridge.settings import Settings

ANSWER_S = 60.0


@dataclass(frozen=True, slots=True)
class NodeStatus:
    name: str
    """``HOST:PORT``, the first of its ports."""
    host: str
    head: bool
    works: bool
    """Whether it looks at photos."""
    cores: int
    gpus: int
    version: str
    """Of photo-bridge; empty where that did not start it."""
    ray: str


def cluster_status(address: str, settings: Settings, home: Path) -> Sequence[NodeStatus]:
    """The nodes that are there, the head first.

    Raises ModelMissing without the extra, SettingsInvalid without a token, ModelUnreachable where nothing answers,
    Refused where the token is of another cluster.
    """
    installed()
    own_token(home)
    reach(address)
    try:
        asked = subprocess.run(
            [sys.executable, "-P", "-m", "bridge.cluster._status", address],
            env={**kept(), **driver_environment(settings, home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelUnreachable(
            f"What listens at {address} does not answer.",
            hint="Is it the head of a cluster? photo-bridge cluster start",
        ) from error
    if asked.returncode == DENIED:
        raise Refused(
            f"The cluster at {address} has another token than this machine.",
            hint="Copy that of its head: photo-bridge cluster token says how.",
        )
    if asked.returncode:
        last = asked.stderr.strip().splitlines()[-1:]
        raise ModelUnreachable(f"The cluster at {address} does not answer: {' '.join(last)}")
    found = [_status(node) for node in json.loads(asked.stdout) if node["alive"]]
    return sorted(found, key=lambda node: (not node.head, node.name))


def _status(node: dict[str, object]) -> NodeStatus:
    resources, labels = node["resources"], node["labels"]
    assert isinstance(resources, dict) and isinstance(labels, dict)
    return NodeStatus(
        str(node["name"]),
        str(node["host"]),
        bool(node["head"]),
        resources.get(RESOURCE, 0) > 0,
        int(resources.get("CPU", 0)),
        int(resources.get("GPU", 0)),
        labels.get("photo-bridge", ""),
        labels.get("ray", ""),
    )
