"""People by the models that ship: BlazeFace and Face Mesh find faces, faceres describes them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import cv2
import numpy as np

from bridge import starter
from bridge.engines.face_detector import Face, FaceDetector, Marks
from bridge.engines.face_embedder import DIMENSIONS, SIZE, WEIGHTS, FaceEmbedder
from bridge.engines.onnx import FloatArray
from bridge.errors import ModelMissing
from bridge.faces.contract import FaceModel, FoundFace, Likeness, Point
from bridge.faces.crops import CROP, MARGIN
from bridge.values import RGB, ModelIdentity, Readiness, ReadyState

__all__ = ["StarterDescriber", "StarterFaceModel"]

VERSION = "1"
"""Raised whenever crops are shown to the model otherwise."""
FRAME = 0.1
"""How much more than the template the embedding is shown, as a share of it on each side."""
LIKENESS = Likeness(same=0.72, sure=0.8)
"""docs/faces.md has the distributions that these rest on."""
LEAST = 40
"""Pixels of a face at ``edge`` that is always found."""
SURETY = 0.6
MOST = 200
MOST_APART = 0.12
"""Of a face's width, by which BlazeFace and Face Mesh may differ on eyes, nose and mouth: 0.10 at most on real faces,
0.13 and more on what only looks like one."""


class StarterDescriber:
    """The part that describes: other detectors share it."""

    dimensions = DIMENSIONS
    likeness = LIKENESS

    def __init__(self, threads: int = 1) -> None:
        self.embedder = FaceEmbedder(threads)

    def digest(self) -> str:
        """Raises ModelMissing."""
        return hashlib.sha256(f"{VERSION}\n{starter.digest((WEIGHTS,))}".encode()).hexdigest()

    def readiness(self) -> Readiness:
        try:
            self.digest()
        except ModelMissing as error:
            return Readiness(ReadyState.MISSING_MODEL, error.message, error.hint)
        return Readiness(ReadyState.READY)

    def embed(self, crops: Sequence[RGB]) -> FloatArray:
        return self.embedder.embed([_framed(crop) for crop in crops])


class StarterFaceModel(FaceModel):
    """``threads`` is what one look uses. A photo at ``edge`` costs about half a second of one core: faces of a group
    are looked for in about fifty tiles."""

    edge = 2048
    likeness = LIKENESS
    title = "faces by the models that ship"

    def __init__(self, threads: int = 1) -> None:
        self._detector = FaceDetector(threads)
        self._describer = StarterDescriber(threads)

    @property
    def name(self) -> str:
        return "starter"

    @property
    def dimensions(self) -> int:
        return self._describer.dimensions

    def readiness(self) -> Readiness:
        return self._describer.readiness()

    def identity(self) -> ModelIdentity:
        return ModelIdentity(self.name, self._describer.digest())

    def load(self) -> None:
        for model in (self._detector.detector, self._detector.mesh, self._describer.embedder.model):
            model.load()

    def close(self) -> None:
        for model in (self._detector.detector, self._detector.mesh, self._describer.embedder.model):
            model.close()

    def detect(self, rgb: RGB) -> Sequence[FoundFace]:
        size = (rgb.shape[1], rgb.shape[0])
        faces = self._detector.detect(rgb, surety=SURETY, least=LEAST, most=MOST)
        return [_found(face, face.marks, size) for face in faces if face.marks and _agree(face, face.marks)]

    def embed(self, crops: Sequence[RGB]) -> FloatArray:
        return self._describer.embed(crops)


def _framed(crop: RGB) -> RGB:
    """The template and a little more, in the size that the embedding wants."""
    side = CROP * (1.0 - 2.0 * MARGIN) * (1.0 + 2.0 * FRAME)
    start = (CROP - side) / 2
    scale = SIZE / side
    matrix = np.array([[scale, 0.0, -start * scale], [0.0, scale, -start * scale]], np.float32)
    return cv2.warpAffine(crop, matrix, (SIZE, SIZE), flags=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def _agree(face: Face, marks: Marks) -> bool:
    """Whether detector and close look see the same face: where there is none, each finds its eyes elsewhere."""
    seen = np.array([_middle(marks.right_eye), _middle(marks.left_eye), marks.nose, _middle(marks.mouth)])
    apart = np.linalg.norm(seen - np.array(face.points[:4]), axis=1)
    return float(apart.mean()) <= MOST_APART * face.width


def _found(face: Face, marks: Marks, size: tuple[int, int]) -> FoundFace:
    width, height = size

    def share(point: Point) -> Point:
        return point[0] / width, point[1] / height

    right_mouth, left_mouth = marks.mouth
    turned = np.cos(np.radians(marks.yaw)) * np.cos(np.radians(marks.pitch))
    return FoundFace(
        left=face.left / width,
        top=face.top / height,
        width=face.width / width,
        height=face.height / height,
        score=face.score * face.presence,
        points=(
            share(_middle(marks.right_eye)),
            share(_middle(marks.left_eye)),
            share(marks.nose),
            share(right_mouth),
            share(left_mouth),
        ),
        frontal=float(np.clip(turned, 0.0, 1.0)),
    )


def _middle(ends: tuple[Point, Point]) -> Point:
    (x, y), (to_x, to_y) = ends
    return (x + to_x) / 2, (y + to_y) / 2
