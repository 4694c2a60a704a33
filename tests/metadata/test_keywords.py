"""What makes two keywords one, and how each list spells them."""

from __future__ import annotations

import pytest

from bridge.metadata.keywords import (
    DC,
    DIGIKAM,
    IPTC,
    LIGHTROOM,
    WINDOWS,
    Words,
    entries,
    entry_key,
    from_path,
    to_path,
    words_of,
)
from bridge.words import DIVISION_SLASH, fold, key
from tests.metadata.model import IPTC as IPTC_TAG
from tests.metadata.model import document


@pytest.mark.parametrize(
    ("one", "other"),
    [("Sea", "sea"), (" sea ", "sea"), ("Caf\u00e9", "cafe\u0301"), ("ÄRA", "ära"), (f"a{DIVISION_SLASH}b", "A/B")],
)
def test_one_keyword(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("sea", "seas"), ("cafe", "café"), ("Straße", "Strasse")])
def test_two_keywords(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("kind", "value"), [(LIGHTROOM, "Places|France"), (DIGIKAM, "Places/France"), (DIGIKAM, " Places / France ")]
)
def test_a_path_is_read(kind: object, value: str) -> None:
    assert to_path(kind, value) == ("Places", "France")  # type: ignore[arg-type]


def test_a_flat_list_holds_leaves() -> None:
    path = ("Places", "Côte d'Azur/Nice")
    assert from_path(DC, path) == "Côte d'Azur/Nice"
    assert from_path(LIGHTROOM, path) == "Places|Côte d'Azur/Nice"
    assert from_path(DIGIKAM, path) == f"Places/Côte d'Azur{DIVISION_SLASH}Nice"
    assert from_path(WINDOWS, ("a;b",)) == "a,b"


def test_empty_levels_are_none() -> None:
    assert to_path(LIGHTROOM, "|A||B|") == ("A", "B")
    assert to_path(DC, "  ") == ()
    assert entries(DC, ["", " ", "sea"]) == {("sea",)}


def test_every_entry_is_found_under_its_key() -> None:
    for kind in (DC, LIGHTROOM, DIGIKAM, IPTC):
        for path in (("Sea",), ("Places", "a/b"), ("é" * 40,)):
            assert entry_key(kind, path) in entries(kind, [from_path(kind, path)])


def test_a_flat_word_is_there_where_a_path_holds_it() -> None:
    words = Words()
    words.add(("Animals", "Cat"))
    assert words.find(("cat",)) == ("Animals", "Cat")
    assert words.find(("animals",)) == ("Animals", "Cat")
    assert words.find(("other", "cat")) is None


def test_the_union_of_all_lists_has_each_keyword_once() -> None:
    lists = {
        DC.tag: ["cat", "Sky", "sea"],
        LIGHTROOM.tag: ["Animals|Cat", "sky"],
        DIGIKAM.tag: ["Animals/Cat", "Sky"],
        IPTC_TAG: ["SEA", "owl"],
    }
    words = words_of([document("/p/IMG.jpg", lists)])
    assert list(words) == [("Animals", "Cat"), ("Sky",), ("sea",), ("owl",)]


def test_a_word_that_iptc_cut_is_no_word_of_its_own() -> None:
    long = "An unusually long keyword that IPTC has never been able to hold, even so"
    words = words_of([document("/p/IMG.jpg", {DC.tag: [long], IPTC_TAG: [from_path(IPTC, (long,))]})])
    assert list(words) == [(long,)]


def test_what_is_left_without_some_words() -> None:
    words = words_of([document("/p/IMG.jpg", {LIGHTROOM.tag: ["AI|cat", "sea"], DC.tag: ["cat", "sea"]})])
    left = words.without({key(("AI", "cat"))})
    assert list(left) == [("sea",)]
    assert left.flat == {"sea": "sea"}
    # A person's own word of that name stays.
    assert list(words.without({key(("AI", "cat"))}, own={"cat"})) == [("sea",), ("cat",)]
