"""The plug-in's pure modules, each by a script of its own in plain Lua 5.1, without any Lightroom."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hosts.lightroom.program import PLUGIN

pytestmark = pytest.mark.hosts

HERE = Path(__file__).parent
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, width=32)
# A null member of an object is absent in Lua: the wire means the same by both.
VALUES = st.recursive(
    st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner | st.none(), max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)


def lua(script: Path, stdin: bytes = b"") -> bytes:
    done = subprocess.run(["lua5.1", script], input=stdin, capture_output=True, check=False, cwd=PLUGIN)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize("script", sorted(HERE.glob("*_spec.lua")), ids=lambda path: path.stem)
def test_module(script: Path) -> None:
    assert lua(script) == b"", "a specification that says something has not failed and not passed"


@settings(max_examples=30, deadline=None)
@given(values=st.lists(VALUES, max_size=10))
def test_json_goes_through_lua_and_back(values: list[Any]) -> None:
    for written in (json.dumps(values), json.dumps(values, ensure_ascii=False, indent=1)):
        back = json.loads(lua(HERE / "echo.lua", written.encode("utf-8", "surrogatepass")))
        assert back == pytest.approx(values, rel=1e-12) if _flat_numbers(values) else _close(back, values)


def _flat_numbers(values: list[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _close(one: Any, other: Any) -> bool:
    if isinstance(other, dict):
        return isinstance(one, dict) and one.keys() == other.keys() and all(_close(one[k], other[k]) for k in other)
    if isinstance(other, list):
        return isinstance(one, list) and len(one) == len(other) and all(map(_close, one, other))
    if isinstance(other, float):
        return bool(one == pytest.approx(other, rel=1e-12))
    return bool(one == other)
