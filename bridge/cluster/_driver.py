"""The one process of ours that is a driver of Ray: ``python -P -m bridge.cluster._driver``, a child of the daemon.

A process of its own, since Ray ends a driver whose cluster is gone, and since Ray's threads and memory are of no use to
a daemon that only sometimes has a cluster. It ends when the daemon closes its standard input.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bridge.cluster._pool import Machines, Pool
from bridge.cluster._wire import Call, Cancel, Choose, Describe, Join, Know, Load, Release, Reply, Wire
from bridge.cluster.contract import Spec
from bridge.cluster.running import reach
from bridge.cluster.worker import failed, packed
from bridge.errors import BridgeError, ModelUnreachable

NAMESPACE = "photo-bridge"
SLOW = 64
"""Questions that wait for nodes at once: a model that is loaded, or never is, keeps nobody from asking for another."""


class Driver:
    """Answers one daemon's requests, each when it is done."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._slow = ThreadPoolExecutor(SLOW, "slow")
        self._lock = threading.Lock()
        self._known: dict[int, Spec] = {}
        self._pools: dict[Spec, Pool] = {}
        self._machines: Machines | None = None

    def serve(self) -> None:
        """Until the daemon is gone."""
        while True:
            try:
                message = self._wire.receive()
            except (EOFError, OSError):
                return
            self._take(message)

    def _take(self, message: Any) -> None:
        match message:
            case Know(model, spec):
                self._known[model] = spec
            case Call(number, model, method, arguments, traits):
                spec, reply = self._known[model], self._replier(number)
                self._later(number, lambda: self._pool(spec).give(number, method, arguments, reply, traits))
            case Cancel(number):
                with self._lock:
                    pools = list(self._pools.values())
                for pool in pools:
                    pool.cancel(number)
            case Describe(number, spec):
                self._answer(number, lambda: self._pool(spec).describe())
            case Load(number, spec):
                self._answer(number, lambda: self._pool(spec).load())
            case Choose(number, name, want):
                self._answer(number, lambda: self._joined().choose(name, want))
            case Join(number, address, shaped, allowed):
                self._answer(number, lambda: self._join(address, Machines(dict(shaped), allowed)))
            case Release(spec):
                with self._lock:
                    released = [self._pools.pop(spec)] if spec in self._pools else []
                for pool in released:
                    self._slow.submit(pool.release)

    def _answer(self, number: int, ask: Callable[[], Any]) -> None:
        self._slow.submit(lambda: self._reply(number, packed(ask)))

    def _later(self, number: int, begin: Callable[[], None]) -> None:
        """``begin`` answers by itself, unless it raises."""
        try:
            begin()
        except BridgeError as error:
            self._reply(number, failed(error))

    def _replier(self, number: int) -> Callable[[bytes], None]:
        return lambda told: self._reply(number, told)

    def _reply(self, number: int, told: bytes) -> None:
        try:
            self._wire.send(Reply(number, told))
        except (OSError, ValueError):
            os._exit(0)  # nobody listens any more

    def _pool(self, spec: Spec) -> Pool:
        machines = self._joined()
        with self._lock:
            if spec not in self._pools:
                self._pools[spec] = Pool(machines, spec)
            return self._pools[spec]

    def _joined(self) -> Machines:
        if self._machines is None:
            raise ModelUnreachable("The cluster was not joined.")
        return self._machines

    def _join(self, address: str, machines: Machines) -> None:
        import ray

        reach(address)
        try:
            ray.init(
                address=address,
                namespace=NAMESPACE,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except Exception as error:  # of a dozen kinds
            raise ModelUnreachable(
                f"The cluster at {address} cannot be joined: {' '.join(str(error).split())[:300]}",
                hint="Is this machine a node of it? photo-bridge cluster start makes it one. See docs/scale.md.",
            ) from error
        self._machines = machines


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal: the daemon decides when it is over
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(sys.stderr.fileno(), 1)  # what libraries print is for the log
    try:
        Driver(Wire(incoming, outgoing)).serve()
    except Exception:
        logging.getLogger(__name__).exception("the driver broke down")
    os._exit(0)  # Ray's own way out waits for calls whose answers nobody wants; workers go with their driver


if __name__ == "__main__":
    main()
