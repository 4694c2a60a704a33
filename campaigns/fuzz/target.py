"""What is tried: a kind of input, how it is made from a number, and what has to hold of it."""

from __future__ import annotations

import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from bridge.errors import BridgeError


@dataclass(frozen=True, slots=True)
class Fault:
    """What must not happen, and the input with which it did."""

    what: str
    """One line, the same for the same fault: exception and place, or what did not hold."""
    input: bytes
    trace: str


Note = Callable[[bytes], None]
"""Called with each input before it is tried, so that it is known if the process dies over it."""
Told = Callable[[str, Fault | None], None]
"""Called after each with its outcome, in a word: ``fine``, the code of a typed error, or ``fault``."""


SLOW_SECONDS = 8.0
"""Of processor time for one input: what is small has no business with more, whatever else the machine does."""


class Broken(AssertionError):
    """Something that has to hold does not."""


class Target(ABC):
    """One kind of input. Made in the child that tries it, in a folder of its own."""

    chunk = 1000
    """Inputs a child tries."""

    def __init__(self, work: Path) -> None:
        self.work = work

    @abstractmethod
    def run(self, seed: int, first: int, last: int, note: Note, told: Told) -> None:
        """Try the inputs ``first`` to ``last``, less that one."""

    def close(self) -> None:  # noqa: B027 - most have nothing to end
        """End what was started."""


class Bytes(Target):
    """Inputs that are bytes; each has a source of chance of its own and can be made again by itself."""

    @abstractmethod
    def make(self, chance: Random) -> bytes: ...

    @abstractmethod
    def attempt(self, data: bytes) -> str:
        """The outcome in a word. Raises BridgeError where it is refused as it should be."""

    def run(self, seed: int, first: int, last: int, note: Note, told: Told) -> None:
        for number in range(first, last):
            data = self.make(Random(f"{seed} {type(self).__name__} {number}"))
            note(data)
            told(*tried(lambda data=data: self.attempt(data), data))  # type: ignore[misc]


class Drawn(Target):
    """Inputs that hypothesis draws, and makes as small as can be where one is a fault."""

    chunk = 500

    @abstractmethod
    def strategy(self) -> SearchStrategy[Any]: ...

    @abstractmethod
    def attempt(self, drawn: Any) -> str: ...

    def run(self, seed_: int, first: int, last: int, note: Note, told: Told) -> None:
        left = last - first

        def once(drawn: Any) -> None:
            nonlocal left
            shown = repr(drawn).encode("utf-8", "backslashreplace")
            note(shown)
            outcome, fault = tried(lambda: self.attempt(drawn), shown)
            smallest.append(fault)
            if left > 0:
                told(outcome if fault is None else "fault", None)
                left -= 1
            if fault is not None:
                raise Broken(fault.what)

        number = first
        while left > 0:
            smallest: list[Fault | None] = []
            check = settings(
                max_examples=left,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink),
                print_blob=False,
            )(seed(seed_ * 1_000_003 + number)(given(self.strategy())(once)))
            before = left
            try:
                check()
            except BaseException as error:
                fault = next((one for one in reversed(smallest) if one is not None), None)
                if fault is None:
                    raise
                if not isinstance(error, Exception):
                    raise
                told("", fault)
            if left == before:
                return  # no more examples than these
            number += before - left


@contextmanager
def typed(outcomes: list[str]) -> Iterator[None]:
    """A typed error is an outcome, and what follows is still tried."""
    try:
        yield
    except BridgeError as error:
        outcomes.append(error.code)


def tried(attempt: Callable[[], str], data: bytes) -> tuple[str, Fault | None]:
    """The outcome of one input, and its fault where it is one."""
    began = process_time()
    try:
        outcome = attempt()
        if (spent := process_time() - began) > SLOW_SECONDS:
            return "fault", Fault(
                f"an input takes more than {SLOW_SECONDS:.0f} s", data, f"{spent:.1f} s of processor time"
            )
        return outcome, None
    except BridgeError as error:
        if not (error.message and error.hint):
            return "fault", Fault(f"{type(error).__name__} without message or hint", data, "")
        return (
            ("internal", Fault("BridgeError without a type", data, trace_of(error)))
            if (type(error) is BridgeError)
            else (error.code, None)
        )
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of Rust code is no Exception
        return "fault", Fault(_signature(error), data, trace_of(error))


def trace_of(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-6000:]


def _signature(error: BaseException) -> str:
    """The exception and the innermost place in our own code."""
    if isinstance(error, Broken):
        return f"does not hold: {error}"[:300]
    place = "?"
    at = error.__traceback__
    while at is not None:
        name = at.tb_frame.f_code.co_filename
        if "/bridge/" in name and "site-packages" not in name:
            place = f"bridge/{name.rpartition('/bridge/')[2]}:{at.tb_lineno}"
        at = at.tb_next
    return f"{type(error).__name__} at {place}"
