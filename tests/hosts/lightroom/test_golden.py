"""The plug-in's requests are the recorded ones, and its decoder reads the recorded answers (tests/contract)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.contract.golden import Exchange, fits, in_general, load, save
from tests.culling.photos import moment
from tests.hosts.lightroom.conftest import Desk, Prepare
from tests.hosts.lightroom.program import (
    ADD_KEYWORD,
    CAPTIONS,
    CULL,
    FIND,
    HERE,
    KEYWORDS,
    PLUGIN,
    REVIEW,
    SETTINGS,
    SIMILAR,
    UNDO,
    Seen,
    photo,
    picture,
)

pytestmark = pytest.mark.hosts


def sessions(table: Desk, folder: Path) -> list[Seen]:
    """A little of everything, with ids that are always the same."""
    hand = photo(picture(folder / "hand.jpg", 1), uuid="0000-HAND", keywords=[["Places", "Rome"], ["mine"]], rating=4)
    bare = photo(picture(folder / "bare 1.jpg", 2), uuid="0001-BARE")
    copy = photo(folder / "hand.jpg", uuid="0002-COPY", copy_of="0000-HAND", copy_name="Copy 1", render=bare["path"])
    lightroom = table.lightroom
    lightroom.photos = [hand, bare, copy]
    lightroom.keywords = [{"path": ["Places"], "synonyms": ["locations"]}]
    found = [lightroom.act(CAPTIONS, thumbnails=["cached"])]
    found.append(lightroom.act(UNDO, REVIEW, SETTINGS, answers=[{"match": "photo-bridge", "answer": "cancel"}]))
    lightroom.prefs = {"way": "xmp"}
    cancel = {"at": "after metadata.write", "what": "cancel"}
    found.append(lightroom.act(KEYWORDS, selected=lightroom.photos[:2], events=[cancel]))
    found.append(lightroom.act(UNDO, answers=[{"match": "Read them", "answer": "cancel"}]))
    answers = [
        {"match": "Find photos by text", "answer": "ok", "set": {"text": "red squares, 2019"}, "once": True},
        {"match": "Find photos by text", "answer": "other", "once": True},
        {"match": "Index photos", "answer": "other"},
        {"match": "Find similar", "answer": "cancel"},
        {"match": "Add keyword", "answer": "ok", "set": {"keyword": "Colours|Red"}},
    ]
    found.append(lightroom.act(FIND, SIMILAR, ADD_KEYWORD, selected=lightroom.photos[1:2], answers=answers))
    lightroom.photos = [photo(one, uuid=f"0003-{one.stem}") for one in sorted(moment(folder).glob("?.jpg"))]
    answers = [{"match": "set the flags?", "answer": "ok"}, {"match": CULL[:-1], "answer": "ok"}]
    found.append(lightroom.act(CULL, answers=answers))
    return [seen.clean() for seen in found]


def kind(exchange: Exchange) -> str:
    """A name for each form of a request."""
    params, name = exchange.params, exchange.method
    for member in ("undo", "keywords", "like"):
        name += f"-{member}" if params.get(member) else ""
    for item in params.get("items", [])[:1]:
        name += "-stamp" if item.get("stamp") else ""
    if name == "metadata.plan":
        said = [step["op"] for plan in exchange.answer["result"]["plans"] for step in plan["operations"]]
        name += "-flags" if "pick.set" in said else ""
    if name == "jobs.status":
        name += "-wait" if "wait_ms" in params else ""
    if name == "jobs.results":
        name += "-wait" if params["wait_ms"] else ""
        name += "-some" if exchange.answer["result"]["results"] else "-none"
    return name


def recorded(seen: list[Seen], folder: Path) -> dict[str, Exchange]:
    """The first of each kind, in general terms."""

    def replace(text: str) -> str:
        return text.replace(str(folder), "/lightroom")

    found: dict[str, Exchange] = {}
    for session in seen:
        for call in session.http:
            if "body" in call and call.get("status") == 200:
                whole = Exchange("", json.loads(call["body"]), json.loads(call["answer"]))
                name = kind(whole)
                request = in_general(whole.request | {"id": 1}, replace)
                found.setdefault(name, Exchange(name, request, in_general(whole.answer | {"id": 1}, replace)))
    return found


CHANCE = ("jobs.results",)
"""How many have ended when it asks is a matter of time: not every kind comes in every run."""


def test_the_plug_in_says_what_was_recorded(own_desk: Prepare, tmp_path: Path) -> None:
    now = recorded(sessions(own_desk(0), tmp_path), tmp_path)
    if os.environ.get("PHOTO_BRIDGE_RECORD"):
        save(list(now.values()))
    golden = {exchange.name: exchange for exchange in load()}
    certain = {name for name in golden if not name.startswith(CHANCE)}
    assert certain == {name for name in now if not name.startswith(CHANCE)}
    for name in certain:
        assert now[name].request == golden[name].request, name
        assert fits(now[name].answer, golden[name].answer), name


def as_the_plug_in_has_it(value: Any) -> Any:
    """A null member of an object is absent, and numbers have 14 digits."""
    if isinstance(value, float):
        return float(f"{value:.14g}")
    if isinstance(value, dict):
        return {name: as_the_plug_in_has_it(member) for name, member in value.items() if member is not None}
    return [as_the_plug_in_has_it(member) for member in value] if isinstance(value, list) else value


STRANGE = [
    {
        "text": '"\\/\b\f\n\r\t\u0000\u001f\u007fä€𝄞|,',
        "list": [],
        "object": {},
        "numbers": [0, -1, 1.5, 1e20, 12345678901],
    },
    {"nested": [[], [[]], {"a": [{"b": False}]}], "": True},
    {"escaped": "\ud83d\ude00 and half: \\ud83d"},
]


@pytest.mark.parametrize("escape", [True, False], ids=["ascii", "utf-8"])
def test_the_plug_in_reads_and_writes_json(tmp_path: Path, escape: bool) -> None:
    values = [message for exchange in load() for message in (exchange.request, exchange.answer)]
    values += [json.loads(json.dumps(value).encode("utf-8", "surrogatepass")) for value in STRANGE]
    given, got = tmp_path / "given", tmp_path / "got"
    given.write_text("".join(json.dumps(value, ensure_ascii=escape) + "\n" for value in values), "utf-8")
    subprocess.run(["lua5.1", HERE / "scripts" / "golden.lua", PLUGIN, given, got], check=True)
    read = [json.loads(line) for line in got.read_bytes().splitlines()]
    assert read == [as_the_plug_in_has_it(value) for value in values]


@pytest.mark.parametrize(
    "text", ["", "{", '{"a":}', "[1,]", "nul", '"\\x"', "{} {}", "01x", '{"a" 1}', "[1 2]", '"open']
)
def test_what_is_no_json_is_an_error(tmp_path: Path, text: str) -> None:
    given = tmp_path / "given"
    given.write_text(text + "\n")
    command = ["lua5.1", HERE / "scripts" / "golden.lua", PLUGIN, given, tmp_path / "got"]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
