"""From likeness to "this word stands out here": each word is held against its own usual level.

A vector of CLIP is a little like every other, and some words (object, pattern, texture) are like everything. So no
single limit on the cosine separates the right words from the others. Instead:

- *Usual level and spread of a word*: median and scatter (MAD) of its likeness to the background, which are the texts
  of the general words. They stand in for photographs of all kinds, of which none is shipped.
- *The photo's own line*: over the background words, likeness to this photo as a straight line of the words' usual
  levels. It takes in how near texts and photos are for these weights, and how much of a likeness is mere habit.
- A word's *z* is how far it lies above that line, in scatters of this photo, wider for words that scatter more.

The limit follows from how many words there are: of so many unrelated ones at most ``chance`` should pass it by chance,
as a normal distribution has it. ``score`` is 0.5 there and rises by a logistic curve.

What is calibrated by this: words against one another, photos against one another, and long lists against short ones.
What is not: ``chance``, ``slope`` and ``beside_best`` were set before any run on real weights, and the score has not
been held against photos that a person labelled; ``photo-bridge eval`` is how to.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from bridge.engines.onnx import FloatArray

MAD = 1.4826
"""Times the median absolute deviation is the standard deviation of a normal distribution."""
TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that decides which words are said. Part of the tagger's identity."""

    templates: tuple[str, ...] = ("{}", "a photo of {}", "a photo of a {}", "a photo with {} in it")
    chance: float = 0.5
    """Unrelated words a photo that may pass by chance."""
    slope: float = 1.5
    """Of the score over z, per scatter."""
    beside_best: float = 0.5
    """A word goes whose z is less than this part of the photo's best."""
    fewest: int = 20
    """Shorter lists get the limit of one with so many words."""

    def limit(self, words: int) -> float:
        """The z from which a word of a list of so many counts."""
        return NormalDist().inv_cdf(1.0 - self.chance / max(words, self.fewest))


class Scale:
    """What is usual for each word of one list. Never changes."""

    def __init__(self, words: FloatArray, background: FloatArray) -> None:
        """Vectors of length 1 as rows: (words, n) and (background words, n)."""
        self._words = words
        self._background = background
        self._usual, spread = _usual(words, background)
        self._background_usual, background_spread = _usual(background, background)
        self._spread = spread / np.median(background_spread).clip(TINY)

    def z(self, photo: FloatArray) -> FloatArray:
        """How far each word stands out in the photo with this vector (n,): (words,), in scatters."""
        alone: FloatArray = self.of_all(photo[None])[0]
        return alone

    def of_all(self, photos: FloatArray) -> FloatArray:
        """The same for several, (photos, n): (photos, words)."""
        seen = photos @ self._background.T
        slope, start = _lines(self._background_usual, seen)
        _, scatter = _centre(seen - (start + slope * self._background_usual))
        above = photos @ self._words.T - (start + slope * self._usual)
        result: FloatArray = above / (scatter.clip(TINY)[:, None] * self._spread.clip(TINY))
        return result


def said(z: FloatArray, rules: Rules) -> list[tuple[int, float]]:
    """(position, score 0.5..1) of the words that count, the surest first."""
    scores = np.round(1.0 / (1.0 + np.exp(-rules.slope * (z - rules.limit(len(z))))), 3)
    enough = (scores >= 0.5) & (z >= rules.beside_best * z.max(initial=0.0))
    chosen = sorted(np.flatnonzero(enough).tolist(), key=lambda at: (-scores[at], at))
    return [(at, float(scores[at])) for at in chosen]


def _usual(vectors: FloatArray, background: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _centre(vectors @ background.T)


def _centre(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Median and scatter along the last axis."""
    middle = np.median(values, axis=-1, keepdims=True)
    scatter = MAD * np.median(np.abs(values - middle), axis=-1)
    return middle[..., 0], scatter


def _lines(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slope and start of the line with the least squares, (rows of y, 1); level where all x are one."""
    apart = x - x.mean()
    middle = y.mean(axis=1, keepdims=True)
    slope = ((y - middle) @ apart)[:, None] / max(float(apart @ apart), TINY)
    return slope, middle - slope * x.mean()
