"""What a phrase shows, without what only says that it is a picture. Pure."""

from __future__ import annotations

__all__ = ["content"]

GENERIC = frozenset(
    [
        "afternoon",
        "backdrop",
        "background",
        "concept",
        "conditions",
        "day",
        "effect",
        "evening",
        "figure",
        "image",
        "morning",
        "photo",
        "photograph",
        "photographic",
        "photography",
        "picture",
        "scene",
        "scenery",
        "setting",
        "shot",
        "style",
        "subject",
        "theme",
        "view",
        "weather",
    ]
)
"""A macro photo shows a macro, a sunset scene a sunset: last parts that say no more than that it is a picture."""

MEASURES = frozenset(
    [
        "bag",
        "basket",
        "bed",
        "bit",
        "blanket",
        "body",
        "bottle",
        "bouquet",
        "bowl",
        "box",
        "bunch",
        "chain",
        "close-up",
        "closeup",
        "cup",
        "drop",
        "expanse",
        "field",
        "flock",
        "glass",
        "group",
        "herd",
        "kind",
        "line",
        "loaf",
        "lot",
        "mug",
        "number",
        "pack",
        "pair",
        "patch",
        "piece",
        "pile",
        "plate",
        "portrait",
        "range",
        "row",
        "school",
        "series",
        "sheet",
        "silhouette",
        "slice",
        "sort",
        "stack",
        "strand",
        "stretch",
        "swarm",
        "type",
        "view",
    ]
)
"""A cup of coffee is coffee, a herd of horses horses: first parts that only say how much, before ``of``."""


def content(word: str) -> str:
    """A phrase, as ``plurals.normal`` gives it, without what only says that it is a picture, or how much there is."""
    parts = word.split()
    while len(parts) > 1 and parts[-1] in GENERIC:
        parts.pop()
    if len(parts) > 2 and parts[1] == "of" and parts[0] in MEASURES:
        del parts[:2]
        if len(parts) > 1 and parts[0] in ("a", "an", "the"):
            del parts[0]
    return " ".join(parts)
