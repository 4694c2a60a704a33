"""How open the eyes of a face are: Face Mesh (Kartynnik et al. 2019) finds the eyes, Iris (Ablavatski et al. 2020)
follows their lids.

The threshold rests on one man with shut eyes, at 0.114 on the more open eye, beside 18 open-eyed faces from 0.20 to
0.29; with another detector's boxes he had 0.087 and 126 other faces a median of 0.23, 5 % below 0.16 and narrow open
eyes down to 0.13. A sleeping baby with 0.20 is missed. So it is a placeholder until more shut eyes are labelled, and
the reason why eyes alone reject nothing. The eye's aspect ratio by Face Mesh alone does not separate them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from bridge import starter
from bridge.engines.face_detector import Face, Marks, Point
from bridge.engines.onnx import FloatArray, OnnxModel
from bridge.values import RGB

__all__ = ["SHUT_BELOW", "EyeReader", "Eyes"]

SHUT_BELOW = 0.12
"""Openness of the more open eye below which both are shut: see above what that rests on."""
LEAST_WIDTH = 70.0
"""Pixels of a face below which its lids cannot be told."""
MOST_YAW = 30.0
MOST_PITCH = 30.0
"""Degrees from the camera up to which a face is frontal: turned further, one eye is hidden; tilted further, lids look
shut that are not."""
LEAST_PRESENCE = 0.8
SIZE = 64
MARGIN = 2.3
"""Side of the square that Iris sees, over the width of the eye: as it was trained."""
LOWER_LID, UPPER_LID = slice(1, 8), slice(9, 16)
CORNERS = (0, 8)
"""Of the 71 points: the first sixteen go once around the eye, from one corner along the lower lid to the other."""
LEAST_CONTRAST = 0.06
"""Of an eye's crop, 0..1, below which there is no eye to be seen."""
CHEEK = 0.6
"""Of the way from an eye to its corner of the mouth."""
DARK = 0.4
"""Brightness over the cheek's below which an eye is behind dark glasses; open eyes were never below 0.55."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """What can be told of a face's eyes."""

    frontal: bool
    """It looks to the camera, or nearly."""
    openness: float | None
    """Of the more open eye: mean gap of the lids over the eye's width, about 0.05 shut to 0.35 wide. None where it
    cannot be told: too small, turned away, covered."""


class EyeReader:
    """Loaded at its first use; safe to use from several threads at once."""

    def __init__(self, threads: int = 1) -> None:
        self.iris = OnnxModel(lambda: starter.read("iris.onnx"), threads)

    def read(self, rgb: RGB, face: Face) -> Eyes:
        """The eyes of a face that ``FaceDetector`` found, in pixels of ``rgb`` (``Face.scaled`` where it was found in
        another size): the larger the pixels, the better. About 6 ms."""
        marks = face.marks
        if marks is None or face.presence < LEAST_PRESENCE:
            return Eyes(False, None)
        frontal = abs(marks.yaw) <= MOST_YAW and abs(marks.pitch) <= MOST_PITCH
        if not frontal or min(face.width, face.height) < LEAST_WIDTH:
            return Eyes(frontal, None)
        seen = [gap for gap in (self._openness(rgb, marks, left) for left in (False, True)) if gap is not None]
        return Eyes(frontal, max(seen) if seen else None)

    def _openness(self, rgb: RGB, marks: Marks, left: bool) -> float | None:
        # From left to right in the picture; the right eye is mirrored, since Iris knows left eyes.
        corners = marks.left_eye[::-1] if left else marks.right_eye
        crop = _square(rgb, corners, SIZE)
        if _is_covered(rgb, crop, corners, marks.mouth[1 if left else 0]):
            return None
        seen = crop if left else crop[:, ::-1]
        (contours,) = self.iris.run(["contours"], {"input": seen[None].astype(np.float32) / 255.0})
        return openness(contours.reshape(71, 3))


def openness(contours: FloatArray) -> float:
    """Mean gap of the lids over the eye's width; ``contours`` (71, 3) in any unit."""
    points = contours[:, :2]
    gaps = np.linalg.norm(points[UPPER_LID] - points[LOWER_LID], axis=1)
    width = float(np.linalg.norm(points[CORNERS[0]] - points[CORNERS[1]]))
    return float(gaps.mean()) / max(width, 1e-6)


def _square(rgb: RGB, corners: tuple[Point, Point], size: int, down: float = 0.0) -> RGB:
    """The square of ``MARGIN`` eye widths around an eye, or ``down`` pixels below it, its corners level."""
    (x, y), (to_x, to_y) = corners
    width = max(float(np.hypot(to_x - x, to_y - y)), 1.0)
    angle = float(np.arctan2(to_y - y, to_x - x))
    centre = ((x + to_x) / 2 - np.sin(angle) * down, (y + to_y) / 2 + np.cos(angle) * down)
    matrix = cv2.getRotationMatrix2D(centre, float(np.degrees(angle)), size / (MARGIN * width))
    matrix = matrix + np.array([[0.0, 0.0, size / 2 - centre[0]], [0.0, 0.0, size / 2 - centre[1]]])
    flags = cv2.INTER_LINEAR
    return cv2.warpAffine(rgb, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE).astype(
        np.uint8, copy=False
    )


def _is_covered(rgb: RGB, crop: RGB, corners: tuple[Point, Point], mouth: Point) -> bool:
    """Whether something dark or plain lies over an eye: its square is much darker than the cheek below, or has no
    contrast."""
    grey = crop.mean(axis=2) / 255.0
    if float(grey.std()) < LEAST_CONTRAST:
        return True
    eye = np.mean(np.array(corners), axis=0)
    down = float(np.hypot(*(np.array(mouth) - eye)))
    cheek = _square(rgb, corners, SIZE // 4, down * CHEEK).mean(axis=2) / 255.0
    middle = grey[SIZE // 4 : -SIZE // 4, SIZE // 4 : -SIZE // 4]
    return float(np.median(middle)) < DARK * float(np.median(cheek))
