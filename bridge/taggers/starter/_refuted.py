"""Words that the facts of a photo speak against. Only what leaves no doubt: a camera's clock may be an hour off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bridge.taggers.starter._evidence import Evidence
from bridge.taggers.starter._rules_light import black_and_white
from bridge.taggers.starter._sun import Sun, season

HIGH_SUN = 15.0
"""Degrees: an hour and more after sunrise or before sunset, everywhere below 50 degrees of latitude."""
DEEP_NIGHT = -18.0
"""End of astronomical twilight: nothing is left of the day."""
ASTRONOMICAL_LAG = timedelta(days=22)
"""So much later than with the month do the seasons of the almanac begin: either reckoning may be meant."""
SHORT_EXPOSURE_S = 1 / 30
COLOURFUL = 0.3
"""99th percentile of chroma, of 1: beyond any toning of a black-and-white print."""

_TWILIGHT = (
    "sunset", "sunrise", "dusk", "dawn", "twilight", "golden hour", "blue hour", "afterglow", "sunset sky",
    "sunset light",
)  # fmt: skip
_NIGHT = (
    "night", "nighttime", "night time", "night sky", "night scene", "night photography", "midnight", "moonlight",
    "starry sky", "stars", "milky way", "star trails",
)  # fmt: skip
_DAY = (
    "day", "daytime", "daylight", "midday", "noon", "sunlight", "sunny", "sunny day", "sunshine", "blue sky",
    "morning", "afternoon",
)  # fmt: skip
_SEASONS = {
    "winter": ("winter", "wintertime", "winter day"),
    "spring": ("springtime", "spring season"),
    "summer": ("summer", "summertime", "summer day"),
    "autumn": ("autumn", "autumn day", "autumn season", "fall season"),
}
"""Not "spring" and "fall": a spring is water, too."""
_COLOURS = (
    "red", "orange", "yellow", "green", "blue", "purple", "violet", "pink", "brown", "turquoise", "teal",
    "colorful", "colourful", "vibrant", "vivid colors", "vivid colours", "vibrant colors", "vibrant colours",
    "full color", "golden hour", "golden light",
)  # fmt: skip
_COLOURLESS = ("black and white", "monochrome", "grayscale", "greyscale", "b&w", "black and white photography")
_LONG = ("long exposure", "star trails", "light trails")


def refuted(evidence: Evidence, elsewhere: Iterable[str] = ()) -> dict[str, str]:
    """To each word, folded, what speaks against it. ``elsewhere``: names of places that the photo was not taken at."""
    found: dict[str, str] = {}
    if evidence.sun is not None:
        found |= _by_sun(evidence.sun)
    found |= _by_season(evidence)
    exposure = evidence.facts.exposure_s
    if exposure is not None and exposure <= SHORT_EXPOSURE_S:
        found |= dict.fromkeys(_LONG, f"it was exposed for 1/{round(1 / exposure)} s")
    if black_and_white(evidence):
        found |= dict.fromkeys(_COLOURS, "it has no colours")
    elif evidence.pixels.colourful > COLOURFUL:
        found |= dict.fromkeys(_COLOURLESS, "it has strong colours")
    if evidence.place is not None:
        where = ", ".join(name for name in (evidence.place.city, evidence.place.country) if name)
        found |= {name.casefold(): f"it was taken in {where}" for name in elsewhere}
    return found


def _by_sun(sun: Sun) -> dict[str, str]:
    if sun.altitude > HIGH_SUN:
        return dict.fromkeys((*_TWILIGHT, *_NIGHT), f"the sun stood {sun.altitude:.0f}° high")
    if sun.altitude < DEEP_NIGHT:
        return dict.fromkeys((*_TWILIGHT, *_DAY), f"the sun stood {-sun.altitude:.0f}° below the horizon")
    if sun.rising:
        return dict.fromkeys(("sunset", "dusk", "evening", "afterglow"), "the sun was rising")
    return dict.fromkeys(("sunrise", "dawn", "morning"), "the sun was going down")


def _by_season(evidence: Evidence) -> dict[str, str]:
    facts = evidence.facts
    if facts.captured is None or facts.gps is None:
        return {}
    now = season(facts.captured, facts.gps.latitude)
    if now is None:
        return {}
    meant = {now, season(facts.captured - ASTRONOMICAL_LAG, facts.gps.latitude)}
    others = [word for name, words in _SEASONS.items() if name not in meant for word in words]
    return dict.fromkeys(others, f"it was taken in {now}")
