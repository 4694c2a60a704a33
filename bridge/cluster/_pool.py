"""The workers of one model on a Ray cluster: one a node, each given as many calls at once as keep it busy."""

from __future__ import annotations

import itertools
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge import __version__
from bridge.cluster.contract import AWAY_HINT, Described, Spec, Traits
from bridge.cluster.worker import NodeBroke, Presented, Worker, choose_here, failed, fault_of_node, unpacked
from bridge.errors import BridgeError, ModelFault, ModelNotLocal, ModelsDiffer, ModelUnreachable
from bridge.servers import is_allowed, is_loopback
from bridge.taggers import Choice

RESOURCE = "photo_bridge"
"""What a node offers that works for us."""
SHARE = 0.001
PRESENT_S = 120.0
"""Time for a worker to come up and say what it is: the libraries of models are read from disk."""
LOOK_S = 5.0
"""So often the cluster is asked for nodes that came."""
MOST_TRIES = 3
"""Workers that may end over one photo before it counts as the photo's fault."""
SPARE_THREADS = 20
"""Calls beyond one a processor core that a worker could take: which of them it gets is decided here."""
AGAIN = 12
"""After so many looks a node that could not be used for the moment is asked once more."""
NO_WORKER_HINT = "Its log says more. Has it the same photo-bridge, Ray and Python? photo-bridge cluster status"
CHANGED = "The model on the machines of the cluster is another one than when the run began."
CHANGED_HINT = "photo-bridge resume goes on with the one that is there now."
NO_NODE = "No machine of the cluster can be reached any more."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Machine:
    id: str
    name: str
    """Its address, and the first of its ports where photo-bridge started it: a machine may have several nodes."""
    cores: int


class Machines:
    """The nodes that work for us."""

    def __init__(self, shaped: Mapping[str, Any], allowed: Iterable[str]) -> None:
        """``allowed``: hosts beyond loopback that may see photos. Whom a head takes in is not for it to decide."""
        self.shaped = shaped
        self._allowed = tuple(allowed)
        self._told: set[str] = set()

    def alive(self) -> Sequence[Machine]:
        """In the order of their names. Raises ModelUnreachable where there are none, ModelNotLocal where there are only
        some that may not see photos."""
        import ray

        willing = [
            node
            for node in ray.nodes()  # type: ignore[no-untyped-call]
            if node["Alive"] and node["Resources"].get(RESOURCE, 0) > 0
        ]
        if not willing:
            raise ModelUnreachable(NO_NODE, hint=AWAY_HINT)
        found = [
            Machine(node["NodeID"], node["NodeName"], int(node["Resources"].get("CPU", 1)))
            for node in willing
            if self._may_see(node["NodeManagerAddress"])
        ]
        if not found:
            hosts = ", ".join(sorted({node["NodeManagerAddress"] for node in willing}))
            raise ModelNotLocal(
                f"The machines of the cluster are {hosts}, and no photo goes there.",
                hint="They may see photos once allowed_hosts in the settings names their addresses (docs/scale.md).",
            )
        return sorted(found, key=lambda machine: (machine.name, machine.id))

    def _may_see(self, host: str) -> bool:
        """By the address that pictures are sent to."""
        if is_loopback(host) or any(is_allowed(host, None, (entry, *entry.split(":")[:1])) for entry in self._allowed):
            return True
        if host not in self._told:
            self._told.add(host)
            _log.warning("%s takes no part: allowed_hosts does not name it", host)
        return False

    def choose(self, name: str, want: str) -> Choice:
        """On the first that can. Raises what the last said."""
        import ray

        error: BridgeError = ModelUnreachable(NO_NODE, hint=AWAY_HINT)
        for machine in self.alive():
            asked = ray.remote(choose_here).options(**_on(machine)).remote(name, want, self.shaped)
            try:
                chosen: Choice = unpacked(ray.get(asked, timeout=PRESENT_S))
            except BridgeError as said:
                error = said
            except Exception as died:  # Ray's, and a defect there
                error = ModelUnreachable(f"{machine.name} does not answer: {_first_line(died)}")
            else:
                return chosen
        raise error


