"""The gate before every model: asks the machine how it stands every two seconds while photos are worked on, and lets
photos through at full speed, one by one with rests, or not at all.

Nobody waits inside it: who is not let through is told when it is worth asking again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from bridge.engines.sensors import Sensors
from bridge.jobs.throttle import Heat, Hold, Limits, Machine, Pace, Purpose, felt, hold

LOOK_S = 2.0
"""Between two looks at the machine."""
STALE_S = 10.0
"""A look so old says nothing any more: nothing was worked on, or the machine slept."""
HANGS_S = 30.0
"""A look that takes so long is no longer waited for: work goes on as if the machine told nothing."""
STOP_S = 3.0
"""So long the end of the daemon waits for a look that is under way."""
MOST_REST_S = 60.0
MANY = 1_000_000
_log = logging.getLogger(__name__)


class Gate:
    """One for a daemon."""

    def __init__(
        self,
        limits: Limits,
        sensors: Sensors,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = datetime.now,
    ) -> None:
        """``clock`` goes forward, seconds; ``wall`` is the local time."""
        self._limits = limits
        self._sensors = sensors
        self._clock = clock
        self._wall = wall
        self._lock = threading.Condition()
        self._machine: Machine | None = None
        self._heat = Heat()
        self._looked = 0.0
        self._inside = 0
        self._rest_until = 0.0
        self._began: float | None = None
        """When the look began that is under way."""
        self._asked = False
        self._stopping = False
        self._moved: Callable[[], None] = lambda: None
        self._thread: threading.Thread | None = None

    # -- for who comes to it ------------------------------------------------------------------------------------------

    def enter(self, purpose: Purpose) -> bool:
        """Whether a photo may go before a model now: then ``leave`` has to be called."""
        with self._lock:
            if not self._room(purpose):
                return False
            self._inside += 1
            return True

    def leave(self, seconds: float) -> None:
        """The photo that was let in is through; its model took so long."""
        with self._lock:
            self._inside -= 1
            self._rest_until = self._clock() + min(seconds, MOST_REST_S)
            self._lock.notify_all()

    @property
    def inside(self) -> int:
        """How many photos are with a model now."""
        with self._lock:
            return self._inside

    def room(self, purpose: Purpose) -> int:
        """How many photos would be let in now."""
        with self._lock:
            return self._room(purpose)

    def hold(self, purpose: Purpose) -> Hold | None:
        """What holds photos of this purpose back; None where nothing does, or that is not known yet."""
        with self._lock:
            return self._hold(purpose)

    # -- the machine --------------------------------------------------------------------------------------------------

    def tell(self, moved: Callable[[], None]) -> None:
        """After each look ``moved`` is called, by the thread that looked: it is worth asking again."""
        self._moved = moved

    def start(self) -> None:
        """Begin to look, in a thread of its own."""
        self._thread = threading.Thread(target=self._watch, name="gate", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            self._lock.notify_all()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def look(self) -> None:
        """Ask the machine how it stands, and tell whoever waits."""
        with self._lock:
            self._began = self._clock()
        gpus = self._sensors.gpus() if self._limits.of_gpu else ()
        plugged_in = self._sensors.plugged_in() if self._limits.only_plugged_in else True
        with self._lock:
            at = self._clock()
            self._heat = felt(self._limits, self._heat, gpus, at)
            self._machine = Machine(self._heat, self._wall(), plugged_in)
            self._looked, self._began = at, None
        self._moved()

    def _watch(self) -> None:
        while self._comes():
            try:
                self.look()
            except Exception:  # what is told of a run is stored, and the disk may be full
                _log.exception("a look at the machine")

    def _comes(self) -> bool:
        """Sleep until the next look is due: False where there is none any more. Where nobody asks, none is."""
        with self._lock:
            while not self._stopping:
                active = self._asked or self._inside > 0
                left = self._due() - self._clock()
                if active and left <= 0:
                    self._asked = False
                    return True
                self._lock.wait(left if active else None)
            return False

    def _due(self) -> float:
        if self._machine is None:
            return self._clock()
        due = self._looked + LOOK_S
        if self._heat.pace is Pace.SLOW and not self._inside and self._looked < self._rest_until:
            return min(due, self._rest_until)  # the rest is over: the next photo may come
        return due

    def _room(self, purpose: Purpose) -> int:
        if self._machine is None or self._clock() - self._looked > STALE_S:
            self._want_a_look()
            # A driver that hangs must not hang us.
            return MANY if self._began is not None and self._clock() - self._began > HANGS_S else 0
        held = self._hold(purpose)
        if held is None:
            return MANY
        self._want_a_look()
        if held.pace is Pace.WAIT or self._inside or self._clock() < self._rest_until:
            return 0
        return 1

    def _hold(self, purpose: Purpose) -> Hold | None:
        return None if self._machine is None else hold(self._limits, self._machine, purpose)

    def _want_a_look(self) -> None:
        if not self._asked:
            self._asked = True
            self._lock.notify_all()
