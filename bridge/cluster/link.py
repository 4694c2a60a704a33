"""The daemon's end of a Ray cluster: starts the driver, hands it calls and waits for their answers."""

from __future__ import annotations

import itertools
import logging
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import IO, Any, cast

from bridge.cluster._wire import Call, Cancel, Choose, Describe, Join, Know, Load, Release, Reply, Request, Wire
from bridge.cluster.contract import AWAY_HINT, Described, Nodes, Spec, Traits
from bridge.cluster.nodes import installed, kept
from bridge.cluster.worker import shaping, unpacked
from bridge.errors import ModelUnreachable
from bridge.settings import Settings
from bridge.taggers import Choice
from bridge.taggers.contract import Cancelled

COMMAND = (sys.executable, "-P", "-m", "bridge.cluster._driver")
ASKED_S = 0.1
"""So often who waits for an answer is asked whether it is still wanted."""
JOIN_S = 60.0
"""Time for the driver to come up and join: Ray itself waits for a cluster that does not answer."""
LEAVE_S = 5.0
GONE = "The connection to the cluster broke down."

_log = logging.getLogger(__name__)


class RayNodes(Nodes):
    """One cluster. The driver is started by the first request, and again by the next one after it ended."""

    def __init__(self, address: str, settings: Settings, environment: Mapping[str, str]) -> None:
        """``environment``: what the driver needs beside ours (``bridge.cluster.nodes.driver_environment``)."""
        self._address = address
        self._shaped = shaping(settings)
        # Of this machine, node or not, the settings name the address.
        self._allowed = (*settings.allowed_hosts, settings.cluster_listen)
        self._environment = dict(environment)
        self._numbers = itertools.count(1)
        self._joining = threading.Lock()
        self._driver: _Driver | None = None

    @property
    def address(self) -> str:
        return self._address

    def choose(self, name: str, want: str) -> Choice:
        return cast(Choice, self._ask(lambda number: Choose(number, name, want)))

    def describe(self, spec: Spec) -> Described:
        return cast(Described, self._ask(lambda number: Describe(number, spec)))

    def load(self, spec: Spec) -> None:
        self._ask(lambda number: Load(number, spec))

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
        told = pickle.dumps(arguments, pickle.HIGHEST_PROTOCOL)
        driver = self._joined()
        model = driver.number_of(spec)
        return driver.ask(next(self._numbers), lambda number: Call(number, model, method, told, traits), cancelled)

    def release(self, spec: Spec) -> None:
        driver = self._driver
        if driver is not None:
            with suppress(ModelUnreachable):
                driver.send(Release(spec))

    def close(self) -> None:
        with self._joining:
            driver, self._driver = self._driver, None
        if driver is not None:
            driver.close()

    def _ask(self, request: Callable[[int], Request]) -> Any:
        return self._joined().ask(next(self._numbers), request)

    def _joined(self) -> _Driver:
        with self._joining:
            if self._driver is None or self._driver.gone:
                driver = _Driver(self._environment)
                try:
                    driver.ask(
                        next(self._numbers),
                        lambda number: Join(number, self._address, self._shaped, self._allowed),
                        within=JOIN_S,
                    )
                except BaseException:
                    driver.close()
                    raise
                self._driver = driver
            return self._driver


class _Driver:
    """The child and what it was asked."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Raises ModelMissing without the extra."""
        installed()
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**kept(), **environment},
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._wire = Wire(cast(Any, self._process.stdout), cast(Any, self._process.stdin))
        self._lock = threading.Lock()
        self._asked: dict[int, Future[bytes]] = {}
        self._telling = threading.Lock()
        self._models: dict[Spec, int] = {}
        self.gone = False
        threading.Thread(target=self._listen, name="cluster", daemon=True).start()
        threading.Thread(target=_into_the_log, args=(self._process.stderr,), name="cluster log", daemon=True).start()

    def ask(
        self,
        number: int,
        request: Callable[[int], Request],
        cancelled: Callable[[], bool] = lambda: False,
        within: float | None = None,
    ) -> Any:
        """Raises what the other end said, Cancelled, ModelUnreachable when the driver ends or takes too long."""
        future: Future[bytes] = Future()
        with self._lock:
            if self.gone:
                raise ModelUnreachable(GONE, hint=AWAY_HINT)
            self._asked[number] = future
        try:
            self.send(request(number))
            waited = 0.0
            while True:
                with suppress(TimeoutError):
                    return unpacked(future.result(ASKED_S))
                waited += ASKED_S
                if cancelled():
                    with suppress(ModelUnreachable):
                        self.send(Cancel(number))
                    raise Cancelled
                if within is not None and waited >= within:
                    raise ModelUnreachable("The cluster does not answer.", hint=AWAY_HINT)
        finally:
            with self._lock:
                self._asked.pop(number, None)

    def number_of(self, spec: Spec) -> int:
        """What calls name a model by; the driver is told once. Raises ModelUnreachable."""
        with self._telling:
            if spec not in self._models:
                number = len(self._models) + 1
                self.send(Know(number, spec))
                self._models[spec] = number
            return self._models[spec]

    def send(self, message: Request) -> None:
        """Raises ModelUnreachable."""
        try:
            self._wire.send(message)
        except (OSError, ValueError) as error:
            raise ModelUnreachable(GONE, hint=AWAY_HINT) from error

    def close(self) -> None:
        # Who is writing to a driver that reads nothing holds its pipe, and is let go by its end alone.
        late = threading.Timer(LEAVE_S, self._process.kill)
        late.start()
        with suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        self._process.wait()
        late.cancel()

    def _listen(self) -> None:
        while True:
            try:
                reply: Reply = self._wire.receive()
            except Exception:  # the end of the pipe, or half a message of a driver that was killed
                break
            with self._lock:
                future = self._asked.pop(reply.id, None)
            if future is not None:
                future.set_result(reply.packed)
        with self._lock:
            self.gone = True
            lost, self._asked = list(self._asked.values()), {}
        for future in lost:
            future.set_exception(ModelUnreachable(GONE, hint=AWAY_HINT))
        self._process.wait()


def _into_the_log(lines: IO[bytes] | None) -> None:
    for line in lines or ():
        _log.info("cluster: %s", line.decode("utf-8", "replace").rstrip())
