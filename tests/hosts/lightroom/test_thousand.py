"""A thousand photos, in both ways of applying, with a person who goes on working."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.http import look
from tests.hosts.digikam.program import wait_for
from tests.hosts.lightroom.conftest import Prepare
from tests.hosts.lightroom.metadata_files import read
from tests.hosts.lightroom.program import CAPTIONS, KEYWORDS, UNDO, Seen

pytestmark = pytest.mark.hosts

PHOTOS, GATE = 1000, 100
PATIENCE = 10
"""Seconds after which the plug-in applies what there is, so that a slow run shows something."""


def words(one: dict[str, Any]) -> frozenset[str]:
    """What the fake model says of a photo, whatever metadata its file has."""
    return seen_in(Path(one["path"]))


@cache
def seen_in(path: Path) -> frozenset[str]:
    return frozenset(str(word) for word in look(path.read_bytes())["keywords"])


def flat(seen: Seen, one: dict[str, Any]) -> set[str]:
    return {path.rpartition("|")[2] for path in seen.keywords(one)}


def work_of_a_person(photos: list[dict[str, Any]]) -> None:
    """Every seventh photo has words, a caption and marks by hand."""
    for number, one in enumerate(photos):
        if number % 7 == 0:
            one |= {"keywords": [["Places", f"Town {number % 5}"], ["mine"]], "caption": f"Hand {number}", "rating": 3}
        if number % 14 == 0:
            one |= {"color": "red", "label": "Rot", "pick": -1, "develop": number}


def by_hand(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one.get(name) for name in ("caption", "title", "alt", "rating", "color", "label", "pick", "develop")}


def test_catalogue_mode(desk: Prepare) -> None:
    table = desk(PHOTOS)
    work_of_a_person(table.photos)
    before = table.lightroom.act().catalog
    seen = table.lightroom.act(KEYWORDS).clean()
    assert f"{PHOTOS} written, 0 unchanged, 0 failed" in seen.said

    patience = seen.gates[-1]["at"] / PATIENCE
    assert len(seen.gates) <= PHOTOS / GATE + patience + 3, "not one gate a batch"
    assert len(seen.undo) == len(seen.gates) == len(seen.calls("metadata.confirm"))
    assert Counter(seen.tree).most_common(1)[0][1] == 1, "a keyword was made twice"
    for old, new in zip(before["photos"], seen.catalog["photos"], strict=True):
        assert by_hand(old) == by_hand(new)
        assert {tuple(path) for path in old["keywords"]} <= {tuple(path) for path in new["keywords"]}
        assert words(new) <= flat(seen, new)
    (scope,) = seen.scopes
    assert scope["portions"][-1] == [PHOTOS, PHOTOS]
    assert any("left" in caption for caption in scope["captions"]), "no time left was shown"

    undone = table.lightroom.act(UNDO).clean()
    assert undone.catalog == before
    assert len(undone.gates) <= PHOTOS / GATE + 1


def test_cancel(own_desk: Prepare) -> None:
    table = own_desk(500, delay=0.02)
    before = table.lightroom.act().catalog
    event = {"at": "gate end", "nth": 2, "what": "cancel"}
    seen = table.lightroom.act(KEYWORDS, events=[event]).clean()
    assert seen.cancel_seconds < seen.soon, "what is asked of every host"
    with table.bridge.client() as client:
        status = client.call("jobs.status", job="last")
    assert status["state"] == "cancelled" and status["cancelled"] > 0
    written = sum(1 for one in table.photos if one["keywords"])
    assert 0 < written < 500
    assert f"{written} written" in seen.said and f"{500 - written} not done" in seen.said
    assert table.lightroom.act(UNDO).clean().catalog == before


@pytest.mark.parametrize(
    ("moment", "way"),
    [
        ({"after": 1.0}, "catalogue"),
        ({"at": "after photos.analyze"}, "catalogue"),
        ({"at": "after metadata.plan"}, "catalogue"),
        ({"at": "after metadata.landed"}, "xmp"),
        ({"at": "after metadata.write"}, "xmp"),
        ({"at": "save asked", "nth": 30}, "xmp"),
    ],
    ids=lambda value: str(value.get("at", "slow model")) if isinstance(value, dict) else value,
)
def test_cancel_whatever_it_waits_for(own_desk: Prepare, moment: dict[str, Any], way: str) -> None:
    slow = "after" in moment
    table = own_desk(60, delay=5.0 if slow else 0.0)
    table.lightroom.prefs = {"way": way}
    before = table.lightroom.act().catalog
    modes = {one["uuid"]: "never" for one in table.photos[:20]} if way == "xmp" else {}
    seen = table.lightroom.act(KEYWORDS, save_modes=modes, events=[moment | {"what": "cancel"}]).clean()
    assert seen.cancel_seconds < seen.soon
    with table.bridge.client() as client:
        wait_for("the end of the run", lambda: client.call("jobs.status", job="last")["state"] != "open")
    table.ollama.delay = 0
    seen = table.lightroom.act(UNDO, answers=[{"match": "Read them", "answer": "ok"}]).clean()
    assert table.photos == before["photos"] or not any(one["keywords"] for one in table.photos)


def by_catalogue(seen: Seen) -> set[str]:
    """The photos for which the catalogue had something to do, by uuid."""
    answers = [json.loads(call["answer"])["result"]["plans"] for call in seen.calls("metadata.plan")]
    return {plan["id"] for plans in answers for plan in plans if plan["plan_id"] is not None}


EDITS: dict[str, dict[str, Any]] = {
    "caption": {"field": "caption", "value": "Typed while it worked."},
    "develop": {"develop": 99},
    "word": {"add": ["Edited", "meanwhile"]},
    "rating": {"field": "rating", "value": 5},
}


def test_xmp_mode(desk: Prepare) -> None:
    """Saves that land late or never or fail, and edits at every moment: every photo gets its words, no edit is lost."""
    table = desk(PHOTOS)
    work_of_a_person(table.photos)
    table.lightroom.prefs = {"way": "xmp"}
    table.lightroom.act()
    uuids = [one["uuid"] for one in table.photos]
    never, raises, late = uuids[0:80], uuids[80:120], uuids[120:280]
    modes = dict.fromkeys(never, "never") | dict.fromkeys(raises, "raises") | dict.fromkeys(late, "late")
    events: list[dict[str, Any]] = []
    edited: dict[str, dict[str, Any]] = {}
    for number, uuid in enumerate(uuids[300:600]):
        change = list(EDITS.values())[number % 4]
        moment = ("save asked", "save landed")[number // 4 % 2]
        events.append({"at": moment, "uuid": uuid, "what": "edit", "edit": {"uuid": uuid, **change}})
        edited[uuid] = change
    asked = [
        ("before metadata.landed", 650, EDITS["rating"]),
        ("after metadata.landed", 750, EDITS["develop"]),
        ("before metadata.write", 850, EDITS["caption"]),
        ("after metadata.write", 900, EDITS["word"]),
        ("after metadata.write", 950, EDITS["develop"]),
    ]
    for moment, number, change in asked:
        events.append({"at": moment, "asks": uuids[number], "what": "edit_asked", "most": 20, "edits": [change]})
    before = {one["uuid"]: one for one in table.photos}

    seen = table.lightroom.act(KEYWORDS, save_modes=modes, save_late=3, events=events).clean()

    assert f"{PHOTOS} written, 0 unchanged, 0 failed" in seen.said
    edits_of: dict[str, dict[str, Any]] = {}
    for edit in seen.edits:
        edits_of.setdefault(edit["uuid"], {})[str(edit.get("field") or ("develop" if "develop" in edit else "add"))] = (
            edit
        )
    assert len(edits_of) >= len(edited) + 30 and edited.keys() <= edits_of.keys()
    assert not edits_of.keys() & {*never, *raises, *late}
    for uuid, one in seen.photos.items():
        assert words(one) <= flat(seen, one), "a photo without its words"
        expected, had = by_hand(before[uuid]), {tuple(path) for path in before[uuid]["keywords"]}
        for edit in edits_of.get(uuid, {}).values():
            if "add" in edit:
                had.add(tuple(edit["add"]))
            else:
                expected[edit.get("field", "develop")] = edit.get("value", edit.get("develop"))
        assert by_hand(one) == expected, "an edit was lost"
        assert had <= {tuple(path) for path in one["keywords"]}, "a keyword of the person was lost"

    fell = by_catalogue(seen)
    assert {*never, *raises} <= fell and not fell & (set(late) - edits_of.keys())
    assert f"{len(fell)} went through the catalogue" in seen.said
    assert len(fell) <= 120 + len(edits_of)
    assert not fell & {entry["uuid"] for entry in seen.reads}, "what went by the catalogue was read from the file"
    for uuid in set(uuids) - fell:
        one = seen.photos[uuid]
        assert words(one) <= set(read(Path(one["path"]))["flat"])

    # The edits are not in the files: whoever says Leave keeps them.
    undone = table.lightroom.act(UNDO, answers=[{"match": "Read them", "answer": "cancel"}]).clean()
    for uuid in fell:
        one = undone.photos[uuid]
        assert not (words(one) & flat(undone, one)) or "add" in edits_of.get(uuid, {})
    for edit in seen.edits:
        one = undone.photos[edit["uuid"]]
        if "add" in edit:
            assert edit["add"] in one["keywords"]
        else:
            assert one[edit.get("field", "develop")] == edit.get("value", edit.get("develop"))
    for uuid in set(uuids) - fell:
        assert not words(undone.photos[uuid]) & set(read(Path(undone.photos[uuid]["path"]))["flat"])


def test_xmp_mode_undone_and_read_is_as_before(desk: Prepare) -> None:
    table = desk(30)
    work_of_a_person(table.photos)
    table.lightroom.prefs = {"way": "xmp"}
    before = table.lightroom.act().catalog
    seen = table.lightroom.act(KEYWORDS, CAPTIONS).clean()
    assert not by_catalogue(seen), "a photo without any trouble fell back"
    assert all(one["caption"] and words(one) <= flat(seen, one) for one in seen.photos.values())
    answers = [{"match": "Read them", "answer": "ok"}]
    for _ in range(2):
        table.lightroom.act(UNDO, answers=answers).clean()
    assert table.photos == before["photos"]
