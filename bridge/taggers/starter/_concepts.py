"""The concept table: from the 1000 classes of the classifier to words that a photographer would write."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from bridge.engines.classifier import CLASSES, class_names
from bridge.engines.onnx import FloatArray

WEIGHTS = {"sure": 1.0, "likely": 0.75, "perhaps": 0.4, "hint": 0.2}
DEFAULT_THRESHOLD = 0.24
TABLE = "concepts.toml"


SHARPENING = 1.5
"""The classifier spreads a fifth of its probability over classes that it does not believe in (it was trained with
smoothed labels); summed over 118 breeds that would be a dog on every photo. 1.5 did best on the labelled photos."""


def sharpen(probabilities: FloatArray) -> FloatArray:
    """Class probabilities of views, (views, 1000), each raised to a power and normalised again."""
    powers = probabilities**SHARPENING
    result: FloatArray = powers / powers.sum(axis=1, keepdims=True)
    return result


@dataclass(frozen=True, slots=True)
class ConceptTable:
    words: tuple[str, ...]
    thresholds: Mapping[str, float]
    """The least score at which a word is said on the classifier's evidence."""
    weights: FloatArray
    """P(word | class), (1000, words)."""
    class_keywords: tuple[str, ...]
    """The word for each class by itself; empty where it is not to be said."""
    rivals: tuple[tuple[str, ...], ...]
    """Words of which a photo rarely shows two."""
    implies: Mapping[str, tuple[str, ...]]
    """Words that are true wherever another is, the more special ones first."""

    def scores(self, probabilities: FloatArray) -> dict[str, float]:
        """P(word | photo) for every word, given sharpened class probabilities (1000,)."""
        return dict(zip(self.words, (probabilities @ self.weights).tolist(), strict=True))


def load_table() -> ConceptTable:
    """Read concepts.toml. Raises ValueError for a class that does not exist."""
    document: dict[str, Any] = tomllib.loads(_text().decode())
    names = class_names()
    concepts: dict[str, dict[str, Any]] = document["concepts"]
    weights = np.zeros((CLASSES, len(concepts)), np.float32)
    for column, concept in enumerate(concepts.values()):
        for strength, weight in WEIGHTS.items():
            for index in _indices(concept.get(strength, []), names):
                weights[index, column] = max(weights[index, column], weight)
    written: dict[str, str] = document["class_names"]["written"]
    _indices(list(written), names)
    said = set(_indices(document["class_names"]["said"], names))
    return ConceptTable(
        words=tuple(concepts),
        thresholds={word: _threshold(concept) for word, concept in concepts.items()},
        weights=weights,
        class_keywords=tuple(written.get(name, name) if index in said else "" for index, name in enumerate(names)),
        rivals=tuple(tuple(row) for row in document["rivals"].values()),
        implies={word: tuple(implied) for word, implied in document["implies"].items()},
    )


def _threshold(concept: Mapping[str, Any]) -> float:
    return math.inf if concept.get("silent", False) else float(concept.get("threshold", DEFAULT_THRESHOLD))


def _text() -> bytes:
    return (files(__package__) / TABLE).read_bytes()


def _indices(entries: Sequence[str], names: Sequence[str]) -> list[int]:
    """Positions of classes given by name, or as a range ``first..last`` of positions."""
    found: list[int] = []
    for entry in entries:
        first, dots, last = entry.partition("..")
        if dots:
            found.extend(range(int(first), int(last) + 1))
        elif entry in names:
            found.extend(index for index, name in enumerate(names) if name == entry)
        else:
            raise ValueError(f"{TABLE}: no class is called {entry!r}")
    return found
