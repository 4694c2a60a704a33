"""What the letters of a word and of a keyword have in common. Pure."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from bridge.plurals import singular

__all__ = ["JOINTS", "Letters", "letters", "stems"]

ENDINGS = ("ing", "ist", "er", "or", "ed", "ic", "al", "y", "ish", "en", "s", "e", "a", "")
SHORTEST_STEM = 3
REMEMBERED = 10_000


JOINTS = frozenset(
    [
        "and",
        "at",
        "behind",
        "by",
        "for",
        "from",
        "in",
        "like",
        "near",
        "of",
        "on",
        "or",
        "over",
        "under",
        "with",
        "without",
    ]
)
"""Words that set what is before them apart from what is after: a man in a car, the train of a dress."""


class Letters(Enum):
    """What the letters of a word and of a keyword's name have in common."""

    NONE = "none"
    HEAD = "head"
    """oak tree, tree."""
    MODIFIER = "modifier"
    """snow globe, snow; ski mask, skiing; bass player, bass guitar."""
    INSIDE = "inside"
    """crane, construction crane: the keyword means less than the word."""
    DERIVED = "derived"
    """skier, skiing."""
    JOINED = "joined"
    """snowman, snow; starfish, fish."""


def letters(word: str, name: str) -> Letters:
    """What a word and a keyword's name share, both as ``plurals.normal`` gives them."""
    parts, others = _singular_parts(word), _singular_parts(name)
    if not parts or not others:
        return Letters.NONE
    jointed = not JOINTS.isdisjoint(parts[: -len(others)])
    if parts[-len(others) :] == others and not jointed:
        return Letters.HEAD
    if _within(parts, others):
        return Letters.INSIDE
    if len(parts) == len(others) and parts[:-1] == others[:-1] and _one_stem(parts[-1], others[-1]):
        return Letters.DERIVED
    if jointed and _within(others, parts):
        return Letters.MODIFIER
    if parts[-1] != others[-1] and any(_one_stem(part, other) for part in parts for other in others):
        return Letters.MODIFIER if len(parts) > 1 else Letters.NONE
    return Letters.JOINED if len(parts) == len(others) == 1 and _joined(parts[0], others[0]) else Letters.NONE


def _joined(word: str, name: str) -> bool:
    return len(name) >= SHORTEST_STEM and (word.startswith(name) or word.endswith(name))


def _singular_parts(phrase: str) -> list[str]:
    return [singular(part) for part in phrase.split()]


def _within(few: list[str], many: list[str]) -> bool:
    return any(many[at : at + len(few)] == few for at in range(len(many) - len(few) + 1))


def _one_stem(one: str, other: str) -> bool:
    """skier and skiing, runner and running, foggy and fog, panoramic and panorama; car and carry too, but their
    likeness is far from what is needed."""
    return bool(stems(one) & stems(other))


@lru_cache(REMEMBERED)
def stems(word: str, endings: tuple[str, ...] = ENDINGS) -> frozenset[str]:
    """What may be left of a word without its ending, a doubled last letter once: run of running."""
    left = set()
    for ending in endings:
        stem = word.removesuffix(ending)
        if word.endswith(ending) and len(stem) >= SHORTEST_STEM:
            doubled = len(stem) > SHORTEST_STEM and stem[-1] == stem[-2] and ending
            left.add(stem[:-1] if doubled else stem)
    return frozenset(left)
