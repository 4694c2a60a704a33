"""Faces and where they are: BlazeFace (Bazarevsky et al. 2019) proposes, Face Mesh (Kartynnik et al. 2019) confirms.

The second look is what keeps the moon and a car's front from being a face.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from bridge import starter
from bridge.engines.onnx import FloatArray, OnnxModel
from bridge.values import RGB

__all__ = ["Face", "FaceDetector"]

SIZE = 256
MESH_SIZE = 192
MESH_MARGIN = 1.5
"""Side of the square that Face Mesh sees, over the longer side of the box: as it was trained."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face. Lengths are in pixels of the picture that was given."""

    left: float
    top: float
    width: float
    height: float
    score: float
    """Of the detector, 0..1."""
    presence: float
    """That it is a face on a close look, 0..1."""
    points: tuple[tuple[float, float], ...]
    """Right eye, left eye (the person's own), nose, mouth, right ear, left ear."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    centre: tuple[float, float]
    size: tuple[float, float]
    points: FloatArray
    """(6, 2)"""


class FaceDetector:
    def __init__(self, threads: int = 1) -> None:
        self.detector = OnnxModel(lambda: starter.read("faces.onnx"), threads)
        self.mesh = OnnxModel(lambda: starter.read("face_landmarks.onnx"), threads)
        self._anchors = _anchors()

    def detect(
        self, rgb: RGB, *, threshold: float = 0.5, surety: float = 0.52, tiles: bool = True, most: int = 24
    ) -> list[Face]:
        """Faces, the largest first, at most ``most``.

        ``threshold`` is the least score of the detector for a second look; ``surety`` the least product of score and
        presence.

        A face must be about 25 of 256 pixels wide to be found, so ``tiles`` also looks at overlapping squares of the
        picture, where smaller ones show.
        """
        candidates = self._propose(rgb, (0.0, 0.0), threshold)
        if tiles:
            side = min(rgb.shape[:2])
            for x, y in _tile_corners(rgb):
                candidates += self._propose(rgb[y : y + side, x : x + side], (x, y), threshold)
        candidates = _merge(candidates)[:most]
        faces = [self._confirm(rgb, candidate) for candidate in candidates]
        return sorted(
            (face for face in faces if face.score * face.presence >= surety), key=lambda face: -face.width * face.height
        )

    def _propose(self, rgb: RGB, offset: tuple[float, float], threshold: float) -> list[_Candidate]:
        """Look at one picture, made square with black bars."""
        height, width = rgb.shape[:2]
        scale = SIZE / max(height, width)
        square = np.zeros((SIZE, SIZE, 3), np.float32)
        small = cv2.resize(
            rgb, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
        )
        square[: small.shape[0], : small.shape[1]] = small
        outputs = self.detector.run(
            ["score_fine", "score_coarse", "box_fine", "box_coarse"], {"input": square[None] / 127.5 - 1.0}
        )
        scores = _sigmoid(np.concatenate([outputs[0][0, :, 0], outputs[1][0, :, 0]]))
        boxes = np.concatenate([outputs[2][0], outputs[3][0]])
        found = []
        for index in np.nonzero(scores >= threshold)[0]:
            numbers = boxes[index].reshape(8, 2)
            shift = np.asarray(offset, np.float32)
            centre, *points = (numbers[[0, 2, 3, 4, 5, 6, 7]] + self._anchors[index] * SIZE) / scale + shift
            size = numbers[1] / scale
            found.append(
                _Candidate(
                    float(scores[index]),
                    (float(centre[0]), float(centre[1])),
                    (float(size[0]), float(size[1])),
                    np.array(points, np.float32),
                )
            )
        return found

    def _confirm(self, rgb: RGB, candidate: _Candidate) -> Face:
        """Ask Face Mesh whether the upright, centred crop is a face."""
        crop = _upright(rgb, candidate)
        (presence,) = self.mesh.run(["presence"], {"input": crop[None].astype(np.float32) / 255.0})
        width, height = candidate.size
        return Face(
            left=candidate.centre[0] - width / 2,
            top=candidate.centre[1] - height / 2,
            width=width,
            height=height,
            score=candidate.score,
            presence=float(presence[0, 0]),
            points=tuple((float(x), float(y)) for x, y in candidate.points),
        )


def _anchors() -> FloatArray:
    """Centres (896, 2) of the two grids, 0..1: two anchors at each of 16 x 16 points, six at each of 8 x 8."""
    grids = []
    for count, repeats in ((16, 2), (8, 6)):
        y, x = np.mgrid[0:count, 0:count]
        centres = np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=1) / count
        grids.append(np.repeat(centres, repeats, axis=0))
    return np.concatenate(grids).astype(np.float32)


def _tile_corners(rgb: RGB) -> list[tuple[int, int]]:
    """Left and top of the squares at both ends of a picture that is not square itself."""
    height, width = rgb.shape[:2]
    side = min(height, width)
    if max(height, width) < side * 1.1:
        return []
    return [(0, 0), (width - side, height - side)]


def _merge(candidates: list[_Candidate], overlap: float = 0.3) -> list[_Candidate]:
    """Non-maximum suppression by intersection over the smaller box."""
    kept: list[_Candidate] = []
    for candidate in sorted(candidates, key=lambda c: -c.score):
        if not any(_share(candidate, other) > overlap for other in kept):
            kept.append(candidate)
    return kept


def _share(one: _Candidate, other: _Candidate) -> float:
    sides = []
    for axis in (0, 1):
        low = max(one.centre[axis] - one.size[axis] / 2, other.centre[axis] - other.size[axis] / 2)
        high = min(one.centre[axis] + one.size[axis] / 2, other.centre[axis] + other.size[axis] / 2)
        sides.append(max(0.0, high - low))
    smaller = min(one.size[0] * one.size[1], other.size[0] * other.size[1])
    return sides[0] * sides[1] / smaller if smaller > 0 else 1.0


def _upright(rgb: RGB, candidate: _Candidate) -> RGB:
    """The face with a margin, turned so that its eyes are level, 192 x 192."""
    right_eye, left_eye = candidate.points[0], candidate.points[1]
    angle = float(np.degrees(np.arctan2(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0])))
    side = max(candidate.size) * MESH_MARGIN
    matrix = cv2.getRotationMatrix2D(candidate.centre, angle, MESH_SIZE / max(side, 1.0))
    matrix[0, 2] += MESH_SIZE / 2 - candidate.centre[0]
    matrix[1, 2] += MESH_SIZE / 2 - candidate.centre[1]
    return cv2.warpAffine(rgb, matrix, (MESH_SIZE, MESH_SIZE), flags=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _sigmoid(x: FloatArray) -> FloatArray:
    return (1.0 / (1.0 + np.exp(-np.clip(x, -50.0, 50.0)))).astype(np.float32)
