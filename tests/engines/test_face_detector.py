"""The face detector: how many, where, and not the moon."""

from __future__ import annotations

import itertools
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
def test_fine_tiles_find_the_small_faces_of_a_group(detector: FaceDetector, shared_photos: Path) -> None:
    rgb = read(shared_photos / "faces" / "codingsprint2009-01.jpg", 1024).rgb
    room = np.full((1000, 1400, 3), 150, np.uint8)
    room[300 : 300 + rgb.shape[0], 400 : 400 + rgb.shape[1]] = rgb
    few, all_of_them = detector.detect(room), detector.detect(room, least=28)
    assert len(few) < len(all_of_them) == 10
    for one, other in itertools.combinations(all_of_them, 2):
        apart = max(abs(one.left - other.left) / one.width, abs(one.top - other.top) / one.height)
        assert apart > 0.5, "each is found once"


@pytest.mark.photos
def test_its_turn_is_told_and_its_marks_are_where_they_are(detector: FaceDetector, shared_photos: Path) -> None:
    rgb = read(shared_photos / "faces" / "biden2.jpg", 1024).rgb
    (face,) = detector.detect(rgb)
    (mirrored,) = detector.detect(np.ascontiguousarray(rgb[:, ::-1]))
    assert face.marks and mirrored.marks
    assert abs(face.marks.yaw) < 10 and mirrored.marks.yaw == pytest.approx(-face.marks.yaw, abs=6)
    for mark, point in ((face.marks.right_eye, 0), (face.marks.left_eye, 1)):
        assert np.mean(mark, axis=0) == pytest.approx(np.array(face.points[point]), abs=0.1 * face.width)
    turned = detector.detect(read(shared_photos / "faces" / "codingsprint2009-03.jpg", 1024).rgb)[0]
    assert turned.marks and abs(turned.marks.yaw) > 35


@pytest.mark.photos
def test_a_face_can_be_said_in_pixels_of_another_size(detector: FaceDetector, shared_photos: Path) -> None:
    (face,) = detector.detect(read(shared_photos / "faces" / "biden2.jpg", 512).rgb)
    twice = face.scaled(2.0)
    assert (twice.left, twice.width, twice.points[0][1]) == (face.left * 2, face.width * 2, face.points[0][1] * 2)
    assert twice.marks and face.marks and twice.marks.mouth[1][0] == face.marks.mouth[1][0] * 2
    assert twice.marks.yaw == face.marks.yaw and twice.scaled(0.5) == face


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
    assert detector.detect(moon, least=30) == []


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 700), (900, 30)])
def test_any_shape_is_looked_at(detector: FaceDetector, width: int, height: int) -> None:
    grey = np.full((height, width, 3), 128, np.uint8)
    assert detector.detect(grey) == []
    assert detector.detect(grey, least=20) == []
