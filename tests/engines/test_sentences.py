"""The text encoder: what the published model says, at a quarter of its size."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bridge.engines.sentences import BATCH, DIMENSIONS, SentenceEncoder

LIKENESS = [
    # The first four stand in the documentation of sentence-transformers; all come from the float32 weights of the
    # package that tools/build_starter.py takes, by another program than the graph that ships (NumPy, float64).
    ("The weather is lovely today.", "It's so sunny outside!", 0.6660),
    ("The weather is lovely today.", "He drove to the stadium.", 0.1046),
    ("That is a happy person", "That is a happy dog", 0.6946),
    ("That is a happy person", "Today is a sunny day", 0.2569),
    ("ocean", "sea", 0.8714),
    ("sedan", "car", 0.6899),
    ("puppy", "dog", 0.8040),
    ("golden hour", "sunset", 0.4121),
    ("crane", "construction crane", 0.8569),
    ("wristwatch", "watch", 0.4746),
    ("bokeh", "shallow depth of field", 0.1161),
    ("heron", "skyscraper", 0.3022),
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder()


@pytest.mark.parametrize(("one", "other", "likeness"), LIKENESS)
def test_two_texts_are_as_alike_as_the_published_weights_say(
    encoder: SentenceEncoder, one: str, other: str, likeness: float
) -> None:
    first, second = encoder.encode([one, other])
    assert float(first @ second) == pytest.approx(likeness, abs=0.006)


def test_every_text_gets_a_vector_of_length_one(encoder: SentenceEncoder) -> None:
    texts = ["dog", "", "  ", "2024", "b&w", "雪", "😀", "Straße", "word " * 5000]
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), DIMENSIONS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_text_is_no_vector(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, DIMENSIONS)


def test_case_and_accents_do_not_count(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(["cafe", "Café", "CAFE\u0301"])
    np.testing.assert_allclose(vectors, vectors[[0, 0, 0]], atol=1e-6)


def test_a_text_is_judged_alone_whatever_stands_beside_it(encoder: SentenceEncoder) -> None:
    texts = [f"{'very ' * (number % 7)}old bridge {number}" for number in range(2 * BATCH + 3)]
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(encoder.encode(texts), alone, atol=2e-6)


def test_several_threads_get_their_own_answers_and_a_closed_encoder_opens_again() -> None:
    encoder = SentenceEncoder()
    words = ["dog", "cat", "sea", "tree"]
    with ThreadPoolExecutor(4) as pool:
        together = np.concatenate(list(pool.map(lambda word: encoder.encode([word]), words)))
    encoder.close()
    np.testing.assert_allclose(encoder.encode(words), together, atol=1e-6)
