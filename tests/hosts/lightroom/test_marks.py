"""Pick flags, stars and colours in the catalogue: set where the photo says what the plan expects, and only there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.lightroom.program import PLUGIN, Lightroom, photo, picture

pytestmark = pytest.mark.hosts

INFO = """return { LrToolkitIdentifier = "a.b", LrPluginName = "t", LrSdkVersion = 14,
  LrLibraryMenuItems = { { title = "Go", file = "Go.lua" } } }"""
GO = """local LrTasks = import "LrTasks"
local catalog = import("LrApplication").activeCatalog()
local Json, Operations = require("Json"), require("Operations")
LrTasks.startAsyncTask(function()
  local outcome
  catalog:withWriteAccessDo("marks", function()
    outcome = Operations.new(catalog, {{}}):apply(catalog:getAllPhotos()[1], Json.decode([==[{operations}]==]))
  end, {{ timeout = 5 }})
  import("LrPrefs").prefsForPlugin().outcome = Json.encode(outcome)
end)"""


@pytest.fixture
def apply(lightroom: Lightroom, tmp_path: Path) -> Any:
    """``apply(one, {"op": …})``: the places of the operations that were carried out, and the photo then."""
    lightroom.plugin = tmp_path / "t.lrplugin"
    lightroom.plugin.mkdir()
    for name in ("Json", "Known", "Operations"):
        shutil.copy(PLUGIN / f"{name}.lua", lightroom.plugin)
    (lightroom.plugin / "Info.lua").write_text(INFO)

    def run(made: dict[str, Any], *operations: dict[str, Any]) -> tuple[list[int], dict[str, Any]]:
        if not lightroom.photos:
            lightroom.photos = [photo(picture(tmp_path / "a.jpg", 1), **made)]
        (lightroom.plugin / "Go.lua").write_text(GO.format(operations=json.dumps(operations)))
        seen = lightroom.act("Go").clean()
        assert seen.prefs is not None
        return json.loads(seen.prefs["outcome"])["applied"], lightroom.photos[0]

    return run


def test_a_flag_is_set_and_taken_back(apply: Any) -> None:
    applied, there = apply({}, {"op": "pick.set", "old": 0, "new": -1})
    assert (applied, there["pick"]) == ([0], -1)
    applied, there = apply({}, {"op": "pick.set", "old": -1, "new": 0})
    assert (applied, there["pick"]) == ([0], 0)


def test_a_colour_and_stars_are_set_and_taken_back(apply: Any) -> None:
    colour, stars = {"op": "label.set", "old": None, "new": "red"}, {"op": "rating.set", "old": None, "new": 5}
    applied, there = apply({}, colour, stars)
    assert (applied, there["color"], there["rating"]) == ([0, 1], "red", 5)
    back = {"op": "label.set", "old": "red", "new": None}, {"op": "rating.set", "old": 5, "new": None}
    applied, there = apply({}, *back)
    assert (applied, there["color"], there.get("rating")) == ([0, 1], "none", None)


def test_what_a_person_set_meanwhile_stays(apply: Any) -> None:
    made = {"pick": 1, "color": "custom", "label": "To print", "rating": 2}
    applied, there = apply(
        made,
        {"op": "pick.set", "old": 0, "new": -1},
        {"op": "label.set", "old": None, "new": "green"},
        {"op": "rating.set", "old": 0, "new": 5},
    )
    assert (applied, {name: there[name] for name in made}) == ([], made)


def test_a_reject_as_a_rating_is_none_of_its_marks(apply: Any) -> None:
    applied, there = apply({}, {"op": "rating.set", "old": 0, "new": -1})
    assert (applied, there.get("rating")) == ([], None)
