"""Finding photos in Lightroom: what is asked, the collection that comes of it, and what a person is told.

What the daemon answers is given here, so that every answer can be met; test_search.py asks the real one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.lightroom.conftest import Desk, Prepare
from tests.hosts.lightroom.program import ADD_KEYWORD, FIND, KEYWORDS, SIMILAR, UNDO, Seen, photo, picture

pytestmark = pytest.mark.hosts

TEXT = "bride laughing"
ASKED = {"match": "Find photos by text", "answer": "ok", "set": {"text": TEXT}, "once": True}
DONE = [{"match": f"{title}: ", "answer": "cancel"} for title in ("Find photos by text", "Find similar to this photo")]
SET, MINE = "photo-bridge searches", "AI Search: bride laughing"


def answer(*paths: Path | str, **more: Any) -> str:
    """What the daemon says to a search that found these, best first."""
    results = [
        {"path": str(path), "uri": Path(path).as_uri(), "score": 0.9 - 0.01 * place, "why": [], "there": True}
        for place, path in enumerate(paths)
    ]
    result = {
        "results": results,
        "total": len(results),
        "filters": [],
        "coverage": 1.0,
        "ms": 3.0,
        "model": "starter",
        "model_title": "Starter",
        "warnings": [],
    }
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": result | more})


def failure(message: str, hint: str) -> str:
    data = {"code": "not_available", "message": message, "hint": hint}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": message, "data": data}})


@pytest.fixture
def table(desk: Prepare) -> Desk:
    return desk(5)


def find(table: Desk, *answers: str, dialogs: list[dict[str, Any]] | None = None, **more: Any) -> Seen:
    said = {"search.photos": list(answers)}
    return table.lightroom.act(FIND, answers=[*(dialogs or [ASKED]), *DONE], canned=said, **more).clean()


def paths(table: Desk) -> list[Path]:
    return [Path(one["path"]) for one in table.photos]


def collections(table: Desk) -> dict[str, list[str]]:
    """The photos of each collection, by its name."""
    return {
        one["name"]: [str(uuid) for uuid in one["photos"]]
        for one in table.lightroom.collections
        if one["kind"] != "set"
    }


def ids(table: Desk, *places: int) -> list[str]:
    return [table.photos[place]["uuid"] for place in places]


def test_what_is_found_becomes_a_collection_best_first(table: Desk) -> None:
    a, b, c, *_ = paths(table)
    before = table.lightroom.act().catalog["photos"]
    seen = find(table, answer(c, a, b))
    assert seen.params("search.photos") == [
        {"texts": [TEXT], "like": None, "k": 100, "filters": [], "plain": []},
    ]
    assert collections(table) == {MINE: ids(table, 2, 0, 1)}
    assert [one["name"] for one in table.lightroom.collections if one["kind"] == "set"] == [SET]
    assert seen.selected == ids(table, 2, 0, 1), "shown and selected, the best as the active one"
    assert "3 photos." in seen.said
    assert seen.undo[-1] == "Find photos by text"
    assert table.photos == before, "nothing was written into a photo"


def test_the_collection_is_one_step_of_undo(table: Desk) -> None:
    find(table, answer(*paths(table)))
    seen = find(table, answer(paths(table)[0]), undo_steps=1)
    assert collections(table) == {MINE: ids(table, 0, 1, 2, 3, 4)}, "as it was before the second search"
    assert seen.undo == []


def test_the_ten_best_are_selected(desk: Prepare) -> None:
    table = desk(12)
    seen = find(table, answer(*reversed(paths(table))))
    assert seen.selected == ids(table, *range(11, 1, -1))


def test_the_text_and_the_count_are_remembered(table: Desk) -> None:
    more = ASKED | {"set": {"text": "  a dog ", "most": 7}}
    seen = find(table, answer(paths(table)[0]), dialogs=[more])
    assert (seen.params("search.photos")[0]["texts"], seen.params("search.photos")[0]["k"]) == (["a dog"], 7)
    again = {"match": "Find photos by text", "answer": "ok", "once": True}
    seen = find(table, answer(paths(table)[0]), dialogs=[again])
    assert (seen.params("search.photos")[0]["texts"], seen.params("search.photos")[0]["k"]) == (["a dog"], 7)


def test_a_person_who_thinks_better_of_it_searches_nothing(table: Desk) -> None:
    seen = table.lightroom.act(FIND, answers=[ASKED | {"answer": "cancel"}]).clean()
    assert (seen.http, seen.gates, seen.prefs) == ([], [], {})
    seen = table.lightroom.act(FIND, answers=[ASKED | {"set": {"text": "  "}}]).clean()
    assert "in a few words" in seen.said
    assert not seen.http


def test_the_same_search_fills_its_own_collection_anew(table: Desk) -> None:
    a, b, c, *_ = paths(table)
    find(table, answer(c, a, b))
    find(table, answer(b), dialogs=[ASKED | {"set": {"text": TEXT.upper()}}])
    assert collections(table) == {MINE: ids(table, 1)}


def test_a_collection_of_a_person_is_never_filled(table: Desk) -> None:
    kept = ids(table, 4)
    table.lightroom.collections = [
        {"id": 7, "name": SET, "kind": "set", "photos": []},
        {"id": 8, "name": MINE, "kind": "plain", "parent": 7, "photos": kept},
        {"id": 9, "name": "Album", "kind": "plain", "photos": kept},
        {"id": 10, "name": MINE + " (2)", "kind": "smart", "parent": 7, "photos": kept},
    ]
    for _ in range(2):
        find(table, answer(paths(table)[0]))
        assert collections(table) == {
            MINE: kept, "Album": kept, MINE + " (2)": kept, MINE + " (3)": ids(table, 0),
        }  # fmt: skip


def test_what_is_not_in_this_catalogue_is_counted(table: Desk) -> None:
    a, *_ = paths(table)
    seen = find(table, answer("/elsewhere/b.jpg", a, "/elsewhere/c.jpg"))
    assert collections(table) == {MINE: ids(table, 0)}
    assert "1 photo." in seen.said
    assert "Found and not in this catalogue: 2 photos." in seen.said


def test_a_path_is_found_whatever_its_case(table: Desk) -> None:
    a, *_ = paths(table)
    find(table, answer(a.with_name(a.name.upper())))
    assert collections(table) == {MINE: ids(table, 0)}


def test_virtual_copies_share_a_path_and_the_original_stands_for_them(desk: Prepare, tmp_path: Path) -> None:
    one = photo(picture(tmp_path / "a.jpg", 1))
    table = desk(photos=[one, photo(one["path"], copy_of=one["uuid"], copy_name="Copy 1")])
    find(table, answer(one["path"]))
    assert collections(table) == {MINE: [one["uuid"]]}


def test_the_words_that_were_taken_for_filters_can_be_taken_as_plain_words(table: Desk) -> None:
    a, b, *_ = paths(table)
    filters = [
        {"name": "light", "value": "golden hour", "phrase": "golden-hour"},
        {"name": "people", "value": "2", "phrase": "two people"},
        {"name": "folder", "value": "/photos", "phrase": None},
    ]
    untick = {"match": f": {TEXT}", "answer": "ok", "set": {"use2": False}, "once": True}
    done = {"match": f": {TEXT}", "answer": "cancel", "once": True}
    answers = [answer(a, filters=filters), answer(a, b, filters=filters[:1])]
    seen = find(table, *answers, dialogs=[ASKED, untick, done])
    assert '"golden-hour": light = golden hour\n"two people": people = 2' in seen.said
    assert '"two people" (taken as plain words)' in seen.said, "and can be ticked again"
    assert [params["plain"] for params in seen.params("search.photos")] == [[], ["two people"]]
    assert collections(table) == {MINE: ids(table, 0, 1)}


def test_little_that_is_indexed_is_said_and_can_be_put_right(table: Desk) -> None:
    a, *_ = paths(table)
    dialogs = [
        ASKED,
        {"match": "84 % of this library is indexed", "answer": "ok"},
        {"match": "Index photos", "answer": "ok"},
        {"match": "Index photos", "answer": "ok"},
    ]
    done = {"state": "done", "total": 3, "done": 2, "skipped": 0, "failed": 1, "cancelled": 0, "seconds_left": None}
    gone = {"code": "unreadable", "message": "It is no photo.", "hint": ""}
    results = [{"status": "done"}, {"status": "done"}, {"status": "failed", "error": gone}]
    canned = {
        "search.photos": [answer(a, coverage=0.849)],
        "index.status": [json.dumps({"id": 1, "result": {"photos": 1000, "indexed": 849, "coverage": 0.849}})],
        "index.add": [json.dumps({"id": 1, "result": {"job": "J", "photos": 3}})],
        "jobs.status": [json.dumps({"id": 1, "result": done})],
        "jobs.results": [
            json.dumps({"id": 1, "result": {"results": results, "next": 3, "ended": True}}),
            json.dumps({"id": 1, "result": {"results": [], "next": 3, "ended": True}}),
        ],
    }
    seen = table.lightroom.act(FIND, answers=dialogs, canned=canned, selected=table.photos[:3]).clean()
    uris = [Path(one["path"]).as_uri() for one in table.photos]
    assert "84 % of this library is indexed (849 of the 1000 photos that photo-bridge knows)" in seen.said
    assert seen.params("index.add") == [{"uris": uris[:3]}], "those that were selected before"
    assert "2 indexed, 0 unchanged, 1 failed" in seen.said
    assert "It is no photo." in seen.said

    canned["search.photos"] = [answer(coverage=1.0)]
    seen = table.lightroom.act(
        FIND,
        answers=[
            ASKED,
            {"match": "No photo here looks like that", "answer": "ok"},
            {"match": "Index", "answer": "ok"},
        ],
        canned=canned,
        selected=[],
    ).clean()
    assert seen.params("index.add") == [{"uris": uris}], "the whole catalogue"


def test_nothing_that_looks_like_it_makes_no_collection(table: Desk) -> None:
    seen = find(table, answer(), dialogs=[ASKED, {"match": "No photo here looks like that", "answer": "cancel"}])
    assert collections(table) == {}
    assert not seen.gates


def test_more_that_fit_than_are_shown(table: Desk) -> None:
    seen = find(table, answer(paths(table)[0], total=340, warnings=["Made by the starter model."]))
    assert "The best 1 of 340 photos that fit." in seen.said
    assert "Made by the starter model." in seen.said


def test_only_in_the_folder_that_is_shown(table: Desk) -> None:
    folder = paths(table)[0].parent
    table.lightroom.sources = [{"folder": str(folder)}]
    within = ASKED | {"set": {"text": TEXT, "within": True}}
    seen = find(table, answer(paths(table)[0]), dialogs=[within])
    assert seen.params("search.photos")[0]["filters"] == [f"folder={folder.as_uri()}"]
    assert "Only in photos" in seen.said


def test_only_in_the_collection_that_is_shown(table: Desk) -> None:
    album = {"id": 9, "name": "Album", "kind": "plain", "photos": ids(table, 3, 1)}
    table.lightroom.collections, table.lightroom.sources = [album], [{"collection": 9}]
    within = ASKED | {"set": {"text": TEXT, "within": True, "most": 1}}
    seen = find(table, answer(*paths(table)), dialogs=[within])
    assert seen.params("search.photos")[0]["k"] == 1000
    assert collections(table)[MINE] == ids(table, 1)
    assert collections(table)["Album"] == ids(table, 3, 1)


def test_all_photographs_are_no_source_to_keep_to(table: Desk) -> None:
    assert "Only in" not in find(table, answer(paths(table)[0])).said


def test_photos_that_look_like_this_one(table: Desk) -> None:
    a, b, *_ = paths(table)
    chosen = table.photos[1:2]
    seen = table.lightroom.act(SIMILAR, selected=chosen, canned={"search.photos": [answer(b, a)]}, answers=DONE).clean()
    assert seen.params("search.photos") == [
        {"texts": [], "like": b.as_uri(), "k": 100, "filters": [], "plain": []},
    ]
    assert collections(table) == {f"AI Search: like {b.name}": ids(table, 1, 0)}
    assert "Choose a photo first" in table.lightroom.act(SIMILAR, selected=[]).clean().said


def test_what_the_daemon_refuses_is_told(table: Desk) -> None:
    seen = find(table, failure("No photo is indexed yet.", "Index some first."))
    (entry,) = [entry for entry in seen.dialogs if entry["kind"] == "message"]
    assert entry["message"] == "Find photos by text: No photo is indexed yet."
    assert entry["info"] == "Index some first."
    assert not seen.gates


def test_a_busy_catalogue(table: Desk) -> None:
    seen = find(table, answer(paths(table)[0]), gate_faults=[{"busy": 500}])
    assert "Lightroom was busy" in seen.said
    assert collections(table) == {}


@pytest.mark.parametrize("text", ["日本の城 " * 40, "a\tb\nc | d, e / f: \\ \" ' * ?", "100 % <b>"])
def test_any_text_is_a_name(table: Desk, text: str) -> None:
    seen = find(table, answer(paths(table)[0]), dialogs=[ASKED | {"set": {"text": text}}])
    assert seen.params("search.photos")[0]["texts"] == [text.strip()]
    (name,) = collections(table)
    assert name.startswith("AI Search: " + text[:1])
    assert len(name.encode()) <= 100 and "\n" not in name


KEYWORD = {"match": "Add keyword to found photos", "answer": "ok", "set": {"keyword": " People|Bride "}}


def test_a_keyword_goes_to_what_is_selected_and_an_undo_takes_it_back(table: Desk) -> None:
    table.lightroom.keywords = [{"path": ["people"], "synonyms": ["folk"]}]
    before = table.lightroom.act().catalog
    asked = len(table.ollama.asked)
    seen = table.lightroom.act(ADD_KEYWORD, selected=table.photos[1:3], answers=[KEYWORD]).clean()
    assert "A keyword for what is selected, 2 photos" in seen.said
    assert "2 written, 0 unchanged, 0 failed" in seen.said
    assert [seen.keywords(one) for one in table.photos] == [[], ["people|Bride"], ["people|Bride"], [], []]
    assert len(table.ollama.asked) == asked, "no model was asked"

    again = {"match": "Add keyword to found photos", "answer": "ok"}
    seen = table.lightroom.act(ADD_KEYWORD, answers=[again], selected=table.photos[2:4]).clean()
    assert "1 written, 1 unchanged" in seen.said, "it is remembered, and goes where it is not yet"

    table.lightroom.act(UNDO, UNDO).clean()
    assert table.lightroom.act().catalog == before


def test_a_keyword_of_a_person_survives_the_undo_of_another_run(table: Desk) -> None:
    table.lightroom.act(ADD_KEYWORD, KEYWORDS, UNDO, selected=table.photos[:1], answers=[KEYWORD]).clean()
    assert table.photos[0]["keywords"] == [["People", "Bride"]]


def test_a_keyword_that_is_none(table: Desk) -> None:
    none = KEYWORD | {"set": {"keyword": " "}}
    seen = table.lightroom.act(ADD_KEYWORD, answers=[none]).clean()
    assert "No keyword was given." in seen.said
    assert not seen.http
    seen = table.lightroom.act(ADD_KEYWORD, answers=[KEYWORD | {"answer": "cancel"}]).clean()
    assert not seen.http
    seen = table.lightroom.act(ADD_KEYWORD, answers=[KEYWORD | {"set": {"keyword": "|Bride"}}]).clean()
    assert "is no keyword" in seen.said
    assert not any(gate["changes"] for gate in seen.gates)


def test_a_keyword_for_more_photos_than_a_call_holds_is_one_run(desk: Prepare, tmp_path: Path) -> None:
    one = picture(tmp_path / "a.jpg", 1)
    table = desk(photos=[photo(one, copy_name=str(number), copy_of="A" if number else None) for number in range(1100)])
    before = table.lightroom.act().catalog["photos"]
    seen = table.lightroom.act(ADD_KEYWORD, answers=[KEYWORD], keep_bodies=False).clean()
    assert "1100 written" in seen.said
    assert len(seen.calls("photos.keyword")) == 2
    table.lightroom.act(UNDO, keep_bodies=False).clean()
    assert table.lightroom.act().catalog["photos"] == before


def test_a_keyword_reaches_the_files_where_a_person_has_chosen_that(table: Desk) -> None:
    table.lightroom.prefs = {"way": "xmp"}
    before = {path: path.read_bytes() for path in paths(table)}
    seen = table.lightroom.act(ADD_KEYWORD, selected=table.photos[:2], answers=[KEYWORD]).clean()
    assert "2 written, 0 unchanged, 0 failed" in seen.said
    assert "went through the catalogue" not in seen.said
    assert [one["keywords"] for one in table.photos[:3]] == [[["People", "Bride"]], [["People", "Bride"]], []]
    for path in paths(table)[:2]:
        assert b"Bride" in path.read_bytes()
    table.lightroom.act(UNDO, answers=[{"match": "Read them", "answer": "ok"}]).clean()
    assert b"Bride" not in paths(table)[0].read_bytes()
    assert paths(table)[2].read_bytes() == before[paths(table)[2]]
