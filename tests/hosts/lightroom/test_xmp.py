"""XMP + Read Metadata, photo by photo: what goes through the file, and what must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.hosts.lightroom.conftest import Desk, Prepare
from tests.hosts.lightroom.metadata_files import read
from tests.hosts.lightroom.program import KEYWORDS, UNDO, photo, picture
from tests.hosts.lightroom.test_thousand import by_catalogue, flat, words
from tests.system.daemon import exiftool

pytestmark = pytest.mark.hosts


@pytest.fixture
def xmp(desk: Prepare) -> Any:
    """A catalogue in XMP mode."""

    def prepare(*photos: dict[str, Any], keywords: list[dict[str, Any]] | None = None) -> Desk:
        table = desk(photos=list(photos))
        table.lightroom.prefs = {"way": "xmp"}
        table.lightroom.keywords = keywords or []
        table.lightroom.act()
        return table

    return prepare


def test_a_hierarchy_with_synonyms_goes_through_the_file(xmp: Any, tmp_path: Path) -> None:
    """Lightroom writes ancestors and synonyms into the flat list, too: they are no edits."""
    one = photo(picture(tmp_path / "a.jpg", 1), keywords=[["Animals", "Dog"]], caption="Hand", rating=2)
    table = xmp(one, keywords=[{"path": ["Animals", "Dog"], "synonyms": ["hound", "Hund"]}])
    seen = table.lightroom.act(KEYWORDS).clean()
    assert words(one) <= flat(seen, one)
    assert "Animals|Dog" in seen.keywords(one)
    assert not {"hound", "Hund", "Dog", "Animals"} & {path for path in seen.tree if "|" not in path} - {"Animals"}
    assert not by_catalogue(seen), "it fell back"


def test_the_file_is_valid_and_says_what_the_catalogue_says(xmp: Any, tmp_path: Path) -> None:
    one = photo(picture(tmp_path / "a.jpg", 1), keywords=[["Places", "Rome"]], caption="Ä caption", title="T", rating=3)
    table = xmp(one)
    seen = table.lightroom.act(KEYWORDS).clean()
    told = exiftool("-validate", "-warning", "-a", "-XMP-lr:HierarchicalSubject", "-XMP-dc:Description", one["path"])
    assert "Ä caption" in told and "Places|Rome" in told
    assert "Validate                        : OK" in told, told
    assert {"|".join(path) for path in read(Path(one["path"]))["keywords"]} == set(seen.keywords(one))


def test_virtual_copies_and_offline_originals_go_by_the_catalogue(xmp: Any, tmp_path: Path) -> None:
    master = photo(picture(tmp_path / "a.jpg", 1))
    render = picture(tmp_path / "render.jpg", 5)
    copy = photo(tmp_path / "a.jpg", copy_of=master["uuid"], copy_name="Copy 1", render=render)
    offline = photo(tmp_path / "gone.jpg", smart=render)
    table = xmp(master, copy, offline)
    seen = table.lightroom.act(KEYWORDS).clean()
    assert by_catalogue(seen) == {copy["uuid"], offline["uuid"]}
    assert {entry["uuid"] for entry in seen.saves} == {master["uuid"]}
    assert "2 went through the catalogue" in seen.said
    before = table.photos
    table.lightroom.act(UNDO, answers=[{"match": "Read them", "answer": "ok"}]).clean()
    assert before != table.photos
    assert not any(one["keywords"] for one in table.photos)


def test_without_the_undocumented_functions_everything_goes_by_the_catalogue(xmp: Any, tmp_path: Path) -> None:
    table = xmp(photo(picture(tmp_path / "a.jpg", 1)))
    seen = table.lightroom.act(KEYWORDS, undocumented=False).clean()
    assert by_catalogue(seen) == {table.photos[0]["uuid"]}
    assert "1 written" in seen.said and "1 went through the catalogue" in seen.said


def test_a_file_that_cannot_be_written_goes_by_the_catalogue(xmp: Any, tmp_path: Path) -> None:
    """The daemon refuses; Lightroom can still take the words."""
    folder = tmp_path / "vanishing"
    folder.mkdir()
    one = photo(picture(folder / "a.jpg", 1))
    table = xmp(one)
    event = {"at": "before metadata.write", "what": "run", "command": f"rm '{one['path']}'"}
    expected = words(one)
    seen = table.lightroom.act(KEYWORDS, events=[event]).clean()
    assert expected == flat(seen, one)
    assert "1 went through the catalogue" in seen.said


def test_the_second_run_writes_nothing(xmp: Any, tmp_path: Path) -> None:
    table = xmp(photo(picture(tmp_path / "a.jpg", 1)))
    once = table.lightroom.act(KEYWORDS).clean()
    again = table.lightroom.act(KEYWORDS).clean()
    assert "0 written, 1 unchanged" in again.said
    assert again.photos == once.photos


def test_a_word_that_was_taken_away_stays_away(xmp: Any, tmp_path: Path) -> None:
    one = photo(picture(tmp_path / "a.jpg", 1))
    table = xmp(one)
    gone = sorted(words(one))[0]
    table.lightroom.act(KEYWORDS).clean()
    edit = {"uuid": one["uuid"], "remove": [gone]}
    seen = table.lightroom.act(KEYWORDS, events=[{"after": 0, "what": "edit", "edit": edit}]).clean()
    assert gone not in seen.keywords(one) and seen.keywords(one)
