"""Small slips in long words. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

__all__ = ["Typos"]

SHORTEST = 8
"""Among shorter words, too many that differ in a letter are both right: county and country, stature and statue."""
SAME_END = 2
"""Another ending is another form, no slip: painter and painted."""


class Typos:
    """Finds the one name that a word is but for one letter: left out, doubled, wrong, or swapped with its neighbour."""

    def __init__(self, names: Iterable[str], is_word: Callable[[str], bool] = lambda _: False) -> None:
        """Names as ``plurals.normal`` gives them. ``is_word`` says of a word that it is right as it is."""
        self._is_word = is_word
        self._alike: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name in names:
            if len(name) >= SHORTEST:
                self._alike[_kind(name)].add(name)

    def of(self, word: str) -> str | None:
        """The name that ``word`` was meant to be; None where it is none, or could be several."""
        if len(word) < SHORTEST or any(map(str.isdigit, word)) or self._is_word(word):
            return None
        close = [name for name in self._alike.get(_kind(word), ()) if name != word and _is_one_slip(word, name)]
        return close[0] if len(close) == 1 else None


def _kind(word: str) -> tuple[str, str]:
    return word[0], word[-SAME_END:]


def _is_one_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[start:], other[start:]
    if len(one) == len(other):
        swapped = rest[:2] == others[:2][::-1] and rest[2:] == others[2:]
        return swapped or rest[1:] == others[1:]
    return rest[1:] == others if len(one) > len(other) else rest == others[1:]
