"""Words that no class covers, from pixels and from EXIF. Each rule says where its limits come from.

Limits without a named source were set on two thirds of the labelled photographs (benchmarks/starter_accuracy.py) and
mean nothing beyond that.
"""

from __future__ import annotations

from collections.abc import Callable

from bridge.taggers.starter._evidence import Evidence, Said
from bridge.taggers.starter._people import count_people
from bridge.taggers.starter._sun import GOLDEN_HOUR, NIGHT_BELOW, season

Rule = Callable[[Evidence], Said | None]

PANORAMA_ASPECT = 2.0
"""A picture at least twice as wide as high is commonly called a panorama (Wikipedia, "Panoramic photography")."""
LONG_EXPOSURE_S = 1.0
"""Longer than any hand holds still; blurs moving water and lights."""
WIDE_ANGLE_MM = 24.0
"""35 mm equivalent. Below 35 mm is wide by the book, but phones have 24 to 28 mm: only wider is worth a word."""
TELEPHOTO_MM = 135.0
"""35 mm equivalent. Lens makers begin medium telephoto at 85 mm and telephoto at 135 mm."""
SUNLIT_EV = 13.0
NIGHT_EV = 4.0
"""Lit streets and buildings at night (exposure tables: 2 to 4); a deep wood by day has 6 and more."""
METERED_ON_SUN_EV = 15.5
"""Brighter than anything the sun lights: the meter saw the sun itself, and then the ground is black."""
RELIEF = 0.05
MACRO_DISTANCE_M = 0.2
MADE = ("electronics", "computer", "furniture", "sport", "vehicle", "toy", "text")
"""What may be as green as leaves."""
SHALLOW_APERTURE = 4.0
"""f-number times crop factor: what the aperture would be on a 35 mm camera for the same depth of field."""


def sunset(evidence: Evidence) -> Said | None:
    """A smooth sky in reds, oranges and purples, or a glow along the horizon, over dark ground.

    Not where the sun's altitude, the light of the scene or the time of day forbids it, and not indoors.
    """
    pixels = evidence.pixels
    if _sun_forbids(evidence, *GOLDEN_HOUR) or _is_about_something_near(evidence):
        return None
    brightness = evidence.exposure_value
    if evidence.facts.flash_fired or (brightness is not None and brightness <= 2.0):
        return None
    if brightness is not None and brightness >= METERED_ON_SUN_EV and pixels.ground_dark < 0.5:
        return None
    coloured = max(pixels.sky_warm, pixels.sky_glow)
    by_day = evidence.sun is None and evidence.facts.captured is not None and 10 <= evidence.facts.captured.hour < 15
    if coloured < (0.45 if by_day else 0.13) or pixels.green > 0.12 or pixels.brightness < 0.16:
        return None
    if pixels.ground_brightness > 0.45 and not (coloured > 0.4 and evidence.concepts.get("water", 0.0) > 0.3):
        return None
    if pixels.ground_dark < 0.25 and coloured < 0.3 and pixels.ground_brightness > 0.35:
        return None
    if coloured < 0.35 and evidence.outdoors < 0.3:
        return None
    word = "sunrise" if evidence.sun is not None and evidence.sun.rising else "sunset"
    return Said(word, min(0.95, 0.6 + coloured / 2), "rule:sunset")


def golden_hour(evidence: Evidence) -> Said | None:
    """The sun between 4 degrees below and 6 above the horizon, in the open."""
    if evidence.sun is None or not GOLDEN_HOUR[0] <= evidence.sun.altitude <= GOLDEN_HOUR[1]:
        return None
    return Said("golden hour", 0.8, "exif:light") if evidence.outdoors > 0.4 else None


