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
    kind: float = 0.34
    """The dictionary says that it is a kind of the keyword …"""
    for_each_step: float = 0.03
    """… and so much more for each step up to it …"""
    for_doubt: float = 0.30
    """… up to so much more where it can be other things …"""
    for_part: float = 0.06
    """… and so much where only the last part of a phrase is known."""
    derived: float = 0.48
    """Skier and skiing …"""
    derived_unrelated: float = 0.75
    """… and to the dictionary another thing: trainer and train."""
    head: float = 0.42
    """It ends in the keyword …"""
    head_unrelated: float = 0.85
    """… and is another thing: a hot dog."""
    modifier: float = 0.80
    """The keyword is what it is of, or for: a snow globe …"""
    modifier_unrelated: float = 0.84
    joined: float = 0.72
    """… in one word: a snowman …"""
    joined_unrelated: float = 0.78
    joined_near: float = 0.50
    """… and nearly the keyword all the same: wildflowers."""
    half: float = 0.75
    """It ends in another keyword, and is more like this one: a birthday party."""
    wider: float = 0.80
    """The keyword is one of many kinds of it: a building need not be a skyscraper."""
    unknown: float = 0.64
    """The dictionary does not have both."""
    unrelated: float = 0.62
    """It has both, and neither is a kind of the other …"""
    for_many: float = 0.08
    """… and up to so much more where the word has many meanings."""
    calibration: float = 0.14
    """Of the words just above what is needed, 0.73 were right; of those so much above it 0.88, of those twice 0.95."""


NEAR = 2
"""Steps between two meanings that are few."""
POSSIBLE, CERTAIN = 0.2, 0.9
"""How likely a meaning is that can be meant, and that hardly another is."""


def needed(at: Thresholds, shared: Letters, kin: Kin, activity: bool) -> float:
    """The least likeness of a word and a keyword; ``activity``: the keyword is one, as running is."""
    if shared is Letters.INSIDE:
        return NEVER
    if kin.steps is not None and (kin.whole or shared in (Letters.NONE, Letters.DERIVED)):
        if kin.steps == 0 and kin.share >= CERTAIN:
            return at.same
        if kin.share >= POSSIBLE:
            doubt = at.for_doubt * (1 - kin.share) + (0 if kin.whole else at.for_part)
            return at.kind + at.for_each_step * kin.steps + doubt
    unrelated = kin.whole and kin.apart > NEAR
    if shared is Letters.DERIVED:
        return at.derived_unrelated if unrelated and not activity else at.derived
    if shared is Letters.HEAD:
        return at.head_unrelated if kin.whole else at.head
    if shared is Letters.MODIFIER:
        return at.modifier_unrelated if kin.whole else at.modifier
    if shared is Letters.ENDS and not unrelated and kin.whole:
        return at.joined_near
    if shared in (Letters.STARTS, Letters.ENDS):
        return at.joined_unrelated if kin.whole else at.joined
    if kin.wider:
        return at.wider
    return at.unrelated + (1 - kin.clear) * at.for_many if kin.whole else at.unknown
