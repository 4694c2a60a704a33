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

__all__ = ["Face", "FaceDetector", "Marks"]

SIZE = 256
MESH_SIZE = 192
MESH_MARGIN = 1.5
"""Side of the square that Face Mesh sees, over the longer side of the box: as it was trained."""
SURE_OF_MARKS = 0.1
MESH_POINTS = (33, 133, 362, 263, 1, 61, 291)
"""Corners of the right eye (outer, inner) and the left (inner, outer), tip of the nose, corners of the mouth."""
MESH_RIGHT, MESH_LEFT, MESH_BROW, MESH_CHIN = 234, 454, 10, 152
"""The sides of the face before the ears, and its middle at the hairline and below: what its turn is told by."""
SMALLEST = 25
"""Pixels of ``SIZE`` that a face must be wide to be found."""
PLAIN = 6.0
"""Of 255, the spread of a tile below which it is sky or wall, and no look is spent on it."""
OVERLAP = 0.25
"""Least share of a side by which fine tiles overlap: faces up to that size are whole in one of them."""


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Marks:
    """What Face Mesh says of one face. Places are in pixels of the picture; sides are the person's own."""

    right_eye: tuple[Point, Point]
    """Its outer and its inner corner."""
    left_eye: tuple[Point, Point]
    nose: Point
    """Its tip."""
    mouth: tuple[Point, Point]
    """Its right and its left corner."""
    yaw: float
    """Degrees: 0 to the camera, 90 a profile, positive to the person's left."""
    pitch: float
    """Degrees: positive with the chin up."""

    def scaled(self, by: float) -> Marks:
        """In pixels of the same picture in another size."""

        def moved(*points: Point) -> tuple[Point, Point]:
            (x, y), (to_x, to_y) = points
            return (x * by, y * by), (to_x * by, to_y * by)

        nose = (self.nose[0] * by, self.nose[1] * by)
        return Marks(moved(*self.right_eye), moved(*self.left_eye), nose, moved(*self.mouth), self.yaw, self.pitch)


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
    points: tuple[Point, ...]
    """Right eye, left eye (the person's own), nose, mouth, right ear, left ear."""
    marks: Marks | None = None
    """The same on the close look, where it was a face."""

    def scaled(self, by: float) -> Face:
        """The same face in pixels of the same picture in another size."""
        return Face(
            self.left * by,
            self.top * by,
            self.width * by,
            self.height * by,
            self.score,
            self.presence,
            tuple((x * by, y * by) for x, y in self.points),
            None if self.marks is None else self.marks.scaled(by),
        )


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
        self,
        rgb: RGB,
        *,
        threshold: float = 0.5,
        surety: float = 0.52,
        tiles: bool = True,
        least: int | None = None,
        most: int = 24,
    ) -> list[Face]:
        """Faces, the largest first, at most ``most``.

        ``threshold`` is the least score of the detector for a second look; ``surety`` the least product of score and
        presence.

        A face must be about 25 of 256 pixels wide to be found. One look costs about 8 ms, a face 2 ms more. ``tiles``
        also looks at squares at both ends of the picture, where smaller ones show, and ``least`` at overlapping
        squares all over it, until faces so many pixels wide are found: four times the looks for half of it.
        """
        candidates = self._propose(rgb, (0.0, 0.0), threshold)
        if tiles:
            side = min(rgb.shape[:2])
            for x, y in _tile_corners(rgb):
                candidates += self._propose(rgb[y : y + side, x : x + side], (x, y), threshold)
        if least is not None:
            for x, y, side in _fine_tiles(rgb, least):
                tile = rgb[y : y + side, x : x + side]
                if float(tile[::8, ::8].std()) < PLAIN:
                    continue
                candidates += _whole(self._propose(tile, (x, y), threshold), (x, y, side), rgb)
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
        crop, back = _upright(rgb, candidate)
        presence, landmarks = self.mesh.run(["presence", "landmarks"], {"input": crop[None].astype(np.float32) / 255.0})
        width, height = candidate.size
        sure = float(presence[0, 0])
        return Face(
            left=candidate.centre[0] - width / 2,
            top=candidate.centre[1] - height / 2,
            width=width,
            height=height,
            score=candidate.score,
            presence=sure,
            points=tuple((float(x), float(y)) for x, y in candidate.points),
            marks=_marks(landmarks.reshape(-1, 3), back) if sure >= SURE_OF_MARKS else None,
        )


