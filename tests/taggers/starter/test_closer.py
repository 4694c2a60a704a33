"""A second look at what the object detector found."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.engines.objects import COCO_NAMES, DetectedObject
from bridge.taggers.starter._closer import KIND_OF, LOOKS, WORDS_OF, Closer, agreed, cut_out, mistaken, worth_a_look
from bridge.taggers.starter._concepts import load_table
from tests.taggers.starter.evidence import thing


def names(things: list[DetectedObject]) -> list[str]:
    return [thing.name for thing in things]


def test_only_a_few_are_looked_at_the_surest_first() -> None:
    things = [thing("bird", score, size=0.1, left=score) for score in (0.35, 0.5, 0.45, 0.6)]
    assert [thing.score for thing in worth_a_look(things)] == [0.6, 0.5, 0.45]
    assert LOOKS == 3


@pytest.mark.parametrize(
    ("found", "looked_at"),
    [
        (thing("bird", 0.35, size=0.1), True),
        (thing("bird", 0.25, size=0.1), False),  # small and unsure
        (thing("bird", 0.25, size=0.5), True),  # unsure, but what the photo is of
        (thing("bird", 0.9, size=0.02), False),  # too few pixels
        (thing("bird", 0.9, size=0.8), False),  # the whole picture shows it
        (thing("tie", 0.9, size=0.2), False),  # of no kind that has words
    ],
)
def test_what_is_worth_a_look(found: DetectedObject, looked_at: bool) -> None:
    assert worth_a_look([found]) == ([found] if looked_at else [])


def test_of_people_one_is_enough() -> None:
    crowd = [thing("person", 0.9, size=0.2, left=0.1), thing("person", 0.8, size=0.2, left=0.6)]
    assert names(worth_a_look([*crowd, thing("dog", 0.5, size=0.2)])) == ["person", "dog"]


@pytest.mark.parametrize("left", [0.0, 0.4, 0.9])
def test_a_view_is_a_square_within_the_picture_around_the_thing(left: float) -> None:
    picture = np.zeros((300, 400, 3), np.uint8)
    found = DetectedObject("bird", 0.5, left, 0.4, left + 0.1, 0.6)
    rows, columns = slice(120, 180), slice(int(left * 400), int((left + 0.1) * 400))
    picture[rows, columns] = 255
    view = cut_out(picture, found)
    assert view.shape[0] == view.shape[1] == 78
    assert int((view == 255).sum()) == int((picture == 255).sum()), "the thing is whole"


def test_a_tiny_thing_is_shown_with_some_of_what_is_around_it() -> None:
    assert cut_out(np.zeros((300, 400, 3), np.uint8), thing("bird", 0.5, size=0.01)).shape == (48, 48, 3)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 300), (40, 30)])
def test_no_view_is_larger_than_the_picture(height: int, width: int) -> None:
    view = cut_out(np.zeros((height, width, 3), np.uint8), thing("bird", 0.5))
    assert view.shape == (min(height, width), min(height, width), 3)


def test_both_must_mean_the_same_kind_of_thing() -> None:
    heron = {"animal": 0.9, "bird": 0.9, "heron": 0.7}
    assert agreed([Closer(thing("bird", 0.32, size=0.1), heron)]).keys() == {"bird", "heron"}
    assert agreed([Closer(thing("cow", 0.5, size=0.1), heron)]).keys() == {"bird", "heron"}
    assert agreed([Closer(thing("chair", 0.9, size=0.1), heron)]) == {}
    assert agreed([Closer(thing("bird", 0.9, size=0.1), {"animal": 0.3, "bird": 0.3})]) == {}


def test_together_they_are_surer_than_the_look_alone() -> None:
    (score,) = agreed([Closer(thing("dog", 0.5), {"animal": 0.8, "dog": 0.8})]).values()
    assert 0.8 < score < 1.0


def test_a_person_is_looked_at_for_what_is_worn_or_held() -> None:
    sitting = Closer(thing("person", 0.9, size=0.3), {"laptop": 0.8, "beach": 0.9, "gown": 0.9, "suit": 0.5})
    assert agreed([sitting]) == {"laptop": pytest.approx(0.8)}


def test_a_kind_that_looks_otherwise_from_near_is_refuted() -> None:
    cow = thing("cow", 0.6, size=0.1)
    assert mistaken([Closer(cow, {"animal": 0.9, "bird": 0.9, "duck": 0.8})]) == {"cow"}
    assert mistaken([Closer(cow, {"animal": 0.9, "bird": 0.3})]) == set(), "unsure what else it is"
    assert mistaken([Closer(cow, {"animal": 0.9, "cow": 0.4, "bird": 0.7})]) == set(), "it may be both"
    assert mistaken([Closer(thing("bottle", 0.6), {"drink": 0.9, "beer": 0.9})]) == set(), "no rivals"


def test_every_word_is_one_of_the_table_and_every_thing_one_of_the_detectors() -> None:
    known = set(load_table().words)
    assert set(KIND_OF) <= set(COCO_NAMES)
    assert set(KIND_OF.values()) == set(WORDS_OF) <= known
    for words in WORDS_OF.values():
        assert set(words) <= known | {"bed", "guitar"}
