"""Words for what fills a photo: sky, clouds, snow, water, leaves, flowers.

Each rule says where its limits come from. Limits without a named source were set by eye on the tuned two thirds of the
labelled photographs (benchmarks/starter_accuracy.py) and on others outside them, and mean nothing beyond that.
"""

from __future__ import annotations

from bridge.taggers.starter._evidence import Evidence, Said
from bridge.taggers.starter._people import count_people
from bridge.taggers.starter._support import is_built_up

SUNLIT_EV = 13.0
"""EV at ISO 100 (exposure tables: 12 under heavy clouds, 15 in the sun, 16 on sunlit snow)."""
MOTTLED = (0.012, 0.06)
"""Patches of saturation in a smooth sky. Clear ones and walls were seen to reach 0.007; above 0.06 it is no sky."""
RELIEF = 0.05
"""Deviation of brightness from which a grey sky has clouds in it."""
MADE = ("electronics", "computer", "furniture", "sport", "vehicle", "toy", "text")
"""What may be as green as leaves."""


def snow(evidence: Evidence) -> Said | None:
    """White ground under a bright scene, where the classifier sees something of the mountains or of winter too.

    Without that witness only by full daylight (13 EV and more) and where nearly all of the ground is white.
    """
    pixels = evidence.pixels
    if pixels.ground_white < 0.25 or pixels.green > 0.25 or evidence.concepts.get("interior", 0.0) > 0.2:
        return None
    if evidence.outdoors < 0.4:
        return None
    support = max(evidence.concepts.get(word, 0.0) for word in ("snow", "mountain", "winter"))
    if support > 0.2:
        return Said("snow", 0.5 + support / 2, "rule:snow")
    by_day = evidence.exposure_value is not None and evidence.exposure_value >= SUNLIT_EV
    near = max(evidence.concepts.get(word, 0.0) for word in ("flower", "food", "vehicle", "architecture", "water"))
    return Said("snow", 0.6, "rule:snow") if by_day and pixels.ground_white > 0.5 and near < 0.3 else None


def sky(evidence: Evidence) -> Said | None:
    """A smooth, blue upper third of a photo taken in the open, or the classifier and a pale smooth top together.

    Where nothing says that it was taken in the open: a top that is blue throughout, paler towards the horizon, and
    nobody before it who might stand in a studio.
    """
    pixels = evidence.pixels
    if evidence.pixels.cyan_cast > 0.6:
        return None
    if evidence.outdoors < 0.35:
        alone = evidence.exposure_value is None and not evidence.facts.flash_fired and not count_people(evidence)
        is_sky = alone and pixels.sky_blue > 0.75 and pixels.sky_relief > 0.02 and pixels.brightness > 0.4
        return Said("sky", 0.6, "rule:sky") if is_sky else None
    by_day = evidence.exposure_value is not None and evidence.exposure_value >= SUNLIT_EV
    if pixels.sky_blue > (0.2 if by_day else 0.35):
        return Said("sky", min(0.95, 0.55 + pixels.sky_blue / 2), "rule:sky")
    pale = pixels.sky > 0.6 and evidence.concepts.get("sky", 0.0) > 0.25
    return Said("sky", 0.7, "rule:sky") if pale else None


def landscape(evidence: Evidence) -> Said | None:
    """A wide sky over ground, in the open, and nothing near or built that the photo would be of instead."""
    if evidence.pixels.sky < 0.6 or sky(evidence) is None or evidence.outdoors < 0.6 or is_built_up(evidence):
        return None
    instead = ("vehicle", "architecture", "building", "animal", "flower", "street", "interior", "food", "aircraft")
    if max(evidence.concepts.get(word, 0.0) for word in instead) > 0.3 or evidence.facts.flash_fired:
        return None
    near = bool(evidence.faces) and evidence.faces[0].width > 0.1
    return None if near else Said("landscape", 0.65, "rule:sky")


