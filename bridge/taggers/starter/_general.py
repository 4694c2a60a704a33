"""General words that follow from several special ones together: nature, outdoors, city."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.taggers.starter._evidence import Evidence, Said
from bridge.taggers.starter._people import count_people
from bridge.taggers.starter._rules_scene import OPEN_EV

NATURE = (
    "flower", "leaf", "insect", "butterfly", "mushroom", "forest", "landscape", "mountain", "valley", "cliff", "rock",
    "lake", "river", "waterfall", "sea", "beach", "coast", "wildlife", "bird", "plant", "grass", "field", "underwater",
    "sunset", "sunrise", "duck", "heron", "squirrel",
)  # fmt: skip
MADE = (
    "building", "architecture", "house", "street", "road", "city", "vehicle", "interior", "indoors", "person",
    "furniture", "food", "houseplant", "sport", "monument", "railway", "shop", "cactus", "pet", "electronics",
)  # fmt: skip
"""Beside these a photo is of something else than nature, however green."""
OPEN_AIR = (
    "sky", "beach", "sea", "street", "road", "grass", "forest", "mountain", "lake", "river", "snow", "landscape",
    "tree", "field", "garden", "park", "vehicle",
)  # fmt: skip
LEAST_SURE = 0.45


def general(words: Mapping[str, Said], evidence: Evidence) -> list[Said]:
    """What may be added to ``words``, with raw scores like theirs."""
    return [said for said in (_nature(words, evidence), _outdoors(words, evidence), _city(words)) if said]


def _nature(words: Mapping[str, Said], evidence: Evidence) -> Said | None:
    if any(word in words for word in MADE) or evidence.facts.flash_fired:
        return None
    sure = max((words[word].score for word in NATURE if word in words), default=0.0)
    return Said("nature", 0.95 * sure, "rule:general") if sure >= LEAST_SURE else None


def _outdoors(words: Mapping[str, Said], evidence: Evidence) -> Said | None:
    """Said of people only: of a mountain it says nothing."""
    if not count_people(evidence) or "indoors" in words or "interior" in words or "underwater" in words:
        return None
    bright = evidence.exposure_value is not None and evidence.exposure_value >= OPEN_EV
    seen = max((words[word].score for word in OPEN_AIR if word in words), default=0.0)
    if bright or seen >= 0.6:
        return Said("outdoors", max(0.75 if bright else 0.0, 0.9 * seen), "rule:general")
    return None


def _city(words: Mapping[str, Said]) -> Said | None:
    """Buildings along a street, or lit at night."""
    built = words["building"].score if "building" in words else 0.0
    around = max((words[word].score for word in ("street", "night", "lights") if word in words), default=0.0)
    score = min(built, around)
    return Said("city", score, "rule:general") if score >= LEAST_SURE else None
