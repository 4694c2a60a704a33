"""The face detector: how many, where, and not the moon."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bridge.engines.face_detector import FaceDetector
from bridge.photos import read


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector()


@pytest.mark.photos
@pytest.mark.parametrize(
    ("photo", "least", "most"),
    [("obama.jpg", 1, 1), ("biden2.jpg", 1, 1), ("two_people.jpg", 2, 2), ("codingsprint2009-01.jpg", 8, 11)],
)
def test_it_counts_faces(detector: FaceDetector, shared_photos: Path, photo: str, least: int, most: int) -> None:
    assert least <= len(detector.detect(read(shared_photos / "faces" / photo, 1024).rgb)) <= most


@pytest.mark.photos
def test_a_face_is_where_it_is(detector: FaceDetector, shared_photos: Path) -> None:
    rgb = read(shared_photos / "faces" / "biden2.jpg", 1024).rgb
    (face,) = detector.detect(rgb)
    width = rgb.shape[1]
    assert 0.3 < (face.left + face.width / 2) / width < 0.7
    right_eye, left_eye, nose, mouth = face.points[:4]
    assert right_eye[0] < nose[0] < left_eye[0], "the person's right eye is on the left of the picture"
    assert max(right_eye[1], left_eye[1]) < nose[1] < mouth[1]
    assert 0 <= face.score <= 1 and 0 <= face.presence <= 1


@pytest.mark.photos
def test_a_face_far_away_is_found_in_a_tile(detector: FaceDetector, shared_photos: Path) -> None:
    someone = read(shared_photos / "faces" / "biden2.jpg", 60).rgb
    room = np.full((500, 2000, 3), 150, np.uint8)
    room[300 : 300 + someone.shape[0], 100 : 100 + someone.shape[1]] = someone
    assert detector.detect(room, tiles=False) == []
    (face,) = detector.detect(room)
    assert 100 < face.left < 170


@pytest.mark.photos
@pytest.mark.parametrize("photo", ["Samsung_S730.jpg", "Canon_EOS_450D.jpg", "HTC_One.jpg", "Sony_Mavica.jpg"])
def test_no_face_where_there_is_none(detector: FaceDetector, shared_photos: Path, photo: str) -> None:
    assert detector.detect(read(shared_photos / "labelled" / photo, 1024).rgb) == []


def test_the_moon_has_no_face(detector: FaceDetector) -> None:
    y, x = np.mgrid[0:400, 0:600]
    moon = np.full((400, 600, 3), 6, np.uint8)
    for cx, cy, radius, grey in ((300, 200, 150, 225), (250, 160, 30, 160), (345, 170, 34, 150), (290, 270, 45, 170)):
        moon[(x - cx) ** 2 + (y - cy) ** 2 <= radius**2] = grey
    assert detector.detect(moon) == []


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 700), (900, 30)])
def test_any_shape_is_looked_at(detector: FaceDetector, width: int, height: int) -> None:
    assert detector.detect(np.full((height, width, 3), 128, np.uint8)) == []
