from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bridge.culling.describe import phash_of
from bridge.culling.measurer import Measured, Measurer
from bridge.values import RGB
from tests.culling.photographs import photograph, small
from tests.culling.scenes import scene


def measured(rgb: RGB, measurer: Measurer | None = None) -> Measured:
    return (measurer or Measurer()).measure(rgb, small(rgb))


def test_a_scene_without_people() -> None:
    photo = scene(1, 1500, 1000)
    found = measured(photo)
    assert (found.measures.width, found.measures.height) == (1500, 1000)
    assert found.measures.faces == found.faces == ()
    assert found.measures.phash == phash_of(small(photo))
    assert found.descriptor


def test_a_turned_view_measures_as_the_same_pixels_in_a_row() -> None:
    photo = scene(1, 1000, 1500)
    view = np.ascontiguousarray(photo[::-1, ::-1])[::-1, ::-1]
    assert Measurer().measure(view, small(photo)).measures == measured(photo).measures


def test_a_picture_of_one_pixel_is_measured() -> None:
    found = measured(np.zeros((1, 1, 3), np.uint8)).measures
    assert (found.width, found.height, found.detail) == (1, 1, 0.0)


@pytest.mark.photos
def test_faces_are_whom_a_photo_is_of(shared_photos: Path) -> None:
    found = measured(photograph(shared_photos / "faces" / "two_people.jpg")).measures
    assert [face.frontal for face in found.faces] == [True, True]
    assert all(face.eyes is not None and face.eyes > 0.15 for face in found.faces)
    assert found.sharpness == max(face.sharpness or 0 for face in found.faces)


@pytest.mark.photos
def test_each_of_the_culling_photos_has_its_own_defect(shared_photos: Path) -> None:
    """From several threads at once, as a run does it."""
    measurer = Measurer()
    paths = sorted((shared_photos / "culling").iterdir())
    with ThreadPoolExecutor(2) as pool:
        many = pool.map(lambda path: measured(photograph(path), measurer).measures, paths)
        found = dict(zip([path.stem for path in paths], many, strict=True))
    assert found["test"].sharpness > found["test_blurred_1"].sharpness > found["test_blurred_5"].sharpness
    assert found["test_blurred_9"].sharpness < found["test_blurred_5"].sharpness < 0.1
    for name in ("test", "test_overexposed_8", "test_underexposed_8"):
        assert found[name].sharpness > 0.9
    for measures in found.values():
        assert measures.motion < 0.1
        assert (measures.cut_off, measures.watermark, measures.date_stamp) == (0.0, 0.0, 0.0)
