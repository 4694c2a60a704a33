"""Write gates that fail or wait, photos that are locked, and a Lightroom that dies in between."""

from __future__ import annotations

import pytest

from tests.hosts.lightroom.conftest import Prepare
from tests.hosts.lightroom.program import KEYWORDS, UNDO

pytestmark = pytest.mark.hosts


def test_a_locked_photo_fails_alone(desk: Prepare) -> None:
    table = desk(5)
    table.photos[2]["locked"] = True
    for sdk in (14, 15.3):
        seen = table.lightroom.act(KEYWORDS, sdk=sdk).clean()
        assert [bool(one["keywords"]) for one in table.photos] == [True, True, False, True, True]
        assert "1 failed" in seen.said and "locked" in seen.said
    table.photos[2]["locked"] = False
    seen = table.lightroom.act(KEYWORDS).clean()
    assert "1 written, 4 unchanged, 0 failed" in seen.said


def test_a_gate_that_fails_is_rolled_back_told_and_offered_again(desk: Prepare) -> None:
    table = desk(5)
    before = table.lightroom.act().catalog
    seen = table.lightroom.act(KEYWORDS, gate_faults={1: {"fails": True}}).clean()
    assert seen.catalog == before
    assert "0 written, 0 unchanged, 5 failed" in seen.said
    assert "5 written" in table.lightroom.act(KEYWORDS).clean().said


def test_a_busy_catalogue_is_waited_for(desk: Prepare) -> None:
    seen = desk(5).lightroom.act(KEYWORDS, gate_faults={1: {"busy": 20}}).clean()
    assert "5 written" in seen.said
    assert len(seen.undo) == 1


def test_a_catalogue_that_stays_busy_is_told(desk: Prepare) -> None:
    table = desk(5)
    seen = table.lightroom.act(KEYWORDS, gate_faults={1: {"busy": 1000}}).clean()
    assert not seen.undo
    assert "5 failed" in seen.said and "busy" in seen.said
    assert "5 written" in table.lightroom.act(KEYWORDS).clean().said


@pytest.mark.parametrize("moment", ["after metadata.plan", "gate end", "after metadata.confirm"])
def test_lightroom_dies(desk: Prepare, moment: str) -> None:
    """Between the gate and its confirmation above all: nothing is doubled, and undo still takes all of it back."""
    table = desk(8)
    before = table.lightroom.act().catalog
    seen = table.lightroom.act(KEYWORDS, events=[{"at": moment, "what": "crash"}]).clean()
    assert seen.ended == "crashed"
    again = table.lightroom.act(KEYWORDS).clean()
    assert all(len(one["keywords"]) == 10 for one in table.photos)
    if moment != "after metadata.plan":
        assert again.photos == seen.photos
    for _ in range(2):
        table.lightroom.act(UNDO).clean()
    assert table.photos == before["photos"]


def test_undo_right_after_lightroom_died(desk: Prepare) -> None:
    table = desk(4)
    before = table.lightroom.act().catalog
    table.lightroom.act(KEYWORDS, events=[{"at": "gate end", "what": "crash"}]).clean()
    table.lightroom.act(UNDO).clean()
    assert table.photos == before["photos"]


def test_lightrooms_own_undo_takes_a_batch_back_as_one_step(desk: Prepare) -> None:
    table = desk(5)
    before = table.lightroom.act().catalog
    seen = table.lightroom.act(KEYWORDS, undo_steps=1).clean()
    assert seen.catalog == before
    assert [gate["name"] for gate in seen.gates] == [KEYWORDS]
