"""ACDSee's tree of keywords, and what is no such tree although it looks like one."""

from __future__ import annotations

import pytest

from bridge.metadata._acdsee import LEVELS, assigned, changed, readable


def nested(levels: int) -> str:
    opened, closed = '<Category Assigned="1">a' * levels, "</Category>" * levels
    return f"<Categories>{opened}{closed}</Categories>"


def test_a_deep_keyword_is_read_and_changed() -> None:
    xml = nested(LEVELS)
    assert len(assigned(xml)) == LEVELS
    assert ("b",) in assigned(changed(xml, [("b",)], []))


@pytest.mark.parametrize("levels", [LEVELS + 1, 1_000, 100_000])
def test_a_tree_without_a_bottom_is_none(levels: int) -> None:
    xml = nested(levels)
    assert assigned(xml) == ()
    assert not readable(xml)
    assert changed(xml, [("b",)], []) == xml


def test_half_a_character_is_no_tree() -> None:
    assert assigned("<Categories>\ud800</Categories>") == ()
