"""Evidence for rules: an ordinary photo of nothing in particular, and what an example changes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from bridge.engines.face_detector import Face
from bridge.engines.objects import DetectedObject
from bridge.taggers.starter._evidence import Evidence, Said
from bridge.taggers.starter._pixels import Pixels
from bridge.taggers.starter._sun import Sun
from bridge.values import Facts, Gps

NOTHING = replace(
    Pixels(**dict.fromkeys((field.name for field in fields(Pixels)), 0.0)),
    brightness=0.5,
    colourful=0.3,
    ground_brightness=0.5,
    sharp_blocks=0.7,
    sharp_centre=0.7,
    detail=20.0,
)
"""Pixels that speak for no rule."""

NO_EXIF = Facts()
BERLIN, SYDNEY, SINGAPORE = Gps(52.52, 13.40), Gps(-33.87, 151.21), Gps(1.35, 103.82)
SUNLIT = Facts(exposure_s=1 / 250, f_number=11.0, iso=100)
"""15 EV."""
ROOM = Facts(exposure_s=1 / 30, f_number=2.8, iso=400)
"""6 EV."""
STREET_AT_NIGHT = Facts(exposure_s=1 / 4, f_number=2.8, iso=400)
"""3 EV."""


def evidence(
    concepts: Mapping[str, float] | None = None,
    *,
    facts: Facts = NO_EXIF,
    pixels: Mapping[str, float] | None = None,
    objects: tuple[DetectedObject, ...] = (),
    faces: tuple[Face, ...] = (),
    sun: float | None = None,
    rising: bool = False,
    **more: Any,
) -> Evidence:
    """``concepts``: the classifier's scores; ``pixels``: what differs from NOTHING; ``sun``: its altitude, degrees."""
    given: dict[str, Any] = {"top_class": ("", 0.0), "aspect": 1.5, "longest": 4000, "place": None, **more}
    return Evidence(
        concepts=defaultdict(float, concepts or {}),
        pixels=replace(NOTHING, **(pixels or {})),
        facts=facts,
        objects=objects,
        faces=faces,
        sun=None if sun is None else Sun(sun, rising),
        **given,
    )


def face(width: float, left: float = 0.4, sure: float = 0.9) -> Face:
    """A face of a width over the picture's longer edge."""
    return Face(left, 0.2, width, width, score=sure, presence=1.0, points=((0.0, 0.0),) * 6)


def thing(name: str, score: float, size: float = 0.5, left: float = 0.2) -> DetectedObject:
    """A square of a side ``size`` in parts of the picture."""
    return DetectedObject(name, score, left, 0.2, left + size, 0.2 + size)


def at(gps: Gps, *date: int, hours_from_utc: float = 0.0) -> Facts:
    return Facts(captured=datetime(*date), utc_offset=timedelta(hours=hours_from_utc), gps=gps)  # type: ignore[arg-type]


def word(said: Said | None) -> str | None:
    return said.word if said else None
