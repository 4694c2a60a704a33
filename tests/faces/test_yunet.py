"""YuNet by a stand-in for OpenCV's class: what it is given, and what is made of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from bridge.errors import InvalidParams, ModelMissing, WeightsDamaged
from bridge.faces import FACE_MODELS, FoundFace, make_face_model
from bridge.faces.yunet import EDGES, YuNetFaceModel
from tests.fakes.faces import FakeFaceModel, people_photo
from tests.fakes.yunet import FakeFaceDetectorYN, write_yunet


@pytest.fixture
def opencv(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeFaceDetectorYN]]:
    monkeypatch.setattr(FakeFaceDetectorYN, "find", FakeFaceModel().detect, raising=False)
    monkeypatch.setattr(FakeFaceDetectorYN, "given", [], raising=False)
    monkeypatch.setattr(cv2, "FaceDetectorYN", FakeFaceDetectorYN)
    yield FakeFaceDetectorYN


def test_a_large_photo_is_seen_twice_and_each_face_is_found_once(
    opencv: type[FakeFaceDetectorYN], own_home: Path
) -> None:
    write_yunet(own_home)
    faces = YuNetFaceModel(own_home).detect(people_photo(["anna", "ben", "cleo"], 3000, 2000, radius=150))
    assert [max(image.shape[:2]) for image in opencv.given] == list(EDGES)
    assert len(faces) == 3
    lefts = sorted(face.left + face.width / 2 for face in faces)
    assert lefts == pytest.approx([1 / 6, 3 / 6, 5 / 6], abs=0.01), "in shares of the whole photo"


def test_a_small_photo_is_seen_once_and_as_opencv_has_it(opencv: type[FakeFaceDetectorYN], own_home: Path) -> None:
    write_yunet(own_home)
    YuNetFaceModel(own_home).detect(people_photo(["anna"]))
    (image,) = opencv.given
    blue, _, red = image[image.shape[0] // 2, image.shape[1] // 2]
    assert red > 200 > blue, "blue, green, red"


def test_a_face_turned_away_is_not_frontal(opencv: type[FakeFaceDetectorYN], own_home: Path) -> None:
    def turned(_: object) -> list[FoundFace]:
        eyes, mouth = ((0.4, 0.4), (0.6, 0.4)), ((0.4, 0.6), (0.6, 0.6))
        return [FoundFace(0.3, 0.3, 0.4, 0.4, 0.9, (*eyes, (nose, 0.5), *mouth), 1.0) for nose in (0.5, 0.42)][at:][:1]

    opencv.find = staticmethod(turned)
    write_yunet(own_home)
    photo = np.zeros((480, 640, 3), np.uint8)
    frontal = []
    for at in (0, 1):  # noqa: B007  (what ``turned`` gives)
        (face,) = YuNetFaceModel(own_home).detect(photo)
        frontal.append(face.frontal)
    assert frontal == pytest.approx([1.0, 0.2], abs=0.01)


def test_without_its_weights_it_says_what_to_do(own_home: Path) -> None:
    model = make_face_model("yunet", own_home)
    readiness = model.readiness()
    assert not readiness.ready and readiness.hint == "photo-bridge models pull yunet"
    with pytest.raises(ModelMissing):
        model.load()


def test_a_file_that_opencv_does_not_read_is_damaged(opencv: type[FakeFaceDetectorYN], own_home: Path) -> None:
    write_yunet(own_home, b"something else")
    with pytest.raises(WeightsDamaged) as error:
        YuNetFaceModel(own_home).load()
    assert error.value.hint == "photo-bridge models pull yunet"
    assert not opencv.given


def test_both_describe_alike_so_that_vectors_meet(own_home: Path) -> None:
    starter, yunet = (make_face_model(name, own_home) for name in FACE_MODELS)
    assert starter.identity().digest == yunet.identity().digest
    assert starter.likeness == yunet.likeness


def test_another_name_is_no_model(own_home: Path) -> None:
    with pytest.raises(InvalidParams, match="dlib"):
        make_face_model("dlib", own_home)
