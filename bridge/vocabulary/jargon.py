"""What photographers call one thing by several names, which no dictionary has. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.vocabulary.plurals import normal

__all__ = ["content", "other_names"]

SAME = (
    ("black and white", "b and w", "bw", "b w", "b&w", "bnw", "monochrome", "grayscale"),
    (
        "shallow depth of field",
        "shallow dof",
        "bokeh",
        "blurred background",
        "background blur",
        "narrow depth of field",
    ),
    ("depth of field", "dof"),
    ("long exposure", "slow shutter", "time exposure", "long exposure photography"),
    ("high dynamic range", "hdr"),
    ("infrared", "ir", "infrared photography"),
    ("close up", "closeup"),
    ("portrait", "headshot", "head shot", "head and shoulders"),
    ("self portrait", "selfie"),
    ("group portrait", "group photo", "group shot", "group picture"),
    ("backlight", "back light", "backlit", "contre jour", "against the light"),
    ("rim light", "rim lighting", "hair light"),
    ("golden hour", "magic hour", "golden light"),
    ("panorama", "pano"),
    ("aerial", "aerial view", "drone shot", "bird's eye view", "from above"),
    ("wide angle", "ultra wide angle", "uwa"),
    ("telephoto", "tele"),
    ("fisheye", "fish eye"),
    ("double exposure", "multiple exposure"),
    ("star trails", "star trail"),
    ("astrophotography", "night sky photography", "deep sky"),
    ("motion blur", "panning", "intentional camera movement", "icm"),
    ("out of focus", "oof", "defocused"),
    ("still life", "product shot"),
    ("flat lay", "knolling"),
    ("candid", "candid shot", "snapshot"),
    ("time lapse", "timelapse"),
    ("film grain", "grain", "grainy"),
    ("birds in flight", "bird in flight", "bif"),
    ("pregnancy", "maternity", "baby bump"),
    ("newlyweds", "bride and groom", "just married"),
    ("black tie", "formal wear", "evening wear"),
)
"""In each row, names of one thing. Rows are short on purpose: what only goes together is not the same."""

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


def _rows() -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in SAME:
        names = tuple(dict.fromkeys(map(normal, row)))
        for name in names:
            yield name, tuple(other for other in names if other != name)


_OTHERS = dict(_rows())


def other_names(word: str) -> tuple[str, ...]:
    """What else photographers call it, as ``plurals.normal`` gives words."""
    return _OTHERS.get(word, ())


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
