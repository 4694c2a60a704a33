"""Models that nobody has used for a while let go of their memory; whoever needs one next has it loaded again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from bridge.engines.memory import give_back

_log = logging.getLogger(__name__)


class Closable(Protocol):
    """A model. After ``close`` its next use loads it again."""

    def close(self) -> None: ...


@dataclass(slots=True)
class _Use:
    model: Closable
    now: int = 0
    """How often it is being used at this moment."""
    last: float = 0.0


class Idle:
    """Knows which models are in memory and when each was used last. One for a daemon."""

    def __init__(
        self,
        after_s: float,
        clock: Callable[[], float] = time.monotonic,
        give_back: Callable[[], object] = give_back,
    ) -> None:
        """``after_s``: seconds without use after which a model is let go; ``give_back`` is called after that."""
        self._give_back = give_back
        self._after = after_s
        self._clock = clock
        self._changed = threading.Condition()
        self._uses: dict[int, _Use] = {}
        self._closing: set[int] = set()
        """Models that are being let go: who needs one waits until that is done, and has it loaded again."""
        self._stopping = False
        self._thread: threading.Thread | None = None

    @contextmanager
    def using(self, model: Closable) -> Iterator[None]:
        """Around each use: within, it is not let go."""
        with self._changed:
            self._changed.wait_for(lambda: id(model) not in self._closing)
            use = self._uses.setdefault(id(model), _Use(model))
            use.now += 1
        try:
            yield
        finally:
            with self._changed:
                use.now -= 1
                use.last = self._clock()
                self._changed.notify_all()

    def sweep(self) -> None:
        """Let go of every model whose time is over."""
        with self._changed:
            due = [use for use in self._uses.values() if not use.now and self._left(use) <= 0]
            for use in due:
                del self._uses[id(use.model)]
                self._closing.add(id(use.model))
        for use in due:
            try:
                use.model.close()
            except Exception:  # what libraries of models raise is as varied as they are
                _log.exception("a model could not be let go")
            with self._changed:
                self._closing.discard(id(use.model))
                self._changed.notify_all()
        if due:
            self._give_back()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._watch, name="idle", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                left = min((self._left(use) for use in self._uses.values() if not use.now), default=None)
                if left is None or left > 0:
                    self._changed.wait(left)
                    continue
            self.sweep()

    def _left(self, use: _Use) -> float:
        return use.last + self._after - self._clock()
