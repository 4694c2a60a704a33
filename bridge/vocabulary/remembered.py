"""Vectors of words that were encoded before, at hand. Pure but for the encoder that it is given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np

from bridge.engines.onnx import FloatArray

__all__ = ["Encode", "RememberedVectors"]

Encode = Callable[[Sequence[str]], FloatArray]
"""Texts to (texts, dimensions) float32 rows of length 1."""

MOST = 8_000
"""Words; of 384 numbers each, 12 MB."""


class RememberedVectors:
    """An encoder that encodes a word once: new ones all together, the oldest forgotten. For several threads."""

    def __init__(self, encode: Encode, most: int = MOST) -> None:
        self._encode = encode
        self._most = most
        self._vectors: dict[str, FloatArray] = {}
        self._lock = threading.Lock()

    def __call__(self, words: Sequence[str]) -> FloatArray:
        """(words, dimensions), rows as the encoder gives them; at least one word."""
        with self._lock:
            known = {word: self._vectors[word] for word in words if word in self._vectors}
        if new := [word for word in dict.fromkeys(words) if word not in known]:
            learned = dict(zip(new, self._encode(new), strict=True))
            known |= learned
            with self._lock:
                self._vectors |= learned
                for word in list(self._vectors)[: max(0, len(self._vectors) - self._most)]:
                    del self._vectors[word]
        return np.stack([known[word] for word in words])
