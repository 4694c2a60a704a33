from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import VocabularyInvalid
from bridge.vocabulary import Term, Vocabulary, with_parents
from bridge.vocabulary.lightroom import format, parse
from tests.vocabulary.trees import ANY, WORDS, lightroom_list, vocabularies

LIST = """\
[PLACES]
\tRome
\t\t{Roma}
\t\t{Rom}
\t\tForum
Animals
\tDog
\t\t{hound}
"""


def test_a_list_is_read() -> None:
    assert list(parse(LIST)) == [
        Term(("PLACES",), export=False),
        Term(("PLACES", "Rome"), ("Roma", "Rom")),
        Term(("PLACES", "Rome", "Forum")),
        Term(("Animals",)),
        Term(("Animals", "Dog"), ("hound",)),
    ]


@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["no BOM", "BOM"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_3000_entries_come_back_byte_for_byte(bom: str, end: str) -> None:
    data = (bom + lightroom_list(3000, end)).encode()
    read = parse(data)
    assert 1500 < len(read) < 3000, "synonyms are no entries of their own"
    assert format(read).encode() == data


@pytest.mark.parametrize(
    "text",
    [
        LIST.rstrip("\n"),
        "\n\nA\n\t\n\tB\n\n",
        "A\n\tB\nA\n\tC\n",
        "A\r\n\tB\rC",
        "A \n\tB\t\n",
        "",
        "A\n\t{a}\n\tB\n\t{b}\n",
    ],
    ids=["no last line end", "blank lines", "a branch twice", "mixed ends", "blanks behind", "empty", "synonym behind"],
)
def test_whatever_the_layout_is_it_stays(text: str) -> None:
    assert format(parse(text)) == text


@given(st.lists(st.tuples(st.integers(0, 3), WORDS, st.sampled_from(["\n", "\r\n", "\r"])), max_size=20))
def test_any_list_that_can_be_read_comes_back(lines: list[tuple[int, str, str]]) -> None:
    text, depth = "", 0
    for tabs, name, end in lines:
        depth = min(tabs, depth)
        text += "\t" * depth + name + end
        depth += 1
    assert format(parse(text)) == text


@given(vocabularies())
def test_all_but_the_languages_comes_back(vocabulary: Vocabulary) -> None:
    told = Vocabulary(
        Term(term.path, (*term.synonyms, *(name for _, name in term.languages)), term.export) for term in vocabulary
    )
    assert parse(format(vocabulary)) == told


@given(vocabularies(ANY))
def test_whatever_names_there_are_the_list_can_be_read(vocabulary: Vocabulary) -> None:
    parse(format(vocabulary))


def test_new_words_leave_the_rest_as_it_is() -> None:
    more = parse(LIST.replace("\n", "\r\n")).with_terms(
        [Term(("animals", "Cat"), ("kitten",)), Term(("Food", "Bread")), Term(("Animals", "Dog"), ("Hund",))]
    )
    assert format(more) == (LIST + "\t\t{Hund}\n\tCat\n\t\t{kitten}\nFood\n\tBread\n").replace("\n", "\r\n")


@given(vocabularies(), vocabularies(), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_whatever_is_added_no_line_is_lost(first: Vocabulary, more: Vocabulary, end: str, whole: bool) -> None:
    text = format(first).replace("\n", end)
    text = text if whole else text.removesuffix(end)
    there = parse(text)
    words = there.with_terms(term for term in more if there.find(term.path) is None)
    written = format(words)
    assert [term.path for term in parse(written)] == [term.path for term in words]
    lines = iter(written.split(end))
    assert all(line in lines for line in text.split(end) if line), "each is there, in the same order"
    assert not text or written.endswith(end) is whole


def test_what_is_gone_leaves_the_rest_as_it_is() -> None:
    whole = parse(LIST.replace("Forum", "Forum ") + "\n")
    fewer = Vocabulary((term for term in whole if term.name != "Dog"), whole.layout)
    assert format(fewer) == LIST.replace("Forum", "Forum ").replace("\tDog\n\t\t{hound}\n", "") + "\n"


def test_another_order_is_written_afresh() -> None:
    whole = parse(LIST)
    turned = Vocabulary(with_parents(reversed(whole.terms)), whole.layout)
    assert parse(format(turned)) == turned


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("A\n    B\n", "Line 2 is indented with spaces"),
        ("A\n\n\t\tB\n", "Line 3 is indented too far"),
        ("{a}\n", "Line 1 is a synonym of nothing"),
        ("A\n\tB|C\n", "Line 2 has a | in it"),
        (b"A\r\nB\xe4r\r\n", "Line 2 of the list is not UTF-8"),
        ("A\n\tB\n".encode("utf-16"), "Line 1 of the list is not UTF-8"),
        (b"SQLite format 3\0", "This is no text file"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str | bytes, complaint: str) -> None:
    with pytest.raises(VocabularyInvalid, match=complaint) as told:
        parse(text)
    assert told.value.hint
