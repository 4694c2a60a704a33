from __future__ import annotations

import pytest
from hypothesis import given

from bridge.errors import VocabularyInvalid
from bridge.vocabulary import Term, Vocabulary
from bridge.vocabulary.plain import format, parse
from tests.vocabulary.trees import ANY, TYPED, vocabularies

LIST = """\
# my words
Wedding
Animals|Dog {hound} {Hund@de} {cão@pt-BR}
[Places > Italy] {Italia}

Places > Italy > Rome
rock>paper
"""


def test_a_list_is_read() -> None:
    assert list(parse(LIST)) == [
        Term(("Wedding",)),
        Term(("Animals",)),
        Term(("Animals", "Dog"), ("hound",), languages=(("de", "Hund"), ("pt-br", "cão"))),
        Term(("Places",)),
        Term(("Places", "Italy"), ("Italia",), export=False),
        Term(("Places", "Italy", "Rome")),
        Term(("rock>paper",)),
    ]


@pytest.mark.parametrize("text", [LIST, LIST.replace("\n", "\r\n"), f"\ufeff{LIST}", LIST[:-1], "", "# nothing yet"])
def test_comments_and_layout_stay(text: str) -> None:
    assert format(parse(text)) == text


def test_new_words_go_to_their_branch() -> None:
    more = parse(LIST).with_terms([Term(("places", "italy", "Pisa")), Term(("Boat",))])
    assert format(more) == LIST.replace("Rome\n", "Rome\nPlaces|Italy|Pisa\n") + "Boat\n"


@pytest.mark.parametrize(
    "name",
    ["#1 fan", "[sic]", "a|b", "a > b", "{x}", "a {b}", "me@work", "back\\slash", "\\#", "> x", "C#", "Paris, France"],
)
def test_marks_in_names_are_kept(name: str) -> None:
    word = Vocabulary(
        [
            Term((name,)),
            Term((name, name)),
            Term(("B",), (name,), languages=(("de", name),)),
            Term(("C", name), export=False),
        ]
    )
    assert list(parse(format(word))) == [
        Term((name,)),
        Term((name, name)),
        Term(("B",), (name,), languages=(("de", name),)),
        Term(("C",)),
        Term(("C", name), export=False),
    ]


@given(vocabularies(TYPED))
def test_everything_comes_back(vocabulary: Vocabulary) -> None:
    assert parse(format(vocabulary)) == vocabulary


@given(vocabularies(ANY))
def test_whatever_names_there_are_the_list_can_be_read(vocabulary: Vocabulary) -> None:
    parse(format(vocabulary))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("A\nA||B\n", "Line 2 has a level without a name"),
        ("A > \n", None),
        ("|A", "Line 1 has a level without a name"),
        ("Dog {hound\n", "Line 1 has a brace without its other half"),
        ("Dog hound}\n", "Line 1 has a brace without its other half"),
        ("{hound}\n", "Line 1 has a level without a name"),
        ("[]\n", "Line 1 has a level without a name"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, complaint: str | None) -> None:
    if complaint is None:
        assert [term.name for term in parse(text)] == ["A >"]
        return
    with pytest.raises(VocabularyInvalid, match=complaint):
        parse(text)
