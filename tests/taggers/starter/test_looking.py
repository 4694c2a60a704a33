"""One look at a photo serves the tagger, the search and the filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.photos import read
from bridge.taggers.contract import TagRequest
from bridge.taggers.starter import Looker, StarterEmbedder, StarterTagger
from bridge.taggers.starter.looking import EDGE
from bridge.values import Category, Facts
from tests.taggers.pictures import picture
from tests.taggers.starter.evidence import BERLIN, at


@pytest.fixture(scope="module")
def looker() -> Iterator[Looker]:
    looker = Looker()
    yield looker
    looker.close()


def test_a_photo_in_memory_is_looked_at_once(looker: Looker) -> None:
    photo = picture(5)
    look = looker.look(photo)
    StarterTagger(1, looker).tag(TagRequest(photo))
    StarterEmbedder(1, looker).embed(photo)
    looker.sight(photo)
    assert looker.look(photo) is look
    assert looker.look(picture(5)) is not look, "these are other pixels"


def test_what_the_file_says_is_part_of_the_look(looker: Looker) -> None:
    photo = picture(6)
    wide = replace(photo, facts=Facts(focal_length_35mm=14.0))
    assert "wide angle" not in looker.sight(photo).words
    assert "wide angle" in looker.sight(wide).words


def test_light_and_season_come_from_the_file(looker: Looker) -> None:
    evening = replace(picture(7), facts=at(BERLIN, 2024, 6, 21, 21, 15, hours_from_utc=2.0))
    sight = looker.sight(evening)
    assert (sight.light, sight.season, sight.people) == ("golden hour", "summer", 0)
    plain = looker.sight(picture(7))
    assert (plain.light, plain.season) == (None, None)


@pytest.mark.photos
@pytest.mark.parametrize(
    ("name", "people", "category", "word"),
    [
        ("faces/two_people.jpg", 2, None, "people"),
        ("faces/obama.jpg", 1, Category.PORTRAIT, "portrait"),
        ("labelled/Samsung_S730.jpg", 0, Category.LANDSCAPE, "lake"),
    ],
)
def test_what_a_photo_can_be_filtered_by(
    looker: Looker, shared_photos: Path, name: str, people: int, category: Category | None, word: str
) -> None:
    sight = looker.sight(read(shared_photos / name, EDGE))
    assert sight.people == people
    assert category is None or sight.category is category
    assert word in sight.words
