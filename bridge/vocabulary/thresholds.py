"""How alike a word and a keyword must be, by what else is known of the two. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.vocabulary.kinship import Kin
from bridge.vocabulary.letters import Letters

__all__ = ["Thresholds", "needed"]

NEVER = 2.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The likeness from which on a word is taken for a keyword. How they were set: benchmarks/vocabulary.py."""

    same: float = 0.10
    """The dictionary has one meaning for both, and hardly another for the word."""
    kind: float = 0.28
    """The dictionary says that it is a kind of the keyword …"""
    for_each_step: float = 0.03
    """… and so much more for each step up to it …"""
    for_doubt: float = 0.45
    """… up to so much more where it can be other things …"""
    for_part: float = 0.06
    """… and so much where only the last part of a phrase is known."""
    derived: float = 0.48
    """Skier and skiing …"""
    derived_apart: float = 0.82
    """… and to the dictionary another thing: hugging and hug, but not fishing and fish."""
    head: float = 0.42
    """It ends in the keyword, and the dictionary does not have it: an electric bicycle, but no hot dog or big cat."""
    unknown: float = 0.80
    """The dictionary does not have one of the two at all."""
    calibration: float = 0.14
    """A word just above what is needed counts 0.71, one so much above it 0.85; of rows.json, 0.9 to 0.97 were right."""


NEAR = 2
"""Steps between two meanings that are few."""
POSSIBLE, CERTAIN = 0.2, 0.9
"""How likely a meaning is that can be meant, and that hardly another is."""


def needed(at: Thresholds, shared: Letters, kin: Kin, activity: bool) -> float:
    """The least likeness of a word and a keyword; ``activity``: the keyword is one, as running is.

    What the dictionary knows, it decides: what is no kind of the keyword is never taken for it, however alike they
    are, for vehicle and car, donkey and horse, sky and sunset are as alike as puppy and dog.
    """
    if shared is Letters.INSIDE:
        return NEVER
    if kin.steps is not None and (kin.whole or shared in (Letters.NONE, Letters.DERIVED)):
        if kin.steps == 0 and kin.share >= CERTAIN:
            return at.same
        if kin.share >= POSSIBLE:
            doubt = at.for_doubt * (1 - kin.share) + (0 if kin.whole else at.for_part)
            return at.kind + at.for_each_step * kin.steps + doubt
    if shared is Letters.DERIVED:
        return at.derived if activity or kin.apart <= NEAR or not kin.known else at.derived_apart
    if shared is Letters.HEAD and not kin.whole:
        return at.head
    return NEVER if kin.known or shared is not Letters.NONE else at.unknown
