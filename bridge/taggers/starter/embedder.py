"""Search without CLIP: what the small models recognise in a photo, matched by the meaning of words.

A photo's vector has two parts. The first is how sure each label is of it, by the roots of the probabilities, so that a
photo with some of two things comes before one with much of the one; a text asks for labels, and the product is how much
of them the photo has. The second is what the classifier decides by, for photos that look alike. What is left of the
length of the first part stands in one further place, which no text asks for: a photo of which little is known does not
get higher scores for it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from bridge import starter
from bridge.engines.onnx import FloatArray
from bridge.errors import InvalidParams
from bridge.taggers.contract import Readiness
from bridge.taggers.embedding import Embedder, Judged, Sought
from bridge.taggers.starter._labels import Labels, load_labels
from bridge.taggers.starter._meaning import Meaning
from bridge.taggers.starter.looking import EDGE, WEIGHTS, Looker
from bridge.taggers.starter.tagger import starter_readiness
from bridge.values import ModelIdentity, Picture

TITLE = "starter (a stand-in for CLIP: what small models recognise, matched by the meaning of words)"
VERSION = "1"
"""Of how a photo becomes a vector: with another one every photo is looked at anew."""
LOOKS = 64
"""Numbers that the second part has: likeness keeps to about a tenth, and a compressed index has directions to spare for
rare labels (of 60,000 vectors made for it, 304 directions held 0.94 of the best twenty with 128 numbers here, 0.96 with
48)."""
LONGEST = 3.5
"""Length of the first part that fills its share: of 101 real photos the longest had 3.2, half of them 2.2."""
SHARE = 0.5
"""Of the vector's squared length, for the first part."""
SCALE = SHARE**0.5 / LONGEST
WITHOUT = 1.5
"""Weight of what must not be there, beside what must."""
BESIDE_LIKE = 3.0
"""Weight of texts beside a photo: labels that are sure then weigh as much as all of the difference between photos."""
UNLIKE_PHOTOS = 0.55
"""Likeness that two of those photos have by chance: half of the pairs have less than 0.52."""
REASONS, LEAST_REASON = 3, 0.05


class StarterEmbedder(Embedder):
    """Shares its models with the starter tagger through ``looker``: a photo that both see is looked at once."""

    edge = EDGE
    title = TITLE
    sees_words = True
    compresses = False
    """Codes for 60,000 photos lost "an elephant", which is one number of thousand: recall 0.1."""

    def __init__(self, threads: int | None = None, looker: Looker | None = None, folder: Path | None = None) -> None:
        """In ``folder`` the vectors of the labels' names are kept, which otherwise take a second at each start."""
        self.in_flight = threads or os.cpu_count() or 1
        self._looker = looker or Looker()
        self._folder = folder

    @cached_property
    def _labels(self) -> Labels:
        return load_labels()

    @cached_property
    def _meaning(self) -> Meaning:
        return Meaning(self._labels.names, self._folder)

    @cached_property
    def _projection(self) -> FloatArray:
        return _projection()

    @property
    def name(self) -> str:
        return "starter"

    @property
    def dimensions(self) -> int:
        return len(self._labels) + LOOKS + 1

    def readiness(self) -> Readiness:
        return starter_readiness()

    def identity(self) -> ModelIdentity:
        """By weights and labels, not by every rule: a threshold that moved is no reason to look at a library anew."""
        parts = (VERSION, starter.digest(WEIGHTS), *self._labels.names)
        return ModelIdentity(self.name, hashlib.sha256("\n".join(parts).encode()).hexdigest())

    def load(self) -> None:
        self._looker.load()
        _ = self._labels, self._meaning, self._projection

    def close(self) -> None:
        self._looker.close()
        self._meaning.close()

    def embed(self, picture: Picture) -> FloatArray:
        look = self._looker.look(picture)
        scores = np.sqrt(self._labels.scores(look)) * SCALE
        scores *= min(1.0, SHARE**0.5 / max(float(np.linalg.norm(scores)), 1e-9))
        looks = _unit(self._projection @ look.features) * (1.0 - SHARE) ** 0.5
        rest = max(0.0, SHARE - float(scores @ scores)) ** 0.5
        return _unit(np.concatenate([scores, looks, [rest]]))

    def vector(self, sought: Sought) -> FloatArray:
        if not (sought.texts or sought.without or sought.like is not None):
            raise InvalidParams("Nothing is sought.", hint="Give a text, or a photo that others shall be like.")
        query = np.zeros(self.dimensions, np.float32)
        labels = query[: len(self._labels)]
        for text in sought.texts:
            labels += self._meaning.asked(text).weights
        for text in sought.without:
            labels -= WITHOUT * self._meaning.asked(text).weights
        if sought.like is not None:
            query = sought.like + BESIDE_LIKE * query / max(1.0, float(np.linalg.norm(query)))
        if not query.any():
            query[-1] = -1.0  # no label has to do with it: any photo will do
        return _unit(query)

    def judge(self, sought: Sought, photos: FloatArray) -> Sequence[Judged]:
        """A text counts as its surest label for each thing that it asks for; several things and texts: the geometric
        mean."""
        scores = np.clip((photos[:, : len(self._labels)] / SCALE), 0.0, 1.0) ** 2
        relevance = np.ones(len(photos))
        reasons = np.zeros_like(scores)
        for text in sought.texts:
            parts = [scores * part for part in self._meaning.asked(text).parts]
            sure = np.prod([part.max(axis=1) for part in parts], axis=0) ** (1.0 / len(parts))
            relevance *= sure ** (1.0 / len(sought.texts))
            reasons = np.maximum.reduce([reasons, *parts])
        for text in sought.without:
            parts = [scores * part for part in self._meaning.asked(text).parts]
            relevance *= 1.0 - np.prod([part.max(axis=1) for part in parts], axis=0) ** (1.0 / len(parts))
        if sought.like is not None:
            relevance *= np.clip((photos @ sought.like - UNLIKE_PHOTOS) / (1.0 - UNLIKE_PHOTOS), 0.0, 1.0)
            if not sought.texts:
                reasons = scores * np.clip((sought.like[: len(self._labels)] / SCALE), 0.0, 1.0) ** 2
        told = zip(relevance.tolist(), reasons, scores, strict=True)
        return [Judged(min(1.0, max(0.0, value)), self._why(why, have)) for value, why, have in told]

    def _why(self, reasons: FloatArray, scores: FloatArray) -> tuple[str, ...]:
        best = [at for at in (-reasons).argsort()[:REASONS].tolist() if reasons[at] >= LEAST_REASON]
        return tuple(f"{self._labels.names[at]} {scores[at]:.2f}" for at in best)


def _projection() -> FloatArray:
    """(LOOKS, 1280) of chance, which keeps likeness whatever it is of (Johnson and Lindenstrauss); the same everywhere,
    for numpy has promised never to change what RandomState gives."""
    rows: FloatArray = np.random.RandomState(1).standard_normal((LOOKS, 1280)).astype(np.float32)
    return rows


def _unit(vector: FloatArray) -> FloatArray:
    result: FloatArray = (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
    return result
