"""How open eyes are, and when that cannot be told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from bridge.engines.eyes import LEAST_WIDTH, SHUT_BELOW, EyeReader, Eyes, openness
from bridge.engines.face_detector import Face, FaceDetector, Marks
from bridge.photos import read
from bridge.values import RGB

SEEN = Marks(
    right_eye=((60.0, 80.0), (85.0, 80.0)),
    left_eye=((140.0, 80.0), (115.0, 80.0)),
    nose=(100.0, 105.0),
    mouth=((80.0, 130.0), (120.0, 130.0)),
    yaw=0.0,
    pitch=0.0,
)
MADE = Face(40.0, 50.0, 120.0, 120.0, 0.9, 1.0, ((0.0, 0.0),) * 6, SEEN)
NOISE = np.random.default_rng(7).integers(0, 255, (200, 200, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector()


@pytest.fixture(scope="module")
def reader() -> EyeReader:
    return EyeReader()


def largest(detector: FaceDetector, photo: Path, edge: int = 2048) -> tuple[RGB, Face]:
    rgb = read(photo, edge).rgb
    return rgb, detector.detect(rgb)[0]


@pytest.mark.photos
@pytest.mark.parametrize("photo", ["obama.jpg", "obama1.jpg", "obama2.jpg", "biden.jpg", "biden2.jpg"])
def test_open_eyes(detector: FaceDetector, reader: EyeReader, shared_photos: Path, photo: str) -> None:
    eyes = reader.read(*largest(detector, shared_photos / "faces" / photo))
    assert eyes.frontal and eyes.openness is not None
    assert SHUT_BELOW + 0.05 < eyes.openness < 0.4


@pytest.mark.photos
def test_shut_eyes(detector: FaceDetector, reader: EyeReader, shared_photos: Path) -> None:
    eyes = reader.read(*largest(detector, shared_photos / "labelled" / "JVC_GR-DC2000.jpg"))
    assert eyes.frontal and eyes.openness is not None and eyes.openness < SHUT_BELOW


@pytest.mark.photos
def test_a_face_found_in_a_small_picture_is_read_in_the_large_one(
    detector: FaceDetector, reader: EyeReader, shared_photos: Path
) -> None:
    photo = shared_photos / "faces" / "obama1.jpg"
    rgb, face = largest(detector, photo)
    small, found = largest(detector, photo, 360)
    near = reader.read(rgb, found.scaled(rgb.shape[1] / small.shape[1])).openness
    whole = reader.read(rgb, face).openness
    assert near is not None and near == pytest.approx(whole, abs=0.05)


@pytest.mark.photos
def test_an_eye_turned_away_is_not_told(detector: FaceDetector, reader: EyeReader, shared_photos: Path) -> None:
    rgb, face = largest(detector, shared_photos / "faces" / "codingsprint2009-03.jpg")
    assert reader.read(rgb, face) == Eyes(frontal=False, openness=None)


@pytest.mark.photos
def test_eyes_behind_dark_glasses_are_not_told(detector: FaceDetector, reader: EyeReader, shared_photos: Path) -> None:
    rgb, face = largest(detector, shared_photos / "faces" / "obama.jpg")
    covered = rgb.copy()
    assert face.marks is not None
    for corners in (face.marks.right_eye, face.marks.left_eye):
        (x, y), (to_x, to_y) = corners
        middle, width = (round((x + to_x) / 2), round((y + to_y) / 2)), abs(to_x - x)
        cv2.ellipse(covered, middle, (round(width * 1.1), round(width * 0.8)), 0, 0, 360, (20, 20, 22), cv2.FILLED)
    assert reader.read(covered, face) == Eyes(frontal=True, openness=None)


def test_plain_skin_where_an_eye_should_be_is_not_told(reader: EyeReader) -> None:
    assert reader.read(np.full((200, 200, 3), 150, np.uint8), MADE) == Eyes(frontal=True, openness=None)


def test_what_is_looked_at_is_told(reader: EyeReader) -> None:
    assert reader.read(NOISE, MADE).openness is not None


@pytest.mark.parametrize(
    "face",
    [
        replace(MADE, width=LEAST_WIDTH - 1),
        replace(MADE, marks=None),
        replace(MADE, presence=0.3),
        replace(MADE, marks=replace(SEEN, yaw=45.0)),
        replace(MADE, marks=replace(SEEN, yaw=-45.0)),
        replace(MADE, marks=replace(SEEN, pitch=-50.0)),
    ],
)
def test_too_small_turned_away_or_hardly_a_face_is_not_told(reader: EyeReader, face: Face) -> None:
    assert reader.read(NOISE, face).openness is None


def test_a_face_that_reaches_over_the_edge_is_read_without_a_fault(reader: EyeReader) -> None:
    outside = replace(SEEN, right_eye=((-30.0, -20.0), (-5.0, -20.0)), left_eye=((60.0, -20.0), (35.0, -20.0)))
    assert reader.read(NOISE, replace(MADE, marks=outside)).frontal


def test_openness_is_the_gap_over_the_width() -> None:
    contours = np.zeros((71, 3), np.float32)
    contours[0:9, 0] = np.linspace(10, 50, 9)
    contours[9:16, 0] = contours[1:8, 0]
    contours[1:8, 1], contours[9:16, 1] = 36.0, 24.0
    contours[[0, 8], 1] = 30.0
    assert openness(contours) == pytest.approx(12.0 / 40.0)
    assert openness(contours * 2.0) == pytest.approx(12.0 / 40.0), "in any unit"
