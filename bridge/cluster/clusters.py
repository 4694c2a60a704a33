"""The clusters of one daemon: each is joined when a run needs it, and left when none has for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from bridge.cluster.contract import Described, Nodes, Spec, Traits
from bridge.cluster.link import RayNodes
from bridge.cluster.nodes import driver_environment
from bridge.jobs.idle import Idle
from bridge.servers import cluster_address
from bridge.settings import Settings
from bridge.taggers import Choice


def connect(address: str, settings: Settings, home: Path) -> Nodes:
    """The machines of the cluster at ``HOST:PORT``; it is joined by the first question."""
    return RayNodes(address, settings, driver_environment(settings, home))


KEPT_MODELS = 64
"""More than a cluster is asked for within the time after which models are let go of."""

Connect = Callable[[str], Nodes]
"""HOST:PORT -> its machines; joins at the first use, and again after ``close``."""


class Clusters:
    """Called from several threads."""

    def __init__(self, connect: Connect, allowed: Iterable[str], idle: Idle | None) -> None:
        """``allowed``: hosts beyond loopback that may see photos. ``idle`` leaves a cluster that nobody uses, by which
        its machines let go of their models; None: it stays joined."""
        self._connect = connect
        self._allowed = tuple(allowed)
        self._idle = idle
        self._joined: dict[str, Nodes] = {}
        self._lock = threading.Lock()

    def at(self, address: str) -> Nodes:
        """Raises InvalidParams, and ModelNotLocal where photos may not go there: whatever a stored run says, the
        settings count."""
        address = cluster_address(address, self._allowed)
        with self._lock:
            if address not in self._joined:
                self._joined[address] = NotedNodes(self._connect(address), self._idle)
            return self._joined[address]

    def close(self) -> None:
        with self._lock:
            joined, self._joined = list(self._joined.values()), {}
        for nodes in joined:
            nodes.close()


@dataclass(frozen=True, slots=True)
class _Model:
    """One model on the machines of a cluster."""

    nodes: Nodes
    spec: Spec

    def close(self) -> None:
        self.nodes.release(self.spec)


class NotedNodes(Nodes):
    """The machines of a cluster whose uses ``idle`` knows of: models that nobody used for a while leave their memory
    while others are at work, and at last the cluster is left."""

    def __init__(self, nodes: Nodes, idle: Idle | None) -> None:
        self._nodes = nodes
        self._idle = idle
        self._model = lru_cache(maxsize=KEPT_MODELS)(partial(_Model, nodes))

    @property
    def address(self) -> str:
        return self._nodes.address

    def choose(self, name: str, want: str) -> Choice:
        with self._using():
            return self._nodes.choose(name, want)

    def describe(self, spec: Spec) -> Described:
        with self._using(spec):
            return self._nodes.describe(spec)

    def load(self, spec: Spec) -> None:
        with self._using(spec):
            self._nodes.load(spec)

    def call(
        self,
        spec: Spec,
        method: str,
        *arguments: Any,
        cancelled: Callable[[], bool] = lambda: False,
        traits: Traits | None = None,
    ) -> Any:
        with self._using(spec):
            return self._nodes.call(spec, method, *arguments, cancelled=cancelled, traits=traits)

    def release(self, spec: Spec) -> None:
        with self._using():
            self._nodes.release(spec)

    def close(self) -> None:
        self._nodes.close()

    @contextmanager
    def _using(self, spec: Spec | None = None) -> Iterator[None]:
        if self._idle is None:
            yield
            return
        with self._idle.using(self._nodes), nullcontext() if spec is None else self._idle.using(self._model(spec)):
            yield
