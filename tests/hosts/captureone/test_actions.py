"""The actions, run: the scripts as they are installed, in a strict Capture One, with the real command and daemon."""

from __future__ import annotations

import threading
import webbrowser
from pathlib import Path

import pytest
from PIL import Image

from bridge.hosts import text_host
from bridge.paths import from_uri
from bridge.service import Service
from bridge.values import Answer
from tests.fakes.bridge import finish
from tests.fakes.tagger import FakeTagger
from tests.hosts.captureone.conftest import Act
from tests.hosts.captureone.machine import AppleScriptError
from tests.hosts.captureone.program import CANCELLED, CaptureOne, Mac

RED, GREEN = [("red",), ("red wide scene",), ("wide",)], [("green",), ("green wide scene",), ("wide",)]


def test_keywords_arrive_and_go(act: Act, capture_one: CaptureOne) -> None:
    before = capture_one.state()
    mac = act("AI Keyword Selected")
    assert mac.shown == ["2 written, 0 unchanged, 0 failed\rTo take it back: the Scripts menu > Undo Last AI Run\r"]
    assert [row[-1] for row in capture_one.state()] == [RED, GREEN]
    assert [row[:-1] for row in capture_one.state()] == [row[:-1] for row in before]
    assert capture_one.synced == [], "a catalogue keeps its metadata itself"
    assert (2, 2) in [seen[:2] for seen in capture_one.progress]

    assert act("Undo Last AI Run").shown == ["2 taken back, 0 unchanged, 0 failed\r"]
    assert capture_one.state() == before


def test_captions_and_titles_arrive_where_there_is_none(act: Act, capture_one: CaptureOne) -> None:
    red, green = capture_one.document.inside["variant"]
    red.values["content description"] = "Mine.\rTwo lines."
    before = capture_one.state()
    act("AI Caption Selected")
    assert red.values["content description"] == "Mine.\rTwo lines."
    assert red.values["status title"] == "A red scene"
    assert green.values["content description"] == "The scene is mostly green."
    act("Undo Last AI Run")
    assert capture_one.state() == before


def test_words_that_are_there_are_attached_not_made(act: Act, capture_one: CaptureOne) -> None:
    capture_one.makes_keywords = False
    capture_one.word("Wide")
    capture_one.word("red", parent="Colours")
    (shown,) = act("AI Keyword Selected").shown
    assert [row[-1] for row in capture_one.state()] == [[("Colours", "red"), ("Wide",)], [("Wide",)]]
    assert shown.startswith("2 written, 0 unchanged, 0 failed\r")
    assert "did not take the keyword green" in shown
    act("Undo Last AI Run")
    assert [row[-1] for row in capture_one.state()] == [[], []]


def test_a_capture_one_that_makes_no_keywords_says_so(act: Act, capture_one: CaptureOne) -> None:
    capture_one.makes_keywords = False
    (shown,) = act("AI Keyword Selected").shown
    assert shown.startswith("0 written, 0 unchanged, 2 failed\r")
    assert "Capture One did not take the keyword" in shown
    assert [row[-1] for row in capture_one.state()] == [[], []]


def test_it_takes_them_from_a_library_of_ours(act: Act, capture_one: CaptureOne) -> None:
    capture_one.makes_keywords = False
    capture_one.library("Birds")
    capture_one.library("photo-bridge")
    act("AI Keyword Selected")
    assert [row[-1] for row in capture_one.state()] == [RED, GREEN]
    assert [len(library.inside["keyword"]) for library in capture_one.libraries] == [0, 5]
    act("AI Keyword Selected")
    assert len(capture_one.libraries[1].inside["keyword"]) == 5, "they are there now"


def test_a_word_is_taken_from_where_a_person_has_it_in_the_tree(act: Act, capture_one: CaptureOne) -> None:
    (red, _) = capture_one.document.inside["variant"]
    theirs = capture_one.word("red", parent="Colours")
    capture_one.apply(theirs, [red])
    act("AI Keyword Selected")
    assert capture_one.words(red) == [("Colours", "red"), ("red wide scene",), ("wide",)]
    act("Undo Last AI Run")
    assert capture_one.words(red) == [("Colours", "red")]


def test_a_session_gets_its_files_written(act: Act, capture_one: CaptureOne) -> None:
    capture_one.document.values["kind"] = "session"
    act("AI Keyword Selected")
    assert capture_one.synced == ["1", "2"]


