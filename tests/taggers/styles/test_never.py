"""Things that are never said: the user's own words, names of people, guesses about people."""

from __future__ import annotations

import pytest

from bridge.taggers.styles import Never


@pytest.mark.parametrize("text", ["bride", "Brides", "BRIDE and groom", "bride-to-be", "the bride's veil", "Ages"])
def test_a_word_is_found_in_every_form(text: str) -> None:
    assert Never(("bride", "age")).said_in(text)


@pytest.mark.parametrize("text", ["bridesmaid", "village", "bridal party", "teenage kicks", ""])
def test_within_another_word_it_is_not_it(text: str) -> None:
    assert Never(("bride", "age")).said_in(text) is None


def test_phrases_and_scripts_without_blanks() -> None:
    assert Never(("hidden gem",)).said_in("Hidden-gems of Lisbon")
    assert Never(("hidden gem",)).said_in("gem hidden in a cave") is None
    assert Never(("花嫁",)).said_in("美しい花嫁と花婿")


@pytest.mark.parametrize(
    "text",
    [
        "old man", "young, tall woman", "elderly", "teenagers", "a woman in her early 30s", "25-year-old runner",
        "middle-aged man", "Asian woman", "Muslim", "pregnant", "husband and wife", "A mother and her child.",
        "happy", "The man is happy", "She looks sad", "romantic couple", "disabled athlete", "black woman",
        "friends", "family",
    ],
)  # fmt: skip
def test_guesses_about_people(text: str) -> None:
    assert Never(guesses=True).said_in(text), text


@pytest.mark.parametrize(
    "text",
    [
        "old town", "African elephant", "Buddhist temple", "black and white", "white dress", "woman in a black dress",
        "smiling woman", "child", "crowd", "bride", "happy hour", "mother of pearl", "Hindu Kush", "young lion",
        "1930s car", "two people", "window blinds", "blinds", "calm", "romantic",
        "Indian Ocean", "relaxed fit jeans", "thin ice", "family car",
    ],
)  # fmt: skip
def test_what_can_be_seen_is_no_guess(text: str) -> None:
    assert Never(guesses=True).said_in(text) is None, text


@pytest.mark.parametrize(
    "text",
    [
        "Peter",
        "John Smith",
        "Queen Elizabeth",
        "Mr. Tanaka",
        "Emma walks on the beach.",
        "portrait of José",
        "Jean-Pierre Dupont",
    ],
)
def test_names_of_people(text: str) -> None:
    assert Never(names=True).said_in(text), text


@pytest.mark.parametrize(
    "text",
    ["San Francisco", "St. Peter's", "Victoria Station", "James Bay", "Jack Russell terrier", "Grand Canyon", "robin",
     "peter", "Golden Gate Bridge", "marina", "King of the Hill", "Sunflower",
     "King Penguin", "King Charles Spaniel", "Gordon Setter", "President Hotel", "Queen Anne's lace"],
)  # fmt: skip
def test_what_only_looks_like_a_name(text: str) -> None:
    assert Never(names=True).said_in(text) is None, text


@pytest.mark.parametrize("text", ["Emma's bouquet", "Emma’s bouquet"])
def test_a_name_is_one_in_any_case_of_it(text: str) -> None:
    assert Never(names=True).said_in(text)
