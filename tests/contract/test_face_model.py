"""What every model of faces promises. A new one inherits ``FaceModelContract`` and says how it is made."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from bridge.cluster import ClusterFaces, FaceSpec
from bridge.engines.onnx import FloatArray
from bridge.faces.contract import FaceModel
from bridge.faces.crops import CROP, crop
from bridge.faces.starter import StarterFaceModel
from bridge.faces.yunet import YuNetFaceModel
from bridge.jobs.idle import Idle
from bridge.jobs.idle_models import NotedFaceModel
from bridge.photos import read
from bridge.values import RGB
from tests.fakes.faces import PEOPLE, FakeFaceModel, people_photo
from tests.fakes.nodes import FakeNodes
from tests.fakes.yunet import FakeFaceDetectorYN, write_yunet

CLOSE = 1e-4
"""What forward passes of another size may differ by."""


class FaceModelContract(ABC):
    """Inherited by one class for each model."""

    @pytest.fixture
    @abstractmethod
    def model(self) -> Iterator[FaceModel]:
        """One that can be used."""

    @abstractmethod
    def two_people(self) -> RGB:
        """A photo in which it finds two people."""

    def crops(self, model: FaceModel) -> list[RGB]:
        photo = self.two_people()
        return [crop(photo, face) for face in model.detect(photo)]

    def test_it_says_what_it_is(self, model: FaceModel) -> None:
        model.load()
        assert model.name and model.name == model.name.strip() and model.title
        assert 256 <= model.edge <= 8192 and 2 <= model.dimensions <= 4096
        assert 0.0 < model.likeness.same < model.likeness.sure < 1.0

    def test_it_is_ready_before_and_after_it_is_loaded(self, model: FaceModel) -> None:
        assert model.readiness().ready
        model.load()
        model.load()
        assert model.readiness().ready

    def test_its_identity_is_stable_and_canonical(self, model: FaceModel) -> None:
        identity = model.identity()
        assert identity.name == model.name and identity.digest
        model.load()
        model.embed(self.crops(model))
        assert model.identity() == identity
        if identity.options:
            assert isinstance(json.loads(identity.options), dict)

    def test_faces_are_found_the_largest_first_and_lie_where_they_are(self, model: FaceModel) -> None:
        faces = model.detect(self.two_people())
        assert len(faces) == 2
        sizes = [face.width * face.height for face in faces]
        assert sizes == sorted(sizes, reverse=True)
        for face in faces:
            assert 0.0 <= face.score <= 1.0 and 0.0 <= face.frontal <= 1.0
            right_eye, left_eye, nose, right_mouth, left_mouth = face.points
            assert right_eye[0] < left_eye[0] and right_mouth[0] < left_mouth[0]
            assert max(right_eye[1], left_eye[1]) < nose[1] < min(right_mouth[1], left_mouth[1])
            for x, y in face.points:
                assert face.left < x < face.left + face.width and face.top < y < face.top + face.height

    def test_they_are_the_same_every_time(self, model: FaceModel) -> None:
        assert list(model.detect(self.two_people())) == list(model.detect(self.two_people()))

    @pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 700), (900, 30), (640, 480)])
    def test_any_shape_is_looked_at_and_nothing_is_nobody(self, model: FaceModel, width: int, height: int) -> None:
        assert list(model.detect(np.full((height, width, 3), 128, np.uint8))) == []

    def test_crops_are_vectors_of_length_one(self, model: FaceModel) -> None:
        crops = [*self.crops(model), np.zeros((CROP, CROP, 3), np.uint8)]
        vectors = model.embed(crops)
        assert vectors.shape == (len(crops), model.dimensions) and vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)
        assert model.embed([]).shape == (0, model.dimensions)

    def test_each_crop_is_described_by_itself(self, model: FaceModel) -> None:
        crops = self.crops(model)
        alone = np.concatenate([model.embed([one]) for one in crops])
        assert model.embed(crops) == pytest.approx(alone, abs=CLOSE)
        assert model.embed(crops[::-1]) == pytest.approx(alone[::-1], abs=CLOSE)

    def test_two_people_are_told_apart_and_the_same_is_itself_when_lit_otherwise(self, model: FaceModel) -> None:
        crops = self.crops(model)
        darker = [(one * 0.8).astype(np.uint8) for one in crops]
        products = model.embed(crops) @ model.embed(darker).T
        assert products.diagonal().min() >= model.likeness.same
        assert max(products[0, 1], products[1, 0]) < model.likeness.same

    def test_it_is_asked_from_several_threads(self, model: FaceModel) -> None:
        crops = self.crops(model)
        alone = model.embed(crops)

        def ask(_: int) -> FloatArray:
            return model.embed(crops)

        with ThreadPoolExecutor(4) as threads:
            for together in threads.map(ask, range(4)):
                assert together == pytest.approx(alone, abs=CLOSE)

    def test_it_can_be_closed_and_loaded_again(self, model: FaceModel) -> None:
        crops = self.crops(model)
        before = model.embed(crops)
        model.close()
        model.close()
        model.load()
        assert model.embed(crops) == pytest.approx(before, abs=CLOSE)


@pytest.fixture(scope="module")
def starter() -> StarterFaceModel:
    """Once for all: its weights are read at the first use."""
    return StarterFaceModel()


@pytest.mark.photos
class TestStarter(FaceModelContract):
    @pytest.fixture
    def model(self, starter: StarterFaceModel, shared_photos: Path) -> Iterator[FaceModel]:
        self.photo = read(shared_photos / "faces" / "two_people.jpg", 640).rgb
        yield starter

    def two_people(self) -> RGB:
        return self.photo


@pytest.mark.photos
class TestYuNet(FaceModelContract):
    """With a stand-in for OpenCV's class that sees what the starter sees."""

    @pytest.fixture
    def model(
        self, starter: StarterFaceModel, shared_photos: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[FaceModel]:
        write_yunet(own_home)
        monkeypatch.setattr(FakeFaceDetectorYN, "find", starter.detect, raising=False)
        monkeypatch.setattr(FakeFaceDetectorYN, "given", [], raising=False)
        monkeypatch.setattr(cv2, "FaceDetectorYN", FakeFaceDetectorYN)
        self.photo = read(shared_photos / "faces" / "two_people.jpg", 640).rgb
        yield YuNetFaceModel(own_home)

    def two_people(self) -> RGB:
        return self.photo


class TestFake(FaceModelContract):
    """What tests put in the place of a model keeps the same promises."""

    @pytest.fixture
    def model(self) -> Iterator[FaceModel]:
        yield FakeFaceModel()

    def two_people(self) -> RGB:
        return people_photo(["anna", "ben"])

    def test_all_its_people_are_told_apart(self) -> None:
        model = FakeFaceModel()
        photo = people_photo(PEOPLE)
        vectors = model.embed([crop(photo, face) for face in model.detect(photo)])
        products = vectors @ vectors.T - 2 * np.eye(len(PEOPLE))
        assert len(vectors) == len(PEOPLE) and products.max() < model.likeness.same


class TestNoted(FaceModelContract):
    """As the daemon hands it out."""

    @pytest.fixture
    def model(self) -> Iterator[FaceModel]:
        yield NotedFaceModel(FakeFaceModel(), Idle(60.0))

    def two_people(self) -> RGB:
        return people_photo(["anna", "ben"])


class TestCluster(FaceModelContract):
    """On the machines of a cluster."""

    @pytest.fixture
    def model(self) -> Iterator[FaceModel]:
        yield ClusterFaces(FakeNodes(faces=FakeFaceModel()), FaceSpec("starter"))

    def two_people(self) -> RGB:
        return people_photo(["anna", "ben"])
