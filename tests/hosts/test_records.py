"""The text protocol: whatever a host writes is read as it was meant, and whatever it is told can be taken apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import InvalidParams
from bridge.hosts.captureone import CAPTURE_ONE
from bridge.hosts.dialect import Dialect
from bridge.hosts.records import (
    LEVEL,
    Confirmed,
    confirmations,
    escape,
    keyword_tree,
    line,
    operation,
    photos,
    unescape,
)

PLAIN = Dialect()
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
file_names = st.binary(min_size=1).filter(lambda name: b"\0" not in name).map(lambda name: b"/" + name)
words = st.text(st.characters(exclude_characters="\0" + LEVEL, exclude_categories=("Cs",)), min_size=1).filter(
    lambda word: bool(word.strip())
)


def fields(*pairs: tuple[str, str | bytes]) -> bytes:
    """As a host writes them."""
    return b"".join(
        name.encode() + b"=" + (value if isinstance(value, bytes) else value.encode()) + b"\0" for name, value in pairs
    )


def test_what_a_host_tells_of_two_photos() -> None:
    told = fields(
        ("path", "/photos/a b.jpg"),
        ("id", "12"),
        ("keyword", f"Nature{LEVEL}Sea"),
        ("keyword", "dog"),
        ("title", "At sea"),
        ("caption", "One\r\ntwo\rthree"),
        ("rating", "-1"),
        ("label", "red"),
        ("pick", "1"),
        ("path", "/photos/a b.jpg"),
        ("id", "13"),
        ("virtual", "1"),
        ("proxy", "/tmp/p.jpg"),
    )
    first, second = photos(told, PLAIN)
    assert first.name == (Path("/photos/a b.jpg"), "12")
    assert first.known == {
        "keywords": [["Nature", "Sea"], ["dog"]],
        "title": "At sea",
        "caption": "One\ntwo\nthree",
        "rating": -1,
        "label": "red",
        "pick": 1,
    }
    assert (second.id, second.virtual, second.proxy, second.known) == ("13", True, Path("/tmp/p.jpg"), {})


@given(file_names, texts, texts, st.lists(st.lists(words, min_size=1), max_size=3))
def test_any_file_name_and_any_text_survives(name: bytes, id: str, title: str, keywords: list[list[str]]) -> None:
    told = fields(
        ("path", name), ("id", id), ("title", title), *(("keyword", LEVEL.join(levels)) for levels in keywords)
    )
    (photo,) = photos(told, PLAIN)
    assert os.fsencode(photo.path) == os.fsencode(Path(os.fsdecode(name)))
    assert photo.id == id
    assert (photo.known["title"] or "").split() == title.split()
    assert photo.known.get("keywords", []) == keywords


@given(st.lists(st.text(), min_size=1))
def test_any_field_comes_back_out_of_a_line(said: list[str]) -> None:
    record = line(*said)
    assert record.count("\n") == 1
    assert record.endswith("\n")
    assert [unescape(part) for part in record[:-1].split("\t")] == said


@given(st.text())
def test_what_is_escaped_holds_no_line_end_and_no_tab(text: str) -> None:
    assert not set("\t\n\r") & set(escape(text))
    assert unescape(escape(text)) == text


@given(file_names)
def test_a_file_name_in_a_line_keeps_its_bytes(name: bytes) -> None:
    record = line("photo", os.fsdecode(name))
    assert os.fsencode(unescape(record[:-1].split("\t")[1])) == name


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        (b"", "No photo is selected."),
        (fields(("id", "1")), "comes before the first path"),
        (fields(("path", "a.jpg")), "no absolute path"),
        (fields(("path", "/a.jpg"), ("ratign", "3")), "no field ratign"),
        (fields(("path", "/a.jpg"), ("rating", "6")), "6 is no rating"),
        (fields(("path", "/a.jpg"), ("rating", "many")), "many is no rating"),
        (fields(("path", "/a.jpg"), ("pick", "2")), "2 is no pick"),
        (fields(("path", "/a.jpg"), ("label", "mauve")), "mauve is no colour"),
        (b"path=/a.jpg\0title=half", "ends in the middle"),
        (b"/a.jpg\0", "is no field"),
    ],
)
def test_what_a_host_did_not_mean_is_refused(told: bytes, complaint: str) -> None:
    with pytest.raises(InvalidParams, match=complaint) as refused:
        photos(told, PLAIN)
    assert refused.value.hint


def test_what_is_left_empty_counts_as_nothing() -> None:
    told = fields(("path", "/a.jpg"), ("title", ""), ("rating", ""), ("label", ""), ("keyword", ""), ("keyword", "  "))
    assert photos(told, PLAIN)[0].known == {"title": None, "rating": None, "label": None}


def test_a_plan_that_is_named_several_times_is_one() -> None:
    told = fields(
        ("plan", "7"),
        ("plan", "8"),
        ("applied", "all"),
        ("plan", "7"),
        ("applied", "0,2"),
        ("plan", "7"),
        ("applied", "1"),
        ("created", "1"),
        ("plan", "8"),
        ("applied", "3"),
        ("plan", "9"),
        ("applied", ""),
        ("reason", "It is locked."),
    )
    assert confirmations(told) == [
        Confirmed("7", {0, 1, 2}, {1}),
        Confirmed("8", None),
        Confirmed("9", set(), set(), "It is locked."),
    ]


@pytest.mark.parametrize("told", [fields(("applied", "all")), fields(("plan", "1"), ("applied", "a"))])
def test_a_confirmation_that_makes_no_sense_is_refused(told: bytes) -> None:
    with pytest.raises(InvalidParams):
        confirmations(told)


def test_a_keyword_tree_is_its_paths() -> None:
    told = f"Animals\0Animals{LEVEL}Dog\0{LEVEL}Dog\0\0Animals\0".encode()
    assert keyword_tree(told) == [("Animals",), ("Animals", "Dog"), ("Dog",)]


def test_operations_as_lines() -> None:
    def told(dialect: Dialect = PLAIN, **op: object) -> list[str | int]:
        return operation({"path": None, "synonyms": [], "old": None, "new": None, "created": False, **op}, dialect)

    assert told(op="keyword.add", path=["Animals", "Dog"]) == ["Animals", "Dog"]
    assert told(op="keyword.remove", path=["Dog"], created=True) == [1, "Dog"]
    assert told(op="caption.set", new="A dog.\n") == ["", "A dog.\n"]
    assert told(op="rating.set", old=0, new=4) == [0, 4]
    assert told(op="pick.set", new=-1) == [0, -1]
    assert told(op="label.set", new="green") == ["none", "green"]
    assert told(CAPTURE_ONE, op="label.set", old="red", new="purple") == ["1", "7"]


def test_colours_of_capture_one_are_numbers() -> None:
    said = {number: photos(fields(("path", "/a"), ("label", str(number))), CAPTURE_ONE)[0] for number in range(8)}
    assert [photo.known["label"] for photo in said.values()] == [
        *("none", "red", "orange", "yellow", "green", "blue", "pink", "purple")
    ]
    assert [CAPTURE_ONE.colour_out(photo.known["label"]) for photo in said.values()] == list("01234567")
    assert CAPTURE_ONE.colour_out("mauve") == CAPTURE_ONE.colour_out(None) == "0"


def test_a_keyword_of_capture_one_is_found_in_its_tree() -> None:
    """It names the one above; where that is one place alone, the rest is known too."""
    tree = keyword_tree(
        "".join(
            f"{above}{LEVEL}{name}\0"
            for above, name in [
                *(("", "Animals"), ("Animals", "Mammals"), ("Mammals", "Dog"), ("", "Dog")),
                *(("", "Loop"), ("Two", "One"), ("One", "Two")),
            ]
        ).encode()
    )
    dialect = CAPTURE_ONE.with_tree(tree)
    assert dialect.tree[:4] == (("Animals",), ("Animals", "Mammals"), ("Animals", "Mammals", "Dog"), ("Dog",))
    assert dialect.known_keyword(("Mammals", "Dog")) == ("Animals", "Mammals", "Dog")
    assert dialect.known_keyword(("Animals|Mammals", "Dog")) == ("Animals", "Mammals", "Dog")
    assert dialect.known_keyword(("Dog",)) == ("Dog",)
    assert dialect.known_keyword(("Elsewhere", "Cat")) == ("Elsewhere", "Cat")
    assert set(dialect.known_keyword(("Two",))) == {"One", "Two"}, "a tree in a circle ends"
