"""Memory goes back to the system where its C library can do that, and nothing happens where it cannot."""

from __future__ import annotations

import ctypes
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.engines import memory


@pytest.mark.parametrize(("platform", "asked"), [("linux", [0]), ("darwin", []), ("win32", [])])
def test_glibc_alone_is_asked(platform: str, asked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(malloc_trim=told.append))
    memory.give_back()
    assert told == asked


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Musl:
        def __getattr__(self, name: str) -> Any:
            raise AttributeError(name)

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: Musl())
    memory.give_back()


def test_this_system_s_own_is_called() -> None:
    memory.give_back()
