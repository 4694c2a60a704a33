"""As much of Ray as a pool of workers uses, in this process: nodes come and go, and workers end as a test says."""

from __future__ import annotations

import pickle
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from bridge import __version__
from bridge.cluster.contract import CullTraits
from bridge.cluster.worker import Presented


class RayError(Exception):
    pass


class RayTaskError(RayError):
    """What the called method raised."""


class RayActorError(RayError):
    pass


class OutOfMemoryError(RayError):
    """What Ray says where it ended a worker to save its node."""


class GetTimeoutError(RayError, TimeoutError):
    pass


def well(answer: Any) -> bytes:
    return pickle.dumps((True, answer))


def badly(error: Exception) -> bytes:
    return pickle.dumps((False, error))


PRESENTED = Presented(__version__, CullTraits("1"), 2)


class FakeRay:
    """``install`` it, then let a pool use it."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        """Nodes that are there."""
        self.addresses: dict[str, str] = {}
        """Of nodes that are not on this machine."""
        self.actors: list[Actor] = []
        """All that were ever made."""
        self.hired = threading.Semaphore(0)
        """Released by each of them."""
        self.present: dict[str, Callable[[], bytes]] = {}
        """By node, what a worker there says first, where that is not ``PRESENTED``. It may raise."""
        self.call: Callable[[str], bytes] | None = None
        """Of a node: what its workers answer at once, or raise; None: calls wait for ``Actor.calls``."""
        self.refuses: Exception | None = None
        """What giving a call raises, before it is on its way."""
        self.looks: Callable[[], None] = lambda: None
        """Called whenever the nodes are asked for; it may raise."""

    def install(self, patch: pytest.MonkeyPatch) -> FakeRay:
        ray: Any = ModuleType("ray")
        ray.nodes, ray.get, ray.kill, ray.remote = self._nodes, self._get, self._kill, self._remote
        ray.exceptions = SimpleNamespace(
            RayError=RayError, RayTaskError=RayTaskError, RayActorError=RayActorError, GetTimeoutError=GetTimeoutError
        )
        strategies: Any = ModuleType("ray.util.scheduling_strategies")
        strategies.NodeAffinitySchedulingStrategy = lambda node, soft: node  # noqa: ARG005 - Ray's name
        for name, module in (("ray", ray), ("ray.util", ModuleType("ray.util")), (strategies.__name__, strategies)):
            patch.setitem(sys.modules, name, module)
        return self

    def at(self, name: str) -> list[Actor]:
        """Workers of a node, the newest last."""
        return [actor for actor in self.actors if actor.node == name]

    def _nodes(self) -> list[dict[str, Any]]:
        self.looks()
        return [
            {
                "NodeID": name,
                "NodeName": name,
                "Alive": True,
                "NodeManagerAddress": self.addresses.get(name, "127.0.0.1"),
                "Resources": {"CPU": 2.0, "photo_bridge": 1.0},
            }
            for name in self.names
        ]

    def _get(self, asked: Future[bytes], timeout: float | None = None) -> bytes:
        assert asked.done() or timeout is None or timeout > 0
        return asked.result(0 if timeout is None else min(timeout, 0.05))

    def _kill(self, actor: Actor) -> None:
        actor.end(RayActorError("killed"))

    def _remote(self, _: Any) -> Any:
        def hire(*_: Any) -> Actor:
            made = Actor(self, options["scheduling_strategy"])
            self.actors.append(made)
            self.hired.release()
            return made

        options: dict[str, Any] = {}

        def keep(**told: Any) -> Any:
            options.update(told)
            return SimpleNamespace(remote=hire)

        return SimpleNamespace(options=keep)


class Actor:
    """A worker on a node."""

    def __init__(self, ray: FakeRay, node: str) -> None:
        self._ray = ray
        self.node = node
        self.calls: dict[int, Future[bytes]] = {}
        """By number, those that wait for an answer."""
        self.ended: Exception | None = None
        self.present = SimpleNamespace(remote=lambda: _asked(ray.present.get(node, lambda: well(PRESENTED))))
        self.load = SimpleNamespace(remote=lambda: _asked(lambda: well(None)))
        self.cancel = SimpleNamespace(remote=lambda _: None)
        self.call = SimpleNamespace(remote=self._call)

    def end(self, error: Exception) -> None:
        """It goes, with what it has under way."""
        self.ended = error
        calls, self.calls = self.calls, {}
        for waiting in calls.values():
            if not waiting.done():
                waiting.set_exception(error)

    def _call(self, number: int, *_: Any) -> Any:
        if self._ray.refuses is not None:
            raise self._ray.refuses
        told = self._ray.call
        future: Future[bytes] = Future() if told is None and self.ended is None else _asked(self._answer)
        if not future.done():
            self.calls[number] = future
        return SimpleNamespace(future=lambda: future)

    def _answer(self) -> bytes:
        if self.ended is not None:
            raise self.ended
        assert self._ray.call is not None
        return self._ray.call(self.node)


def _asked(tell: Callable[[], bytes]) -> Future[bytes]:
    future: Future[bytes] = Future()
    try:
        future.set_result(tell())
    except Exception as error:
        future.set_exception(error)
    return future
