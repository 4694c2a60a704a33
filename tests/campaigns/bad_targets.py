"""Targets of which one input each does what must not happen."""

from __future__ import annotations

import ctypes
from random import Random
from time import sleep
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.errors import PhotoDamaged
from campaigns.fuzz.target import Broken, Bytes, Drawn

BAD = 5


class _Bad(Bytes):
    """Its inputs are their numbers."""

    count = -1

    def make(self, chance: Random) -> bytes:  # noqa: ARG002
        self.count += 1
        return str(self.count).encode()

    def attempt(self, data: bytes) -> str:
        if int(data) == BAD:
            self.do()
        if int(data) % 2:
            raise PhotoDamaged("It is odd.")
        return "fine"

    def do(self) -> None: ...


class Dies(_Bad):
    def do(self) -> None:
        ctypes.string_at(0)


class Hangs(_Bad):
    def do(self) -> None:
        sleep(1000)


class Swells(_Bad):
    def do(self) -> None:
        bytearray(2 << 30)


class Writes(_Bad):
    def do(self) -> None:
        (self.work / "beside" / "letter.txt").write_text("Dear nobody")


class Leaves(_Bad):
    def do(self) -> None:
        (self.work / "tmp" / "left").touch()


class Untyped(_Bad):
    def do(self) -> None:
        raise IndexError


class Many(Drawn):
    """Breaks over every number above 100."""

    def strategy(self) -> SearchStrategy[Any]:
        return st.integers(0, 1000)

    def attempt(self, drawn: Any) -> str:
        if drawn > 100:
            raise Broken("numbers are small")
        return "fine"
