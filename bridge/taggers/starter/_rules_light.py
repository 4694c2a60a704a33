"""Words for the light: sunset, golden hour, night, lights, moon, silhouette, black and white.

Each rule says where its limits come from. Limits without a named source were set by eye on the tuned two thirds of the
labelled photographs (benchmarks/starter_accuracy.py) and on others outside them, and mean nothing beyond that.
"""

from __future__ import annotations

from bridge.taggers.starter._evidence import Evidence, Said
from bridge.taggers.starter._sun import GOLDEN_HOUR, NIGHT_BELOW

NIGHT_EV = 4.0
"""Lit streets and buildings at night (exposure tables: 2 to 4); a deep wood by day has 6 and more."""
DUSK_EV = 11.5
"""An open sky that is no brighter is that of dusk or dawn (exposure tables: 12 under heavy clouds by day)."""
LEAST_COLOUR, LEAST_COLOUR_AT_DUSK = 0.13, 0.06
METERED_ON_SUN_EV = 15.5
"""Brighter than anything the sun lights: the meter saw the sun itself, and then the ground is black."""


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
    least = 0.45 if by_day else LEAST_COLOUR
    if brightness is not None and brightness < DUSK_EV and pixels.sky > 0.4 and pixels.ground_dark > 0.35:
        least = LEAST_COLOUR_AT_DUSK
    if coloured < least or pixels.green > 0.12 or pixels.brightness < 0.16:
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


def silhouette(evidence: Evidence) -> Said | None:
    """A large black shape in one piece before a bright sky, of a person or an animal whose face is not seen."""
    pixels = evidence.pixels
    if pixels.silhouette < 0.12 or evidence.faces or evidence.facts.flash_fired:
        return None
    shape = max(evidence.thing("person"), evidence.thing("bird"), evidence.thing("dog"))
    before_sky = sunset(evidence) is not None or pixels.sky > 0.5
    return Said("silhouette", 0.65, "rule:silhouette") if shape > 0.35 and before_sky else None


def black_and_white(evidence: Evidence) -> Said | None:
    """No chroma to speak of anywhere (99th percentile under 4 of 128 in CIELAB), and not merely a black picture."""
    if evidence.pixels.colourful > 0.03 or evidence.pixels.dark > 0.9:
        return None
    return Said("black and white", 0.95, "rule:black_and_white")


def _sun_forbids(evidence: Evidence, lowest: float, highest: float) -> bool:
    return evidence.sun is not None and not lowest <= evidence.sun.altitude <= highest


def _is_about_something_near(evidence: Evidence) -> bool:
    """A face, a flower, a dish or a room is no sunset, whatever its colours."""
    near = ("flower", "food", "interior", "animal", "drink", "fruit")
    large_face = bool(evidence.faces) and evidence.faces[0].width > 0.08
    return large_face or max(evidence.concepts.get(word, 0.0) for word in near) > 0.45
