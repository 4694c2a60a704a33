"""A whole face model without weights: faces are discs, and a person is a colour."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.faces.contract import FaceModel, FoundFace, Likeness
from bridge.faces.crops import TEMPLATE
from bridge.values import RGB, ModelIdentity, Readiness, ReadyState

PEOPLE = ("anna", "ben", "cleo", "dan", "eva", "finn")
"""Whom it can tell apart, each by a hue."""
BINS = 24
SATURATED = 90


def people_photo(people: Sequence[str], width: int = 640, height: int = 400, radius: int = 40, light: int = 230) -> RGB:
    """A grey photo with one disc for each of ``people``, from left to right. ``light`` 120..255: the same person in
    another photo looks a little different."""
    hsv = np.zeros((height, width, 3), np.uint8)
    hsv[...] = (0, 0, 110)
    for at, person in enumerate(people):
        centre = (round((at + 0.5) * width / len(people)), height // 2)
        cv2.circle(hsv, centre, radius, (PEOPLE.index(person) * 180 // len(PEOPLE), 220, light), cv2.FILLED)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.uint8, copy=False)


class FakeFaceModel(FaceModel):
    """Answers at once and counts what it is asked. ``digest`` may be changed, as if other weights were pulled: vectors
    then come out otherwise, too."""

    title = "fake"

    def __init__(self, name: str = "fake") -> None:
        self._name = name
        self.edge = 640
        self.likeness = Likeness(same=0.8, sure=0.95)
        self.digest = f"{name}-1"
        self.detected = 0
        """Photos that were looked at."""
        self.embedded = 0
        """Crops that were described."""

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return BINS

    def readiness(self) -> Readiness:
        return Readiness(ReadyState.READY)

    def identity(self) -> ModelIdentity:
        return ModelIdentity(self.name, self.digest)

    def load(self) -> None:
        pass

    def detect(self, rgb: RGB) -> Sequence[FoundFace]:
        self.detected += 1
        height, width = rgb.shape[:2]
        saturated = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)[..., 1] > SATURATED
        _, _, boxes, _ = cv2.connectedComponentsWithStats(saturated.astype(np.uint8))
        found = [_face(box[:4] / (width, height, width, height)) for box in boxes[1:] if min(box[2:4]) >= 8]
        return sorted(found, key=lambda face: (-face.width * face.height, face.left))

    def embed(self, crops: Sequence[RGB]) -> FloatArray:
        self.embedded += len(crops)
        return np.array([self._vector(crop) for crop in crops], np.float32).reshape(len(crops), BINS)

    def close(self) -> None:
        pass

    def _vector(self, crop: RGB) -> FloatArray:
        """A hump over the circle of hues, where the middle of the crop has its own; turned by what the digest is."""
        side = len(crop)
        middle = crop[side // 3 : -side // 3, side // 3 : -side // 3].reshape(1, -1, 3).mean(axis=1, keepdims=True)
        hue = cv2.cvtColor(middle.astype(np.uint8), cv2.COLOR_RGB2HSV)[0, 0, 0] / 180
        turned = hue + sum(self.digest.encode()) / 256
        hump = np.exp(8.0 * (np.cos(2 * np.pi * (turned - np.arange(BINS) / BINS)) - 1.0))
        return (hump / np.linalg.norm(hump)).astype(np.float32)


def _face(box: FloatArray) -> FoundFace:
    left, top, width, height = (float(side) for side in box)
    points = [(left + float(x) * width, top + float(y) * height) for x, y in TEMPLATE]
    right_eye, left_eye, nose, right_mouth, left_mouth = points
    five = (right_eye, left_eye, nose, right_mouth, left_mouth)
    return FoundFace(left, top, width, height, score=1.0, points=five, frontal=1.0)
