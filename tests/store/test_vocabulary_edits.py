"""Edits of a list, each to be taken back: what is stored, and what is not stored twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import NotFound, Refused
from bridge.store import (
    JobTable,
    KeywordList,
    Store,
    SuggestionTable,
    VocabularyEdits,
    VocabularyTable,
    keyword_list,
)
from bridge.store.vocabulary_edits import _difference


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "bridge.db")


def plain(text: str) -> KeywordList:
    return keyword_list(text, "plain", f"v{len(text)}", text.count("\n"))


def test_edits_are_taken_back_one_after_another(store: Store) -> None:
    lists, edits = VocabularyTable(store), VocabularyEdits(store)
    texts = ["Dog\n", "Dog\nCat\n", "Hound\nCat\n"]
    first = lists.put("Mine", texts[0], "plain", "v4", 1)
    for text in texts[1:]:
        edits.make("mine", "edit", f"now {text!r}", plain(text))
    assert [edit.told for edit in edits.latest("mine", 9)] == ["now 'Hound\\nCat\\n'", "now 'Dog\\nCat\\n'"]
    assert lists.get("mine").content == plain(texts[2])
    undone = edits.undo("MINE")
    assert (undone.told, undone.undone is not None) == ("now 'Hound\\nCat\\n'", True)
    assert lists.get("mine").content == plain(texts[1])
    edits.undo("mine")
    assert (lists.get("mine").content, lists.get("mine").name) == (first, "Mine")
    with pytest.raises(NotFound, match="no edit"):
        edits.undo("mine")


def test_an_edit_under_another_one_stays(store: Store) -> None:
    lists, edits = VocabularyTable(store), VocabularyEdits(store)
    lists.put("mine", "Dog\n", "plain", "v", 1)
    one = edits.make("mine", "add", "one", plain("Dog\nCat\n"))
    refusal = edits.make("mine", "refuse", "no", word="boat", decision="refused")
    two = edits.make("mine", "add", "two", plain("Dog\nCat\nCow\n"))
    with pytest.raises(Refused, match="later edit stands on this one: two"):
        edits.undo("mine", one.id)
    assert edits.undo("mine", refusal.id).told == "no", "that changed no line"
    edits.undo("mine", two.id)
    edits.undo("mine", one.id)
    assert lists.get("mine").content.text == "Dog\n"
    with pytest.raises(NotFound):
        edits.undo("mine", one.id)


def test_a_word_that_was_refused_for_two_lists_waits_again_once_both_are_taken_back(store: Store) -> None:
    lists, edits, words = VocabularyTable(store), VocabularyEdits(store), SuggestionTable(store)
    for name in ("mine", "ours"):
        list = lists.put(name, "Dog\n", "plain", "v", 1)
        edits.make(name, "refuse", "", word="boat", decision="refused")
    words.add(list.hash, 1, ["boat"])
    edits.undo("mine")
    assert not words.waiting(list.hash, "ours"), "the other list refuses it still"
    edits.undo("ours")
    assert [one.word for one in words.waiting(list.hash, "ours")] == ["boat"]


def test_a_decision_on_a_word_comes_back_as_it_was(store: Store) -> None:
    list = VocabularyTable(store).put("mine", "Dog\n", "plain", "v", 1)
    edits, words = VocabularyEdits(store), SuggestionTable(store)
    words.add(list.hash, 1, ["boat"])
    edits.make("mine", "refuse", "", word="boat", decision="refused")
    taken = edits.make("mine", "accept", "", plain("Dog\nboat\n"), word="Boat", decision="taken")
    edits.undo("mine", taken.id)
    assert words.waiting(list.hash, "mine") == [], "it was refused before"
    edits.undo("mine")
    assert [one.word for one in words.waiting(list.hash, "mine")] == ["boat"]


def test_only_lists_that_a_run_has_are_kept_beside_the_last(store: Store) -> None:
    lists, edits, jobs = VocabularyTable(store), VocabularyEdits(store), JobTable(store)
    first = lists.put("mine", "Dog\n", "plain", "v", 1)
    jobs.create("tag", f'{{"vocabulary": "{first.hash}"}}')
    second, third = plain("Dog\nCat\n"), plain("Dog\nCat\nCow\n")
    edits.make("mine", "add", "", second)
    edits.make("mine", "add", "", third)
    assert lists.by_hash(first.hash) == first
    assert lists.by_hash(second.hash) is None
    edits.undo("mine")
    assert lists.by_hash(second.hash) == second


def test_a_list_that_is_forgotten_has_no_edits(store: Store) -> None:
    lists, edits = VocabularyTable(store), VocabularyEdits(store)
    lists.put("mine", "Dog\n", "plain", "v", 1)
    edits.make("mine", "add", "", plain("Dog\nCat\n"))
    lists.delete("mine")
    with pytest.raises(NotFound):
        edits.undo("mine")
    lists.put("mine", "Dog\nCat\n", "plain", "v", 1)
    assert edits.latest("mine", 9) == []


@given(st.text("ab\n", max_size=30), st.text("ab\n", max_size=30))
def test_what_an_edit_keeps_is_enough_to_take_it_back(old: str, new: str) -> None:
    start, removed, added = _difference(old, new)
    assert new[:start] + removed + new[start + added :] == old
