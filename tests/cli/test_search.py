"""``index``, ``search``, ``similar``: what a person sees, and what a script reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.system.daemon import keywords

pytestmark = pytest.mark.usefixtures("service")


@pytest.fixture
def indexed(command: Command, photos: Path) -> Path:
    said = command("index", photos)
    assert (said.code, said.out.split(": ")[-1]) == (0, "2 done\n")
    return photos


def test_a_script_gets_results_coverage_and_time(command: Command, indexed: Path) -> None:
    (found,) = command("search", "red", "--json").objects
    assert found["results"][0]["path"] == str(indexed / "red.jpg")
    assert {"path", "score", "why"} <= set(found["results"][0])
    assert (found["coverage"], found["ms"] >= 0) == (1.0, True)


def test_a_person_gets_them_ranked_with_why(command: Command, indexed: Path) -> None:
    lines = command("search", "green", "-k", "1").out.splitlines()
    assert lines[0].endswith(str(indexed / "green.jpg"))
    assert "green" in lines[1]
    assert lines[-1].startswith("1 of ")


@pytest.mark.usefixtures("service", "indexed")
def test_the_filter_that_a_phrase_became_is_shown_with_how_to_take_it_back(command: Command) -> None:
    said = command("search", "red picture with two people")
    assert "“with two people” was taken for people=2; to look for the words: --plain" in said.out
    assert "people" not in command("search", "red", "--no-phrases").out


def test_a_folder_of_a_filter_is_meant_from_where_one_stands(
    command: Command, indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(indexed.parent)
    (found,) = command("search", "--filter", f"folder={indexed.name}", "--json").objects
    assert len(found["results"]) == 2


@pytest.mark.usefixtures("service", "indexed")
def test_a_filter_that_is_none_is_told_with_those_that_are(command: Command) -> None:
    said = command("search", "red", "--filter", "colour=red")
    assert said.code == 2
    assert "rating" in said.err


def test_similar_leaves_out_the_photo_itself(command: Command, indexed: Path) -> None:
    (found,) = command("similar", indexed / "red.jpg", "--json").objects
    assert str(indexed / "red.jpg") not in [result["path"] for result in found["results"]]


def test_what_is_found_gets_a_keyword_and_undo_takes_it_back(command: Command, indexed: Path) -> None:
    before = {path.name: path.read_bytes() for path in indexed.iterdir()}
    shown = command("search", "red", "-k", "1", "--keyword", "Colours|Red")
    assert "new:      Colours|Red" in shown.out
    assert "photo-bridge apply" in shown.out
    written = command("search", "red", "-k", "1", "--keyword", "Colours|Red", "--write")
    assert written.code == 0
    assert keywords(indexed / "red.jpg")["XMP-lr:HierarchicalSubject"] == ["Colours|Red"]
    assert command("undo").code == 0
    assert {path.name: path.read_bytes() for path in indexed.iterdir()} == before


@pytest.mark.usefixtures("service", "indexed")
def test_a_keyword_is_not_written_by_a_mere_search(command: Command) -> None:
    assert command("search", "red", "--write").code == 2
    assert command("search", "--filter", "people=9", "--keyword", "Crowd", "--write").code == 1


def test_status_tells_how_much_can_be_found(command: Command, indexed: Path) -> None:
    assert command("index-status").out.startswith("2 of 2 photos can be found (100%)\nfake: answers, gets new photos,")
    (status,) = command("index-status", indexed, "--json").objects
    assert (status["photos"], status["models"][0]["kind"]) == (2, "flat")


def test_detached_it_says_how_to_look_after_it(command: Command, photos: Path) -> None:
    said = command("index", photos, "--detach")
    assert said.out == "2 photos are being indexed. To see how far it is: photo-bridge index-status\n"


@pytest.mark.usefixtures("service", "indexed")
def test_a_rebuild_ends_with_a_sentence(command: Command) -> None:
    assert command("index-rebuild").out == "The index is built anew.\n"
    assert command("index-rebuild", "--json").objects == [{"state": "done"}]


@pytest.mark.usefixtures("service", "indexed")
def test_the_index_moves_to_qdrant_and_back(command: Command) -> None:
    assert command("index-move", "--to", "qdrant").out == "The index is kept by qdrant now.\n"
    status = command("index-status").out
    assert "The index is kept by Qdrant, embedded in our folder\n" in status and status.endswith(", qdrant\n")
    (found,) = command("search", "red", "--json").objects
    assert found["results"]
    assert command("index-move", "--to", "qdrant").code != 0

    assert command("index-move", "--to", "faiss", "--json").objects == [{"state": "done", "left": []}]
    assert command("index-status").out.endswith(", flat\n")


def test_before_anything_is_indexed_a_person_learns_what_to_do(command: Command) -> None:
    said = command("search", "red")
    assert (said.code, "photo-bridge index FOLDER" in said.err) == (0, True)
    assert command("index-rebuild").code == 4


def test_purge_forgets_what_search_knows_where_that_is_asked(command: Command, indexed: Path) -> None:
    assert command("purge", "--yes").code == 0
    assert command("search", "red", "--json").objects[0]["results"]
    assert command("purge", "--index", "--yes").code == 0
    assert not command("search", "red", "--json").objects[0]["results"]
    assert command("index", indexed).code == 0
    assert command("search", "red", "--json").objects[0]["results"]
