"""Threads that read and write photos. One that a drive holds can be replaced; it cannot be called back."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any


class Threads(Executor):
    """``count`` threads, started when they are needed. They end with the program, whatever holds them."""

    def __init__(self, name: str, count: int) -> None:
        self._name = name
        self._count = count
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting = 0
        """Calls that were submitted and are not begun, less threads that wait for one."""
        self._at_work: set[threading.Thread] = set()
        self._held: set[threading.Thread] = set()
        self._ended = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def call() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:
                    future.set_exception(error)

        with self._lock:
            if self._ended:
                raise RuntimeError("these threads have ended")
            self._calls.put(call)
            self._waiting += 1
            if self._waiting > 0 and len(self._at_work) < self._count:
                self._start()
        return future

    def replace(self, thread: threading.Thread) -> None:
        """Another takes the place of one of these that does not return; it ends when it does."""
        with self._lock:
            if thread in self._at_work:
                self._at_work.discard(thread)
                self._held.add(thread)
                if not self._ended:
                    self._start()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False, within: float | None = None) -> None:
        """Those that are held are not waited for. ``within``: seconds, after which none is."""
        with self._lock:
            self._ended = True
            if cancel_futures:
                while not self._calls.empty():
                    self._calls.get()
            at_work = list(self._at_work)
            for _ in at_work:
                self._calls.put(None)
        deadline = None if within is None else time.monotonic() + within
        if wait:
            for thread in at_work:
                thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))

    def _start(self) -> None:
        thread = threading.Thread(target=self._work, name=f"{self._name}-{len(self._at_work)}", daemon=True)
        self._at_work.add(thread)
        thread.start()

    def _work(self) -> None:
        me = threading.current_thread()
        while True:
            with self._lock:
                self._waiting -= 1
            call = self._calls.get()
            if call is None:
                return
            call()
            del call  # what it was about must not live until the next one comes
            with self._lock:
                if me in self._held:
                    self._held.discard(me)
                    return
