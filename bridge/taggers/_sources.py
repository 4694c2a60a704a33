"""Who says a word: a model, or the photo's own file."""

from __future__ import annotations

from bridge.values import Keyword

MEASURED = ("place", "rule:black_and_white")


def is_fact(word: Keyword) -> bool:
    """Whether EXIF, the map or a plain measurement says it, and no model."""
    return word.source in MEASURED or word.source.startswith("exif")
