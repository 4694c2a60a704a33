from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import InvalidParams
from bridge.search.filters import LABELS, LIGHTS, NAMES, PICKS, SEASONS, Condition, as_filter, canonical, parse_filter
from bridge.values import Category, PhotoFilter

MEANT = [
    ("folder=/photos/2019", "folder=/photos/2019", PhotoFilter(folders=(Path("/photos/2019"),))),
    ("folder=/photos/2019/", "folder=/photos/2019", PhotoFilter(folders=(Path("/photos/2019"),))),
    ("folder=file:///photos/a%20b", "folder=/photos/a b", PhotoFilter(folders=(Path("/photos/a b"),))),
    ("since=2019", "since=2019", PhotoFilter(since=date(2019, 1, 1))),
    ("until=2019-2", "until=2019-02", PhotoFilter(until=date(2019, 2, 28))),
    ("date=2019-07-12", "date=2019-07-12", PhotoFilter(since=date(2019, 7, 12), until=date(2019, 7, 12))),
    ("date=2020-02", "date=2020-02", PhotoFilter(since=date(2020, 2, 1), until=date(2020, 2, 29))),
    ("date=2019/7/5", "date=2019-07-05", PhotoFilter(since=date(2019, 7, 5), until=date(2019, 7, 5))),
    ("date=2018 .. 2020", "date=2018..2020", PhotoFilter(since=date(2018, 1, 1), until=date(2020, 12, 31))),
    ("date=2018..", "date=2018..", PhotoFilter(since=date(2018, 1, 1))),
    ("date=..2018-03", "date=..2018-03", PhotoFilter(until=date(2018, 3, 31))),
    ("camera=NIKON  D850", "camera=nikon d850", PhotoFilter(cameras=("nikon d850",))),
    ("lens=50mm", "lens=50mm", PhotoFilter(lenses=("50mm",))),
    ("rating=4", "rating=4", PhotoFilter(rating_least=4, rating_most=4)),
    ("rating=4+", "rating=4+", PhotoFilter(rating_least=4)),
    ("rating=2-3", "rating=2..3", PhotoFilter(rating_least=2, rating_most=3)),
    ("keyword=Animals | Dog", "keyword=Animals|Dog", PhotoFilter(keywords=("Animals|Dog",))),
    ("category=Wedding", "category=wedding", PhotoFilter(categories=(Category.WEDDING,))),
    ("light=Golden-Hour", "light=golden hour", PhotoFilter(light="golden hour")),
    ("season=fall", "season=autumn", PhotoFilter(season="autumn")),
    ("people=0", "people=0", PhotoFilter(people_least=0, people_most=0)),
    ("people=3+", "people=3+", PhotoFilter(people_least=3)),
    ("people=2..4", "people=2..4", PhotoFilter(people_least=2, people_most=4)),
    ("pick=picked", "pick=picked", PhotoFilter(pick=1)),
    ("picked=yes", "pick=picked", PhotoFilter(pick=1)),
    ("pick=rejected", "pick=rejected", PhotoFilter(pick=-1)),
    ("pick=none", "pick=none", PhotoFilter(pick=0)),
    ("label=Red", "label=red", PhotoFilter(label="red")),
    (" People = 2 ", "people=2", PhotoFilter(people_least=2, people_most=2)),
]


@pytest.mark.parametrize(("text", "shown", "wanted"), MEANT)
def test_a_filter_has_one_form_and_one_meaning(text: str, shown: str, wanted: PhotoFilter) -> None:
    condition = parse_filter(text)
    assert str(condition) == shown
    assert parse_filter(shown) == condition
    assert as_filter([condition]) == wanted


@pytest.mark.parametrize(
    "text",
    [
        *("people", "", "=", "persons=2", "people=", "people=two", "people=4..2", "people=-1", "people=1000"),
        *("rating=0", "rating=6", "rating=4++", "date=2019-13", "date=2019-02-30", "date=..", "date=2020..2018"),
        *("date=19", "since=2018..2020", "folder=photos", "folder=", "folder=file://elsewhere/a", "camera= "),
        *("category=cats", "light=noon", "season=rainy", "pick=maybe", "picked=no", "label=pinkish", "keyword=a||b"),
    ],
)
def test_what_means_no_photo_is_told_with_what_there_is(text: str) -> None:
    with pytest.raises(InvalidParams) as raised:
        parse_filter(text)
    assert raised.value.message and raised.value.hint


def test_the_hint_lists_every_filter() -> None:
    with pytest.raises(InvalidParams) as raised:
        parse_filter("colour=red")
    assert all(name in raised.value.hint for name in NAMES)


def test_several_filters_mean_what_all_of_them_hold_of() -> None:
    wanted = as_filter(
        map(parse_filter, ("since=2018", "date=2019", "rating=2+", "rating=1..4", "people=1+", "people=2..3"))
    )
    assert (wanted.since, wanted.until) == (date(2019, 1, 1), date(2019, 12, 31))
    assert (wanted.rating_least, wanted.rating_most) == (2, 4)
    assert (wanted.people_least, wanted.people_most) == (2, 3)


def test_of_several_folders_or_categories_one_is_enough() -> None:
    wanted = as_filter(map(parse_filter, ("folder=/a", "folder=/b", "category=wedding", "category=event")))
    assert wanted.folders == (Path("/a"), Path("/b"))
    assert wanted.categories == (Category.WEDDING, Category.EVENT)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (("since=2020", "until=2019"), "since=2020 and until=2019"),
        (("date=2019", "rating=2", "since=2020"), "date=2019 and since=2020"),
        (("people=2", "people=3+"), "people=2 and people=3+"),
        (("rating=4+", "rating=1..3"), "rating=4+ and rating=1..3"),
        (("light=night", "light=golden hour"), "light=night and light=golden hour"),
        (("pick=picked", "pick=rejected"), "pick=picked and pick=rejected"),
        (("label=red", "label=blue"), "label=red and label=blue"),
    ],
)
def test_filters_that_leave_no_photo_are_named(texts: tuple[str, ...], told: str) -> None:
    with pytest.raises(InvalidParams, match="No photo can be meant") as raised:
        as_filter(map(parse_filter, texts))
    assert told in raised.value.message


def test_a_phrase_that_speaks_against_a_filter_is_named_by_its_words() -> None:
    with pytest.raises(InvalidParams, match="'with two people'"):
        as_filter([Condition("people", "2", "with two people"), parse_filter("people=4+")])


def test_the_same_asked_twice_is_no_contradiction() -> None:
    assert as_filter([parse_filter("light=golden hour"), Condition("light", "Golden-Hour")]).light == "golden hour"


def test_no_filter_means_every_photo() -> None:
    assert as_filter([]) == PhotoFilter()


@given(st.sampled_from(sorted(NAMES)), st.text(max_size=20))
def test_any_value_has_one_form_or_none(name: str, value: str) -> None:
    try:
        form = canonical(name, value)
    except InvalidParams:
        return
    assert canonical(name, form) == form
    as_filter([Condition(name, form)])


def test_every_word_that_facts_have_can_be_asked_for() -> None:
    for name, words in {
        "light": LIGHTS,
        "season": SEASONS,
        "pick": PICKS,
        "label": LABELS,
        "category": Category,
    }.items():
        assert [canonical(name, word) for word in words] == list(words)
