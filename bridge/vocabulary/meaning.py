"""Which keyword a word means: by the likeness of vectors, judged with what letters and a dictionary say. Pure.

A likeness by itself cannot tell: to MiniLM a "rain jacket" is as much rain (0.72) as "apples" are fruit (0.72), and
a vehicle is a car (0.87) more than a puppy is a dog. What the dictionary knows, it decides.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.plurals import normal, singular
from bridge.vocabulary.kinship import NO_KIN, Dictionary, Meant
from bridge.vocabulary.letters import letters
from bridge.vocabulary.remembered import Encode, RememberedVectors
from bridge.vocabulary.thresholds import Thresholds, needed
from bridge.vocabulary.tree import Term, Vocabulary
from bridge.words import fold

__all__ = ["Encode", "Meaning"]

MOST_BESIDE = 20
SUREST = 0.97
"""A meaning is never as sure as a spelling."""
CLEARLY = 0.05
"""How much more a branch must be like the other words of a photo than the next one."""
LIKELIEST = 8
"""Keywords by likeness that are looked at for a word, beside those that the dictionary knows for it."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: int
    likeness: float
    above: float
    """Likeness above what is needed."""
    steps: int
    """Up to the keyword, for the dictionary; 0 where it says none."""


class Meaning:
    """Knows the keywords of one vocabulary by their meaning; asked for many words at once, from several threads."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        encode: Encode,
        dictionary: Dictionary | None = None,
    ) -> None:
        """Encodes every name and synonym (0.5 ms each). Keywords that only hold others together are no candidates."""
        self._vocabulary = vocabulary
        self._encode = RememberedVectors(encode)
        self._dictionary = dictionary
        self._thresholds = Thresholds()
        rows = [
            (number, form)
            for number, term in enumerate(vocabulary.terms)
            if term.export
            for word in (term.name, *term.synonyms)
            for form in dict.fromkeys((normal(fold(word)), singular(normal(fold(word)))))
        ]
        self._terms = [number for number, _ in rows]
        self._names = [name for _, name in rows]
        self._vectors = encode(self._names) if self._names else np.zeros((0, 0), np.float32)
        self._meant = [self._keyword(name, vocabulary.terms[number]) for number, name in rows]
        self._rows_of: dict[int, list[int]] = defaultdict(list)
        for row, meant in enumerate(self._meant):
            for synset, _ in meant.senses:
                self._rows_of[synset].append(row)

    def nearest(self, words: Sequence[str]) -> list[tuple[int, float] | None]:
        """For each word the keyword that it most likely means: index into the vocabulary's terms, and how likely, 0.7
        to 0.97; None where none is. Words as ``plurals.normal`` gives them."""
        if not words or not self._names:
            return [None] * len(words)
        likeness = self._encode([*words, *map(singular, words)]) @ self._vectors.T
        likeness = np.maximum(likeness[: len(words)], likeness[len(words) :])
        return [self._best(word, row) for word, row in zip(words, likeness, strict=True)]

    def around(self, words: Sequence[str], count: int) -> tuple[Term, ...]:
        """The ``count`` keywords that are most like any of these words, the likest first: what a language model may
        choose from where the whole list is too long for it. Without words, the first of the vocabulary."""
        likeness = np.zeros(len(self._names), np.float32)
        if words and self._names:
            likeness = (self._encode([normal(fold(word)) for word in words]) @ self._vectors.T).max(axis=0)
        terms = dict.fromkeys(self._terms[row] for row in np.argsort(-likeness, kind="stable").tolist())
        return tuple(self._vocabulary.terms[number] for number in list(terms)[:count])

    def choose(self, terms: Sequence[Term], context: Sequence[str]) -> Term | None:
        """Of keywords that are called alike, the one whose branch the other words of the photo are clearly like."""
        if len(context) < LEAST_CONTEXT:
            return None
        photo = self._encode([normal(fold(word)) for word in context]).mean(axis=0)
        alike = sorted(((float(self._branch(term) @ photo), number) for number, term in enumerate(terms)), reverse=True)
        (best, number), (second, _) = alike[:2]
        return terms[number] if best - second >= CLEARLY * float(np.linalg.norm(photo)) else None

    def _branch(self, term: Term) -> FloatArray:
        """What the names around a keyword mean, its own left out: those above it, and those right beside it."""
        beside = self._vocabulary.children(term.path[:-1]) if len(term.path) > 1 else ()
        names = [*term.path[:-1], *(other.name for other in beside[:MOST_BESIDE])]
        around = [name for name in map(normal, map(fold, names)) if name != normal(fold(term.name))]
        mean: FloatArray = self._encode(around or [normal(fold(term.name))]).mean(axis=0)
        return mean / np.linalg.norm(mean)

    def is_word(self, word: str) -> bool:
        """Whether the dictionary has it, as ``plurals.normal`` gives it."""
        return self._dictionary is not None and self._dictionary.has(word)

    def _keyword(self, name: str, term: Term) -> Meant:
        below = (child.name for child in self._vocabulary.children(term.path))
        return self._dictionary.keyword(name, term.path[:-1], below) if self._dictionary else Meant()

    def _best(self, word: str, likeness: FloatArray) -> tuple[int, float] | None:
        meant = self._dictionary.meant(word) if self._dictionary else Meant()
        count = min(LIKELIEST, len(likeness))
        rows = set(np.argpartition(-likeness, count - 1)[:count].tolist())
        if self._dictionary:
            rows |= {
                row
                for synset, _ in meant.senses
                for kind in self._dictionary.kinds(synset)
                for row in self._rows_of.get(kind, ())
            }
        judged = [self._judged(word, meant, row, float(likeness[row])) for row in sorted(rows)]
        enough = [one for one in judged if one.above >= 0]
        if not enough:
            return None
        # The most that can be said: of Transport and Transport|Train, a locomotive is the second.
        best = min(enough, key=lambda one: (one.steps, -one.likeness))
        return self._terms[best.row], SUREST / (1 + math.exp(-1 - best.above / self._thresholds.calibration))

    def _judged(self, word: str, meant: Meant, row: int, likeness: float) -> _Candidate:
        kin = self._dictionary.kin(meant, self._meant[row]) if self._dictionary else NO_KIN
        shared = letters(word, self._names[row])
        least = needed(self._thresholds, shared, kin, activity=self._names[row].endswith("ing"))
        return _Candidate(row, likeness, likeness - least, kin.steps if kin.steps is not None else 0)


LEAST_CONTEXT = 2
"""Other words of a photo: one alone tells nothing about which of two keywords is meant."""
