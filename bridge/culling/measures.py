"""What is measured of one photo for culling: numbers alone, kept in the store; verdicts are made from them at will."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MEASURES_VERSION = 1
"""Raised whenever a number means something else: photos are then looked at again."""


class Code(StrEnum):
    """What can be wrong with a photo, as results name it."""

    SOFT = "soft"
    MOTION = "motion"
    OVEREXPOSED = "overexposed"
    UNDEREXPOSED = "underexposed"
    EYES = "eyes"
    CUT_OFF = "cut_off"
    DUPLICATE = "duplicate"
    WATERMARK = "watermark"


@dataclass(frozen=True, slots=True)
class FaceMeasure:
    """One face. Lengths are shares of the picture's width and height, 0..1; a face may reach over the edge."""

    left: float
    top: float
    width: float
    height: float
    score: float
    """That it is a face, 0..1."""
    sharpness: float | None = None
    """Of its own tile, as ``Measures.sharpness``; None where the face is too small to tell."""
    frontal: bool = False
    eyes: float | None = None
    """How open its more open eye is: gap of the lids over the eye's width, about 0.05 shut to 0.35 wide. None where
    it cannot be told: too small, turned away, covered."""


@dataclass(frozen=True, slots=True)
class Shot:
    """How the photo was taken, as far as its EXIF says: what brackets, bursts and panoramas are known by."""

    captured: float | None = None
    """Seconds since 1970 on the camera's own clock, fractions from SubSecTimeOriginal."""
    camera: str = ""
    exposure_bias: float | None = None
    """EV."""
    exposure_s: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length_mm: float | None = None
    focus_distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """One photo. Shares, scores and probabilities are 0..1."""

    width: int
    """Native pixels as shown."""
    height: int
    sharpness: float
    """1 sharp, 0 soft at native resolution, where it matters: faces, else the sharpest part of the picture. Noise does
    not raise it."""
    sharp_share: float
    """Share of the tiles with detail that are sharp: small where the depth of field is shallow."""
    detail: float
    """How much there was to judge by: fog, sky and snow have little, and then softness cannot be told."""
    motion: float
    """How much more blurred along one direction than across it, 0 not at all."""
    overexposed: float
    """How far beyond rescue the highlights are: 0 not at all, 1 lost."""
    underexposed: float
    clipped_high: float
    """Share of the pixels that are clipped."""
    clipped_low: float
    headroom_ev: float
    """What a RAW holds above what is shown here; 0 for a JPEG."""
    cut_off: float
    """How sure it is that a head or face is cut by the edge."""
    watermark: float
    date_stamp: float
    phash: int
    """64 bits of imagehash's pHash."""
    sharpest: tuple[float, float] | None = None
    """Where it is sharpest, shares of width and height; None where that cannot be told. Over a focus stack it moves."""
    faces: tuple[FaceMeasure, ...] = ()
    """The largest first."""

    @property
    def eyes_told(self) -> list[float]:
        """How open the eyes are of those faces of which it can be told."""
        return [face.eyes for face in self.faces if face.frontal and face.eyes is not None]