def test_nothing_selected(act: Act, capture_one: CaptureOne, tagger: FakeTagger) -> None:
    for variant in capture_one.document.inside["variant"]:
        variant.values["selected"] = False
    assert act("AI Keyword Selected").shown == ["Select photos first."]
    assert tagger.asked == []


def test_no_document(act: Act, capture_one: CaptureOne) -> None:
    capture_one.app.inside["document"] = []
    assert act("AI Keyword Selected").shown == ["No session or catalogue is open in Capture One."]


def test_a_selection_that_is_another_one_by_then_gets_what_was_asked_for(
    act: Act, capture_one: CaptureOne, held: threading.Event
) -> None:
    red, green = capture_one.document.inside["variant"]
    red.values["selected"] = False

    def select_the_other() -> None:
        red.values["selected"], green.values["selected"] = True, False
        held.set()

    act("AI Keyword Selected", waits=select_the_other)
    assert red.values["selected"]
    assert [row[-1] for row in capture_one.state()] == [[], GREEN]


def test_a_photo_that_is_gone_by_then_is_not_written_yet(
    act: Act, capture_one: CaptureOne, service: Service, held: threading.Event
) -> None:
    there = capture_one.document.inside["variant"]

    def remove() -> None:
        del there[: len(there) - 1]
        held.set()
        service.jobs.status("last", 20_000)

    (shown,) = act("AI Keyword Selected", waits=remove).shown
    assert shown.startswith("1 written, 0 unchanged, 0 failed, 1 not written yet\r")


def test_interrupting_the_script_cancels_the_run(
    act: Act, capture_one: CaptureOne, service: Service, held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_host, "SETTLE_SECONDS", 0.05)

    def interrupt() -> None:
        raise AppleScriptError("User canceled.", CANCELLED)

    mac = act("AI Keyword Selected", waits=interrupt)
    assert [words[2] for words in mac.shell] == ["submit", "poll", "cancel", "summary"]
    assert mac.shown == ["0 written, 0 unchanged, 0 failed, 2 still at work\r"]
    held.set()
    assert finish(service, service.jobs.status("last").job).state == "cancelled"
    assert [row[-1] for row in capture_one.state()] == [[], []]


def test_stop_ai_run(act: Act, capture_one: CaptureOne, held: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_host, "SETTLE_SECONDS", 0.05)

    def stop() -> None:
        assert act("Stop AI Run", meanwhile=True).shown == []
        held.set()

    (shown,) = act("AI Keyword Selected", waits=stop).shown
    assert shown.startswith("0 written, 0 unchanged, 0 failed, ")
    assert [row[-1] for row in capture_one.state()] == [[], []]


def test_names_reach_no_command_line(act: Act, capture_one: CaptureOne, photos: Path, tmp_path: Path) -> None:
    hostile = photos / 'a\'b `touch INJ` $(touch INJ) "c"\td.jpg'
    (photos / "red.jpg").rename(hostile)
    red = capture_one.document.inside["variant"][0]
    red.values["parent image"].values["path"] = str(hostile)
    mac = act("AI Keyword Selected")
    assert capture_one.words(red) == RED
    assert not list(tmp_path.rglob("INJ"))
    assert not [word for words in mac.shell for word in words if ".jpg" in word]


def test_the_review_page_is_opened_in_the_browser(act: Act, browsed: list[str], own_home: Path) -> None:
    assert act("Open Review Page").shown == [], "the page is answer enough"
    assert [from_uri(uri).parent for uri in browsed] == [own_home]