@dataclass(slots=True)
class Seat:
    """A worker on its node."""

    machine: Machine
    actor: Any
    in_flight: int
    busy: int = 0


@dataclass(slots=True)
class Errand:
    """One call on its way to an answer."""

    number: int
    method: str
    arguments: bytes
    reply: Callable[[bytes], None]
    tries: int = 0
    seat: Seat | None = None


@dataclass(slots=True)
class _State:
    seats: dict[str, Seat] = field(default_factory=dict)
    """By the node's id."""
    refused: dict[str, BridgeError] = field(default_factory=dict)
    """Nodes that are there and cannot run it."""
    waiting: deque[Errand] = field(default_factory=deque)
    running: dict[int, Errand] = field(default_factory=dict)


class Pool:
    """Safe to use from several threads, Ray's own among them, which bring the answers."""

    def __init__(self, machines: Machines, spec: Spec) -> None:
        self._machines = machines
        self._spec = spec
        self._lock = threading.Lock()
        self._seating = threading.Lock()
        self._state = _State()
        self._traits: Traits | None = None
        """Of the model as all seats have it."""
        self._released = threading.Event()
        self._loaded = False
        threading.Thread(target=self._look_out, name="look out", daemon=True).start()

    def describe(self) -> Described:
        """As ``Nodes.describe``."""
        with self._lock:
            self._state.refused.clear()  # what was missing there may have come
            if not (self._state.seats or self._state.running or self._state.waiting):
                self._traits = None  # whoever begins takes the model as it is
        try:
            self._seat(strict=True)
        except ModelsDiffer:
            with self._lock:
                idle = not (self._state.running or self._state.waiting)
            if idle:  # other runs go on with the nodes that they began with
                self._dismiss()
            raise
        with self._lock:
            seats = list(self._state.seats.values())
            traits = self._traits
        if traits is None or not seats:
            raise self._why_none()
        return Described(
            traits,
            sum(seat.in_flight for seat in seats),
            tuple(seat.machine.name for seat in seats),
        )

    def load(self) -> None:
        """As ``Nodes.load``."""
        import ray

        self.describe()
        self._loaded = True
        with self._lock:
            asked = [(seat, seat.actor.load.remote()) for seat in self._state.seats.values()]
        for seat, reference in asked:
            try:
                unpacked(ray.get(reference))
            except BridgeError as error:
                self._refuse(seat, error)
            except ray.exceptions.RayError:
                self._lose(seat)
        with self._lock:
            left = bool(self._state.seats)
        if not left:
            raise self._why_none()

    def give(
        self,
        number: int,
        method: str,
        arguments: bytes,
        reply: Callable[[bytes], None],
        traits: Traits | None = None,
    ) -> None:
        """``reply`` is called once, from this thread or another. ``traits``: as ``Nodes.call``."""
        with self._lock:
            self._traits = self._traits or traits  # a run goes on after all nodes were let go of, and with no others
            differs = traits is not None and traits != self._traits
            if not differs:
                self._state.waiting.append(Errand(number, method, arguments, reply))
            nobody = not self._state.seats
        if differs:
            reply(failed(ModelsDiffer(CHANGED, hint=CHANGED_HINT)))
        elif nobody:
            self._seat_soon()
        else:
            self._send()

    def cancel(self, number: int) -> None:
        """A call that waits is answered at once by nobody: who cancelled does not listen any more."""
        with self._lock:
            state = self._state
            state.waiting = deque(errand for errand in state.waiting if errand.number != number)
            errand = state.running.get(number)
        if errand is not None and errand.seat is not None:
            errand.seat.actor.cancel.remote(number)

    def release(self) -> None:
        """For good: another pool takes its place."""
        self._released.set()
        self._dismiss()
        self._give_up(ModelUnreachable("The model was let go of.", hint="Run: photo-bridge resume"))

    # -- calls --------------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        """Whatever waits, as far as there is room; the node with the most room first."""
        while True:
            with self._lock:
                free = [seat for seat in self._state.seats.values() if seat.busy < seat.in_flight]
                if not self._state.waiting or not free:
                    return
                seat = min(free, key=lambda one: one.busy / one.in_flight)
                errand = self._state.waiting.popleft()
                errand.seat, errand.tries = seat, errand.tries + 1
                seat.busy += 1
                self._state.running[errand.number] = errand
            try:
                future = seat.actor.call.remote(errand.number, errand.method, errand.arguments).future()
            except Exception as error:  # of a dozen kinds: nobody would ever answer it
                _log.warning("a call could not be given to %s: %s", seat.machine.name, _first_line(error))
                self._settle(errand, seat, None)
                continue
            future.add_done_callback(lambda done, errand=errand, seat=seat: self._done(errand, seat, done))

    def _done(self, errand: Errand, seat: Seat, done: Any) -> None:
        error = done.exception()
        if error is None:
            told: bytes | None = done.result()
        else:
            told = failed(NodeBroke(str(error))) if _is_of_the_call(error) else None
        self._settle(errand, seat, told)
        self._send()

    def _settle(self, errand: Errand, seat: Seat, told: bytes | None) -> None:
        """``told``: the reply; None where the worker ended. A photo suffers for neither that nor what a node lacks."""
        with self._lock:
            seat.busy -= 1
            self._state.running.pop(errand.number, None)
        fault = None if told is None else fault_of_node(told)
        if told is not None and fault is None:
            errand.reply(told)
            return
        if fault is None:
            self._lose(seat)
        else:
            errand.tries -= 1
            self._refuse(seat, fault)
        if errand.tries >= MOST_TRIES:
            errand.reply(failed(ModelFault(f"{errand.tries} workers of the cluster ended over this photo.")))
            return
        with self._lock:
            self._state.waiting.appendleft(errand)
        self._seat_soon()

    def _give_up(self, error: BridgeError) -> None:
        with self._lock:
            waiting, self._state.waiting = self._state.waiting, deque()
        for errand in waiting:
            errand.reply(failed(error))

    # -- nodes --------------------------------------------------------------------------------------------------------

    def _dismiss(self) -> None:
        import ray

        with self._lock:
            seats, self._state.seats = list(self._state.seats.values()), {}
            self._traits = None
        for seat in seats:
            ray.kill(seat.actor)

    def _lose(self, seat: Seat) -> None:
        with self._lock:
            if self._state.seats.get(seat.machine.id) is seat:
                del self._state.seats[seat.machine.id]
                _log.warning("the worker on %s ended", seat.machine.name)

    def _refuse(self, seat: Seat, error: BridgeError) -> None:
        self._lose(seat)
        self._turn_away(seat.machine, seat.actor, error)

    def _seat_soon(self) -> None:
        threading.Thread(target=self._try_to_seat, name="seat", daemon=True).start()

    def _look_out(self) -> None:
        for look in itertools.count(1):
            if self._released.wait(LOOK_S):
                return
            if look % AGAIN == 0:
                self._forgive()
            if self._traits is not None:
                self._try_to_seat()

    def _forgive(self) -> None:
        """Servers of models, and workers, come back."""
        with self._lock:
            refused = self._state.refused
            self._state.refused = {
                node: error for node, error in refused.items() if not isinstance(error, ModelUnreachable)
            }

    def _try_to_seat(self) -> None:
        cause: BridgeError | None = None
        try:
            self._seat()
        except BridgeError as error:
            cause = error
        except Exception as error:  # of a dozen kinds: those who wait would do so for ever
            _log.exception("nodes could not be looked for")
            cause = ModelUnreachable(f"The cluster does not answer: {_first_line(error)}", hint=AWAY_HINT)
        with self._lock:
            none = not self._state.seats
        if none:
            self._give_up(cause or self._why_none())
        self._send()

    def _seat(self, *, strict: bool = False) -> None:
        """A worker on every node that has none; where not ``strict``, one with another version is left out.

        Raises ModelUnreachable; ModelsDiffer where ``strict``.
        """
        with self._seating:
            machines = self._machines.alive()
            with self._lock:
                taken = self._state.seats.keys() | self._state.refused.keys()
            comers = [(machine, self._hire(machine)) for machine in machines if machine.id not in taken]
            for machine, (actor, asked) in comers:
                self._welcome(machine, actor, asked, strict)

    def _hire(self, machine: Machine) -> tuple[Any, Any]:
        import ray

        options = {**_on(machine), "max_concurrency": machine.cores + SPARE_THREADS}
        actor: Any = ray.remote(RayWorker).options(**options).remote(self._spec, self._machines.shaped)
        return actor, actor.present.remote()

    def _welcome(self, machine: Machine, actor: Any, asked: Any, strict: bool) -> None:
        import ray

        try:
            presented: Presented = unpacked(ray.get(asked, timeout=PRESENT_S))
        except BridgeError as error:
            self._turn_away(machine, actor, error)
            return
        except Exception as error:  # Ray's, a node's, and what another version says that cannot be read here
            said = f"No worker came up on {machine.name}: {_first_line(error)}"
            self._turn_away(machine, actor, ModelUnreachable(said, hint=NO_WORKER_HINT))
            return
        if (differs := self._differs(machine, presented)) is not None:
            self._turn_away(machine, actor, differs)
            if strict:
                raise differs
            return
        with self._lock:
            self._state.seats[machine.id] = Seat(machine, actor, presented.in_flight)
        if self._loaded:
            actor.load.remote()  # the first call would do it too

    def _differs(self, machine: Machine, presented: Presented) -> BridgeError | None:
        if presented.version != __version__:
            return ModelsDiffer(
                f"{machine.name} has photo-bridge {presented.version}, this machine {__version__}.",
                hint="Install the same version on every machine of the cluster.",
            )
        with self._lock:
            self._traits = self._traits or presented.traits
            if presented.traits == self._traits:
                return None
            alone = not self._state.seats
        if alone:
            return ModelsDiffer(CHANGED, hint=CHANGED_HINT)
        return ModelsDiffer(f"{machine.name} has another version of this model than the other machines of the cluster.")

    def _turn_away(self, machine: Machine, actor: Any, error: BridgeError) -> None:
        import ray

        with self._lock:
            self._state.refused[machine.id] = error
        _log.warning("%s takes no part: %s", machine.name, error.message)
        ray.kill(actor)

    def _why_none(self) -> BridgeError:
        with self._lock:
            refused = list(self._state.refused.values())
        return refused[-1] if refused else ModelUnreachable(NO_NODE, hint=AWAY_HINT)


class RayWorker(Worker):
    """A worker in a process of Ray's."""

    def __init__(self, spec: Spec, shaped: Mapping[str, Any]) -> None:
        # Ray gives 1 to whoever reserves no core, and photos would be looked at by one thread.
        os.environ.pop("OMP_NUM_THREADS", None)
        super().__init__(spec, shaped)


def _on(machine: Machine) -> dict[str, Any]:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return {
        "num_cpus": 0,
        "num_gpus": 0,
        "resources": {RESOURCE: SHARE},
        "scheduling_strategy": NodeAffinitySchedulingStrategy(machine.id, soft=False),
    }


def _is_of_the_call(error: BaseException) -> bool:
    """Whether it was raised by what was called. All else that Ray says of a call is of the worker, its node or the
    memory between: a worker that answers nothing but that at once would be given all photos, and fail them."""
    import ray

    return isinstance(error, ray.exceptions.RayTaskError)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:200]
