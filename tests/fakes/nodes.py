"""A whole cluster in this process: the workers that a node would have, on machines that a test can switch off."""

from __future__ import annotations

import itertools
import pickle
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bridge.cluster.contract import Described, FaceSpec, Nodes, Spec, TaggerSpec, Traits
from bridge.cluster.worker import Presented, Worker, choose_here, shaping, unpacked
from bridge.errors import BridgeError, ModelsDiffer, ModelUnreachable
from bridge.faces.contract import FaceModel
from bridge.settings import Settings
from bridge.taggers import Choice
from bridge.taggers.contract import Cancelled, Tagger

ADDRESS = "127.0.0.1:41800"
ASKED_S = 0.02
GONE = "No machine of the cluster can be reached any more."
HINT = "See photo-bridge cluster status; when it is back, run: photo-bridge resume"


@dataclass(eq=False)
class Machine:
    name: str
    workers: dict[Spec, Worker] = field(default_factory=dict)
    died: threading.Event = field(default_factory=threading.Event)
    busy: int = 0


class FakeNodes(Nodes):
    """``count`` machines with the models that ship, or with these instead."""

    def __init__(
        self,
        count: int = 2,
        *,
        address: str = ADDRESS,
        settings: Settings | None = None,
        tagger: Tagger | None = None,
        faces: FaceModel | None = None,
    ) -> None:
        """``tagger`` is what every name stands for there; ``faces`` finds them."""
        self._address = address
        self._shaped = shaping(settings or Settings(port=0))
        self._tagger = tagger
        self._faces = faces
        self._machines = [Machine(f"node-{number}") for number in range(1, count + 1)]
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._freed = threading.Condition(self._lock)
        self._threads = ThreadPoolExecutor(32, "node")
        self.refused: dict[str, BridgeError] = {}
        """Machines that cannot run what they are asked for, and why."""
        self.calls: Counter[tuple[str, str]] = Counter()
        """By machine and method, those that were answered."""
        self.chosen: list[tuple[str, str]] = []
        self.loaded: list[Spec] = []
        self.closed = 0
        self.before: Callable[[str, str], None] = lambda _, __: None
        """Called on a machine as it begins with a call."""

    @property
    def address(self) -> str:
        return self._address

    def kill(self, name: str) -> None:
        """Switch a machine off: what it has under way is given to another."""
        with self._lock:
            machine = next(one for one in self._machines if one.name == name)
            self._machines.remove(machine)
        machine.died.set()

    def kill_all(self) -> None:
        with self._lock:
            machines, self._machines = self._machines, []
        for machine in machines:
            machine.died.set()

    def add(self, name: str) -> None:
        with self._freed:
            self._machines.append(Machine(name))
            self._freed.notify_all()

    def answered(self, method: str) -> int:
        return sum(count for (_, called), count in self.calls.items() if called == method)

    def choose(self, name: str, want: str) -> Choice:
        self._willing()
        self.chosen.append((name, want))
        if self._tagger is not None:
            return Choice(self._tagger.name, "It is the only one there.")
        chosen: Choice = unpacked(choose_here(name, want, self._shaped))
        return chosen

    def describe(self, spec: Spec) -> Described:
        told: list[Presented] = [unpacked(self._worker(machine, spec).present()) for machine in self._willing()]
        machines = tuple(machine.name for machine in self._willing())
        return Described(told[0].traits, sum(one.in_flight for one in told), machines)

    def load(self, spec: Spec) -> None:
        for machine in self._willing():
            unpacked(self._worker(machine, spec).load())
        self.loaded.append(spec)

    def call(
        self,
        spec: Spec,
        method: str,
        *arguments: Any,
        cancelled: Callable[[], bool] = lambda: False,
        traits: Traits | None = None,
    ) -> Any:
        if cancelled():
            raise Cancelled
        told = pickle.dumps(arguments)
        while True:
            machine = self._take(spec, cancelled)
            try:
                if traits is not None and unpacked(self._worker(machine, spec).present()).traits != traits:
                    raise ModelsDiffer("The model is another one than it was.")
                return unpacked(self._answer(machine, spec, method, told, cancelled))
            except _DiedError:
                continue
            finally:
                with self._freed:
                    machine.busy -= 1
                    self._freed.notify_all()

    def release(self, spec: Spec) -> None:
        for machine in self._machines:
            machine.workers.pop(spec, None)

    def close(self) -> None:
        self.closed += 1

    def _willing(self) -> Sequence[Machine]:
        with self._lock:
            machines = [machine for machine in self._machines if machine.name not in self.refused]
            if machines:
                return machines
            if self._machines:
                raise self.refused[self._machines[-1].name]
        raise ModelUnreachable(GONE, hint=HINT)

    def _take(self, spec: Spec, cancelled: Callable[[], bool]) -> Machine:
        """The machine that has least to do, once one takes more."""
        with self._freed:
            while True:
                machine = min(self._willing(), key=lambda one: one.busy)
                if machine.busy < self._worker(machine, spec)._hands.in_flight:
                    machine.busy += 1
                    return machine
                self._freed.wait(ASKED_S)
                if cancelled():
                    raise Cancelled

    def _answer(
        self, machine: Machine, spec: Spec, method: str, arguments: bytes, cancelled: Callable[[], bool]
    ) -> bytes:
        """Raises _DiedError."""
        task, worker = next(self._numbers), self._worker(machine, spec)

        def work() -> bytes:
            self.before(machine.name, method)
            return worker.call(task, method, arguments)

        future: Future[bytes] = self._threads.submit(work)
        while not machine.died.is_set():
            with suppress(TimeoutError):
                answer = future.result(ASKED_S)
                if machine.died.is_set():
                    break
                with self._lock:
                    self.calls[machine.name, method] += 1
                return answer
            if cancelled():
                worker.cancel(task)
                raise Cancelled
        raise _DiedError

    def _worker(self, machine: Machine, spec: Spec) -> Worker:
        with self._lock:
            if spec not in machine.workers:
                worker = Worker(spec, self._shaped)
                hands: Any = worker._hands
                if isinstance(spec, TaggerSpec) and self._tagger is not None:
                    hands._tagger, hands.in_flight = self._tagger, self._tagger.in_flight
                if isinstance(spec, FaceSpec) and self._faces is not None:
                    hands._model = self._faces
                machine.workers[spec] = worker
            return machine.workers[spec]


class _DiedError(Exception):
    """The machine went off before it had answered."""
