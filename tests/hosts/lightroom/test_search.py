"""The real daemon finds: photos are indexed from Lightroom, found there, and given a keyword."""

from __future__ import annotations

import json
import re

import pytest

from tests.hosts.lightroom.conftest import Prepare
from tests.hosts.lightroom.program import ADD_KEYWORD, FIND, SIMILAR, UNDO

pytestmark = pytest.mark.hosts

ASKED = {"match": "Find photos by text", "answer": "ok", "set": {"text": "colored squares"}, "once": True}
INDEX = [
    {"match": "of this library is indexed", "answer": "ok", "once": True},
    {"match": "No photo here looks like that", "answer": "ok", "once": True},
    {"match": "Index photos", "answer": "other"},
]
DONE = {"match": "Find", "answer": "cancel"}
KEYWORD = {"match": "Add keyword to found photos", "answer": "ok", "set": {"keyword": "Squares"}}


def test_index_find_keyword_undo(own_desk: Prepare) -> None:
    table = own_desk(4)
    before = table.lightroom.act().catalog["photos"]
    seen = table.lightroom.act(FIND, answers=[ASKED, *INDEX, DONE]).clean()
    assert "4 indexed, 0 unchanged, 0 failed" in seen.said, seen.said
    (added,) = seen.calls("index.add")
    assert json.loads(added["answer"])["result"]["photos"] == 4

    chosen = table.photos[2:3]
    seen = table.lightroom.act(SIMILAR, selected=chosen, answers=[DONE]).clean()
    (call,) = seen.calls("search.photos")
    results = json.loads(call["answer"])["result"]["results"]
    assert results
    assert chosen[0]["path"] not in [result["path"] for result in results], "all but the photo itself"
    (album,) = [one for one in table.lightroom.collections if one["kind"] == "plain"]
    by_path = {one["path"]: one["uuid"] for one in table.photos}
    assert album["photos"] == [by_path[result["path"]] for result in results]
    assert re.search(r"\d photos?\. The best are selected", seen.said)
    assert table.lightroom.act().catalog["photos"] == before

    table.lightroom.act(ADD_KEYWORD, selected=chosen, answers=[KEYWORD]).clean()
    assert [one["keywords"] for one in table.photos] == [[], [], [["Squares"]], []]
    table.lightroom.act(UNDO).clean()
    assert table.lightroom.act().catalog["photos"] == before


def test_a_folder_and_a_filter(own_desk: Prepare) -> None:
    table = own_desk(3)
    folder = str(table.photos[0]["path"].parent)
    table.lightroom.sources = [{"folder": folder}]
    within = ASKED | {"set": {"text": "squares in winter 2019", "within": True}}
    seen = table.lightroom.act(FIND, answers=[within, DONE]).clean()
    (call,) = seen.calls("search.photos")
    answer = json.loads(call["answer"])["result"]
    assert {"name": "folder", "value": folder, "phrase": None} in answer["filters"]
    assert "Understood as filters:" in seen.said, seen.said
