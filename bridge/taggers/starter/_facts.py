"""Plain facts for the reader, in words and numbers."""

from __future__ import annotations

from typing import Any

from bridge.taggers.starter._evidence import Evidence
from bridge.taggers.starter._people import count_people
from bridge.taggers.starter._places import Place
from bridge.taggers.starter._rules_light import black_and_white
from bridge.taggers.starter._sun import BLUE_HOUR, GOLDEN_HOUR, Sun, season
from bridge.values import Facts


def plain_facts(evidence: Evidence) -> dict[str, Any]:
    """JSON-ready; what is not known is left out. ``light`` and ``sun_altitude`` need a time, its zone and a place."""
    brightness = evidence.exposure_value
    return {
        **file_facts(evidence.facts, evidence.sun, evidence.place),
        **({} if brightness is None else {"exposure_value": round(brightness, 1)}),
        "people": count_people(evidence),
        "faces": len(evidence.faces),
        "black_and_white": black_and_white(evidence) is not None,
    }


def file_facts(facts: Facts, sun: Sun | None, place: Place | None) -> dict[str, Any]:
    """The part that needs no pixels."""
    known: dict[str, Any] = {
        "light": _light(sun),
        "sun_altitude": round(sun.altitude, 1) if sun else None,
        "season": season(facts.captured, facts.gps.latitude if facts.gps else None),
        "city": place.city if place else None,
        "state": place.state if place else None,
        "country": place.country if place else None,
        "lens": facts.lens,
        "focal_length_35mm": facts.focal_length_35mm,
    }
    return {name: value for name, value in known.items() if value is not None}


def _light(sun: Sun | None) -> str | None:
    if sun is None:
        return None
    altitude = sun.altitude
    if altitude > GOLDEN_HOUR[1]:
        return "day"
    if altitude >= GOLDEN_HOUR[0]:
        return "golden hour"
    return "blue hour" if altitude >= BLUE_HOUR[0] else "night"
