from pathlib import Path

import pytest

from bridge.store import (
    REFUSED,
    TAKEN,
    JobTable,
    NewItem,
    Store,
    SuggestionTable,
    VocabularyEdits,
    VocabularyTable,
    keyword_list,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "bridge.db")


@pytest.fixture
def table(store: Store) -> SuggestionTable:
    return SuggestionTable(store)


def waiting(table: SuggestionTable, vocabulary: str = "list", name: str | None = None) -> list[tuple[str, int]]:
    return [(one.word, one.photos) for one in table.waiting(vocabulary, name)]


def test_a_word_counts_once_a_photo_and_the_commonest_come_first(table: SuggestionTable) -> None:
    table.add("list", 1, ["boat", "Sail"])
    table.add("list", 1, ["boat"])
    table.add("list", 2, ["sail"])
    table.add("other", 3, ["tree"])
    assert waiting(table) == [("Sail", 2), ("boat", 1)]


@pytest.mark.parametrize("how", [REFUSED, TAKEN])
def test_what_a_person_decided_on_waits_no_more(store: Store, table: SuggestionTable, how: str) -> None:
    list = VocabularyTable(store).put("mine", "Dog\n", "plain", "v", 1)
    table.add(list.hash, 1, ["boat", "sail"])
    VocabularyEdits(store).make("mine", "decide", "", word="Boat", decision=how)
    table.add(list.hash, 2, ["boat"])
    assert waiting(table, list.hash, "mine") == [("sail", 1)]


def test_what_waits_follows_a_list_that_is_edited_even_beside_a_run(store: Store, table: SuggestionTable) -> None:
    old = VocabularyTable(store).put("mine", "Dog\n", "plain", "v", 1)
    table.add(old.hash, 1, ["boat"])
    new = keyword_list("Dog\nCat\n", "plain", "w", 2)
    edits = VocabularyEdits(store)
    edits.make("mine", "add", "", new)
    table.add(old.hash, 2, ["boat"])  # a run that was started with the old list
    table.add(new.hash, 2, ["boat"])
    assert waiting(table, new.hash, "Mine") == [("boat", 2)]
    edits.undo("mine")
    assert [photos for _, photos in waiting(table, old.hash, "mine")] == [2]
    edits.make("mine", "import", "", keyword_list("Sea\n", "plain", "x", 1))
    assert waiting(table, keyword_list("Sea\n", "plain", "x", 1).hash, "mine") == [], "that is another list"


def test_a_word_has_its_photos(store: Store, table: SuggestionTable, tmp_path: Path) -> None:
    jobs = JobTable(store)
    job = jobs.create("tag", "{}")
    photos = [tmp_path / f"{number}.jpg" for number in range(3)]
    jobs.add(job, [NewItem(photo) for photo in photos])
    for item in jobs.unfinished(job, 0, 9):
        table.add("list", item.id, ["boat"])
    assert table.examples("list", None, "BOAT", 2) == [photos[2], photos[1]]
