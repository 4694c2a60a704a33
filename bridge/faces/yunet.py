"""People with YuNet (Wu et al. 2023) as the detector, whose weights are pulled; the models that ship describe them.

Not yet run with the real weights where this was written: tests stand in for OpenCV's class, strictly.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.engines.weights import check_sizes, models_folder
from bridge.errors import BridgeError, WeightsDamaged
from bridge.faces.contract import FaceModel, FoundFace, Likeness
from bridge.faces.starter import StarterDescriber
from bridge.values import RGB, ModelIdentity, Readiness, ReadyState

__all__ = ["WEIGHTS", "YuNetFaceModel"]

FAMILY = "yunet"
WEIGHTS = "face_detection_yunet_2023mar.onnx"
PULL = f"photo-bridge models pull {FAMILY}"
EDGES = (2048, 640)
"""It knows faces of 10 to 300 pixels: the small ones show in the whole picture, the large ones in a reduced one."""
SCORE = 0.7
OVERLAP = 0.3
TOP = 5000
LEAST_SIDE = 32
"""Pixels: the coarsest of its three grids has steps of so many."""


class YuNetFaceModel(FaceModel):
    edge = EDGES[0]
    likeness: Likeness = StarterDescriber.likeness
    title = "faces by YuNet"

    def __init__(self, home: Path, threads: int = 1) -> None:
        self._folder = models_folder(home) / FAMILY
        self._describer = StarterDescriber(threads)
        self._lock = threading.Lock()
        self._detector: Any = None

    @property
    def name(self) -> str:
        return FAMILY

    @property
    def dimensions(self) -> int:
        return self._describer.dimensions

    def readiness(self) -> Readiness:
        try:
            check_sizes(self._folder, PULL)
        except BridgeError as error:
            return Readiness(ReadyState.MISSING_MODEL, error.message, error.hint)
        return self._describer.readiness()

    def identity(self) -> ModelIdentity:
        return ModelIdentity(self.name, self._describer.digest())

    def load(self) -> None:
        with self._lock:
            self._loaded()
        self._describer.embedder.model.load()

    def close(self) -> None:
        with self._lock:
            self._detector = None
        self._describer.embedder.model.close()

    def detect(self, rgb: RGB) -> Sequence[FoundFace]:
        height, width = rgb.shape[:2]
        rows: list[FloatArray] = []
        for edge in EDGES:
            scale = min(1.0, edge / max(height, width))
            if rows and scale == 1.0:
                break
            rows += [row / _times(scale) for row in self._look(_shown(rgb, scale))]
        faces = [_found(row, (width, height)) for row in _once(rows)]
        return sorted(faces, key=lambda face: (-face.width * face.height, face.left))

    def embed(self, crops: Sequence[RGB]) -> FloatArray:
        return self._describer.embed(crops)

    def _look(self, rgb: RGB) -> FloatArray:
        """Rows of fifteen: box, five points, score, in pixels of ``rgb``."""
        height, width = rgb.shape[:2]
        bgr = np.ascontiguousarray(rgb[..., ::-1])
        with self._lock:  # its input size is a state that two photos must not share
            detector = self._loaded()
            detector.setInputSize((width, height))
            _, found = detector.detect(bgr)
        return np.zeros((0, 15), np.float32) if found is None else np.asarray(found, np.float32)

    def _loaded(self) -> Any:
        if self._detector is None:
            check_sizes(self._folder, PULL)
            path = str(self._folder / WEIGHTS)
            try:
                self._detector = cv2.FaceDetectorYN.create(path, "", (320, 320), SCORE, OVERLAP, TOP)
            except cv2.error as error:
                raise WeightsDamaged(f"{path} is no YuNet that OpenCV reads.", hint=PULL, detail=str(error)) from error
        return self._detector


def _shown(rgb: RGB, scale: float) -> RGB:
    """Reduced, and at least as large as its grids."""
    height, width = rgb.shape[:2]
    if scale < 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    below, right = (max(0, LEAST_SIDE - side) for side in rgb.shape[:2])
    if below or right:
        rgb = cv2.copyMakeBorder(rgb, 0, below, 0, right, cv2.BORDER_CONSTANT).astype(np.uint8, copy=False)
    return rgb


def _times(scale: float) -> FloatArray:
    """What a row is divided by to be in pixels of the whole picture; its score stays."""
    return np.array([scale] * 14 + [1.0], np.float32)


def _once(rows: Sequence[FloatArray]) -> list[FloatArray]:
    """Faces that were found at both sizes are one: the surer."""
    kept: list[FloatArray] = []
    for row in sorted(rows, key=lambda row: -float(row[14])):
        if all(_share(row, other) <= OVERLAP for other in kept):
            kept.append(row)
    return kept


def _share(one: FloatArray, other: FloatArray) -> float:
    """Of the smaller box, what lies in the other."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[:2] + one[2:4], other[:2] + other[2:4])
    smaller = max(min(float(one[2] * one[3]), float(other[2] * other[3])), 1e-6)
    return float(np.prod(np.maximum(high - low, 0.0))) / smaller


def _found(row: FloatArray, size: tuple[int, int]) -> FoundFace:
    width, height = size
    left, top, wide, high = (float(number) for number in row[:4])
    right_eye, left_eye, nose, right_mouth, left_mouth = (
        (float(x) / width, float(y) / height) for x, y in row[4:14].reshape(5, 2)
    )
    return FoundFace(
        left=left / width,
        top=top / height,
        width=wide / width,
        height=high / height,
        score=float(np.clip(row[14], 0.0, 1.0)),
        points=(right_eye, left_eye, nose, right_mouth, left_mouth),
        frontal=_frontal(row[4:6], row[6:8], row[8:10]),
    )


def _frontal(right_eye: FloatArray, left_eye: FloatArray, nose: FloatArray) -> float:
    """By where the nose is between the eyes: in their middle 1, below one of them 0."""
    across = left_eye - right_eye
    length = float(across @ across)
    if length <= 0.0:
        return 0.0
    place = float((nose - right_eye) @ across) / length
    return float(np.clip(1.0 - 2.0 * abs(place - 0.5), 0.0, 1.0))
