"""A word is encoded once, as long as it is remembered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.vocabulary.remembered import RememberedVectors


class Encoder:
    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> FloatArray:
        self.asked.append(list(texts))
        return np.array([[len(text), 1] for text in texts], np.float32)


def test_new_words_are_encoded_together_and_known_ones_not_again() -> None:
    encoder = Encoder()
    vectors = RememberedVectors(encoder)
    np.testing.assert_array_equal(vectors(["a", "bb", "a"]), [[1, 1], [2, 1], [1, 1]])
    np.testing.assert_array_equal(vectors(["ccc", "bb"]), [[3, 1], [2, 1]])
    assert encoder.asked == [["a", "bb"], ["ccc"]]


def test_the_oldest_are_forgotten_but_never_those_that_are_asked_for() -> None:
    encoder = Encoder()
    vectors = RememberedVectors(encoder, most=2)
    assert vectors(["a", "bb", "ccc"]).shape == (3, 2)
    vectors(["ccc", "bb"])
    vectors(["a"])
    assert encoder.asked == [["a", "bb", "ccc"], ["a"]]
