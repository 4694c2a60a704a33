"""Culling in Lightroom: what is asked, what is told before anything is set, what is then set, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.culling.photos import moment
from tests.hosts.lightroom.conftest import Desk, Prepare
from tests.hosts.lightroom.program import CULL, UNDO, Seen, photo

pytestmark = pytest.mark.hosts

NAMES = ("a.jpg", "b.jpg", "c.jpg", "other.jpg")
"""To be picked, neither, to be rejected, neither."""
SUM = "AI Cull Selected: 1 to pick, 1 to reject, 2 undecided; set the flags?"
SET, LEAVE = {"match": "set the flags?", "answer": "ok"}, {"match": "set the flags?", "answer": "cancel"}


def wish(answer: str = "ok", **chosen: str) -> dict[str, Any]:
    return {"match": CULL[:-1], "answer": answer, "set": chosen, "once": True}


@pytest.fixture
def table(desk: Prepare, tmp_path: Path) -> Desk:
    """Of one moment three photos, of which one is sharp, and one of another."""
    folder = moment(tmp_path / "moment")
    return desk(photos=[photo(folder / name) for name in NAMES])


def cull(table: Desk, *answers: dict[str, Any], **more: Any) -> Seen:
    return table.lightroom.act(CULL, answers=list(answers), **more).clean()


def marks(seen: Seen, name: str) -> list[Any]:
    return [one.get(name) for one in seen.photos.values()]


def test_the_sum_is_told_and_nothing_is_set_without_a_yes(table: Desk) -> None:
    before = table.lightroom.act().catalog
    seen = cull(table, wish(), LEAVE)
    assert SUM in seen.said
    assert "Lightroom" not in seen.said and "nothing is deleted" in seen.said
    assert not seen.calls("cull.flag")
    assert (seen.catalog, seen.gates) == (before, [])


def test_flags_are_set_in_one_step_and_an_undo_takes_them_back(table: Desk) -> None:
    before = table.lightroom.act().catalog
    seen = cull(table, wish(), SET)
    assert marks(seen, "pick") == [1, 0, -1, 0]
    assert "2 marked, 0 unchanged, 0 failed" in seen.said
    assert seen.undo == [CULL[:-1]]
    assert table.lightroom.act(UNDO).clean().catalog == before


@pytest.mark.parametrize(
    ("way", "field", "there"),
    [("label", "color", ["green", "none", "red", "none"]), ("rating", "rating", [5, None, None, None])],
)
def test_as_labels_or_ratings(table: Desk, way: str, field: str, there: list[Any]) -> None:
    before = table.lightroom.act().catalog
    seen = cull(table, wish(flags=way, preset="landscape"), SET)
    assert [one or None for one in marks(seen, field)] == there
    assert marks(seen, "pick") == [0, 0, 0, 0]
    assert seen.prefs["cullFlags"] == way and seen.prefs["cullPreset"] == "landscape"
    assert seen.params("cull.run")[0]["preset"] == "landscape"
    assert table.lightroom.act(UNDO).clean().catalog == before


def test_a_flag_of_a_person_stays(table: Desk) -> None:
    table.lightroom.photos[0]["pick"], table.lightroom.photos[2]["pick"] = -1, 1
    seen = cull(table, wish(), SET)
    assert marks(seen, "pick") == [-1, 0, 1, 0]
    assert "0 marked, 2 unchanged, 0 failed" in seen.said


def test_a_flag_that_is_set_meanwhile_stays(table: Desk) -> None:
    edit = {"uuid": table.photos[0]["uuid"], "field": "pick", "value": -1}
    event = {"at": "after metadata.plan", "what": "edit", "edit": edit}
    assert marks(cull(table, wish(), SET, events=[event]), "pick") == [-1, 0, -1, 0]


def test_what_was_found_is_shown_as_collections_with_the_reasons(table: Desk) -> None:
    seen = cull(table, wish(), {"match": "set the flags?", "answer": "other", "once": True}, LEAVE)
    sets = [one["name"] for one in table.lightroom.collections if one["kind"] == "set"]
    shown = {one["name"]: one["photos"] for one in table.lightroom.collections if one["kind"] != "set"}
    assert sets == ["photo-bridge culling"]
    assert shown["AI Cull: to pick"] == [table.photos[0]["uuid"]]
    assert shown["AI Cull: to reject, soft"] == [table.photos[2]["uuid"]]
    assert marks(seen, "pick") == [0, 0, 0, 0]


def test_a_person_who_thinks_better_of_it(table: Desk) -> None:
    seen = cull(table, wish("cancel"))
    assert {entry["method"] for entry in seen.http} <= {"system.health", "cull.presets"}
    assert not seen.gates and not seen.prefs


def test_where_there_is_nothing_to_set_nothing_is_asked(table: Desk) -> None:
    seen = cull(table, wish(), selected=table.photos[3:])
    assert "Nothing to pick and nothing to reject, 1 undecided." in seen.said
    assert not seen.calls("cull.flag") and not seen.gates


def test_a_photo_that_cannot_be_judged_is_told(table: Desk) -> None:
    Path(table.photos[3]["path"]).write_text("no picture")
    seen = cull(table, wish(), SET)
    assert "1 could not be judged." in seen.said
    assert marks(seen, "pick") == [1, 0, -1, 0]
    assert "2 marked, 0 unchanged, 1 failed" in seen.said


def test_a_cancel_while_it_judges_sets_nothing(table: Desk) -> None:
    seen = cull(table, wish(), events=[{"at": "after cull.run", "what": "cancel"}])
    assert seen.calls("cull.run") and not seen.calls("cull.flag") and not seen.gates
