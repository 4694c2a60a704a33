"""The labels that a photo is searched by, and how sure each is of a photo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bridge.engines.classifier import class_names
from bridge.engines.onnx import FloatArray
from bridge.taggers.starter._concepts import ConceptTable, load_table
from bridge.taggers.starter._objects import WORDS, object_scores
from bridge.taggers.starter._support import supported
from bridge.taggers.starter.looking import Look
from bridge.words import fold

RULE_WORDS = (
    "sunset", "sunrise", "golden hour", "night", "lights", "moon", "silhouette", "black and white", "clouds",
    "panorama", "macro", "long exposure", "shallow depth of field", "wide angle", "telephoto", "spring", "summer",
    "couple", "group", "crowd", "portrait", "face", "indoors", "outdoors", "nature",
    "red", "orange", "yellow", "green", "blue", "purple", "pink",
)  # fmt: skip
"""What rules say and no class means."""
NOISE = 0.01
"""Below this a score says nothing: the classifier spreads a little over all of its classes."""
UNSAID = 0.6
"""What is seen but not enough to be said counts so much less: rules and rivals spoke against it."""


@dataclass(frozen=True)
class Labels:
    """``names`` in the order of the scores; ``of_class`` is the label of each class, -1 where it has none."""

    names: tuple[str, ...]
    of_class: npt.NDArray[np.int64]
    table: ConceptTable

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def at(self) -> dict[str, int]:
        """Where a name, folded, stands."""
        return {fold(name): at for at, name in enumerate(self.names)}

    def scores(self, look: Look) -> FloatArray:
        """How sure each label is of a photo: (labels,), 0..1."""
        scores = np.zeros(len(self), np.float32)
        np.maximum.at(scores, self.of_class, look.classes)
        voices = dict(supported(look.evidence))
        for word, score in object_scores(look.evidence).items():
            voices[word] = 1.0 - (1.0 - voices.get(word, 0.0)) * (1.0 - score)
        for word, score in voices.items():
            self._raise(scores, word, UNSAID * score)
        for said in look.said:
            self._raise(scores, said.word, said.score)
        scores[scores < NOISE] = 0.0
        return scores

    def _raise(self, scores: FloatArray, word: str, score: float) -> None:
        at = self.at.get(fold(word))
        if at is not None:
            scores[at] = max(scores[at], score)


def load_labels() -> Labels:
    """Concepts, things, what rules say, and the classes by their names; those that are called alike are one."""
    table = load_table()
    things = (word for words in WORDS.values() for word in words)
    known = (word for word in table.words if not word.startswith("like a "))
    classes = [said or name for said, name in zip(table.class_keywords, class_names(), strict=True)]
    names: dict[str, str] = {}
    for name in (*known, *things, *RULE_WORDS, *classes):
        names.setdefault(fold(name), name)
    at = {folded: number for number, folded in enumerate(names)}
    of_class = np.array([at[fold(name)] for name in classes])
    return Labels(tuple(names.values()), of_class, table)
