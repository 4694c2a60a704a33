"""A plan is printed, stored and sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.metadata import ListChange, Plan, Role, TargetPlan, TextChange
from bridge.values import Dropped, Fingerprint, Format, Written

PLAN = Plan(
    photo=Path("/p/a\udcff b.jpg"),
    format=Format.JPEG,
    added=(("Animals", "Cat"),),
    kept=(("sea",),),
    dropped=(Dropped("photo", "generic"),),
    removed=(("old",),),
    caption="A cat\nat sea.",
    targets=(
        TargetPlan(
            Path("/p/a.jpg"),
            Role.PHOTO,
            Fingerprint(1, 2, 3, 4),
            (ListChange("XMP-dc:Subject", ("Cat",), ("old",)),),
            (TextChange("XMP-dc:Description", None, "A cat\nat sea."),),
        ),
        TargetPlan(Path("/p/a.xmp"), Role.SIDECAR, None),
    ),
    warnings=("Mind this.",),
    written=Written(
        (("Animals", "Cat"),), rejected=(("x",),), others=(("sea",),), withheld=(("y",),), lists=("photo Z",)
    ),
    fingerprints=((Path("/p/a.jpg"), Fingerprint(1, 2, 3)),),
)


def test_it_comes_back_as_it_was() -> None:
    assert Plan.from_json(PLAN.to_json()) == PLAN


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"photo": "file:///x"}', PLAN.to_json()[:-2]])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Plan.from_json(text)


def test_it_is_shown_line_by_line() -> None:
    assert list(PLAN.lines()) == [
        "+ Animals > Cat",
        "= sea",
        "- old",
        "! photo (generic)",
        "caption: A cat\nat sea.",
        "-> /p/a.jpg",
        "-> /p/a.xmp (new)",
        "note: Mind this.",
    ]


def test_it_is_empty_where_nothing_is_written() -> None:
    assert not PLAN.empty
    assert Plan(Path("/p/a.jpg"), Format.JPEG, kept=(("sea",),)).empty
