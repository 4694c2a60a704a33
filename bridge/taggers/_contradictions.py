"""Words that cannot both be true of one photo. A small table: what two photographers would argue about is not in it."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.taggers._sources import is_fact
from bridge.values import Keyword

_DAY = "daytime, daylight, midday, noon, sunny, bright sunshine, blue sky, golden hour, broad daylight"
_NIGHT = "night, nighttime, night time, midnight, night sky, starry sky, milky way"
_PEOPLE = "people, person, man, woman, child, children, crowd, couple, bride, groom, group of people"
_TABLE = (
    (_DAY, _NIGHT),
    ("sunrise, dawn", "sunset, dusk"),
    ("morning", "evening"),
    ("noon, midday", "sunrise, sunset, dawn, dusk, golden hour"),
    (
        "indoor, indoors",
        "outdoor, outdoors, beach sunset, sunset beach, beach sunrise, seascape",
    ),
    ("summer, summertime", "winter, wintertime"),
    ("autumn", "springtime, spring blossom"),
    (
        "sunny, clear sky, blue sky, cloudless sky",
        "overcast, overcast sky, thunderstorm, blizzard",
    ),
    (
        "black and white, monochrome, grayscale, greyscale",
        "colorful, colourful, vibrant colors, vibrant colours, full color",
    ),
    ("no people, nobody, empty street, deserted", _PEOPLE),
    ("one person, single person, solo, alone", "crowd, group of people, couple, two people"),
    ("aerial view, drone view, bird's eye view", "macro, close up, closeup, extreme close up"),
    ("high key", "low key"),
    ("calm sea, calm water", "rough sea, stormy sea"),
)


def _read(table: Sequence[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """For each word, those that it cannot stand beside."""
    against: dict[str, frozenset[str]] = {}
    for one, other in table:
        sides = [frozenset(word.strip() for word in side.split(",")) for side in (one, other)]
        for words, others in (sides, sides[::-1]):
            for word in words:
                against[word] = against.get(word, frozenset()) | others
    return against


_AGAINST = _read(_TABLE)


def contradicted(words: Sequence[Keyword]) -> set[int]:
    """The places of the words that a surer one contradicts.

    What EXIF and the map know is surest; then comes the higher score, where both have one; then what was said first.
    """
    places = sorted(range(len(words)), key=lambda at: (not is_fact(words[at]), -(words[at].score or 0.0), at))
    held: set[str] = set()
    gone: set[int] = set()
    for at in places:
        name = words[at].name.casefold().replace("-", " ")
        if is_fact(words[at]) or held.isdisjoint(_AGAINST.get(name, ())):
            held.add(name)
        else:
            gone.add(at)
    return gone
