"""What English words and sentences mean, as vectors (all-MiniLM-L6-v2)."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from bridge import starter
from bridge.engines.onnx import FloatArray, OnnxModel

__all__ = ["DIMENSIONS", "SentenceEncoder"]

DIMENSIONS = 384
BATCH = 32
"""Texts a forward pass: more words at once are no faster for each (0.5 to 0.9 ms on one core), and hold more memory."""


class SentenceEncoder:
    """Encodes words and sentences. The model knows English; other languages get vectors that mean little.

    Loaded at its first use; safe to call from several threads.
    """

    def __init__(self, threads: int = 1) -> None:
        self._model = OnnxModel(lambda: starter.read("sentences.onnx"), threads)
        self._lock = threading.Lock()
        self._tokenizer: Any = None

    def load(self) -> None:
        """Read the model and its tokenizer. Raises ModelMissing where the installation is damaged."""
        self._model.load()
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = _open_tokenizer()

    def close(self) -> None:
        """Let go of the weights (140 MB); the next use loads them again."""
        self._model.close()
        with self._lock:
            self._tokenizer = None

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """(texts, 384) float32, each row of length 1: the product of two rows is their likeness, -1 to 1.

        Case and accents do not count; of a text, the first 256 tokens are read. A text without any letter or digit
        has a vector too. The vector of a text does not depend on the others beside it (up to 1e-6).
        """
        self.load()
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=True)]
        vectors = np.zeros((len(tokens), DIMENSIONS), np.float32)
        # Texts of like length side by side: what is padded is computed like the rest.
        order = sorted(range(len(tokens)), key=lambda number: len(tokens[number]))
        for first in range(0, len(order), BATCH):
            some = order[first : first + BATCH]
            vectors[some] = self._forward([tokens[number] for number in some])
        return vectors

    def knows(self, word: str) -> bool:
        """Whether it reads a word as one, not letter by letter."""
        self.load()
        return len(self._tokenizer.encode(word, add_special_tokens=False).ids) == 1

    def _forward(self, tokens: Sequence[Sequence[int]]) -> FloatArray:
        shape = (len(tokens), max(map(len, tokens)))
        ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for row, sequence in enumerate(tokens):
            ids[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        return self._model.run(["vectors"], {"ids": ids, "mask": mask})[0]


def _open_tokenizer() -> Any:
    # Otherwise it starts a thread a core for a batch, beside those that decode photos.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer

    return Tokenizer.from_str(starter.read("sentences_tokenizer.json").decode())
