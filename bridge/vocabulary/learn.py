"""A vocabulary from the keywords that photos have already. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bridge.vocabulary.tree import Path, Term, Vocabulary, with_parents
from bridge.words import MOST_LEVELS, Key, key


@dataclass(frozen=True, slots=True)
class Learned:
    """One keyword, in the spelling that most photos have."""

    path: Path
    photos: int
    """How many photos have it, itself and not only what is below it."""


def learn(photos: Iterable[Iterable[Path]], at_least: int = 1) -> tuple[Learned, ...]:
    """The keywords that at least so many photos have, the commonest first, then by name.

    ``photos``: of each its keywords by their whole paths. What differs only in case is one, spelled as most photos
    spell it. A flat word that the tree has at one place counts as the keyword there: before somebody made a tree of
    their words, the words were flat.
    """
    counts: Counter[Key] = Counter()
    spellings: dict[Key, Counter[str]] = {}
    for paths in photos:
        mine: dict[Key, Path] = {}
        for path in paths:
            if len(path) <= MOST_LEVELS:
                mine.setdefault(key(path), path)
        counts.update(mine.keys())
        levels = {folded[:depth]: mine[folded][depth - 1] for folded in mine for depth in range(1, len(folded) + 1)}
        for folded, name in levels.items():
            spellings.setdefault(folded, Counter())[name] += 1
    for flat, place in _placed(spellings).items():
        counts[place] += counts.pop(flat)
        spellings[place] += spellings.pop(flat)
    chosen = {folded: min(names, key=lambda name: (-names[name], name)) for folded, names in spellings.items()}
    found = [
        Learned(tuple(chosen[folded[:depth]] for depth in range(1, len(folded) + 1)), count)
        for folded, count in counts.items()
        if count >= at_least
    ]
    return tuple(sorted(found, key=lambda word: (-word.photos, key(word.path))))


def _placed(tree: Collection[Key]) -> dict[Key, Key]:
    """The flat words that hold nothing, by the one keyword below a branch that is called the same."""
    branches = {folded[:-1] for folded in tree}
    below: dict[str, list[Key]] = {}
    for folded in tree:
        if len(folded) > 1:
            below.setdefault(folded[-1], []).append(folded)
    flat = (folded for folded in tree if len(folded) == 1 and folded not in branches)
    return {folded: there[0] for folded in flat if len(there := below.get(folded[0], [])) == 1}


def vocabulary_of(learned: Iterable[Learned]) -> Vocabulary:
    """The tree of them, by name, with the branches that hold them."""
    return Vocabulary(with_parents(map(Term, sorted((word.path for word in learned), key=key))))
