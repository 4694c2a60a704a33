"""Culling in a real darktable: the sum is said, nothing is set before it is asked for, and an undo takes it back."""

from __future__ import annotations

import pytest

from tests.culling.photos import moment
from tests.hosts.darktable.conftest import Prepare

pytestmark = pytest.mark.hosts

CULL, SET, UNDO = "AI Cull Selected", "AI Cull: Set What Was Found", "Undo Last AI Run"
NAMES = ("a.jpg", "b.jpg", "c.jpg", "other.jpg")
"""To be picked, neither, to be rejected, neither."""


def test_photos_are_judged_marked_and_taken_back(desk: Prepare) -> None:
    darktable = desk(moment).darktable

    def marks() -> list[tuple[int, set[str]]]:
        return [(darktable.rating(name), darktable.colours(name)) for name in NAMES]

    before = marks()
    said = darktable.done(CULL)
    assert "1 to pick, 1 to reject, 2 undecided" in said and "soft 1" in said and SET in said
    assert marks() == before
    assert "2 written, 0 unchanged, 0 failed" in darktable.done(SET)
    assert [rating for rating, _ in marks()] == [5, before[1][0], -1, before[3][0]]
    assert "2 taken back" in darktable.done(UNDO)
    assert marks() == before

    darktable.lua('dt.preferences.write("photo_bridge", "cull_marks", "enum", "colour labels")')
    darktable.lua('dt.preferences.write("photo_bridge", "cull_preset", "string", "poems")')
    assert "There is no preset named poems." in darktable.done(CULL)
    assert "Choose AI Cull Selected first" in darktable.done(SET)
    darktable.lua('dt.preferences.write("photo_bridge", "cull_preset", "string", "wildlife")')
    darktable.done(CULL)
    darktable.done(SET)
    assert [darktable.colours(name) for name in ("a.jpg", "c.jpg")] == [{"green"}, {"red"}]
