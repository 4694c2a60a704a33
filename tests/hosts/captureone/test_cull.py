"""Culling in Capture One: the script as it is installed, with the real command and daemon, on photos of one moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.culling.photos import moment
from tests.hosts.captureone.conftest import Act
from tests.hosts.captureone.program import CaptureOne

CULL = "AI Cull Selected"
SUM = "1 to pick, 1 to reject, 2 undecided"


@pytest.fixture
def capture_one(tmp_path: Path) -> CaptureOne:
    """One photo to be picked, one to be rejected (the third), two that are neither."""
    program, folder = CaptureOne(), moment(tmp_path / "moment")
    for number, name in enumerate(("a.jpg", "b.jpg", "c.jpg", "other.jpg"), 1):
        program.add(folder / name, str(number))
    return program


def marks(capture_one: CaptureOne) -> list[tuple[int, int]]:
    """Rating and colour tag of each."""
    return [(one.values["rating"], one.values["color tag"]) for one in capture_one.document.inside["variant"]]


@pytest.mark.parametrize(
    ("way", "there", "written"),
    [
        ("colour tags", [(0, 4), (0, 0), (0, 1), (0, 0)], 2),
        ("ratings", [(5, 0), (0, 0), (0, 0), (0, 0)], 1),
    ],
)
def test_the_sum_is_shown_and_then_set_and_taken_back(
    act: Act, capture_one: CaptureOne, way: str, there: list[tuple[int, int]], written: int
) -> None:
    before = capture_one.state()
    mac = act(CULL, "default", way)
    prompt, *shown = mac.shown
    assert prompt.startswith(SUM) and "soft 1" in prompt
    assert f"{written} written, {2 - written} unchanged, 0 failed" in shown[0]
    assert marks(capture_one) == there
    assert [words[2] for words in mac.shell].count("flag") == 1
    assert f"{written} taken back" in act("Undo Last AI Run").shown[0]
    assert capture_one.state() == before


@pytest.mark.parametrize("answers", [(None,), ("wedding", None)])
def test_a_person_who_leaves_it_sets_nothing(
    act: Act, capture_one: CaptureOne, answers: tuple[str | None, ...]
) -> None:
    before = capture_one.state()
    mac = act(CULL, *answers)
    assert capture_one.state() == before
    assert "flag" not in [words[2] for words in mac.shell]


def test_where_there_is_nothing_to_set_that_is_said(act: Act, capture_one: CaptureOne) -> None:
    for variant in capture_one.document.inside["variant"][:3]:
        variant.values["selected"] = False
    assert act(CULL, "default").shown == ["0 to pick, 0 to reject, 1 undecided"]
