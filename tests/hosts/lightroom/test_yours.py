"""What a person made stays: keywords, texts, ratings, flags, and a word's absence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.http import look
from tests.hosts.lightroom.conftest import Desk, Prepare
from tests.hosts.lightroom.program import ADD_KEYWORD, CAPTIONS, KEYWORDS, UNDO, photo, picture

pytestmark = pytest.mark.hosts

MADE: dict[str, Any] = {
    "keywords": [["Places", "Europe", "Rome"], ["holiday"], ["Ärger & Öl"]],
    "title": "My title",
    "caption": "My caption,\nin two lines.",
    "alt": "My alt text.",
    "rating": 4,
    "pick": 1,
    "color": "green",
    "label": "Grün",
    "develop": 7,
}
FIELDS = ("title", "caption", "alt", "rating", "pick", "color", "label", "develop", "edited_at", "path")


@pytest.fixture
def worked_on(desk: Prepare, tmp_path: Path) -> Desk:
    """One photo on which a person has worked, and one bare."""
    return desk(photos=[photo(picture(tmp_path / "a.jpg", 1), **MADE), photo(picture(tmp_path / "b.jpg", 2))])


def words(one: dict[str, Any]) -> list[str]:
    """What the fake model says of a photo."""
    return [str(word) for word in look(Path(one["path"]).read_bytes())["keywords"]]


def test_a_run_only_adds(worked_on: Desk) -> None:
    before = worked_on.lightroom.act().catalog
    seen = worked_on.lightroom.act(KEYWORDS, CAPTIONS).clean()
    hand, bare = seen.catalog["photos"]
    assert {name: hand.get(name) for name in FIELDS} == {name: before["photos"][0].get(name) for name in FIELDS}
    assert set(seen.keywords(hand)) == {"Places|Europe|Rome", "holiday", "Ärger & Öl", *words(hand)}
    assert set(seen.keywords(bare)) == set(words(bare))
    assert bare["caption"] and bare["title"]
    for _ in range(2):
        worked_on.lightroom.act(UNDO).clean()
    assert worked_on.lightroom.photos == before["photos"]
    assert {tuple(keyword["path"]) for keyword in before["keywords"]} <= {
        tuple(keyword["path"]) for keyword in worked_on.lightroom.keywords
    }


def test_a_second_run_has_nothing_to_do(worked_on: Desk) -> None:
    once = worked_on.lightroom.act(KEYWORDS).clean()
    asked = len(worked_on.ollama.asked)
    twice = worked_on.lightroom.act(KEYWORDS).clean()
    assert "0 written, 2 unchanged" in twice.said
    assert twice.catalog == once.catalog
    assert not any(gate["changes"] for gate in twice.gates)
    assert len(worked_on.ollama.asked) == asked, "the model was asked again"


def test_a_word_that_was_taken_away_stays_away(worked_on: Desk) -> None:
    first = worked_on.lightroom.act(KEYWORDS).clean()
    bare = first.catalog["photos"][1]
    gone = words(bare)[0]
    edit = {"uuid": bare["uuid"], "remove": [gone]}
    seen = worked_on.lightroom.act(KEYWORDS, events=[{"after": 0, "what": "edit", "edit": edit}]).clean()
    assert gone not in seen.keywords(bare)
    seen = worked_on.lightroom.act(KEYWORDS, CAPTIONS).clean()
    assert gone not in seen.keywords(bare)


def test_a_caption_that_was_corrected_stays(worked_on: Desk) -> None:
    first = worked_on.lightroom.act(CAPTIONS).clean()
    bare = first.catalog["photos"][1]
    edit = {"uuid": bare["uuid"], "field": "caption", "value": "Better."}
    seen = worked_on.lightroom.act(CAPTIONS, events=[{"after": 0, "what": "edit", "edit": edit}]).clean()
    assert seen.photos[bare["uuid"]]["caption"] == "Better."
    seen = worked_on.lightroom.act(UNDO).clean()
    assert seen.photos[bare["uuid"]]["caption"] == "Better."
    assert seen.photos[bare["uuid"]]["title"] == ""


MOMENTS = ["after photos.analyze", "before metadata.plan", "after metadata.plan", "gate end", "after metadata.confirm"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_edit_while_it_works(worked_on: Desk, moment: str) -> None:
    """Of the very fields that the run writes, at every moment; and what the person did is there after the undo, too."""
    one = worked_on.lightroom.act().catalog["photos"][1]
    word, other = words(one)[0], words(one)[1]
    edits = [
        {"uuid": one["uuid"], "field": "caption", "value": "By hand."},
        {"uuid": one["uuid"], "field": "rating", "value": 5},
        {"uuid": one["uuid"], "add": ["Mine", "new"]},
        {"uuid": one["uuid"], "add": [word]},
    ]
    early, late = moment == "after photos.analyze", moment in ("gate end", "after metadata.confirm")
    if early:
        edits.append({"uuid": one["uuid"], "add": ["Mine", other]})
    if late:
        edits[3] = {"uuid": one["uuid"], "remove": [other]}
    events = [{"at": moment, "what": "edits", "edits": edits}]
    seen = worked_on.lightroom.act(KEYWORDS, events=events).clean()
    assert seen.happened
    now = seen.photos[one["uuid"]]
    assert (now["caption"], now["rating"]) == ("By hand.", 5)
    assert "Mine|new" in seen.keywords(one)
    assert (other in seen.keywords(one)) is not (early or late), "what is there now was not read again"
    seen = worked_on.lightroom.act(CAPTIONS, UNDO, UNDO).clean()
    now = seen.photos[one["uuid"]]
    assert (now["caption"], now["rating"]) == ("By hand.", 5)
    kept = {"Mine|new"} | (set() if late else {word}) | ({f"Mine|{other}"} if early else set())
    assert set(seen.keywords(one)) == kept


def test_a_caption_that_is_typed_between_plan_and_gate(worked_on: Desk) -> None:
    one = worked_on.lightroom.act().catalog["photos"][1]
    edit = {"uuid": one["uuid"], "field": "caption", "value": "By hand."}
    seen = worked_on.lightroom.act(
        CAPTIONS, events=[{"at": "after metadata.plan", "what": "edit", "edit": edit}]
    ).clean()
    now = seen.photos[one["uuid"]]
    assert now["caption"] == "By hand." and now["title"]
    seen = worked_on.lightroom.act(UNDO).clean()
    now = seen.photos[one["uuid"]]
    assert now["caption"] == "By hand." and not now["title"]


def test_words_go_to_their_place_in_the_tree_of_the_person(worked_on: Desk) -> None:
    _, bare = worked_on.lightroom.act().catalog["photos"]
    first, second, third = words(bare)[:3]
    worked_on.lightroom.keywords = [
        {"path": ["Subjects", "Things", first.upper()]},
        {"path": ["Subjects", "Other"], "synonyms": [second, "whatever"]},
        {"path": [third.capitalize()]},
    ]
    seen = worked_on.lightroom.act(KEYWORDS, selected=[bare]).clean()
    found = set(seen.keywords(bare))
    assert {f"Subjects|Things|{first.upper()}", "Subjects|Other", third.capitalize()} <= found
    assert not {first, second, third} & found
    (other,) = [keyword for keyword in seen.catalog["keywords"] if keyword["path"] == ["Subjects", "Other"]]
    assert other["synonyms"] == [second, "whatever"]


def test_the_tree_is_sent_once_until_it_changes(own_desk: Prepare) -> None:
    table = own_desk(1)
    branch = {"path": ["new branch", "leaf"], "synonyms": ["one"]}
    none = [{"match": "Add keyword to found photos", "answer": "ok", "set": {"keyword": "|none"}}]
    sent = []
    for tree in ([], [], [branch], [branch], [branch | {"synonyms": ["two"]}]):
        table.lightroom.keywords = tree
        seen = table.lightroom.act(ADD_KEYWORD, answers=none).clean()
        sent.append([params["keywords"] for params in seen.params("vocabulary.sync") if "keywords" in params])
    above = {"path": ["new branch"], "synonyms": []}
    assert sent == [[[]], [], [[above, branch]], [], [[above, branch | {"synonyms": ["two"]}]]]


def test_undo_takes_back_the_newest_run_first(worked_on: Desk) -> None:
    bare = worked_on.lightroom.act().catalog["photos"][1]
    worked_on.lightroom.act(KEYWORDS, CAPTIONS).clean()
    seen = worked_on.lightroom.act(UNDO).clean()
    assert seen.keywords(bare) and not seen.photos[bare["uuid"]]["caption"]
    seen = worked_on.lightroom.act(UNDO).clean()
    assert not seen.keywords(bare)


@pytest.mark.parametrize("deletes", [True, False])
def test_the_keyword_tree_after_an_undo(worked_on: Desk, deletes: bool) -> None:
    """Undocumented deleteKeyword is used where it is there; what a person has made something of stays in any case."""
    before = worked_on.lightroom.act().catalog
    worked_on.lightroom.act(KEYWORDS, deletes_keywords=deletes).clean()
    hand, bare = worked_on.photos
    used, parent, spelled = [word for word in words(bare) if word not in words(hand)][:3]
    worked_on.lightroom.keywords.append({"path": [parent, "child"], "synonyms": [], "export": True})
    next(keyword for keyword in worked_on.lightroom.keywords if keyword["path"] == [spelled])["synonyms"] = ["by hand"]
    event = {"after": 0, "what": "edit", "edit": {"uuid": hand["uuid"], "add": [used]}}
    seen = worked_on.lightroom.act(UNDO, deletes_keywords=deletes, events=[event]).clean()
    left = {tuple(keyword["path"]) for keyword in seen.catalog["keywords"]}
    left -= {tuple(keyword["path"]) for keyword in before["keywords"]}
    theirs = {(used,), (parent,), (parent, "child"), (spelled,)}
    assert theirs <= left
    assert used in seen.keywords(hand) and used not in seen.keywords(bare)
    if deletes:
        assert left == theirs
    else:
        assert "Purge Unused Keywords" in seen.said
