"""A second look at things: the classifier sees what the object detector found, by itself.

The detector knows where things are but takes a heron for a bird at 0.3 and a duck for a cow; the classifier knows
1000 kinds but not where a small one is. Where the two agree on the kind of thing, the classifier's word for it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.engines.objects import DetectedObject
from bridge.values import RGB

LOOKS = 3
"""Things that are looked at again, the surest first."""
LEAST_AREA, MOST_AREA = 0.002, 0.5
"""Share of the picture. What is smaller has too few pixels; what is larger the other views show."""
MARGIN = 1.3
"""Side of the view over that of the thing's box: the classifier was trained on things with a little around them."""
LEAST_SIDE = 48
"""Pixels. Below this a view shows the grain."""

ANIMALS = ("bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe")
VEHICLES = ("bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat")
VESSELS = ("bottle", "wine glass", "cup")
SEATS = ("chair", "couch", "bed", "dining table", "bench")
DEVICES = ("tv", "laptop", "keyboard", "cell phone", "mouse")
FOODS = ("banana", "apple", "orange", "sandwich", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake")

KIND_OF = {
    **dict.fromkeys(ANIMALS, "animal"),
    **dict.fromkeys(VEHICLES, "vehicle"),
    **dict.fromkeys(VESSELS, "drink"),
    **dict.fromkeys(SEATS, "furniture"),
    **dict.fromkeys(DEVICES, "electronics"),
    **dict.fromkeys(FOODS, "food"),
    "person": "person",
}
WORDS_OF: Mapping[str, tuple[str, ...]] = {
    "animal": (
        "dog", "cat", "bird", "duck", "goose", "swan", "heron", "stork", "seabird", "bird of prey", "owl", "chicken",
        "parrot", "penguin", "fish", "frog", "turtle", "lizard", "crocodile", "insect", "butterfly", "dragonfly", "bee",
        "beetle", "seal", "wolf", "fox", "bear", "lion", "tiger", "leopard", "rabbit", "squirrel", "horse", "zebra",
        "pig", "cow", "sheep", "goat", "antelope", "camel", "llama", "ape", "monkey", "elephant", "panda",
    ),
    "vehicle": (
        "car", "truck", "bus", "tram", "train", "bicycle", "motorcycle", "scooter", "boat", "sailboat", "ship",
        "airplane", "tractor", "vintage car",
    ),
    "drink": ("drink", "beer", "wine", "coffee", "tea", "glass", "bottle"),
    "furniture": ("chair", "table", "bench", "bed", "sofa"),
    "electronics": ("laptop", "computer", "television", "phone"),
    "food": ("fruit", "vegetable", "bread", "pizza", "cake", "ice cream", "food"),
    "person": (
        "laptop", "computer", "suit", "uniform", "helmet", "ball", "table", "drink", "guitar", "bicycle", "skiing",
    ),
}  # fmt: skip
"""For each kind, the words that one look can bear out. A person is looked at for what it wears, holds or sits at."""

KIND_SEEN = 0.6
"""What the classifier must see of the kind."""
WORD_SEEN, WORD_SEEN_ON_PERSON = 0.5, 0.6
SURE_ENOUGH, LARGE_ENOUGH = 0.3, 0.05
"""The detector's score, or the share of the picture, from which its voice counts."""


@dataclass(frozen=True, slots=True)
class Closer:
    """One thing, and P(word | view of it) by the classifier."""

    thing: DetectedObject
    concepts: Mapping[str, float]


def worth_a_look(things: Sequence[DetectedObject]) -> list[DetectedObject]:
    """At most ``LOOKS`` things of a kind and size that a second look can settle, and of people only the surest."""
    chosen: list[DetectedObject] = []
    for thing in sorted(things, key=lambda thing: -thing.score):
        fits = thing.name in KIND_OF and LEAST_AREA <= thing.area <= MOST_AREA
        counts = thing.score >= SURE_ENOUGH or thing.area >= LARGE_ENOUGH
        again = thing.name == "person" and any(other.name == "person" for other in chosen)
        if fits and counts and not again:
            chosen.append(thing)
    return chosen[:LOOKS]


def cut_out(rgb: RGB, thing: DetectedObject) -> RGB:
    """The square around a thing, (side, side, 3), moved inward at the picture's edges."""
    height, width = rgb.shape[:2]
    longer = max((thing.right - thing.left) * width, (thing.bottom - thing.top) * height)
    side = min(max(1, round(max(MARGIN * longer, LEAST_SIDE))), height, width)
    middle_x, middle_y = (thing.left + thing.right) / 2 * width, (thing.top + thing.bottom) / 2 * height
    left, top = (
        int(np.clip(middle - side / 2, 0, length - side)) for middle, length in ((middle_x, width), (middle_y, height))
    )
    return rgb[top : top + side, left : left + side]


def agreed(looks: Iterable[Closer]) -> dict[str, float]:
    """Words on which both agree, and how sure the two are together, 0..1."""
    words: dict[str, float] = {}
    for look in looks:
        kind = KIND_OF[look.thing.name]
        on_person = kind == "person"
        if not on_person and kind_seen(look, kind) < KIND_SEEN:
            continue
        for word in WORDS_OF[kind]:
            seen = look.concepts.get(word, 0.0)
            if seen >= (WORD_SEEN_ON_PERSON if on_person else WORD_SEEN):
                voice = 0.0 if on_person else look.thing.score
                words[word] = max(words.get(word, 0.0), 1.0 - (1.0 - seen) * (1.0 - 0.7 * voice))
    return words


def kind_seen(look: Closer, kind: str) -> float:
    """How sure the classifier is that the thing is of this kind: by the word for it, or by any word of it."""
    return max(look.concepts.get(word, 0.0) for word in (kind, *WORDS_OF[kind]))


def mistaken(looks: Iterable[Closer]) -> set[str]:
    """What the detector calls things that the classifier, looking closer, knows as another thing of the same kind."""
    wrong: set[str] = set()
    for look in looks:
        kind = KIND_OF[look.thing.name]
        if kind not in ("animal", "vehicle"):
            continue
        others = max((look.concepts.get(w, 0.0) for w in WORDS_OF[kind] if w != look.thing.name), default=0.0)
        if others >= KIND_SEEN and look.concepts.get(look.thing.name, 0.0) < 0.1:
            wrong.add(look.thing.name)
    return wrong
