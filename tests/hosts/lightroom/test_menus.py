"""Every way into the plug-in, in an SDK that forgives nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bridge.paths import from_uri
from tests.hosts.lightroom.conftest import Prepare
from tests.hosts.lightroom.program import (
    ADD_KEYWORD,
    CAPTIONS,
    CULL,
    FIND,
    KEYWORDS,
    PLUGIN,
    REVIEW,
    SETTINGS,
    SIMILAR,
    UNDO,
    Lightroom,
    photo,
    picture,
)

pytestmark = pytest.mark.hosts

ACTIONS = [KEYWORDS, CAPTIONS, CULL, FIND, SIMILAR, ADD_KEYWORD, UNDO, REVIEW, SETTINGS]
MENUS = ["LrLibraryMenuItems", "LrExportMenuItems"]
LEFT = ("photo-bridge", FIND[:-1], SIMILAR, ADD_KEYWORD[:-1], CULL[:-1])
ANSWERS = [{"match": title, "answer": "cancel"} for title in LEFT]
PRESETS = [KEYWORDS, CAPTIONS, CULL[:-1]]


def test_both_menus_have_the_nine_actions_and_every_file_is_there(lightroom: Lightroom) -> None:
    lightroom.photos = [photo(Path("/nowhere.jpg"))]
    seen = lightroom.session([{"info": True}], selected=[]).clean()
    for menu in MENUS:
        assert [item["title"] for item in seen.info[menu]] == ACTIONS
        for item in seen.info[menu]:
            assert (PLUGIN / item["file"]).is_file()
    assert seen.info["LrSdkMinimumVersion"] == 10
    assert re.fullmatch(r"[a-z]+(\.[a-z-]+)+", seen.info["LrToolkitIdentifier"])


def test_every_menu_item_runs(desk: Prepare) -> None:
    table = desk(2)
    for menu in MENUS:
        actions = [{"title": title, "menu": menu} for title in ACTIONS]
        seen = table.lightroom.session(actions, selected=table.photos, answers=ANSWERS).clean()
        for title in (KEYWORDS, CAPTIONS):
            assert re.search(title + r"\n(2 written, 0|0 written, 2) unchanged, 0 failed", seen.said)
        assert len(seen.dialogs) >= len(ACTIONS) - 1, seen.said
        assert seen.browser, "the review page says nothing besides"


@pytest.mark.parametrize("sdk", [10, 13.1, 13.2, 15.3])
def test_every_version_of_lightroom_since_10(desk: Prepare, sdk: float) -> None:
    table = desk(2)
    before = table.lightroom
    seen = table.lightroom.act(KEYWORDS, CAPTIONS, sdk=sdk).clean()
    for one in seen.photos.values():
        assert one["keywords"] and one["caption"]
        assert bool(one["alt"]) == (sdk >= 13.2)
    table.lightroom.act(UNDO, sdk=sdk).clean()
    table.lightroom.act(UNDO, sdk=sdk).clean()
    assert not any(one["keywords"] or one["caption"] or one["title"] or one["alt"] for one in before.photos)


@pytest.mark.parametrize("name", PRESETS)
def test_the_presets_under_right_click_export(desk: Prepare, name: str) -> None:
    table = desk(2)
    answers = [{"match": CULL[:-1], "answer": "ok", "once": True}]
    preset = [{"preset": f"{name}.lrtemplate"}]
    seen = table.lightroom.session(preset, selected=table.photos[:1], answers=answers).clean()
    if name == CULL[:-1]:
        assert [len(params["items"]) for params in seen.params("cull.run")] == [1]
        assert "1 undecided" in seen.said
    else:
        assert "1 written" in seen.said
        field = "keywords" if name == KEYWORDS else "caption"
        assert [bool(one[field]) for one in table.photos] == [True, False]
    assert not list((table.lightroom.folder / "temp").rglob("*.jpg"))


def test_the_preset_files_are_named_as_the_actions() -> None:
    assert {path.name for path in (PLUGIN / "presets").iterdir()} == {f"{name}.lrtemplate" for name in PRESETS}


def test_with_nothing_selected_it_asks_before_the_whole_filmstrip(desk: Prepare) -> None:
    table = desk(3)
    answer = {"match": "No photo is selected. Run on all 3 photos", "answer": "cancel"}
    seen = table.lightroom.act(KEYWORDS, selected=[], answers=[answer]).clean()
    assert (seen.http, seen.gates) == ([], [])
    seen = table.lightroom.act(KEYWORDS, selected=[], answers=[answer | {"answer": "ok"}]).clean()
    assert "3 written" in seen.said


def test_only_what_is_selected(desk: Prepare) -> None:
    table = desk(3)
    seen = table.lightroom.act(KEYWORDS, selected=table.photos[1:2]).clean()
    assert [bool(one["keywords"]) for one in table.photos] == [False, True, False]
    assert "1 written" in seen.said


def test_an_empty_filmstrip(desk: Prepare) -> None:
    seen = desk(0).lightroom.act(KEYWORDS).clean()
    assert "no photos" in seen.said
    assert not seen.http


def test_videos_are_left_out_and_counted(desk: Prepare, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"no picture")
    table = desk(photos=[photo(picture(tmp_path / "a.jpg", 1)), photo(film, format="VIDEO")])
    seen = table.lightroom.act(KEYWORDS).clean()
    assert "1 written" in seen.said and "1 videos left out" in seen.said
    assert film.as_uri() not in str(seen.http)


def test_the_review_page_is_opened_in_the_browser(desk: Prepare) -> None:
    table = desk(1)
    before = table.lightroom.act().raw["catalog"]
    seen = table.lightroom.act(REVIEW).clean()
    page = from_uri(seen.browser)
    assert (page.parent, page.stat().st_mode & 0o777) == (table.bridge.home, 0o600)
    (opened,) = seen.calls("review.open")
    answer = json.loads(opened["answer"])["result"]
    assert (answer["path"], answer["code"] in page.read_text()) == (str(page), True)
    assert not seen.dialogs, "the page is answer enough"
    assert seen.catalog == before
    assert not seen.gates


def test_the_two_ways_of_applying_are_chosen_and_explained_in_settings(desk: Prepare) -> None:
    table = desk(1)
    seen = table.lightroom.act(
        SETTINGS, answers=[{"match": "photo-bridge", "answer": "ok", "set": {"way": "xmp"}}]
    ).clean()
    assert seen.prefs["way"] == "xmp"
    assert "Catalogue" in seen.said and "XMP" in seen.said and "Read Metadata" in seen.said
    seen = table.lightroom.act(
        SETTINGS, answers=[{"match": "photo-bridge", "answer": "cancel", "set": {"way": "catalogue"}}]
    )
    assert seen.clean().prefs["way"] == "xmp", "a dialog that was left by Cancel changed something"
    assert table.lightroom.act(KEYWORDS).clean().calls("metadata.write")


def test_undo_with_nothing_to_undo(own_desk: Prepare) -> None:
    seen = own_desk(1).lightroom.act(UNDO).clean()
    assert "could be undone" in seen.said
    assert not seen.gates
