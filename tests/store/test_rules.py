from __future__ import annotations

from pathlib import Path

import pytest

from bridge.store import Decision, RuleTable, Store, forbidden


@pytest.fixture
def rules(tmp_path: Path) -> RuleTable:
    return RuleTable(Store(tmp_path / "bridge.db"))


def reject(rules: RuleTable, word: str, *photos: str) -> None:
    for photo in photos:
        rules.notice(photo, [tuple(word.split("|"))])


def offered(rules: RuleTable) -> list[tuple[str, int]]:
    return [("|".join(rule.word), rule.photos) for rule in rules.offered()]


def test_three_photos_make_an_offer_and_one_photo_counts_once(rules: RuleTable) -> None:
    reject(rules, "cat", "1", "1", "2", "1")
    assert offered(rules) == []
    reject(rules, "Cat", "3")
    reject(rules, "sea", "1", "2", "3", "4")
    assert [(word.lower(), photos) for word, photos in offered(rules)] == [("sea", 4), ("cat", 3)]


def test_a_whole_path_is_another_word_than_its_name(rules: RuleTable) -> None:
    reject(rules, "Places|Paris", "1", "2")
    reject(rules, "Paris", "3")
    assert offered(rules) == []


def test_what_is_refused_comes_back_after_three_photos_more(rules: RuleTable) -> None:
    reject(rules, "cat", "1", "2", "3")
    rules.decide(("cat",), Decision.REFUSED)
    reject(rules, "cat", "4", "5")
    assert offered(rules) == []
    reject(rules, "cat", "6")
    assert offered(rules) == [("cat", 6)]


def test_a_rule_is_offered_no_more_and_one_for_a_name_covers_its_paths(rules: RuleTable) -> None:
    reject(rules, "Animals|Cat", "1", "2", "3")
    rules.decide(("cat",), Decision.ACCEPTED)
    assert offered(rules) == []
    assert [(rule.word, rule.photos) for rule in rules.accepted()] == [(("cat",), 0)]
    rules.decide(("cat",), Decision.REFUSED)
    assert (rules.accepted(), offered(rules)) == ([], [("Animals|Cat", 3)])


def test_a_rule_forbids_by_name_or_by_whole_path(rules: RuleTable) -> None:
    rules.decide(("Sea",), Decision.ACCEPTED)
    rules.decide(("Animals", "Cat"), Decision.ACCEPTED)
    never = rules.never()
    assert forbidden(("sea",), never) and forbidden(("Nature", "SEA"), never)
    assert forbidden(("animals", "cat"), never)
    assert not forbidden(("cat",), never) and not forbidden(("Sea", "Boat"), never)


def test_a_decision_that_is_taken_back_leaves_the_offer_as_it_was(rules: RuleTable) -> None:
    reject(rules, "cat", "1", "2", "3")
    for decision in Decision:
        rules.decide(("Cat",), decision)
        assert offered(rules) == []
        rules.reopen(("cat",))
        assert (offered(rules), rules.accepted()) == ([("cat", 3)], [])
