"""Edits of a keyword list: what is said afterwards, and that no other line became another one."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.errors import BridgeError, InvalidParams, NotFound, Refused
from bridge.vocabulary import Term, Vocabulary
from bridge.vocabulary.editing import Change, Edit, changed
from bridge.vocabulary.formats import FORMATS, parse, write
from bridge.words import fold, key
from tests.vocabulary.trees import WORDS, lightroom_list, vocabularies

LIGHTROOM = "\ufeff[PLACES]\r\n\tRome \r\n\t\t{Roma}\r\n\t\tForum\r\n\r\nAnimals\r\n\tDog\r\n\t\t{hound}\r\n\tCat"
PLAIN = """\
# mine
Places > Rome   {Roma}
Places|Rome|Forum

Animals|Dog {hound} {Hund@de}   
Animals|Cat
"""  # noqa: W291 - as a person left it


def edited(text: str, kind: Edit, path: str, value: str = "", to: str = "") -> str:
    vocabulary = parse(text)
    change = Change(kind, tuple(path.split("|")) if path else (), value, tuple(to.split("|")) if to else ())
    after, _ = changed(vocabulary, change)
    assert after.layout is not None
    assert parse(after.layout.text).terms == after.terms
    return after.layout.text


def differs(old: str, new: str) -> list[str]:
    """The lines that are gone and those that are new, without their ends."""
    lines = difflib.ndiff(old.splitlines(keepends=True), new.splitlines(keepends=True))
    return [line.rstrip("\r\n").replace("\ufeff", "") for line in lines if line[0] in "+-"]


@pytest.mark.parametrize(
    ("kind", "path", "value", "to", "lines"),
    [
        (Edit.ADD, "Animals", "Bird", "", ["- \tCat", "+ \tCat", "+ \tBird"]),
        (Edit.ADD, "PLACES|rome", "Trevi", "", ["+ \t\tTrevi"]),
        (Edit.ADD, "places", "Berlin|Mitte", "", ["+ \tBerlin", "+ \t\tMitte"]),
        (Edit.RENAME, "Animals|Dog", "Hound dog", "", ["- \tDog", "+ \tHound dog"]),
        (Edit.RENAME, "PLACES", "Orte", "", ["- [PLACES]", "+ [Orte]"]),
        (Edit.RENAME, "Animals", "ANIMALS", "", ["- Animals", "+ ANIMALS"]),
        (Edit.REMOVE, "Animals|Dog", "", "", ["- \tDog", "- \t\t{hound}"]),
        (Edit.ADD_SYNONYM, "PLACES|Rome", "Rom", "", ["+ \t\t{Rom}"]),
        (Edit.REMOVE_SYNONYM, "Animals|Dog", "HOUND", "", ["- \t\t{hound}"]),
        (Edit.MOVE, "PLACES|Rome|Forum", "", "PLACES", ["- \t\tForum", "+ \tForum"]),
    ],
)
def test_one_edit_changes_its_own_lines_of_lightroom_s_list(
    kind: Edit, path: str, value: str, to: str, lines: list[str]
) -> None:
    new = edited(LIGHTROOM, kind, path, value, to)
    assert differs(LIGHTROOM, new) == lines
    assert new.startswith("\ufeff")
    assert not new.endswith("\n"), "as the last line was"
    assert "\n" not in new.replace("\r\n", "")


@pytest.mark.parametrize(
    ("kind", "path", "value", "to", "lines"),
    [
        (Edit.ADD, "Animals", "Bird", "", ["+ Animals|Bird"]),
        (Edit.ADD, "", "Sea", "", ["+ Sea"]),
        (
            Edit.RENAME,
            "Places",
            "Orte",
            "",
            ["- Places > Rome   {Roma}", "- Places|Rome|Forum", "+ Orte|Rome {Roma}", "+ Orte|Rome|Forum"],
        ),
        (Edit.REMOVE, "Animals|Cat", "", "", ["- Animals|Cat"]),
        (Edit.REMOVE, "Places|Rome|Forum", "", "", ["- Places|Rome|Forum"]),
        (Edit.ADD_SYNONYM, "Animals|Cat", "kitty", "", ["- Animals|Cat", "+ Animals|Cat {kitty}"]),
        (Edit.ADD_SYNONYM, "Animals", "beasts", "", ["+ Animals {beasts}"]),
        (Edit.MOVE, "Places|Rome|Forum", "", "Animals", ["- Places|Rome|Forum", "+ Animals|Forum"]),
        (
            Edit.REMOVE_SYNONYM,
            "Animals|Dog",
            "hound",
            "",
            ["- Animals|Dog {hound} {Hund@de}   ", "+ Animals|Dog {Hund@de}"],
        ),
    ],
)
def test_one_edit_changes_its_own_lines_of_a_plain_list(
    kind: Edit, path: str, value: str, to: str, lines: list[str]
) -> None:
    assert sorted(differs(PLAIN, edited(PLAIN, kind, path, value, to))) == sorted(lines)


def test_a_branch_that_only_its_last_keyword_told_of_stays() -> None:
    assert edited("Animals|Dog\nSea\n", Edit.REMOVE, "Animals|Dog") == "Animals\nSea\n"
    assert edited("A|B|C\n", Edit.MOVE, "A|B|C", to="A") == "A|B\nA|C\n"


@pytest.mark.parametrize(
    ("kind", "path", "value", "to", "error"),
    [
        (Edit.ADD, "Animals", "dog", "", Refused),
        (Edit.ADD, "Plants", "Rose", "", NotFound),
        (Edit.ADD, "Animals", "A||B", "", InvalidParams),
        (Edit.ADD, "Animals", "x" * 201, "", InvalidParams),
        (Edit.ADD, "Animals", "bell\a", "", InvalidParams),
        (Edit.RENAME, "Animals|Dog", "CAT", "", Refused),
        (Edit.RENAME, "Animals|Dog", "Dog", "", Refused),
        (Edit.RENAME, "Animals|Dog", "A|B", "", InvalidParams),
        (Edit.RENAME, "Animals|Dog", "[Dog]", "", Refused),
        (Edit.MOVE, "Animals", "", "Animals|Dog", Refused),
        (Edit.MOVE, "Animals|Dog", "", "Animals", Refused),
        (Edit.MOVE, "Animals|Dog", "", "Plants", NotFound),
        (Edit.REMOVE, "Animals", "", "", Refused),
        (Edit.ADD_SYNONYM, "Animals|Dog", "Hound", "", Refused),
        (Edit.REMOVE_SYNONYM, "Animals|Dog", "dog", "", NotFound),
    ],
)
def test_what_cannot_be_is_told(kind: Edit, path: str, value: str, to: str, error: type[BridgeError]) -> None:
    with pytest.raises(error):
        edited(LIGHTROOM, kind, path, value, to)


def test_a_list_that_holds_no_synonyms_says_so() -> None:
    with pytest.raises(Refused, match="DigiKam's tags has no way") as told:
        edited("Animals\nAnimals/Dog\n", Edit.ADD_SYNONYM, "Animals|Dog", "hound")
    assert "plain list" in told.value.hint
    with pytest.raises(Refused, match="last keyword"):
        edited("Dog\n", Edit.REMOVE, "Dog")


@pytest.mark.parametrize("format", list(FORMATS))
@given(st.data())
def test_whatever_is_edited_the_rest_says_what_it_said(format: str, data: st.DataObject) -> None:
    vocabulary = parse(write(data.draw(vocabularies(WORDS)), format), format)
    assume(vocabulary.terms)
    pick: Callable[[], tuple[str, ...]] = lambda: data.draw(st.sampled_from(vocabulary.terms)).path  # noqa: E731
    change = Change(
        data.draw(st.sampled_from(list(Edit))), pick(), data.draw(WORDS), data.draw(st.just(()) | st.builds(pick))
    )
    try:
        after, where = changed(vocabulary, change)
    except (Refused, NotFound, InvalidParams):
        return
    assert meaning(after) == meaning(expected(vocabulary, change, where))
    assert after.layout is not None
    assert parse(after.layout.text, format).terms == after.terms


def expected(vocabulary: Vocabulary, change: Change, where: tuple[str, ...]) -> Vocabulary:
    """Made from the terms alone, whatever the text is."""
    terms, old = list(vocabulary.terms), key(change.path)
    if change.kind is Edit.ADD:
        terms.append(Term(where))
    for at, term in enumerate(terms):
        if change.kind in (Edit.RENAME, Edit.MOVE) and key(term.path)[: len(old)] == old:
            terms[at] = replace(term, path=(*where, *term.path[len(old) :]))
        elif key(term.path) == old and change.kind is Edit.ADD_SYNONYM:
            terms[at] = replace(term, synonyms=(*term.synonyms, change.value))
        elif key(term.path) == old and change.kind is Edit.REMOVE_SYNONYM:
            terms[at] = replace(term, synonyms=tuple(s for s in term.synonyms if fold(s) != fold(change.value)))
    if change.kind is Edit.REMOVE:
        terms = [term for term in terms if key(term.path) != old]
    return Vocabulary(terms)


def meaning(vocabulary: Vocabulary) -> set[object]:
    return {(key(term.path), frozenset(map(fold, term.synonyms)), term.export, term.languages) for term in vocabulary}


def test_a_large_list_of_lightroom_keeps_all_but_the_edit() -> None:
    text = lightroom_list(3000, "\r\n")
    vocabulary = parse(text)
    deep = next(term for term in vocabulary if len(term.path) > 3)
    new = edited(text, Edit.RENAME, "|".join(deep.path[:2]), "Renamed")
    assert len(differs(text, new)) == 2
    back = edited(new, Edit.RENAME, f"{deep.path[0]}|Renamed", deep.path[1])
    assert back == text
