"""The pictures of the review page in the docs, and the photographer whose library they show."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tools.screenshots import library, scenes
from tools.screenshots.people import Placed, portrait

SHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
VIEWS = {"runs", "review", "cull", "search", "people", "vocabulary", "audit", "photo"}
MOST_BYTES = 150_000


def test_there_is_a_small_picture_of_every_view() -> None:
    shots = {path.stem: path.stat().st_size for path in SHOTS.iterdir()}
    assert shots.keys() >= VIEWS
    assert {name for name, size in shots.items() if size > MOST_BYTES} == set()


def test_each_photo_of_the_library_is_its_own_and_can_be_drawn() -> None:
    shots = [*library.journey(), *library.friends(), *library.moments()]
    assert len({shot.name for shot in shots}) == len(shots)
    assert all(shot.words and shot.caption for shot in shots)
    image = scenes.coffee(np.random.default_rng(1))
    assert image.shape == (1000, 1500, 3) and image.dtype == np.float32
    assert 0.1 < image.mean() < 0.9


def test_a_face_is_painted_where_it_is_placed() -> None:
    person = library.PEOPLE["Anna"]
    left, right = (portrait(np.random.default_rng(1), "room", [Placed(person, x, 430, 160)]) for x in (500, 1000))
    apart = np.abs(left - right).sum(2)
    assert min(apart[430, 500], apart[430, 1000]) > 0.1
    assert apart[430, 60] == 0


def test_a_picture_is_known_again_by_its_sign() -> None:
    image = np.random.default_rng(1).integers(0, 255, (100, 150, 3), np.uint8)
    assert library.sign(image) == library.sign(image.copy()) != library.sign(255 - image)
