from __future__ import annotations

import pytest

from bridge.vocabulary.finding import Finder
from bridge.vocabulary.formats import parse

LIST = """\
Animals|Dog {hound} {Hund@de}
Animals|Hot dog
Animals|Dogfish
Animals|Bär
Animals|Bulldog {English dog}
Places|São Paulo {Sampa}
Places|Straße
Food|Bear claw
"""


def found(text: str, limit: int = 10) -> list[str]:
    return [term.name for term, _ in Finder(parse(LIST)).find(text, limit)]


def test_what_begins_so_comes_before_what_has_it_inside() -> None:
    assert found("dog") == ["Dog", "Dogfish", "Hot dog", "Bulldog"]
    assert found("dog", 2) == ["Dog", "Dogfish"]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("BAR", ["Bär"]),
        ("bär", ["Bär"]),
        ("sao pa", ["São Paulo"]),
        ("strasse", ["Straße"]),
        ("STRASSE", ["Straße"]),
        ("  hot   dog ", ["Hot dog"]),
        ("nothing", []),
        (" ", []),
        ("|", []),
    ],
)
def test_case_accents_and_blanks_do_not_matter(typed: str, names: list[str]) -> None:
    assert found(typed) == names


def test_other_names_are_told() -> None:
    assert [(term.name, other) for term, other in Finder(parse(LIST)).find("hun", 5)] == [("Dog", "Hund")]
    assert [(term.name, other) for term, other in Finder(parse(LIST)).find("english", 5)] == [
        ("Bulldog", "English dog")
    ]


def test_a_place_narrows_it() -> None:
    assert found("animals|b") == ["Bär", "Bulldog"]
    assert found("food > be") == ["Bear claw"]
    assert found("pla|") == ["Straße", "São Paulo"]
