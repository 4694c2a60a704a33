"""Which keywords count as the same when a model's are held against a person's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bridge.plurals import normal, singular
from bridge.quality import Word
from bridge.vocabulary import Vocabulary
from bridge.vocabulary.forms import Forms
from bridge.words import Key, fold, key


def comparer(vocabulary: Vocabulary | None = None) -> Callable[[Sequence[str]], Word]:
    """From a keyword's path to what it is compared by: names whatever their case, plural and spelling; with a
    vocabulary its keywords by all that they are called, and never by likeness."""
    forms = None if vocabulary is None else Forms(vocabulary)

    def term(path: Sequence[str]) -> Key | None:
        if vocabulary is None or forms is None:
            return None
        if there := vocabulary.find(tuple(path)):
            return key(there.path)
        for terms, _ in forms.of(fold(path[-1])):
            if terms:
                # Of several that are called alike, none is meant more than another: the name decides.
                return key(terms[0].path) if len(terms) == 1 else None
        return None

    def word(path: Sequence[str]) -> Word:
        return Word("|".join(path), _name(path[-1]), frozenset(map(_name, path[:-1])), term(path))

    return word


def _name(name: str) -> str:
    return singular(normal(fold(name))).replace(" ", "") or fold(name)
