"""Everything that is measured of one photo, from its native pixels and one smaller version."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from bridge.culling._exposure import exposure_of, sample
from bridge.culling._frame import cut_off_of
from bridge.culling._motion import motion_of
from bridge.culling._sharpness import Sharpness, edges_of, face_sharpness, judge, sharpest_of
from bridge.culling._tiles import SIDE, luma_of, middles_of, pick_tiles, tile_around
from bridge.culling._watermark import overlays_of
from bridge.culling.describe import describe
from bridge.culling.measures import FaceMeasure, Measures
from bridge.engines.eyes import EyeReader, Eyes
from bridge.engines.face_detector import Face, FaceDetector, Marks, Point
from bridge.values import RGB

__all__ = ["EDGE", "Measured", "Measurer"]

EDGE = 1024
"""Pixels, the longer edge of the smaller version: faces, likeness and overlays show in it."""
LEAST_FACE = 64
"""Native pixels of a face below which its sharpness is not told."""
TWO_TILES = 4 * SIDE
"""Native pixels of a face from which each eye has a tile of its own."""
OF_THE_LARGEST = 0.5
"""Faces so large, over the largest, are whom the photo is of."""
SMALL_FACES = 0.25
"""Of the shorter edge: where the largest face is smaller, it is worth looking for more and smaller ones."""
EYES_READ = 12
"""Faces whose eyes are read, the largest: 3 ms each."""
EYE_CROP = 400
"""Pixels that a face is shrunk to before its eyes are read: they are looked at in 64."""


@dataclass(frozen=True, slots=True)
class Measured:
    measures: Measures
    descriptor: bytes
    """What the photo is known again by (``describe``)."""
    faces: tuple[Face, ...]
    """In pixels of the smaller version, the largest first."""


class Measurer:
    """Holds the models, each loaded at its first use. Safe to use from several threads at once."""

    def __init__(self, threads: int = 1) -> None:
        self._detector = FaceDetector(threads)
        self._reader = EyeReader(threads)

    def measure(self, native: RGB, small: RGB, *, headroom_ev: float = 0.0) -> Measured:
        """``native``: every pixel of the photo as shown, a view will do; ``small``: the same at most ``EDGE`` long.

        ``headroom_ev`` is what a RAW holds above the preview that is shown.
        """
        corners = pick_tiles(native, small)
        edges = edges_of(luma_of(native, corners))
        found = self._faces(small)
        faces = tuple(
            self._measured(native, face.scaled(native.shape[1] / small.shape[1]), edges.noise, number < EYES_READ)
            for number, face in enumerate(found)
        )
        sharpness = _of_subject(judge(edges), faces)
        exposure = exposure_of(sample(native), headroom_ev)
        overlays = overlays_of(small)
        described = describe(small)
        measures = Measures(
            width=native.shape[1],
            height=native.shape[0],
            sharpness=sharpness.sharpness,
            sharp_share=sharpness.sharp_share,
            detail=sharpness.detail,
            motion=motion_of(edges),
            overexposed=exposure.overexposed,
            underexposed=exposure.underexposed,
            clipped_high=exposure.clipped_high,
            clipped_low=exposure.clipped_low,
            headroom_ev=headroom_ev,
            cut_off=cut_off_of(faces),
            watermark=overlays.watermark,
            date_stamp=overlays.date_stamp,
            phash=described.phash,
            sharpest=sharpest_of(edges, middles_of(native, corners)),
            faces=faces,
        )
        return Measured(measures, described.descriptor, tuple(found))

    def _faces(self, small: RGB) -> list[Face]:
        faces = self._detector.detect(small, tiles=False)
        if faces and faces[0].width < SMALL_FACES * min(small.shape[:2]):
            return self._detector.detect(small)
        return faces

    def _measured(self, native: RGB, face: Face, noise: float, read: bool) -> FaceMeasure:
        """``face`` in native pixels."""
        height, width = native.shape[:2]
        eyes = self._eyes(native, face) if read else Eyes(False, None)
        return FaceMeasure(
            left=face.left / width,
            top=face.top / height,
            width=face.width / width,
            height=face.height / height,
            score=min(1.0, face.score * face.presence),
            sharpness=_sharpness_of(native, face, noise),
            frontal=eyes.frontal,
            eyes=eyes.openness,
        )

    def _eyes(self, native: RGB, face: Face) -> Eyes:
        left, top = max(0, int(face.left - face.width / 4)), max(0, int(face.top - face.height / 4))
        right, bottom = int(face.left + 1.25 * face.width), int(face.top + 1.25 * face.height)
        crop = np.ascontiguousarray(native[top:bottom, left:right])
        if min(crop.shape[:2]) < 8:
            return Eyes(False, None)
        scale = min(1.0, EYE_CROP / face.width)
        if scale < 1.0:
            crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        return self._reader.read(crop, _moved(face, -left, -top).scaled(scale))


def _sharpness_of(native: RGB, face: Face, noise: float) -> float | None:
    """Of the eyes, on tiles that hold little but the face."""
    if face.width < LEAST_FACE:
        return None
    (right_x, right_y), (left_x, left_y) = face.points[:2]
    places = [(right_y, right_x), (left_y, left_x)]
    if face.width < TWO_TILES:
        places = [((right_y + left_y) / 2, (right_x + left_x) / 2)]
    side = min(SIDE, int(0.8 * face.width), *native.shape[:2])
    tiles = luma_of(native, [tile_around(native, y, x, side) for y, x in places], side)
    return face_sharpness(edges_of(tiles, noise))


def _of_subject(whole: Sharpness, faces: tuple[FaceMeasure, ...]) -> Sharpness:
    """Where there are people, they must be sharp; who of them is does not matter."""
    largest = max((face.width for face in faces), default=0.0)
    told = [face.sharpness for face in faces if face.sharpness is not None and face.width >= OF_THE_LARGEST * largest]
    return replace(whole, sharpness=max(told), detail=1.0) if told else whole


def _moved(face: Face, x: float, y: float) -> Face:
    def moved(*points: Point) -> tuple[Point, Point]:
        (one_x, one_y), (other_x, other_y) = points
        return (one_x + x, one_y + y), (other_x + x, other_y + y)

    marks = face.marks
    if marks is not None:
        nose = marks.nose[0] + x, marks.nose[1] + y
        marks = Marks(
            moved(*marks.right_eye), moved(*marks.left_eye), nose, moved(*marks.mouth), marks.yaw, marks.pitch
        )
    points = tuple((one + x, other + y) for one, other in face.points)
    return replace(face, left=face.left + x, top=face.top + y, points=points, marks=marks)