def clouds(evidence: Evidence) -> Said | None:
    """White and grey patches in a sky that is partly blue, patches of any colour, or relief in a grey one."""
    pixels = evidence.pixels
    if sky(evidence) is None:
        return None
    if 0.2 < pixels.sky_clouds < 0.85 or MOTTLED[0] < pixels.sky_mottle < MOTTLED[1]:
        return Said("clouds", 0.65, "rule:sky")
    overcast = pixels.sky > 0.6 and pixels.sky_blue < 0.3 and pixels.sky_relief > RELIEF
    return Said("clouds", 0.65, "rule:sky") if overcast else None


def water(evidence: Evidence) -> Said | None:
    """A blue lower half in daylight beneath a blue sky: nothing else on the ground is as blue and as wide.

    A picture that is blue throughout is of the sky alone, unless the classifier sees water in it.
    """
    pixels = evidence.pixels
    if pixels.water_blue < 0.35 or evidence.outdoors < 0.3 or evidence.pixels.ground_white > 0.3:
        return None
    blue_throughout = pixels.water_blue > 0.85 and pixels.sky_blue > 0.5
    if evidence.concepts.get("water", 0.0) > (0.4 if blue_throughout else 0.2):
        return Said("water", 0.75, "rule:water")
    daylight = evidence.exposure_value is not None and evidence.exposure_value > 11 and pixels.sky_blue > 0.2
    if daylight and not blue_throughout:
        return Said("water", 0.75, "rule:water")
    return None


def underwater(evidence: Evidence) -> Said | None:
    """Everything in the blue-green that water leaves of daylight."""
    if evidence.pixels.cyan_cast < 0.6 or evidence.concepts.get("underwater", 0.0) < 0.15:
        return None
    return Said("underwater", 0.8, "rule:underwater")


def foliage(evidence: Evidence) -> Said | None:
    """Green with texture nearly everywhere: the photo is of leaves, whatever the classifier calls them."""
    if evidence.pixels.green < 0.55 or evidence.concepts.get("animal", 0.0) > 0.9 or evidence.faces:
        return None
    if max(evidence.concepts.get(word, 0.0) for word in MADE) > 0.4:
        return None
    return Said("plant", min(0.9, 0.4 + evidence.pixels.green / 2), "rule:foliage")


def leaf(evidence: Evidence) -> Said | None:
    """Green everywhere, top and bottom, and nothing in it that the classifier is sure of."""
    pixels = evidence.pixels
    if foliage(evidence) is None or min(pixels.top_green, pixels.ground_green) < 0.5:
        return None
    if max(evidence.concepts.get(word, 0.0) for word in ("grass", "field", "tree", "landscape", "animal")) > 0.75:
        return None
    return Said("leaf", 0.65, "rule:foliage")


def grass(evidence: Evidence) -> Said | None:
    """A green lower third beneath something that is not green, by daylight."""
    pixels = evidence.pixels
    if pixels.ground_green < 0.5 or pixels.top_green > 0.35 or evidence.outdoors < 0.5:
        return None
    if max(evidence.concepts.get(word, 0.0) for word in ("flower", "food", "insect", "vegetable", "houseplant")) > 0.3:
        return None
    return Said("grass", 0.5 + pixels.ground_green / 3, "rule:foliage")


def tree(evidence: Evidence) -> Said | None:
    """Leaves in the upper part of a photo taken in the open that is of no single plant or creature."""
    pixels = evidence.pixels
    near = ("flower", "insect", "vegetable", "fruit", "houseplant", "food", "animal", "interior")
    if evidence.outdoors < 0.45 or max(evidence.concepts.get(word, 0.0) for word in (*near, *MADE)) > 0.4:
        return None
    if pixels.foliage < 0.2 or pixels.top_green < 0.3 or pixels.sharp_blocks < 0.4:
        return None
    return Said("tree", 0.7, "rule:foliage")


def flower(evidence: Evidence) -> Said | None:
    """Petal colours in the middle, where the classifier's guesses are of the kind that flowers call forth."""
    alike = evidence.concepts.get("like a flower", 0.0)
    if evidence.pixels.petals < 0.12 or alike < 0.25 or evidence.faces or count_people(evidence):
        return None
    return Said("flower", min(0.9, 0.45 + alike / 2), "rule:flower")
