"""Keywords by what a person types of them: in any case, with accents or without, by name, synonym or place. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bridge.vocabulary.tree import Term, Vocabulary

__all__ = ["Finder", "plain_letters"]

_LEVELS = re.compile(r"[|>]")
EXACT, BEGINS, OTHER_BEGINS, WORD_BEGINS, INSIDE, OTHER_INSIDE, NOT = range(7)


def plain_letters(text: str) -> str:
    """Without case and accents: ``Bär`` is found by ``bar``, ``STRASSE`` by ``straße``."""
    if text.isascii():
        return text.lower()
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parted if not unicodedata.combining(letter))


class Finder:
    """Made once for a vocabulary. For several threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._entries = [_entry(term) for term in vocabulary]

    def find(self, text: str, limit: int) -> list[tuple[Term, str | None]]:
        """(keyword, the synonym or other name by which it fits, None: by its own), the closest first: what begins so,
        then what has it inside; shorter names and higher places first.

        ``Animals|do``: below a keyword that begins with ``Animals``, at any height.
        """
        *above, last = [" ".join(plain_letters(level).split()) for level in _LEVELS.split(text)] or [""]
        above = list(filter(None, above))
        if not last and not above:
            return []
        found = []
        for at, (term, name, others) in enumerate(self._entries):
            rank, other = _rank(last, name, others)
            if rank < NOT and (not above or _below(above, term)):
                found.append((rank, len(name), len(term.path), at, other))
        found.sort()
        return [
            (term := self._entries[at][0], term.words[other] if other else None) for _, _, _, at, other in found[:limit]
        ]


def _entry(term: Term) -> tuple[Term, str, tuple[str, ...]]:
    name, *others = map(plain_letters, term.words)
    return term, name, tuple(others)


def _rank(typed: str, name: str, others: Sequence[str]) -> tuple[int, int]:
    """(how well it fits, which of ``Term.words`` it is: 0 = its name)."""
    if typed in name:
        if name.startswith(typed):
            return (EXACT if name == typed else BEGINS), 0
        if f" {typed}" in name:
            return WORD_BEGINS, 0
        if not any(other.startswith(typed) for other in others):
            return INSIDE, 0
    for at, other in enumerate(others, 1):
        if other.startswith(typed):
            return OTHER_BEGINS, at
    for at, other in enumerate(others, 1):
        if typed in other:
            return OTHER_INSIDE, at
    return NOT, 0


def _below(above: Sequence[str], term: Term) -> bool:
    """Whether levels of the path begin as was typed, in that order."""
    levels = iter(map(plain_letters, term.path[:-1]))
    return all(any(level.startswith(typed) for level in levels) for typed in above)