def night(evidence: Evidence) -> Said | None:
    """Mostly black, a few bright lights, a dim scene by its exposure; not against the sun's altitude."""
    pixels = evidence.pixels
    if _sun_forbids(evidence, -90.0, -4.0) or evidence.facts.flash_fired:
        return None
    dim = evidence.exposure_value is None or evidence.exposure_value < 8.0
    deep = evidence.sun is not None and evidence.sun.altitude < NIGHT_BELOW
    faint = evidence.exposure_value is not None and evidence.exposure_value < NIGHT_EV and pixels.brightness < 0.5
    if (deep or faint) and dim and evidence.outdoors > 0.5:
        return Said("night", 0.85, "rule:night")
    if pixels.dark < 0.62 or pixels.brightness > 0.25 or not dim or _is_about_something_near(evidence):
        return None
    if pixels.lights < 0.0005:
        return None
    return Said("night", 0.75, "rule:night")


def lights(evidence: Evidence) -> Said | None:
    """Bright spots in the dark, on a photo that is night already."""
    return Said("lights", 0.7, "rule:night") if night(evidence) and 0.001 < evidence.pixels.lights < 0.2 else None


def moon(evidence: Evidence) -> Said | None:
    """One pale round spot, alone in the dark."""
    return Said("moon", 0.8, "rule:moon") if evidence.pixels.disc and not evidence.facts.flash_fired else None


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
    if pixels.sky_blue > 0.35:
        return Said("sky", min(0.95, 0.55 + pixels.sky_blue / 2), "rule:sky")
    pale = pixels.sky > 0.6 and evidence.concepts.get("sky", 0.0) > 0.25
    return Said("sky", 0.7, "rule:sky") if pale else None


def landscape(evidence: Evidence) -> Said | None:
    """A wide sky over ground, in the open, and nothing near that the photo would be of instead."""
    if evidence.pixels.sky < 0.6 or sky(evidence) is None or evidence.outdoors < 0.6:
        return None
    instead = ("vehicle", "architecture", "building", "animal", "flower", "street", "interior", "food", "aircraft")
    if max(evidence.concepts.get(word, 0.0) for word in instead) > 0.3 or evidence.facts.flash_fired:
        return None
    near = bool(evidence.faces) and evidence.faces[0].width > 0.1
    return None if near else Said("landscape", 0.65, "rule:sky")


def clouds(evidence: Evidence) -> Said | None:
    """White and grey patches in a sky that is partly blue, or relief in one that is grey all over."""
    pixels = evidence.pixels
    if sky(evidence) is None:
        return None
    if 0.2 < pixels.sky_clouds < 0.85:
        return Said("clouds", 0.65, "rule:sky")
    overcast = pixels.sky > 0.6 and pixels.sky_blue < 0.3 and pixels.sky_relief > RELIEF
    return Said("clouds", 0.65, "rule:sky") if overcast else None


def water(evidence: Evidence) -> Said | None:
    """A blue lower half in daylight beneath a blue sky: nothing else on the ground is as blue and as wide."""
    pixels = evidence.pixels
    if pixels.water_blue < 0.35 or evidence.outdoors < 0.3 or evidence.pixels.ground_white > 0.3:
        return None
    daylight = evidence.exposure_value is not None and evidence.exposure_value > 11 and pixels.sky_blue > 0.2
    if daylight or evidence.concepts.get("water", 0.0) > 0.2:
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


def silhouette(evidence: Evidence) -> Said | None:
    """A large black shape in one piece before a bright ground, and a person or animal or tree in it."""
    if evidence.pixels.silhouette < 0.12 or evidence.pixels.bright > 0.6 or evidence.facts.flash_fired:
        return None
    shape = max(evidence.thing("person"), evidence.thing("bird"), evidence.thing("dog"))
    return Said("silhouette", 0.65, "rule:silhouette") if shape > 0.35 and sunset(evidence) else None


def black_and_white(evidence: Evidence) -> Said | None:
    """No chroma to speak of anywhere (99th percentile under 4 of 128 in CIELAB), and not merely a black picture."""
    if evidence.pixels.colourful > 0.03 or evidence.pixels.dark > 0.9:
        return None
    return Said("black and white", 0.95, "rule:black_and_white")


