"""The words that clip looks for: those of the run's keyword list, or the general ones that ship."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from bridge.values import TreeKeyword
from bridge.words import fold

NAMES = 6
"""Names of one word that are looked for at most: its own and synonyms."""


@dataclass(frozen=True, slots=True)
class Word:
    """``path`` is what is written; ``names`` is what it is called in English, its own name first."""

    path: tuple[str, ...]
    names: tuple[str, ...]


def general_words() -> tuple[Word, ...]:
    """The list that ships: about 800 words."""
    text = (files(__package__) / "words.txt").read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    words = (word.strip() for line in lines for word in line.split(","))
    return tuple(Word((word,), (word,)) for word in dict.fromkeys(words) if word)


def words_of(tree: Sequence[TreeKeyword]) -> tuple[Word, ...]:
    """The words of a keyword list that may be written on a photo, each with its synonyms.

    A name that stands at several places of the tree is looked for together with what is above it: orange, fruit.
    """
    terms = [term for term in tree if term.export and term.path and term.path[-1].strip()]
    count = Counter(fold(term.path[-1]) for term in terms)
    return tuple(Word(term.path, _names(term, alone=count[fold(term.path[-1])] == 1)) for term in terms)


def _names(term: TreeKeyword, *, alone: bool) -> tuple[str, ...]:
    name = term.path[-1] if alone or len(term.path) == 1 else f"{term.path[-1]}, {term.path[-2]}"
    called: dict[str, str] = {}
    for word in (name, *term.synonyms):
        if word.strip():
            called.setdefault(fold(word), word.strip())
    return tuple(called.values())[:NAMES]
