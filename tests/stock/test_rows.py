"""Rows for agencies: the order of keywords, limits, what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.stock import AGENCIES, StockPhoto, lacks, ordered_keywords, row
from bridge.values import Category

PHOTO = StockPhoto(
    name="IMG_1.jpg",
    own=(("People", "Aunt Ida"), ("Lake",)),
    proposed=(("Animals", "Birds", "Grebe"), ("lakes",), ("golden-hour",), ("reed",)),
    others=(("Golden hour",), ("water",)),
    title="A grebe, on the lake",
    caption="A grebe swims in front of reeds at dusk.",
    category=Category.WILDLIFE,
)


def test_the_person_s_own_words_come_first_and_groups_last() -> None:
    assert ordered_keywords(PHOTO, 50) == (
        *("Aunt Ida", "Lake", "Grebe", "golden-hour", "reed", "water"),
        *("People", "Birds", "Animals"),
    )
    assert ordered_keywords(PHOTO, 3) == ("Aunt Ida", "Lake", "Grebe")


def test_groups_that_are_not_exported_are_left_out() -> None:
    photo = replace(PHOTO, proposed=(("Category", "Wildlife"), ("AI", "grebe")))
    words = ordered_keywords(photo, 50, frozenset({"ai", "people"}))
    assert words == ("Aunt Ida", "Lake", "Wildlife", "grebe", "Golden hour", "water")


def test_signs_that_a_table_cannot_take_go() -> None:
    photo = StockPhoto("a.jpg", own=(("=1+1",), ("a, b; c",), ('"quoted"',), ("+",), ("x" * 51,), ("St. Ives\n",)))
    assert ordered_keywords(photo, 50) == ("1+1", "a b c", "quoted", "St. Ives")


def test_adobe_has_a_title_without_commas_of_70_characters() -> None:
    told = dict(zip(AGENCIES["adobe"].columns, row(PHOTO, AGENCIES["adobe"], ("grebe", "lake")), strict=True))
    assert told == {
        "Filename": "IMG_1.jpg",
        "Title": "A grebe on the lake",
        "Keywords": "grebe, lake",
        "Category": "1",
        "Releases": "",
    }
    long = row(replace(PHOTO, title="word " * 30), AGENCIES["adobe"], ())[1]
    assert len(long) <= 70 and long.endswith("word")


def test_shutterstock_has_the_caption_and_its_own_categories() -> None:
    agency = AGENCIES["shutterstock"]
    told = dict(zip(agency.columns, row(replace(PHOTO, category=Category.SPORTS), agency, ("run",)), strict=True))
    assert (told["Description"], told["Categories"]) == (PHOTO.caption, "Sports/Recreation")
    assert (told["Illustration"], told["Mature Content"], told["Editorial"]) == ("No", "", "")
    assert row(replace(PHOTO, caption=None), agency, ())[1] == PHOTO.title


def test_alamy_has_ten_supertags() -> None:
    words = tuple(f"word {number}" for number in range(20))
    told = dict(zip(AGENCIES["alamy"].columns, row(PHOTO, AGENCIES["alamy"], words), strict=True))
    assert told["Supertags"].split(", ") == list(words[:10])
    assert told["Tags"].split(", ") == list(words)


def test_a_category_that_an_agency_does_not_have_is_empty() -> None:
    assert row(replace(PHOTO, category=Category.MACRO), AGENCIES["adobe"], ())[3] == ""
    assert row(replace(PHOTO, category=None), AGENCIES["generic"], ())[4] == ""


FORMULA = "its file name has a sign that a spreadsheet takes for the beginning of a formula"


@pytest.mark.parametrize(
    ("photo", "keywords", "missing"),
    [
        (PHOTO, 5, []),
        (PHOTO, 4, ["4 keywords, and Adobe Stock wants 5"]),
        (replace(PHOTO, title=None, caption=" "), 9, ["no title and no caption"]),
        (replace(PHOTO, name="x" * 27 + ".jpg"), 9, ["its file name is longer than 30 characters"]),
        (replace(PHOTO, name="a\udcff.jpg"), 9, ["its file name has characters that no table can hold"]),
        (replace(PHOTO, name="=1.jpg"), 9, [FORMULA]),
        (replace(PHOTO, name="a;=1.jpg"), 9, [FORMULA]),
    ],
)
def test_what_an_agency_would_refuse_is_told(photo: StockPhoto, keywords: int, missing: list[str]) -> None:
    assert list(lacks(photo, AGENCIES["adobe"], keywords)) == missing


@given(st.lists(st.text(max_size=60), max_size=80), st.text(), st.sampled_from(sorted(AGENCIES)))
def test_whatever_stands_in_a_photo_its_row_is_within_limits(words: list[str], text: str, name: str) -> None:
    agency = AGENCIES[name]
    photo = StockPhoto("a.jpg", proposed=tuple((word,) for word in words), title=text, caption=text)
    keywords = ordered_keywords(photo, agency.most_keywords)
    assert len(keywords) <= agency.most_keywords
    assert not any("," in word or '"' in word for word in keywords)
    cells = row(photo, agency, keywords)
    assert len(cells) == len(agency.columns)
    assert not any(part.lstrip(' "')[:1] in tuple("=+-@\t\r") for cell in cells for part in cell.split(";"))
    assert not any("\n" in cell for cell in cells)
    assert len(cells[1]) <= agency.text_characters


def test_a_keyword_of_the_person_s_is_exported_whatever_our_group_is_called() -> None:
    photo = StockPhoto("a.jpg", own=(("AI",),), proposed=(("AI", "robot"),))
    assert ordered_keywords(photo, 50, frozenset({"ai"})) == ("AI", "robot")


def test_characters_that_steer_a_terminal_are_no_text_of_a_table() -> None:
    photo = StockPhoto("a.jpg", title="\0=A\x1b[31m title\x85of\x00 mine", caption="\x00")
    assert row(photo, AGENCIES["adobe"], ())[1] == "A 31m title of mine"
    assert row(photo, AGENCIES["alamy"], ())[1] == ""