def panorama(evidence: Evidence) -> Said | None:
    """At least twice as wide as high, and of a size that a banner or a crop seldom has."""
    if evidence.aspect < PANORAMA_ASPECT or evidence.longest < 1500:
        return None
    return Said("panorama", 0.8, "rule:panorama")


def macro(evidence: Evidence) -> Said | None:
    """A subject nearer than a hand's span by EXIF, or a small creature or flower before a blurred ground."""
    distance = evidence.facts.subject_distance_m
    if distance is not None and 0.0 < distance <= MACRO_DISTANCE_M and evidence.exposure_value is not None:
        return Said("macro", 0.8, "exif:subject_distance")
    small = max(evidence.concepts.get(word, 0.0) for word in ("insect", "spider", "butterfly"))
    named = "macro" in (evidence.facts.lens or "").lower()
    if small > 0.6 or (named and evidence.concepts.get("flower", 0.0) > 0.5):
        return Said("macro", 0.7, "rule:macro")
    return None


def long_exposure(evidence: Evidence) -> Said | None:
    """One second or more."""
    exposure = evidence.facts.exposure_s
    return Said("long exposure", 0.9, "exif:exposure") if exposure is not None and exposure >= LONG_EXPOSURE_S else None


def shallow_depth_of_field(evidence: Evidence) -> Said | None:
    """A wide aperture by 35 mm terms or a near subject, and pixels that bear it out: sharp middle, most else soft."""
    facts, pixels = evidence.facts, evidence.pixels
    if pixels.sharp_blocks > 0.4 or pixels.sharp_centre < 1.5 * pixels.sharp_blocks or pixels.detail < 12:
        return None
    if not (facts.f_number and facts.focal_length_mm and facts.focal_length_35mm):
        return None
    equivalent = facts.f_number * facts.focal_length_35mm / facts.focal_length_mm
    if equivalent > SHALLOW_APERTURE or facts.focal_length_35mm < 35:
        return None
    return Said("shallow depth of field", 0.75, "rule:depth_of_field")


def wide_angle(evidence: Evidence) -> Said | None:
    focal = evidence.facts.focal_length_35mm
    return Said("wide angle", 0.85, "exif:lens") if focal is not None and 0 < focal <= WIDE_ANGLE_MM else None


def telephoto(evidence: Evidence) -> Said | None:
    focal = evidence.facts.focal_length_35mm
    return Said("telephoto", 0.85, "exif:lens") if focal is not None and focal >= TELEPHOTO_MM else None


def season_word(evidence: Evidence) -> Said | None:
    """Only in the open, and only where GPS tells the hemisphere."""
    gps = evidence.facts.gps
    word = season(evidence.facts.captured, gps.latitude if gps else None)
    return Said(word, 0.85, "exif:season") if word and evidence.outdoors > 0.5 else None


RULES: tuple[Rule, ...] = (
    sunset,
    golden_hour,
    night,
    lights,
    moon,
    snow,
    sky,
    landscape,
    clouds,
    water,
    underwater,
    foliage,
    leaf,
    grass,
    tree,
    flower,
    silhouette,
    black_and_white,
    panorama,
    macro,
    long_exposure,
    shallow_depth_of_field,
    wide_angle,
    telephoto,
    season_word,
)


def _sun_forbids(evidence: Evidence, lowest: float, highest: float) -> bool:
    return evidence.sun is not None and not lowest <= evidence.sun.altitude <= highest


def _is_about_something_near(evidence: Evidence) -> bool:
    """A face, a flower, a dish or a room is no sunset, whatever its colours."""
    near = ("flower", "food", "interior", "animal", "drink", "fruit")
    large_face = bool(evidence.faces) and evidence.faces[0].width > 0.08
    return large_face or max(evidence.concepts.get(word, 0.0) for word in near) > 0.45
