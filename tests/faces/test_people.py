"""The models that ship on real photographs: whom they find, and whom they hold to be the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.faces import Seen, b_cubed, grouped, judged_faces, look, products, quiet_photos
from bridge.faces import FaceModel
from bridge.faces.starter import StarterFaceModel
from bridge.photos import read


@pytest.fixture(scope="module")
def model() -> FaceModel:
    return StarterFaceModel(threads=2)


@pytest.fixture(scope="module")
def seen(model: FaceModel, shared_photos: Path) -> Seen:
    return look(model, shared_photos / "faces", judged_faces())


@pytest.mark.photos
def test_the_faces_of_groups_are_found_and_nothing_else_is(seen: Seen) -> None:
    assert seen.counted == 29
    assert len(seen.people) - seen.people.count(None) >= 27, "of them 19 in the three group photos"
    assert seen.people.count(None) <= 1


@pytest.mark.photos
def test_the_same_person_is_one_group_and_nobody_else_is_in_it(seen: Seen) -> None:
    people = [person or f"none {row}" for row, person in enumerate(seen.people)]
    precision, _, f = b_cubed(grouped(seen, StarterFaceModel.likeness), people)
    assert precision == 1.0 and f >= 0.95


@pytest.mark.photos
def test_the_same_person_is_more_alike_than_two(seen: Seen) -> None:
    same, different = products(seen)
    assert (same[:, None] > different[None]).mean() > 0.985


@pytest.mark.photos
@pytest.mark.parametrize("photo", ["Nikon_D100.jpg", "Kodak_PIXPRO_FZ201.jpg"])
def test_a_flag_and_the_moon_are_nobody(model: FaceModel, shared_photos: Path, photo: str) -> None:
    assert photo in quiet_photos(shared_photos / "labelled")
    assert list(model.detect(read(shared_photos / "labelled" / photo, model.edge).rgb)) == []


@pytest.mark.photos
def test_a_cycle_helmet_is_no_second_face(model: FaceModel, shared_photos: Path) -> None:
    photo = shared_photos / "labelled" / "Canon_PowerShot_G2__3_.jpg"
    assert len(model.detect(read(photo, model.edge).rgb)) == 1


def test_b_cubed_is_what_it_is_defined_as() -> None:
    assert b_cubed([1, 1, 2], ["a", "a", "b"]) == (1.0, 1.0, 1.0)
    precision, recall, f = b_cubed([1, 1, 1, 1], ["a", "a", "b", "b"])
    assert (precision, recall, f) == (0.5, 1.0, pytest.approx(2 / 3))
    assert b_cubed([1, 2], ["a", "a"])[:2] == (1.0, 0.5)
