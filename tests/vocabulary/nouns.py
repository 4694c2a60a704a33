"""A keyword tree of any size, from the nouns of the dictionary that ships: WordNet's, by how often they are written."""

from __future__ import annotations

from bridge.engines.senses import Senses
from bridge.vocabulary import Term, Vocabulary

BRANCHES = {4: "Acts", 5: "Animals", 6: "Things", 8: "Body", 13: "Food", 14: "Groups", 15: "Places", 17: "Nature"} | {
    18: "People",
    19: "Weather",
    20: "Plants",
}
"""WordNet's files of what a photo can show."""


def nouns(senses: Senses, count: int) -> list[str]:
    """The nouns most often written of what a photo can show, lower case; of one frequency in alphabetical order."""
    return [word for word, _ in _most_frequent(senses)[:count]]


def noun_tree(senses: Senses, count: int) -> Vocabulary:
    """A tree of ``count`` terms in all, two levels deep: branches of WordNet's files, and their nouns."""
    branches = [Term((name,)) for name in BRANCHES.values()]
    found = _most_frequent(senses)[: count - len(branches)]
    return Vocabulary([*branches, *(Term((BRANCHES[field], word.capitalize())) for word, field in found)])


def _most_frequent(senses: Senses) -> list[tuple[str, int]]:
    counted = []
    for word in senses.words():
        first = senses.of(word).senses[0]
        if first.field in BRANCHES and len(word) > 2 and not any(map(str.isdigit, word)):
            counted.append((-first.count, word, first.field))
    return [(word, field) for _, word, field in sorted(counted)]