def test_where_no_browser_starts_the_file_is_named(act: Act, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    (shown,) = act("Open Review Page").shown
    (page,) = own_home.glob("review-*.html")
    assert shown.startswith("No browser could be started.\r")
    assert str(page) in shown


def test_undo_with_nothing_to_undo(act: Act) -> None:
    assert act("Undo Last AI Run").shown == [
        "No run from here has written anything that could be undone.\rNothing was changed."
    ]


def test_settings(act: Act, own_home: Path) -> None:
    assert act("Settings", None).shown == [], "a person may only look"
    mac = act("Settings", "max_keywords = 15", "7")
    assert mac.shown == ["max_keywords", "max_keywords = 7\rIt is in force now."]
    assert "max_keywords = 7" in (own_home / "settings.toml").read_text()
    assert act("Settings", "exiftool = ", "").shown[0] == "exiftool"


def test_export_keyword_library(act: Act, tmp_path: Path) -> None:
    act("AI Keyword Selected")
    file = tmp_path / "my keywords.txt"
    (shown,) = act("Export Keyword Library", str(file)).shown
    assert "import" in shown.lower()
    assert file.read_text().splitlines() == ["green", "green wide scene", "red", "red wide scene", "wide"]


def test_a_photo_bridge_that_was_moved(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> str:
        raise AppleScriptError("sh: /x/photo-bridge: No such file or directory", 127)

    monkeypatch.setattr(Mac, "_do_shell_script", gone)
    (shown,) = act("Open Review Page").shown
    assert "photo-bridge install captureone" in shown


@pytest.fixture
def twelve(capture_one: CaptureOne, photos: Path) -> CaptureOne:
    """Twelve photos, each another picture, so that the words of some are the same."""
    for number in range(3, 13):
        Image.new("RGB", (160, 120), (200 - number, 30, number)).save(photos / f"{number}.jpg")
        capture_one.add(photos / f"{number}.jpg", str(number))
    return capture_one


@pytest.mark.parametrize("batch", [5, 11, 12])
def test_batch_by_batch(act: Act, twelve: CaptureOne, batch: int) -> None:
    before = twelve.state()
    mac = act("AI Keyword Selected", batch=batch)
    assert mac.shown[0].startswith("12 written, 0 unchanged, 0 failed\r")
    assert [row[-1] for row in twelve.state()] == [RED, GREEN] + [RED] * 10
    assert sum(words[2] == "confirm" for words in mac.shell) == -(-12 // batch)
    assert act("Undo Last AI Run", batch=batch).shown == ["12 taken back, 0 unchanged, 0 failed\r"]
    assert twelve.state() == before


def test_a_word_is_attached_to_all_its_photos_at_once(act: Act, twelve: CaptureOne) -> None:
    """Capture One takes its time for each event."""
    for name in ("red", "green", "wide", "red wide scene", "green wide scene"):
        twelve.word(name)
    act("AI Keyword Selected")
    assert sorted(len(variants) for variants in twelve.attached) == [1, 1, 11, 11, 12]


def test_a_text_arrives_as_it_is(act: Act, capture_one: CaptureOne, tagger: FakeTagger) -> None:
    said = "One \\n two \\\\ three, “quotes”, 日本."
    tagger.script = lambda _: Answer(caption=said, title="Title")
    before = capture_one.state()
    act("AI Caption Selected")
    assert {row[3] for row in capture_one.state()} == {said}
    assert act("Undo Last AI Run").shown == ["2 taken back, 0 unchanged, 0 failed\r"]
    assert capture_one.state() == before


@pytest.mark.parametrize("typed", ["Typed just now.", "the SCENE is mostly green."])
def test_what_is_typed_at_the_last_moment_stays(act: Act, capture_one: CaptureOne, typed: str) -> None:
    """Between the plan and the write; an undo goes by the same."""
    red, green = capture_one.document.inside["variant"]

    def type_it(command: str) -> None:
        if command == "results":
            red.values["content description"] = green.values["content description"] = typed

    act("AI Caption Selected", after=type_it)
    assert [row[3] for row in capture_one.state()] == [typed, typed]
    red.values["content description"] = green.values["content description"] = ""
    act("AI Caption Selected")
    act("Undo Last AI Run", after=type_it)
    assert [row[3] for row in capture_one.state()] == [typed, typed]


def test_a_word_that_a_person_has_in_two_places_is_neither(act: Act, capture_one: CaptureOne) -> None:
    for above in ("Formats", "Roads"):
        capture_one.word("wide", parent=above)
    act("AI Keyword Selected")
    assert [row[-1] for row in capture_one.state()] == [RED, GREEN]


def test_a_file_that_a_crash_left_is_written_over(act: Act, capture_one: CaptureOne, tmp_path: Path) -> None:
    for number in range(100_001, 100_010):
        (tmp_path / "Temporary Items" / f"photo-bridge-{number}").write_bytes(b"x" * 10_000)
    act("AI Keyword Selected", meanwhile=True)
    assert [row[-1] for row in capture_one.state()] == [RED, GREEN]


def test_a_person_who_thinks_better_of_it_is_told_nothing(act: Act) -> None:
    assert act("Export Keyword Library", None).shown == []
