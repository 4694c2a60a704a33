"""The object detector: peaks of heat maps, boxes in parts of the picture, no thing twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bridge.engines.objects import COCO_NAMES, DetectedObject, ObjectDetector, _is_cut, _merge_doubles, _peaks, _placed
from bridge.photos import read

CAT, DOG = COCO_NAMES.index("cat"), COCO_NAMES.index("dog")


def maps() -> tuple[np.ndarray, np.ndarray]:
    """A cat at row 32, column 64 of 128, that reaches 40 pixels of 512 to each side."""
    heat = np.zeros((128, 128, 80), np.float32)
    heat[32, 64, CAT] = 0.9
    return heat, np.full((128, 128, 4), 40.0, np.float32)


def test_a_peak_is_a_thing_with_its_box() -> None:
    (cat,) = _peaks(*maps(), threshold=0.2)
    assert (cat.name, cat.score) == ("cat", pytest.approx(0.9))
    assert (cat.left, cat.right) == pytest.approx(((256 - 40) / 512, (256 + 40) / 512))
    assert (cat.top, cat.bottom) == pytest.approx(((128 - 40) / 512, (128 + 40) / 512))


def test_the_slope_of_a_peak_is_no_second_thing() -> None:
    heat, reach = maps()
    heat[32, 65, CAT] = heat[31, 64, DOG] = 0.7
    assert len(_peaks(heat, reach, threshold=0.2)) == 1


def test_below_the_threshold_there_is_nothing() -> None:
    assert _peaks(*maps(), threshold=0.95) == []
    assert _peaks(np.zeros((128, 128, 80), np.float32), maps()[1], threshold=0.2) == []


def test_a_box_ends_at_the_edge_of_the_picture() -> None:
    heat, reach = maps()
    heat[0, 0, DOG] = 0.8
    dog = next(thing for thing in _peaks(heat, reach, threshold=0.2) if thing.name == "dog")
    assert (dog.left, dog.top) == (0.0, 0.0)


def box(name: str, score: float, left: float, right: float) -> DetectedObject:
    return DetectedObject(name, score, left, 0.0, right, 1.0)


def test_of_two_boxes_of_one_thing_the_surer_stays() -> None:
    kept = _merge_doubles([box("cat", 0.9, 0.1, 0.5), box("cat", 0.6, 0.15, 0.5), box("dog", 0.5, 0.1, 0.5)])
    assert [(thing.name, thing.score) for thing in kept] == [("cat", 0.9), ("dog", 0.5)]


def test_two_things_side_by_side_stay_two() -> None:
    assert len(_merge_doubles([box("cat", 0.9, 0.0, 0.4), box("cat", 0.8, 0.5, 0.9)])) == 2


def test_a_thing_in_a_part_of_the_picture_is_placed_in_the_whole() -> None:
    right_half = (0.5, 0.0, 0.5, 1.0)
    placed = _placed(box("cat", 0.9, 0.2, 0.6), *right_half)
    assert (placed.left, placed.right, placed.top, placed.bottom) == pytest.approx((0.6, 0.8, 0.0, 1.0))
    assert not _is_cut(placed, *right_half)
    assert _is_cut(_placed(box("cat", 0.9, 0.0, 0.6), *right_half), *right_half), "it goes on to the left"
    assert not _is_cut(_placed(box("cat", 0.9, 0.5, 1.0), *right_half), *right_half), "the picture ends there"


@pytest.fixture(scope="module")
def detector() -> ObjectDetector:
    return ObjectDetector()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (900, 30), (512, 512)])
def test_an_empty_picture_of_any_shape_has_nothing(detector: ObjectDetector, width: int, height: int) -> None:
    assert detector.detect(np.full((height, width, 3), 128, np.uint8), threshold=0.4) == []


@pytest.mark.photos
@pytest.mark.parametrize(
    ("photo", "least"),
    [
        ("faces/codingsprint2009-02.jpg", {"person": 4, "car": 1}),
        ("faces/two_people.jpg", {"person": 2}),
        ("labelled/Pentax_Optio_330.jpg", {"cat": 1}),
        ("labelled/Minolta_DiMAGE_X.jpg", {"airplane": 1, "car": 1}),
    ],
)
def test_it_finds_things(detector: ObjectDetector, shared_photos: Path, photo: str, least: dict[str, int]) -> None:
    found = Counter(thing.name for thing in detector.detect(read(shared_photos / photo, 1024).rgb, threshold=0.4))
    assert all(found[name] >= count for name, count in least.items()), found
