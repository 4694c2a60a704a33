"""The fake forgives nothing: what Lightroom refuses, or quietly does not do, is so here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.hosts.lightroom.program import Lightroom, Seen, photo, picture

pytestmark = pytest.mark.hosts

INFO = """return { LrToolkitIdentifier = "a.b", LrPluginName = "t", LrSdkVersion = 14,
  LrLibraryMenuItems = { { title = "Go", file = "Go.lua" } } }"""
TASK = """local LrTasks = import "LrTasks"
local catalog = import("LrApplication").activeCatalog()
local found = {{}}
LrTasks.startAsyncTask(function()
  local photos = catalog:getAllPhotos()
  local one = photos[1]
  {body}
  import("LrPrefs").prefsForPlugin().found = table.concat(found, " ")
end)"""
HTTP = 'import("LrHttp").get("http://127.0.0.1:1/x", {}, 1)'


@pytest.fixture
def go(lightroom: Lightroom, tmp_path: Path) -> Any:
    """Runs a few lines of Lua in a task of a plug-in of two photos; ``whole`` is the whole file instead."""

    def run(body: str = "", *, whole: str | None = None, info: str = INFO, **more: Any) -> Seen:
        lightroom.plugin = tmp_path / "t.lrplugin"
        lightroom.plugin.mkdir(exist_ok=True)
        (lightroom.plugin / "Info.lua").write_text(info)
        (lightroom.plugin / "Go.lua").write_text(TASK.format(body=body) if whole is None else whole)
        if not lightroom.photos:
            lightroom.photos = [photo(picture(tmp_path / f"{number}.jpg", number)) for number in range(2)]
            lightroom.keywords = [{"path": ["Old", "leaf"], "synonyms": ["s"]}]
        return lightroom.act("Go", **more)

    return run


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ('import "LrNothing"', "there is no namespace LrNothing"),
        ("local x = import('LrTasks').sleeep", 'LrTasks has no "sleeep"'),
        ("print(one.foo)", 'LrPhoto has no "foo"'),
        ("one:getRawMetadata('title')", 'no key "title"'),
        ("one:getFormattedMetadata('altTextAccessibility')", 'no key "altTextAccessibility"'),
        ("one.getRawMetadata('path')", "must be a LrPhoto"),
        ("one:setRawMetadata('rating', 3)", "inside catalog:withWriteAccessDo"),
        ("catalog:createKeyword('a', {}, true, nil, true)", "inside catalog:withWriteAccessDo"),
        (
            "catalog:withWriteAccessDo('x', function() one:setRawMetadata('rating', 0) end)",
            "rating must be nil or 1..5",
        ),
        ("catalog:withWriteAccessDo('x', function() one:setRawMetadata('title', 7) end)", "title must be a string"),
        (
            "catalog:withWriteAccessDo('x', function() one:setRawMetadata('colorNameForLabel', 'pink') end)",
            "cannot be pink",
        ),
        ("catalog:withWriteAccessDo('x', function() LrTasks.sleep(1) end)", "inside the write gate"),
        (f"catalog:withWriteAccessDo('x', function() {HTTP} end)", "HTTP inside the write gate"),
        ("catalog:withWriteAccessDo('x', function() one:saveMetadata() end)", "inside a write gate"),
        ("catalog:createCollection('x')", "inside catalog:withWriteAccessDo"),
        (
            "catalog:withWriteAccessDo('x', function() catalog:createCollection('x'):getPhotos() end)",
            "made in this gate",
        ),
        (
            "catalog:withWriteAccessDo('x', function() catalog:createCollection('x', catalog:createCollectionSet('y'))"
            " end)",
            "made in this gate",
        ),
        ("catalog:setPropertyForPlugin(_PLUGIN, 'a', 'b')", "outside of a gate"),
        (
            "catalog:withPrivateWriteAccessDo(function() catalog:createCollection('x') end, { timeout = 1 })",
            "inside catalog:withWriteAccessDo",
        ),
        ("catalog:findPhotoByPath(one)", "the path of a photo must be a string"),
        ("import('LrHttp').get('http://127.0.0.1:1/', {})", "without a timeout"),
        ("import('LrHttp').get('http://example.org:80/', {}, 1)", "only 127.0.0.1"),
        ("import('LrHttp').openUrlInBrowser('/home/me/review.html')", "no URL for a browser"),
        ("import('LrHttp').openUrlInBrowser('file:///home/me/my review.html')", "bytes that are not encoded"),
        ("import('LrDialogs').confirm('Sure?')", "nobody has an answer"),
        ("import('LrProgressScope')({ title = 't' }):setPortionComplete(2, 1)", "is no portion"),
        ("pcall(LrTasks.sleep, 1)", "plain pcall"),
        ("import('LrView').osFactory():checkbox({ titel = 'x' })", 'checkbox has no property "titel"'),
        ("undefined_global()", "undefined_global does not exist"),
        ("made_global = 1", "made_global is set"),
        ("require('folder/module')", "no flat name"),
        ("package.loaded.x = 1", "package does not exist"),
        (
            "import('LrExportSession')({ photosToExport = {}, exportSettings = { LR_jpg = 1 } })",
            "no export setting LR_jpg",
        ),
    ],
    ids=lambda value: value[:40],
)
def test_misuse(go: Any, body: str, refused: str) -> None:
    seen = go(body, sdk=13)
    assert any(refused in violation for violation in seen.violations), seen.raw["violations"] + seen.raw["errors"]
    with pytest.raises(AssertionError):
        seen.clean()


def test_misuse_that_is_caught_is_noted_all_the_same(go: Any) -> None:
    assert go("LrTasks.pcall(function() one:setRawMetadata('rating', 3) end)").violations


@pytest.mark.parametrize("line", ["local a = import 'LrTasks'", "local a = require 'x'", "local a = table.concat({})"])
def test_info_lua_knows_next_to_nothing(go: Any, line: str) -> None:
    with pytest.raises(AssertionError, match="does not exist in Lightroom"):
        go(info=f"{line}\n{INFO}")


def test_a_menu_script_is_no_task(go: Any) -> None:
    seen = go(whole="import('LrApplication').activeCatalog():getAllPhotos()")
    assert "must be called from within a task" in seen.violations[0]


def test_a_keyword_that_was_made_in_the_same_gate(go: Any) -> None:
    """Is refused when it is asked for again, cannot be read, and can be attached."""
    seen = go("""catalog:withWriteAccessDo("x", function()
      local new = catalog:createKeyword("new", {}, true, nil, true)
      found[1] = tostring(catalog:createKeyword("new", {}, true, nil, true))
      found[2] = tostring(LrTasks.pcall(new.getName, new))
      one:addKeyword(new)
    end)""")
    assert seen.prefs["found"] == "false false"
    assert seen.keywords(seen.catalog["photos"][0]) == ["new"]


def test_synonyms_of_a_keyword_that_exists_are_ignored(go: Any) -> None:
    seen = go("""catalog:withWriteAccessDo("x", function()
      local old = catalog:createKeyword("OLD", {}, true, nil, true)
      local leaf = catalog:createKeyword("Leaf", { "more" }, true, old, true)
      found[1] = leaf:getSynonyms()[1]
      found[2] = tostring(catalog:createKeyword("leaf", {}, true, old, false))
    end)""")
    assert seen.prefs["found"] == "s false"
    assert seen.tree == ["Old", "Old|leaf"]


def test_an_error_in_a_gate_takes_all_of_it_back(go: Any) -> None:
    before = go().catalog
    seen = go("""LrTasks.pcall(catalog.withWriteAccessDo, catalog, "x", function()
      one:setRawMetadata("rating", 4)
      one:addKeyword(catalog:createKeyword("new", {}, true, nil, true))
      error("no")
    end)""")
    assert seen.catalog == before
    assert (seen.undo, seen.gates[0]["result"]) == ([], "rolled back")


def test_a_busy_catalogue(go: Any) -> None:
    """Without a time to wait it raises; with one it waits, and may give up."""
    body = """found[1] = tostring(LrTasks.pcall(catalog.withWriteAccessDo, catalog, "x", function() end))
    local function late() found[3] = "late" end
    found[2] = catalog:withWriteAccessDo("x", function() end, { timeout = 1, callback = late })
    found[4] = catalog:withWriteAccessDo("x", function() end, { timeout = 60 })"""
    assert go(body, gate_faults={1: {"busy": 30}}).prefs["found"] == "false aborted late executed"


@pytest.mark.parametrize(("held", "comes"), [("held", "yes"), ("_", "no")])
def test_a_thumbnail_comes_while_its_request_is_held(go: Any, held: str, comes: str) -> None:
    seen = go(f"""local came = "no"
    local keep = {{}}
    keep.{held} = one:requestJpegThumbnail(64, 64, function(jpeg) came = jpeg and "yes" end)
    keep._ = nil
    LrTasks.sleep(5)
    found[1] = came""")
    assert seen.prefs["found"] == comes


def test_reading_metadata_loses_what_was_not_saved(go: Any) -> None:
    """The trap that XMP mode is built around."""
    body = """one:saveMetadata()
    LrTasks.sleep(5)
    catalog:withWriteAccessDo("x", function() one:setRawMetadata("caption", "typed") end)
    photos[2]:saveMetadata()
    one:readMetadata()
    found[1] = one:getFormattedMetadata("caption")
    LrTasks.sleep(5)
    found[2] = "then " .. (one:getFormattedMetadata("caption") or "")"""
    assert go(body).prefs["found"].strip() == "typed then"


def test_nothing_selected_means_everything(go: Any) -> None:
    body = "found[1] = tostring(catalog:getTargetPhoto()) .. #catalog:getTargetPhotos()"
    assert go(body, selected=[]).prefs["found"] == "nil2"


SHOWN = """local album
    catalog:withWriteAccessDo("x", function()
      album = catalog:createCollection("Album")
      album:addPhotos({ photos[2] })
    end)
    catalog:setActiveSources({ album })"""


def test_what_is_shown_changes_a_moment_later_and_only_that_can_be_selected(go: Any) -> None:
    body = SHOWN + " found[1] = #catalog:getTargetPhotos() LrTasks.sleep(1) found[2] = #catalog:getTargetPhotos()"
    assert go(body, selected=[]).prefs["found"] == "2 1"
    body = SHOWN.replace("Album", "Other")
    body += " LrTasks.sleep(1) catalog:setSelectedPhotos(one, {}) found[1] = tostring(catalog:getTargetPhoto())"
    assert go(body, selected=[]).prefs["found"] == "nil"


def test_a_name_of_a_collection_is_taken_once_whatever_its_case(go: Any) -> None:
    body = """catalog:withWriteAccessDo("x", function() catalog:createCollection("Dog") end)
    catalog:withWriteAccessDo("x", function() found[1] = tostring(catalog:createCollection("dog")) end)"""
    assert go(body).prefs["found"] == "nil"


def test_lightrooms_undo_takes_back_one_gate(go: Any) -> None:
    before = go().catalog
    body = """for number = 1, 2 do
      catalog:withWriteAccessDo("step", function() one:setRawMetadata("rating", number) end)
    end"""
    assert go(body, undo_steps=1).photos[before["photos"][0]["uuid"]]["rating"] == 1
