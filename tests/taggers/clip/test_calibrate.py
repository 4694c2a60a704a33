"""The arithmetic that decides which words are said, on vectors made for it. Nothing here is about real weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bridge.engines.clip import unit
from bridge.engines.onnx import FloatArray
from bridge.taggers.clip._calibrate import Rules, Scale, said

SIZE = 64
RULES = Rules()


def directions(count: int, seed: int) -> FloatArray:
    return unit(np.random.default_rng(seed).normal(size=(count, SIZE)).astype(np.float32))


def photo_of(*words: FloatArray, seed: int = 9, gap: float = 3.0, noise: float = 1.0) -> FloatArray:
    """Photos lie in a region of their own, far from every text, and hold a little of each word that they show."""
    apart = directions(1, 1000)[0]
    return unit(gap * apart + sum(words, np.zeros(SIZE, np.float32)) + noise * directions(1, seed)[0])


def test_of_unrelated_words_as_many_pass_as_the_rules_allow() -> None:
    background = directions(700, 1)
    for count in (30, 300, 3000):
        scale = Scale(directions(count, 2), background)
        passed = [len(said(scale.z(photo), RULES)) for photo in directions(200, 3)]
        assert np.mean(passed) == pytest.approx(RULES.chance, abs=0.3), f"{count} words"


def test_a_word_that_is_like_everything_is_not_said_of_everything() -> None:
    everything = directions(1, 4)[0]
    texts = unit(directions(400, 5) + 0.5 * everything)
    hub = unit(everything + 0.1 * texts[0])
    words = np.vstack([texts[:50], hub])
    scale = Scale(words, texts)

    def photo(at: int) -> FloatArray:
        return unit(photo_of(1.5 * texts[at]) + 0.9 * everything)

    shown = photo(7)
    assert int(np.argmax(words @ shown)) == 50, "by likeness alone the hub would be said first"
    assert said(scale.z(shown), RULES)[0][0] == 7
    assert all(50 not in dict(said(scale.z(photo(at)), RULES)) for at in range(50))


def test_everything_that_is_shown_is_said_the_surest_first() -> None:
    texts = directions(400, 6)
    scale = Scale(texts[:100], texts)
    found = said(scale.z(photo_of(3.0 * texts[3], 2.0 * texts[40])), RULES)
    assert [at for at, _ in found[:2]] == [3, 40]
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True) and all(0.5 <= score <= 1 for score in scores)


def test_a_photo_that_is_nearer_to_all_texts_says_no_more() -> None:
    texts = directions(400, 7)
    scale = Scale(texts[:60], texts)
    far, near = (photo_of(2 * texts[5], gap=gap, noise=0.5) for gap in (4.0, 1.0))
    assert [at for at, _ in said(scale.z(far), RULES)] == [at for at, _ in said(scale.z(near), RULES)] == [5]


def test_the_limit_rises_with_the_number_of_words() -> None:
    limits = [RULES.limit(count) for count in (1, 20, 50, 500, 5000)]
    assert limits[0] == limits[1] < limits[2] < limits[3] < limits[4]
    assert limits[4] == pytest.approx(3.72, abs=0.01)


def test_at_the_limit_the_score_is_a_half_and_far_below_the_best_nothing_is_said() -> None:
    z = np.full(100, -1.0, np.float32)
    z[3] = RULES.limit(100) + 0.001
    assert said(z, RULES) == [(3, 0.5)]
    z[4] = 3 * z[3]
    assert [at for at, _ in said(z, RULES)] == [4]
    assert [at for at, _ in said(z, replace(RULES, beside_best=0.0))] == [4, 3]


def test_no_words_and_words_that_are_all_one() -> None:
    assert said(np.zeros(0, np.float32), RULES) == []
    one = np.repeat(directions(1, 8), 30, axis=0)
    assert np.isfinite(Scale(one, one).z(directions(1, 9)[0])).all()
