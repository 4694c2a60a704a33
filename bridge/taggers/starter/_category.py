"""Which of the ten categories a photo is filed under, where that is sure."""

from __future__ import annotations

from bridge.taggers.starter._evidence import Evidence
from bridge.taggers.starter._people import GROUP, count_people, is_portrait
from bridge.values import Category

SURE = 0.5
"""Below this nothing is said."""


def categorise(evidence: Evidence) -> tuple[Category | None, float | None]:
    """The likeliest category and its probability, or (None, None)."""
    category, score = max(_scores(evidence).items(), key=lambda item: item[1])
    return (category, round(score, 3)) if score >= SURE else (None, None)


def _scores(evidence: Evidence) -> dict[Category, float]:
    concept = evidence.concepts
    people = count_people(evidence)
    few = 1.0 if people == 0 else 0.5 if people < GROUP else 0.2
    creatures = max(concept["insect"], concept["spider"], concept["flower"], concept["mushroom"], concept["leaf"])
    wide = max(concept["landscape"], 0.9 * concept["mountain"], 0.8 * concept["sea"])
    things = max(concept["food"], concept["electronics"], concept["watch"], concept["shoe"], concept["drink"])
    return {
        Category.WEDDING: concept["wedding"],
        Category.PORTRAIT: 0.85 if is_portrait(evidence.faces, people) else 0.0,
        Category.LANDSCAPE: few * (1.0 - concept["underwater"]) * wide,
        Category.SPORTS: concept["sport"],
        Category.STREET: concept["street"] * (1.0 if people else 0.7),
        Category.PRODUCT: few * 0.8 * things,
        Category.MACRO: few * 0.8 * creatures,
        Category.WILDLIFE: few * concept["wildlife"] * (1.0 - concept["insect"]),
        Category.EVENT: max(concept["concert"], concept["stage"]) * (1.0 if people else 0.8),
    }
