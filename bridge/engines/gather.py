"""Questions that are put one by one from several threads, and answered several at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

__all__ = ["Gather"]

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class Gather(Generic[Asked, Told]):
    """``run`` gets what was asked while it was busy, at most ``most`` at a time, and answers in the same order.

    Nobody waits for a batch to fill up: a question by itself is answered at once.
    """

    def __init__(self, run: Callable[[list[Asked]], Sequence[Told]], most: int) -> None:
        self._run = run
        self._most = most
        self.waiting: deque[tuple[Asked, Future[Told]]] = deque()
        """What is asked and not taken up yet."""
        self._turn = threading.Lock()

    def __call__(self, asked: Asked) -> Told:
        """Raises what ``run`` raises, in each thread whose question was part of that batch."""
        told: Future[Told] = Future()
        self.waiting.append((asked, told))
        with self._turn:
            while not told.done():
                self._pass()
        return told.result()

    def _pass(self) -> None:
        batch = [self.waiting.popleft() for _ in range(min(self._most, len(self.waiting)))]
        try:
            answers = self._run([asked for asked, _ in batch])
            for (_, told), answer in zip(batch, answers, strict=True):
                told.set_result(answer)
        except BaseException as error:
            for _, told in batch:
                if not told.done():
                    told.set_exception(error)
