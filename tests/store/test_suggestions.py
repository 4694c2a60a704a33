from pathlib import Path

import pytest

from bridge.store import REFUSED, TAKEN, Store, SuggestionTable


@pytest.fixture
def table(tmp_path: Path) -> SuggestionTable:
    return SuggestionTable(Store(tmp_path / "bridge.db"))


def waiting(table: SuggestionTable, vocabulary: str = "list") -> list[tuple[str, int]]:
    return [(one.word, one.photos) for one in table.waiting(vocabulary, 10)]


def test_a_word_counts_once_a_photo_and_the_commonest_come_first(table: SuggestionTable) -> None:
    table.add("list", 1, ["boat", "Sail"])
    table.add("list", 1, ["boat"])
    table.add("list", 2, ["sail"])
    table.add("other", 3, ["tree"])
    assert waiting(table) == [("Sail", 2), ("boat", 1)]


@pytest.mark.parametrize("how", [REFUSED, TAKEN])
def test_what_a_person_decided_on_waits_no_more(table: SuggestionTable, how: str) -> None:
    table.add("list", 1, ["boat", "sail"])
    table.decide("Boat", how)
    table.add("list", 2, ["boat"])
    assert waiting(table) == [("sail", 1)]


def test_what_waits_follows_a_list_that_grew(table: SuggestionTable) -> None:
    table.add("list", 1, ["boat"])
    table.moved("list", "grown")
    assert (waiting(table), waiting(table, "grown")) == ([], [("boat", 1)])