def _marks(mesh: FloatArray, back: FloatArray) -> Marks:
    """``mesh`` (468, 3) in pixels of the crop, ``back`` (2, 3) from there into the picture."""
    flat = mesh[:, :2] @ back[:, :2].T + back[:, 2]

    def at(*numbers: int) -> list[Point]:
        return [(float(flat[number, 0]), float(flat[number, 1])) for number in numbers]

    right_outer, right_inner, left_inner, left_outer, nose, mouth_right, mouth_left = at(*MESH_POINTS)
    across, down = mesh[MESH_LEFT] - mesh[MESH_RIGHT], mesh[MESH_CHIN] - mesh[MESH_BROW]
    return Marks(
        right_eye=(right_outer, right_inner),
        left_eye=(left_outer, left_inner),
        nose=nose,
        mouth=(mouth_right, mouth_left),
        yaw=float(np.degrees(np.arctan2(across[2], across[0]))),
        pitch=float(np.degrees(np.arctan2(-down[2], down[1]))),
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


def _fine_tiles(rgb: RGB, least: int) -> list[tuple[int, int, int]]:
    """Left, top and side of squares half, a quarter … of the picture's shorter edge, as fine as ``least`` needs."""
    height, width = rgb.shape[:2]
    tiles = []
    side, enough = min(height, width) // 2, max(least, 1) * SIZE // SMALLEST
    while side * 2 > enough and side >= SIZE // 2:
        columns, rows = (_starts(length, side) for length in (width, height))
        tiles += [(x, y, side) for y in rows for x in columns]
        side //= 2
    return tiles


def _starts(length: int, side: int) -> list[int]:
    """Where squares begin that cover a length and overlap by ``OVERLAP`` of their side at least."""
    if length <= side:
        return [0]
    count = int(np.ceil((length - side) / (side * (1.0 - OVERLAP)))) + 1
    return [round(at * (length - side) / (count - 1)) for at in range(count)]


def _whole(candidates: list[_Candidate], tile: tuple[int, int, int], rgb: RGB) -> list[_Candidate]:
    """Those that a tile does not cut: its neighbour shows the others whole. At the picture's own edge all are."""
    left, top, side = tile
    low = np.array([left, top], np.float32)
    high, end = low + side, np.array([rgb.shape[1], rgb.shape[0]], np.float32)

    def is_cut(candidate: _Candidate) -> bool:
        centre, half = np.array(candidate.centre), np.array(candidate.size) / 2
        before, after = (centre - half < low) & (low > 0), (centre + half > high) & (high < end)
        return bool((before | after).any())

    return [candidate for candidate in candidates if not is_cut(candidate)]


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


def _upright(rgb: RGB, candidate: _Candidate) -> tuple[RGB, FloatArray]:
    """The face with a margin, turned so that its eyes are level, 192 x 192; the way back into the picture (2, 3)."""
    right_eye, left_eye = candidate.points[0], candidate.points[1]
    angle = float(np.degrees(np.arctan2(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0])))
    side = max(candidate.size) * MESH_MARGIN
    matrix = cv2.getRotationMatrix2D(candidate.centre, angle, MESH_SIZE / max(side, 1.0))
    matrix[0, 2] += MESH_SIZE / 2 - candidate.centre[0]
    matrix[1, 2] += MESH_SIZE / 2 - candidate.centre[1]
    crop = cv2.warpAffine(rgb, matrix, (MESH_SIZE, MESH_SIZE), flags=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return crop, cv2.invertAffineTransform(matrix).astype(np.float32)


def _sigmoid(x: FloatArray) -> FloatArray:
    return (1.0 / (1.0 + np.exp(-np.clip(x, -50.0, 50.0)))).astype(np.float32)
