"""Which labels are what a word means, a kind of it, or what it is a kind of: by WordNet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.engines.senses import Senses
from bridge.taggers.starter._asked import forms

A_KIND = 0.9
"""What a label counts that is a kind of what is asked for: a robin, where birds are."""
KIND_OF = (0.4, 0.25, 0.15, 0.1)
"""What one counts that a thing asked for is a kind of, by the steps between them: a bird, where robins are."""
LEAST_USUAL = 0.15
"""Share of a word's uses that a meaning has at least, to be thought of."""
THINGS = frozenset({5, 6, 8, 13, 17, 18, 19, 20, 27})
"""Fields of WordNet of which photos are taken: animals, artefacts, bodies, food, objects, persons, phenomena, plants,
substances. Whatever else a word is a kind of is too general to be seen (democracy, a group)."""


class Kinds:
    """Never changes; safe to use from several threads."""

    def __init__(self, names: Sequence[str], senses: Senses) -> None:
        self._count = len(names)
        self._senses = senses
        self._means: dict[int, list[tuple[int, float]]] = defaultdict(list)
        self._below: dict[int, list[tuple[int, float, int]]] = defaultdict(list)
        for at, name in enumerate(names):
            for synset, usual, _ in self._meanings(_plain(name)):
                self._means[synset].append((at, usual))
                for kind, steps in senses.kinds(synset).items():
                    self._below[kind].append((at, usual, steps))

    def related(self, phrase: str) -> FloatArray:
        """How much each label is what the phrase means: (labels,), 0..1; a rare meaning counts less."""
        found = np.zeros(self._count, np.float32)
        for synset, usual, field in self._meanings(phrase):
            for at, also, steps in self._below.get(synset, ()):
                found[at] = max(found[at], (A_KIND if steps else 1.0) * usual * also)
            for kind, steps in self._senses.kinds(synset).items() if field in THINGS else ():
                if 0 < steps <= len(KIND_OF):
                    for at, also in self._means.get(kind, ()):
                        found[at] = max(found[at], KIND_OF[steps - 1] * usual * also)
        return found

    def knows(self, word: str) -> bool:
        """Whether WordNet has a word, as a noun or an adjective."""
        told = [self._senses.of(form) for form in forms(word)]
        return any(meanings.senses or meanings.as_adjective for meanings in told)

    def _meanings(self, phrase: str) -> list[tuple[int, float, int]]:
        """(synset, share of its uses, field) of what it usually means."""
        for form in forms(phrase):
            senses = self._senses.of(form).senses
            if senses:
                uses = sum(sense.count + 0.5 for sense in senses)
                shares = [(sense.synset, (sense.count + 0.5) / uses, sense.field) for sense in senses]
                return [one for one in shares if one[1] >= LEAST_USUAL]
        return []


def _plain(label: str) -> str:
    """Without what the classifier's names say beside the thing: "drake (male duck)", "handrail / baluster"."""
    return re.sub(r"\(.*?\)", "", label).split("/")[0].split(" or ")[0].strip()
