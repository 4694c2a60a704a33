from __future__ import annotations

import pytest
from hypothesis import given

from bridge.errors import VocabularyInvalid
from bridge.vocabulary import Term, Vocabulary
from bridge.vocabulary.formats import FORMATS, losses, parse, recognise, write
from tests.vocabulary.trees import TYPED, lightroom_list, vocabularies


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("Dog\nCat\n", "plain"),
        ("# mine\nAnimals|Dog\n", "plain"),
        ("black/white\nDog\n", "plain"),
        ("Animals\nAnimals/Dog\nanimals/Dog/Pug\n", "digikam"),
        ("Animals\n\tDog\n", "lightroom"),
        ("\ufeffAnimals\r\n\t{fauna}\r\n", "lightroom"),
        ("", "plain"),
    ],
)
def test_a_list_is_known_by_what_is_in_it(text: str, format: str) -> None:
    assert recognise(text.encode()) == format
    read = parse(text)
    assert read.layout is not None
    assert read.layout.format == format


def test_a_flat_list_of_lightroom_comes_back_whatever_it_is_taken_for() -> None:
    flat = "Cat\r\n\r\nDog"
    assert write(parse(flat), "lightroom") == flat


@pytest.mark.parametrize("format", FORMATS)
@given(vocabulary=vocabularies(TYPED))
def test_what_does_not_come_back_is_named(vocabulary: Vocabulary, format: str) -> None:
    back = parse(write(vocabulary, format), format)
    assert (back == vocabulary) is (losses(vocabulary, format) == ())


@pytest.mark.parametrize("target", FORMATS)
def test_every_list_becomes_every_other(target: str) -> None:
    words = parse(lightroom_list(500))
    there = parse(write(words, target), target)
    assert [term.path for term in there] == [term.path for term in words]
    assert there == words or losses(words, target)


def test_losses_are_told_for_a_person() -> None:
    words = Vocabulary(
        [
            Term(("Places",), export=False),
            Term(("Places", "Paris, France"), ("City of Light",), languages=(("de", "Paris"),)),
            *(Term((name,), (name * 2,)) for name in "abc"),
        ]
    )
    assert losses(words, "plain") == ()
    assert losses(words, "lightroom") == ("names without their language (1): Paris",)
    assert losses(words, "captureone") == (
        "changed names (1): Places|Paris, France",
        '"not included on export" (1): Places',
        "synonyms (3): aa, bb, cc",
    )
    assert losses(words, "digikam") == (
        '"not included on export" (1): Places',
        "synonyms (4): City of Light, aa, bb …",
        "names in other languages (1): Paris",
    )


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(VocabularyInvalid, match="no kind of keyword list named xls") as told:
        write(Vocabulary([]), "xls")
    assert "plain, lightroom, digikam, captureone" in told.value.hint


@pytest.mark.parametrize(
    ("format", "line"),
    [
        ("digikam", "/".join("a" * 100_000)),
        ("plain", "|".join("a" * 100_000)),
        ("lightroom", "\n".join("\t" * depth + "a" for depth in range(60))),
    ],
)
def test_a_keyword_without_a_bottom_is_refused_by_its_line(format: str, line: str) -> None:
    with pytest.raises(VocabularyInvalid, match=r"^Line \d+ has \d+ levels"):
        parse(f"Animals\n{line}\n", format)
