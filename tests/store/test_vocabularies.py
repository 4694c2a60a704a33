from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.errors import NotFound
from bridge.store import Store
from bridge.store.vocabularies import KEPT, VocabularyTable


@pytest.fixture
def table(tmp_path: Path) -> Iterator[VocabularyTable]:
    store = Store(tmp_path / "bridge.db")
    yield VocabularyTable(store)
    store.close()


def test_a_list_comes_back_as_it_was_told(table: VocabularyTable) -> None:
    text = "\ufeff[Plätze]\r\n\tRom\n\n"
    put = table.put("Mine", text, "lightroom", "v1", 2)
    assert table.get("mine").content == put == table.by_hash(put.hash)
    assert put.text == text
    assert table.get("MINE").name == "Mine"


def test_a_later_list_takes_the_place_of_the_first(table: VocabularyTable) -> None:
    first = table.put("mine", "Dog\n", "plain", "v1", 1)
    table.activate("mine")
    table.put("Mine", "Cat\n", "plain", "v2", 1)
    (now,) = table.all()
    assert (now.name, now.active, now.content.version) == ("Mine", True, "v2")
    assert table.by_hash(first.hash) == first, "a run that was started with it goes on"


def test_one_at_most_is_active(table: VocabularyTable) -> None:
    for name in ("b", "a"):
        table.put(name, name, "plain", name, 1)
    assert table.active() is None
    table.activate("a")
    table.activate("b")
    assert [(named.name, named.active) for named in table.all()] == [("a", False), ("b", True)]
    with pytest.raises(NotFound):
        table.activate("c")
    assert (active := table.active()) is not None
    assert active.name == "b"
    table.activate(None)
    assert table.active() is None


def test_what_is_not_there_is_told(table: VocabularyTable) -> None:
    for ask in (table.get, table.delete):
        with pytest.raises(NotFound, match="no vocabulary named x") as told:
            ask("x")
        assert "vocabulary list" in told.value.hint
    assert table.by_hash("x") is None


def test_a_list_whose_name_is_gone_is_there_for_runs_for_a_while(table: VocabularyTable) -> None:
    named = table.put("kept", "Kept\n", "plain", "v", 1)
    gone = table.put("gone", "Gone\n", "plain", "v", 1)
    table.delete("gone")
    assert table.by_hash(gone.hash) == gone
    for number in range(KEPT):
        table.put(None, f"{number}\n", "plain", "v", 1)
    assert table.by_hash(gone.hash) is None
    assert table.by_hash(named.hash) == named
