"""What pixels and EXIF say for or against a word of the classifier.

The classifier was never shown a meadow or a room by that name; it guesses them from what lives there. Colour, texture
and the light of the scene are a second witness. Each rule multiplies the odds of some words: by more than 1 where what
it measures is usual for them, by less where it is rare. The factors are coarse on purpose.
"""

from __future__ import annotations

from bridge.taggers.starter._evidence import Evidence
from bridge.taggers.starter._people import count_people

STRONG, SOME, AGAINST, HARDLY = 2.5, 1.6, 0.5, 0.25
DAYLIGHT_EV = 11.5
"""No lamp reaches this; an open shadow by day does."""
ROOM_EV = 9.0
"""Shops and sports halls end here (exposure tables: homes 5 to 7, offices 7 to 8, lit halls 8 to 9)."""

OPEN_AIR = (
    "sky", "landscape", "mountain", "valley", "field", "sea", "coast", "beach", "lake", "river", "forest", "tree",
    "grass", "street", "road", "building", "architecture", "house", "park", "garden", "farm", "city", "bridge", "snow",
)  # fmt: skip
ROOMS = (
    "interior", "furniture", "kitchen", "bathroom", "bedroom", "bed", "sofa", "restaurant", "shop", "television",
)  # fmt: skip
BUILT = ("building", "architecture", "house", "city", "street")
LAND = (
    "landscape", "mountain", "valley", "field", "forest", "beach", "coast", "water", "sea", "lake", "river",
    "waterfall",
)  # fmt: skip
LEAST_STRAIGHT, LEAST_EDGES = 0.09, 0.07
"""Shares of edges upright and level, and of the picture that is edge, from which a view is of walls and windows."""
WATERS = ("water", "sea", "lake", "river", "harbour", "pond", "coast")
WORN = ("person", "child", "baby", "woman", "suit", "dress", "hat", "uniform", "fashion", "costume")
"""Words that the classifier knows by what people wear: they need someone who wears it."""
EATEN = ("food", "vegetable", "fruit", "golf")


def supported(evidence: Evidence) -> dict[str, float]:
    """The classifier's scores, weighed: 0..1 for every word."""
    factors: dict[str, float] = {}
    for words, factor in [*_light(evidence), *_colours(evidence), *_edges(evidence), *_people(evidence)]:
        for word in words:
            factors[word] = factors.get(word, 1.0) * factor
    return {word: _with_odds(score, factors.get(word, 1.0)) for word, score in evidence.concepts.items()}


Weights = list[tuple[tuple[str, ...], float]]


def _light(evidence: Evidence) -> Weights:
    """Daylight, lamplight, flash."""
    if evidence.facts.flash_fired:
        return [(OPEN_AIR, AGAINST), (ROOMS, SOME)]
    brightness = evidence.exposure_value
    if brightness is None:
        return []
    if brightness >= DAYLIGHT_EV:
        return [(OPEN_AIR, SOME), (ROOMS, HARDLY)]
    if brightness < ROOM_EV:
        return [(ROOMS, SOME), (("sky", "landscape"), AGAINST)]
    return []


def _colours(evidence: Evidence) -> Weights:
    """Shares of colours where a word lets one expect them. Black and white says nothing."""
    pixels = evidence.pixels
    if pixels.colourful < 0.05:
        return []
    weights: Weights = [
        (("tree", "forest"), _factor(pixels.foliage, 0.03, 0.15, SOME)),
        (("grass", "field"), _factor(pixels.ground_green, 0.03, 0.25, STRONG)),
        (("sky",), _factor(max(pixels.sky, pixels.sky_warm), 0.1, 0.45, STRONG)),
        (WATERS, _factor(pixels.water_blue, 0.02, 0.35, STRONG)),
        (("flower",), _factor(pixels.petals, 0.01, 0.08, SOME)),
        (("plant",), _factor(pixels.green, 0.02, 0.25, SOME)),
        (("leaf",), max(1.0, _factor(pixels.green, 0.02, 0.25, SOME))),
        (("snow",), _factor(pixels.ground_pale, 0.1, 0.4, STRONG)),
    ]
    if pixels.green > 0.8:
        # Leaves fill the frame; the classifier knows salads, snakes and stick insects better.
        weights += [(EATEN, HARDLY), (("insect", "animal"), AGAINST)]
    return weights


def is_built_up(evidence: Evidence) -> bool:
    """Whether the edges of a photo taken in the open by day are those of walls and windows.

    Nature has few that are upright or level: their directions tell cities from landscapes (Vailaya, Jain and Zhang, "On
    image classification: city images vs. landscapes", 1998).
    """
    pixels = evidence.pixels
    by_day = evidence.exposure_value is not None and evidence.exposure_value >= DAYLIGHT_EV
    straight = min(pixels.upright, pixels.level) >= LEAST_STRAIGHT and pixels.edges >= LEAST_EDGES
    large_face = bool(evidence.faces) and evidence.faces[0].width > 0.1
    return by_day and straight and not large_face and pixels.green < 0.4 and pixels.water_blue < 0.3


def _edges(evidence: Evidence) -> Weights:
    return [(BUILT, STRONG), (LAND, HARDLY)] if is_built_up(evidence) else []


def _people(evidence: Evidence) -> Weights:
    factor = SOME if count_people(evidence) else AGAINST
    return [(WORN, factor), (("beach",), factor)]


def _factor(share: float, little: float, much: float, gain: float) -> float:
    if share >= much:
        return gain
    return AGAINST if share < little else 1.0


def _with_odds(score: float, factor: float) -> float:
    return score * factor / (1.0 - score + score * factor)
