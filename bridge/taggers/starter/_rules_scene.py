"""Words for where a photo was taken, from what stands in it and from the light: street, indoors, trees behind things.

Each rule says where its limits come from. Limits without a named source were set by eye on the tuned two thirds of the
labelled photographs (benchmarks/starter_accuracy.py) and on others outside them, and mean nothing beyond that.
"""

from __future__ import annotations

from bridge.taggers.starter._evidence import OUTDOOR_WORDS, Evidence, Said
from bridge.taggers.starter._people import count_people
from bridge.taggers.starter._rules_light import night

ROOM_EV = 7.0
"""Homes and offices by lamplight have 5 to 7 (exposure tables); so has a wood by day, and dusk: hence the people."""
OPEN_EV = 13.0
"""A window at arm's length and a studio's flash reach 12.9."""
DAYLIGHT_EV = 11.5
"""No lamp reaches this; an open shadow by day does."""
OVERCAST_EV = 12.0
"""Under heavy clouds by day (exposure tables)."""
FAINT_PERSON = 0.3
"""COCO's score of people too small to be sure of one by one."""
TRAFFIC = ("car", "truck", "bus", "motorcycle", "bicycle", "traffic light", "stop sign", "parking meter", "train")
TRAFFIC_AREA = (0.008, 0.35)
"""Share of the picture: smaller is far away, larger is what the photo is of."""
BUILT = ("building", "architecture", "house", "shop", "sign", "phone booth", "street", "restaurant")
NATURAL = ("water", "landscape", "field", "aircraft", "interior", "animal", "flower")


def street(evidence: Evidence) -> Said | None:
    """Traffic of a middle size before something built or with people about, and no land or water around it."""
    middling = [thing for thing in evidence.objects if TRAFFIC_AREA[0] <= thing.area <= TRAFFIC_AREA[1]]
    traffic = max((thing.score for thing in middling if thing.name in TRAFFIC), default=0.0)
    concept = evidence.concepts
    if traffic < 0.4 or evidence.thing("airplane") > 0.4 or indoors(evidence) is not None:
        return None
    if max(concept.get(word, 0.0) for word in NATURAL) > 0.4 or evidence.pixels.green > 0.25:
        return None
    built = max(concept.get(word, 0.0) for word in BUILT)
    if built < 0.12 and count_people(evidence) < 2:
        return None
    return Said("street", min(0.85, 0.4 + traffic / 2), "rule:street")


def indoors(evidence: Evidence) -> Said | None:
    """People or pets under a lamp or a flash, with neither sky nor green about them, by day or by night."""
    pixels, facts = evidence.pixels, evidence.facts
    pet = max(evidence.concepts.get("dog", 0.0), evidence.concepts.get("cat", 0.0)) > 0.6
    if not (count_people(evidence) or pet) or pixels.sky_blue > 0.3 or pixels.green > 0.2 or night(evidence):
        return None
    if max(evidence.concepts.get(word, 0.0) for word in ("water", "landscape", "tree", "street", "vehicle")) > 0.25:
        return None
    if facts.flash_fired and pixels.brightness > 0.15:
        return Said("indoors", 0.7, "rule:indoors")
    lamplight = evidence.exposure_value is not None and evidence.exposure_value < ROOM_EV and pixels.green < 0.1
    return Said("indoors", 0.75, "rule:indoors") if lamplight else None


def grass(evidence: Evidence) -> Said | None:
    """A green strip at the foot of something built, in the open; nothing green above it."""
    pixels, concept = evidence.pixels, evidence.concepts
    built = max(concept.get(word, 0.0) for word in ("building", "architecture", "vehicle", "stone", "monument"))
    if pixels.ground_green < 0.35 or pixels.top_green > 0.1 or evidence.outdoors < 0.6 or built < 0.3:
        return None
    return Said("grass", 0.6, "rule:foliage")


def people(evidence: Evidence) -> Said | None:
    """Several people of whom most are too small to be counted: a second one beside one who is not, or a square full."""
    faint = sum(thing.name == "person" and thing.score >= FAINT_PERSON for thing in evidence.objects)
    counted = count_people(evidence)
    if (counted == 1 and faint >= 2) or (not counted and faint >= 4 and evidence.outdoors > 0.8):
        return Said("people", 0.55, "coco")
    return None


def portrait(evidence: Evidence) -> Said | None:
    """One person who fills a quarter of the picture and whose face is seen, half length or closer."""
    if len(evidence.faces) != 1 or count_people(evidence) != 1:
        return None
    fills = max((thing.area for thing in evidence.objects if thing.name == "person"), default=0.0)
    large = evidence.faces[0].width >= 0.085 and fills >= 0.25
    return Said("portrait", 0.7, "face") if large else None


def tree(evidence: Evidence) -> Said | None:
    """Some leaves by daylight behind what is built, parked or grown over with grass."""
    pixels = evidence.pixels
    by_day = evidence.exposure_value is not None and evidence.exposure_value >= DAYLIGHT_EV
    if not by_day or pixels.foliage < 0.1 or pixels.top_green < 0.12 or pixels.sharp_blocks < 0.6:
        return None
    instead = ("flower", "insect", "food", "animal", "houseplant", "interior")
    near = max(evidence.concepts.get(word, 0.0) for word in instead)
    return Said("tree", 0.6, "rule:foliage") if near < 0.35 else None


def pale_sky(evidence: Evidence) -> Said | None:
    """A smooth top, overcast or burnt out, by daylight, where the classifier sees something of the open."""
    by_day = evidence.exposure_value is not None and evidence.exposure_value >= OVERCAST_EV
    seen = max(evidence.concepts.get(word, 0.0) for word in OUTDOOR_WORDS)
    return Said("sky", 0.65, "rule:sky") if by_day and evidence.pixels.sky > 0.5 and seen > 0.4 else None
