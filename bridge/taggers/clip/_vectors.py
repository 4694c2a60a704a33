"""Vectors of word lists: computed once for each weights and list, kept on disk beside the weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from bridge.engines.clip import TEXTS, ClipEncoder, unit
from bridge.engines.onnx import FloatArray
from bridge.engines.vectors import VectorFiles, halved
from bridge.taggers.clip._words import Word
from bridge.taggers.contract import Cancelled

VERSION = 1
"""Of how a photo is looked at; with another one stored answers are asked anew."""
KEPT_LISTS = 6
"""Lists whose vectors stay on disk: 5,000 words of ViT-L/14 are 8 MB."""


class WordVectors:
    """The vectors that one set of weights has for words."""

    def __init__(self, folder: Path, encoder: ClipEncoder, templates: Sequence[str]) -> None:
        """``folder`` holds the weights."""
        self._encoder = encoder
        self._templates = tuple(templates)
        self._files = VectorFiles(folder / "words", KEPT_LISTS)

    def of(self, words: Sequence[Word], weights: str, cancelled: Callable[[], bool] = lambda: False) -> FloatArray:
        """(words, n), each of length 1: the mean over its names and the templates, as ``weights``, a digest, has it.

        Raises Cancelled.
        """
        told = json.dumps([VERSION, weights, digest_of(words), self._templates])
        key = hashlib.sha256(told.encode()).hexdigest()[:32]
        vectors = self._files.get(key)
        if vectors is None or len(vectors) != len(words):
            vectors = halved(self.computed(words, cancelled))
            self._files.put(key, vectors)
        return vectors

    def computed(self, words: Sequence[Word], cancelled: Callable[[], bool] = lambda: False) -> FloatArray:
        """The same, never kept. Raises Cancelled."""
        owners: list[int] = []
        texts: list[str] = []
        for at, word in enumerate(words):
            for template, name in product(self._templates, word.names):
                owners.append(at)
                texts.append(template.format(name))
        parts = []
        for start in range(0, len(texts), TEXTS):
            if cancelled():
                raise Cancelled
            parts.append(self._encoder.texts(texts[start : start + TEXTS]))
        encoded = np.concatenate(parts)
        sums = np.zeros((len(words), encoded.shape[1]), np.float32)
        np.add.at(sums, owners, encoded)
        return unit(sums)


def digest_of(words: Sequence[Word]) -> str:
    told = json.dumps([[word.path, word.names] for word in words])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
