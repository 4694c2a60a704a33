"""Everything the starter tagger knows of one photo before it says a word."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.engines.face_detector import Face
from bridge.engines.objects import DetectedObject
from bridge.taggers.starter._closer import Closer
from bridge.taggers.starter._pixels import Pixels
from bridge.taggers.starter._places import Place
from bridge.taggers.starter._sun import Sun
from bridge.values import Facts

OUTDOOR_WORDS = (
    "sky", "landscape", "water", "tree", "forest", "grass", "mountain", "street", "road", "building", "vehicle",
    "wildlife", "field", "coast", "garden",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A word, how sure it is (0..1, not calibrated yet) and what said so."""

    word: str
    score: float
    source: str


@dataclass(frozen=True, slots=True)
class Evidence:
    concepts: Mapping[str, float]
    """P(word | photo) by the classifier."""
    top_class: tuple[str, float]
    """The keyword of the likeliest class ("" where it is not to be said) and its sharpened probability."""
    objects: tuple[DetectedObject, ...]
    faces: tuple[Face, ...]
    """Lengths in parts of the picture's longer edge."""
    pixels: Pixels
    facts: Facts
    aspect: float
    """Width over height, as shown."""
    longest: int
    """Longest edge of the original, pixels."""
    sun: Sun | None
    place: Place | None
    closer: tuple[Closer, ...] = ()
    """Things of ``objects`` that the classifier saw by themselves."""
    colours: Mapping[str, str] = field(default_factory=dict)
    """The colour of what is in the middle, were it a flower, and of vehicles."""

    @property
    def exposure_value(self) -> float | None:
        """Brightness of the scene, EV at ISO 100 (sunlit: 14 to 16; a lit room: 5 to 8; a street at night: 2 to 4)."""
        facts = self.facts
        if facts.flash_fired or not (facts.exposure_s and facts.f_number):
            return None
        return math.log2(facts.f_number**2 / facts.exposure_s) - math.log2((facts.iso or 100) / 100)

    @property
    def outdoors(self) -> float:
        """0..1: how sure it is that the photo was taken in the open."""
        seen = max(self.concepts.get(word, 0.0) for word in OUTDOOR_WORDS)
        inside = self.concepts.get("interior", 0.0)
        if self.exposure_value is not None and self.exposure_value >= 11.5:
            # No lamp reaches this: EV 11 is an open shadow by day.
            return max(0.9, seen)
        return seen * (1.0 - inside)

    def thing(self, name: str) -> float:
        """The best score of a kind of object, 0..1."""
        return max((thing.score for thing in self.objects if thing.name == name), default=0.0)
