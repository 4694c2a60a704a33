"""Finding photos in Capture One: the scripts as they are installed, with answers of the daemon that the test gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import host_text
from bridge.service import Service
from tests.fakes.finding import Finding, found
from tests.fakes.tagger import FakeTagger
from tests.hosts.captureone.conftest import Act
from tests.hosts.captureone.program import CaptureOne

FIND, KEYWORD = "AI Find Photos", "AI Keyword Found"
ALBUM = "photo-bridge searches > AI Search: "
Answers = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def answers(act: Act, service: Service, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """``answers(found(…), …)``: what the daemon says to the next searches. Returns what it was asked."""
    del act  # which comes first

    def give(*replies: dict[str, Any]) -> list[dict[str, Any]]:
        left, asked = list(replies), []  # type: ignore[var-annotated]
        monkeypatch.setattr(host_text, "connect_or_start", lambda _: Finding(service, left, asked))
        return asked

    return give


def test_what_is_found_becomes_an_album_best_first(
    act: Act, answers: Answers, capture_one: CaptureOne, photos: Path
) -> None:
    before = capture_one.state()
    asked = answers(found(photos / "green.jpg", "/elsewhere.jpg", photos / "red.jpg", coverage=0.5))
    (_, shown) = act(FIND, "a dog").shown
    assert asked[0]["texts"] == ["a dog"]
    assert capture_one.albums() == {ALBUM + "a dog": ["2", "1"]}
    (album,) = capture_one.document.inside["collection"][0].inside["collection"]
    assert album.values["sorting order"] == "by manual"
    assert capture_one.document.values["current collection"] is album
    assert shown.splitlines()[:2] == [
        "2 photos, best first.",
        "Found, and not among what is open here: 1 photo.",
    ]
    assert "50 % of your library is indexed" in shown
    assert shown.endswith("Album: AI Search: a dog")
    assert capture_one.state() == before, "no photo was changed"


def test_the_same_words_again_make_another_album(
    act: Act, answers: Answers, capture_one: CaptureOne, photos: Path
) -> None:
    """For nobody can tell a person's own from ours, and to take photos out of one is to delete them."""
    answers(found(photos / "red.jpg"), found(photos / "green.jpg"))
    act(FIND, "a dog")
    act(FIND, "a dog")
    assert capture_one.albums() == {ALBUM + "a dog": ["1"], ALBUM + "a dog (2)": ["2"]}


def test_words_that_were_understood_as_filters_can_be_plain_words(
    act: Act, answers: Answers, capture_one: CaptureOne, photos: Path
) -> None:
    filters = [{"name": "people", "value": "2", "phrase": "two people"}]
    asked = answers(found(photos / "red.jpg", filters=filters), found(photos / "green.jpg"))
    _, first, second = act(FIND, "beach with two people", "two people").shown
    assert "Understood: two people as people = 2" in first
    assert "Understood" not in second
    assert [one["plain"] for one in asked] == [[], ["two people"]]
    assert list(capture_one.albums().values()) == [["1"], ["2"]]

    answers(found(photos / "red.jpg", filters=filters))
    act(FIND, "two people", None)


def test_nothing_found_makes_no_album(act: Act, answers: Answers, capture_one: CaptureOne) -> None:
    answers(found())
    assert act(FIND, "a unicorn").shown[1].startswith("No photo here looks like that.\r")
    assert capture_one.document.inside["collection"] == []


def test_a_group_of_that_name_is_used_and_another_thing_of_that_name_is_told(
    act: Act, answers: Answers, capture_one: CaptureOne, photos: Path
) -> None:
    answers(found(photos / "red.jpg"), found(photos / "red.jpg"))
    act(FIND, "a")
    (group,) = capture_one.document.inside["collection"]
    act(FIND, "b")
    assert capture_one.document.inside["collection"] == [group]
    group.values["kind"] = "album"
    answers(found(photos / "red.jpg"))
    assert "no group" in act(FIND, "c").shown[1]


def test_nothing_said_and_no_document(act: Act, answers: Answers, capture_one: CaptureOne) -> None:
    asked = answers()
    assert act(FIND, "").shown[1:] == []
    capture_one.app.inside["document"] = []
    assert act(FIND, "a dog").shown[1:] == ["No session or catalogue is open in Capture One."]
    assert asked == []


def test_what_a_person_says_reaches_no_command_line(
    act: Act, answers: Answers, capture_one: CaptureOne, photos: Path, tmp_path: Path
) -> None:
    hostile = 'a\'b `touch INJ` $(touch INJ) "c"\td'
    asked = answers(found(photos / "red.jpg"))
    mac = act(FIND, hostile)
    assert asked[0]["texts"] == [hostile]
    assert not list(tmp_path.rglob("INJ"))
    assert not [word for words in mac.shell for word in words if "touch" in word]
    assert list(capture_one.albums()) == [ALBUM + hostile.replace("\t", " ")]


def test_a_keyword_goes_to_what_is_selected_and_an_undo_takes_it_back(
    act: Act, capture_one: CaptureOne, tagger: FakeTagger
) -> None:
    before = capture_one.state()
    (_, shown) = act(KEYWORD, "Bride").shown
    assert shown.startswith("2 written, 0 unchanged, 0 failed\r")
    assert [row[-1] for row in capture_one.state()] == [[("Bride",)], [("Bride",)]]
    assert tagger.asked == [], "no model looked at them"
    assert act("Undo Last AI Run").shown == ["2 taken back, 0 unchanged, 0 failed\r"]
    assert capture_one.state() == before


def test_a_keyword_of_the_tree_is_attached_where_it_is(act: Act, capture_one: CaptureOne) -> None:
    capture_one.makes_keywords = False
    capture_one.word("People")
    capture_one.word("Bride", parent="People")
    act(KEYWORD, "people|bride")
    assert [row[-1] for row in capture_one.state()] == [[("People", "Bride")]] * 2


def test_no_keyword_and_nothing_selected(act: Act, capture_one: CaptureOne) -> None:
    assert act(KEYWORD, "").shown[1:] == []
    for variant in capture_one.document.inside["variant"]:
        variant.values["selected"] = False
    assert act(KEYWORD).shown == ["Select photos first."]
