"""Plain facts for the reader, in words and numbers."""

from __future__ import annotations

from typing import Any

from bridge.taggers.starter._evidence import Evidence
from bridge.taggers.starter._people import count_people
from bridge.taggers.starter._rules_light import black_and_white
from bridge.taggers.starter._sun import BLUE_HOUR, GOLDEN_HOUR, season


def plain_facts(evidence: Evidence) -> dict[str, Any]:
    """JSON-ready; what is not known is left out. ``light`` and ``sun_altitude`` need a time, its zone and a place."""
    facts = evidence.facts
    place = evidence.place
    known: dict[str, Any] = {
        "light": _light(evidence),
        "sun_altitude": round(evidence.sun.altitude, 1) if evidence.sun else None,
        "season": season(facts.captured, facts.gps.latitude if facts.gps else None),
        "city": place.city if place else None,
        "state": place.state if place else None,
        "country": place.country if place else None,
        "lens": facts.lens,
        "focal_length_35mm": facts.focal_length_35mm,
        "exposure_value": round(evidence.exposure_value, 1) if evidence.exposure_value is not None else None,
        "people": count_people(evidence),
        "faces": len(evidence.faces),
        "black_and_white": black_and_white(evidence) is not None,
    }
    return {name: value for name, value in known.items() if value is not None}


def _light(evidence: Evidence) -> str | None:
    if evidence.sun is None:
        return None
    altitude = evidence.sun.altitude
    if altitude > GOLDEN_HOUR[1]:
        return "day"
    if altitude >= GOLDEN_HOUR[0]:
        return "golden hour"
    return "blue hour" if altitude >= BLUE_HOUR[0] else "night"
