"""Which words of a question are filters, and which say what a photo shows."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.search.filters import as_filter
from bridge.search.phrases import Understood, understand

TODAY = date(2026, 11, 29)
CAMERAS = ("NIKON D850", "Canon EOS 5D Mark IV", "Apple iPhone 12", "SONY ILCE-7M3", "NIKON Z 6")
LENSES = ("EF50mm f/1.8 STM", "Sigma 35mm f/1.4 DG HSM", "24-70mm f/2.8")


def meant(text: str, *plain: str) -> Understood:
    return understand(text, TODAY, cameras=CAMERAS, lenses=LENSES, plain=plain)


PHRASES = {
    # text: rest | filter [its phrase] | …
    "golden-hour beach shots with two people": "beach | light=golden hour [golden-hour] | people=2 [with two people]",
    # people
    "one person on a beach": "on a beach | people=1 [one person]",
    "with one person": "| people=1 [with one person]",
    "just one person": "| people=1 [just one person]",
    "three or more people dancing": "dancing | people=3+ [three or more people]",
    "at least 4 people": "| people=4+ [at least 4 people]",
    "3+ people hiking": "hiking | people=3+ [3+ people]",
    "more than three people in a boat": "in a boat | people=4+ [more than three people]",
    "fewer than three people": "| people=0..2 [fewer than three people]",
    "2 to 4 people around a fire": "around a fire | people=2..4 [2 to 4 people]",
    "no people": "| people=0 [no people]",
    "empty street, nobody": "empty street | people=0 [nobody]",
    "beach without people": "beach | people=0 [without people]",
    "a dog and two people": "a dog | people=2 [and two people]",
    "two people and a dog": "a dog | people=2 [two people]",
    "portrait of two people": "portrait | people=2 [of two people]",
    # light
    "cityscape at blue hour": "cityscape | light=blue hour [at blue hour]",
    "golden hour and two people": "| light=golden hour [golden hour] | people=2 [and two people]",
    # when
    "2019": "| date=2019 [2019]",
    "beach 2019": "beach | date=2019 [2019]",
    "photos of dogs from 2019": "dogs | date=2019 [from 2019]",
    "photos taken in 2019 of a dog": "a dog | date=2019 [taken in 2019]",
    "in July 2019": "| date=2019-07 [in July 2019]",
    "July 2019 wedding": "wedding | date=2019-07 [July 2019]",
    "summer of 2019": "summer | date=2019 [of 2019]",
    "christmas 2019": "christmas | date=2019 [2019]",
    "wedding on 3 May 2021": "wedding | date=2021-05-03 [on 3 May 2021]",
    "wedding 3rd of May 2021": "wedding | date=2021-05-03 [3rd of May 2021]",
    "May 3, 2021 parade": "parade | date=2021-05-03 [May 3, 2021]",
    "2021-05-03": "| date=2021-05-03 [2021-05-03]",
    "03.05.2021 wedding": "wedding | date=2021-05-03 [03.05.2021]",
    "trip from 2015 to 2018": "trip | date=2015..2018 [from 2015 to 2018]",
    "2015-2018": "| date=2015..2018 [2015-2018]",
    "since 2015": "| since=2015 [since 2015]",
    "after march 2020": "| since=2020-04 [after march 2020]",
    "before 2010 portraits": "portraits | until=2009 [before 2010]",
    "until 2012": "| until=2012 [until 2012]",
    "beach last year": "beach | date=2025 [last year]",
    "this month": "| date=2026-11 [this month]",
    "last month": "| date=2026-10 [last month]",
    "last week": "| date=2026-11-16..2026-11-22 [last week]",
    "photos from yesterday": "| date=2026-11-28 [from yesterday]",
    "dogs from the last 3 months": "dogs | since=2026-08-28 [from the last 3 months]",
    # marks
    "5 stars": "| rating=5 [5 stars]",
    "my 5 star pictures of dogs": "dogs | rating=5 [5 star]",
    "photos with 4 stars": "| rating=4 [with 4 stars]",
    "at least four stars": "| rating=4+ [at least four stars]",
    "dogs rated 4 or better": "dogs | rating=4+ [rated 4 or better]",
    "rated 3+": "| rating=3+ [rated 3+]",
    "my picks of dogs": "dogs | pick=picked [my picks]",
    "picked photos of a church": "a church | pick=picked [picked]",
    "rejected": "| pick=rejected [rejected]",
    "red label": "| label=red [red label]",
    "photos with a red label": "| label=red [with a red label]",
    "dogs labelled green": "dogs | label=green [labelled green]",
    # gear
    "bird shot with Sony": "bird | camera=sony [shot with Sony]",
    "dogs taken with my Canon 5D": "dogs | camera=canon 5d [taken with my Canon 5D]",
    "beach Nikon D850": "beach | camera=nikon d850 [Nikon D850]",
    "nikon z6 mountains": "mountains | camera=nikon z6 [nikon z6]",
    "street portrait 50mm": "street portrait | lens=50mm [50mm]",
    "dog taken with the 50mm lens": "dog | lens=50mm [taken with the 50mm lens]",
    "shot with sigma 35mm f/1.4": "| lens=sigma 35mm f/1.4 [shot with sigma 35mm f/1.4]",
    # several
    "images of a church from 2019 with two people rated 4+": (
        "a church | date=2019 [from 2019] | people=2 [with two people] | rating=4+ [rated 4+]"
    ),
    "beach, golden hour, two people": "beach | light=golden hour [golden hour] | people=2 [two people]",
}

WORDS = """
a couple on a bench / a group of five people / a tent for two people / two person tent / two-person tent
two people carrier / statue of three people / shadow of two people / a crowd of people / a crowd of 500 people
two dogs / three boats / a couple of swans / two men and three women / one person tent / no people carrier
not two people / two people or a dog / two people wedding / a game between two people / other two people
between one and two people / a helicopter over three people / 2 people 2 people / the people of Rome
a 2019 ford mustang / 2019 ford mustang / 1950s car / in the 1950s / a 1966 mustang / route 66 / route 2010
class of 2019 / women's march 2017 / women's race 10k / car from 2005 / peugeot 2008 / usa today newspaper / in 2030
last year's model / new york in winter / snow in winter / the last supper / may flowers / marching band / in july
2019 or 2020 / not in 2019 / castle built in 2005 / blade runner 2049 / 31 february 2019 / 10 km run / 3 pm
5 star hotel / a flag with 5 stars / hotel with five stars / stars in the sky / three stars over the desert
star trails / 7 stars / picked flowers / hand-picked apples / freshly picked berries / ice picks / a rejected lover
bottle with a red label / johnnie walker red label / red telephone box / a red labrador / label / green
golden retriever / happy hour / night / at night / not golden hour / "golden hour" / the blue hour café / golden
a nikon d850 / nikon d850 on a table / an iphone 12 / apple / apple pie / canon / canon firing / shot on kodak film
cake made with apple / 35mm film / 200mm bird / 50mm cannon / snow / the moon / a girl named june 2019
pictures on a wall / tequila shots / drone shots / photos / photo album / photo booth / wedding photos / a long shot
motion picture / 10 2001 / new year 2020 / ski season 2018 / euro 2020 / ford mustang 2019 / 2019:1 / 2019%
""".replace("\n", " / ").split(" / ")


@pytest.mark.parametrize("text", PHRASES)
def test_a_phrase_is_a_filter_and_the_rest_is_looked_for(text: str) -> None:
    found = meant(text)
    told = " | ".join((found.text, *(f"{condition} [{condition.phrase}]" for condition in found.conditions)))
    assert told.strip() == PHRASES[text]


@pytest.mark.parametrize("text", [text for text in WORDS if text.strip()])
def test_words_that_say_what_a_photo_shows_stay(text: str) -> None:
    assert meant(text) == Understood(text)


@pytest.mark.parametrize("text", PHRASES)
def test_phrases_that_are_to_be_words_are_words(text: str) -> None:
    phrases = [condition.phrase or "" for condition in meant(text).conditions]
    again = meant(text, *(phrase.upper() for phrase in phrases))
    assert again.conditions == ()
    assert all(phrase in again.text for phrase in phrases)


def test_one_phrase_can_be_taken_back_alone() -> None:
    found = meant("golden-hour beach shots with two people", "golden-hour")
    assert found.text == "golden-hour beach"
    assert [str(condition) for condition in found.conditions] == ["people=2"]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("photos of dogs", "dogs"),
        ("show me all the pictures of cats", "cats"),
        ("a photo of the moon", "the moon"),
        ("dog photos", "dog"),
        ("golden hour photos", ""),
        ("  two   words ", "two   words"),
        ("", ""),
    ],
)
def test_what_the_looked_for_is_called_is_left_out_where_something_else_is_left(text: str, rest: str) -> None:
    assert meant(text).text == rest


def test_cameras_and_lenses_that_the_library_does_not_have_are_words() -> None:
    for text in ("shot on nikon d850", "nikon d850", "50mm", "shot with sigma 35mm"):
        assert understand(text, TODAY) == Understood(text)


@pytest.mark.parametrize("today", [date(2026, 1, 15), date(2026, 4, 1), date(2026, 7, 15), date(2026, 11, 29)])
@pytest.mark.parametrize("season", ["spring", "summer", "autumn", "fall", "winter"])
def test_the_last_summer_hides_neither_that_of_the_north_nor_that_of_the_south(today: date, season: str) -> None:
    found = understand(f"last {season}", today)
    wanted = as_filter(found.conditions)
    assert wanted.since and wanted.until and wanted.since < wanted.until < today
    months = {"spring": (4, 10), "summer": (7, 1), "autumn": (10, 4), "fall": (10, 4), "winter": (1, 7)}[season]
    for month in months:
        middle = date(today.year, month, 15)
        if middle.replace(day=28) >= today.replace(day=1) or month == today.month:
            middle = middle.replace(year=today.year - 1)
        assert wanted.since <= middle <= wanted.until or (today - middle).days < 100, "over, but not yet for long"


# -- any text ---------------------------------------------------------------------------------------------------------

LOOSE = {
    *("and", "of", "with", "from", "photos", "photo", "pictures", "picture", "images", "shots", "show", "me", "all"),
    *("the", "a", "my", "our", "some", "find", "showing"),
}
"""What may be left out: what the looked-for is called, and what joined a phrase to the rest."""
PIECES = st.sampled_from(
    (
        *(
            "golden hour",
            "two people",
            "with",
            "three",
            "people",
            "2019",
            "in",
            "from",
            "dogs",
            "beach",
            "5 stars",
            "a",
        ),
        *("shot on", "nikon d850", "50mm", "lens", "photos of", "shots", "red", "label", "picked", "my picks", "last"),
        *("year", "and", "or", "not", ",", "no", "at least", "rated", "4+", "on 3 May 2021", "to", "2018", "between"),
        *("summer", "nobody", '"', "é", "(", ")", "'s", "-", "of", "since", "may", "march", "2020-05", "yesterday"),
    )
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=9).map(" ".join))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


@given(TEXTS)
def test_no_word_is_lost_but_those_of_phrases_and_fillers(text: str) -> None:
    found = meant(text)
    left = words(text)
    for word in (*words(found.text), *(word for c in found.conditions for word in words(c.phrase or ""))):
        left.remove(word)
    assert set(left) <= LOOSE


@given(TEXTS)
def test_every_phrase_is_in_the_text_and_every_filter_means_something(text: str) -> None:
    found = meant(text)
    for condition in found.conditions:
        assert condition.phrase and condition.phrase in text
        as_filter([condition])


@given(TEXTS)
def test_with_all_phrases_as_words_the_text_is_what_it_was(text: str) -> None:
    found = meant(text)
    again = meant(text, *(condition.phrase or "" for condition in found.conditions))
    assert again.conditions == ()
    assert set(words(text)) - set(words(again.text)) <= LOOSE


@given(st.text(max_size=30), st.lists(st.text(max_size=10), max_size=3), st.lists(st.text(max_size=10), max_size=3))
def test_nothing_that_a_library_or_a_person_says_raises(text: str, names: list[str], plain: list[str]) -> None:
    understand(text, TODAY, cameras=names, lenses=names, plain=plain)


def test_a_long_text_is_a_description() -> None:
    text = "two people " * 100
    assert understand(text, TODAY) == Understood(text.strip())
