"""Search by open_clip: photos and texts as the model itself has them, in one space.

What is proved here is that vectors are open_clip's own, and the arithmetic around them. How well real weights find
photos was never measured on this machine, and ``judge`` was not held against photos that a person judged.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge.engines.clip import PICTURES, ClipEncoder, unit
from bridge.engines.onnx import FloatArray
from bridge.errors import InvalidParams
from bridge.taggers._names import PulledModel
from bridge.taggers._weights import Weights
from bridge.taggers.clip._calibrate import Rules, Scale, said
from bridge.taggers.clip._vectors import WordVectors
from bridge.taggers.clip._words import Word, general_words
from bridge.taggers.clip.tagger import EDGE
from bridge.taggers.contract import Readiness
from bridge.taggers.embedding import Embedder, Judged, Sought
from bridge.values import ModelIdentity, Picture

VERSION = 1
"""Of how a photo is looked at; with another one every photo is embedded anew."""
UNLIKE_PHOTOS = 0.5
"""Likeness of two photos from which they count as having something in common. Set without a measurement."""
SEEN = 2
"""Words told of a photo beside what was sought."""
_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Known:
    """The general words: vectors, what is usual for them, and their mean, which is where texts lie."""

    vectors: FloatArray
    scale: Scale
    middle: FloatArray


class ClipEmbedder(Embedder):
    """Shares its weights with the tagger of the same name through ``encoder``.

    A photo's vector is what open_clip by itself makes of it: the picture shrunk, its middle square, one forward pass.
    The tagger sees long pictures as two squares, so that such a photo costs three views where both look at it; others
    cost one.

    A text is encoded within the tagger's templates, and the mean taken: the general words that it is held against were
    encoded so, and a bare word is not what such models were trained on.
    """

    edge = EDGE
    in_flight = 2 * PICTURES
    """While one batch is looked at, the next one comes together."""

    def __init__(self, model: PulledModel, home: Path, encoder: ClipEncoder, rules: Rules | None = None) -> None:
        self._model = model
        self._weights = Weights(model, model.folder(home))
        self._encoder = encoder
        self._rules = rules or Rules()
        self._vectors = WordVectors(self._weights.folder, encoder, self._rules.templates)
        self._words = general_words()
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._loaded = ""

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def title(self) -> str:
        return f"CLIP ({self._model.variant})"

    @property
    def dimensions(self) -> int:
        return self._encoder.dimensions

    def readiness(self) -> Readiness:
        return self._weights.readiness()

    def identity(self) -> ModelIdentity:
        told = {"version": VERSION, "view": "whole"}
        return self._weights.identity(told)

    def load(self) -> None:
        digest = self._weights.digest_to_load()
        if self._loaded not in ("", digest):  # they were pulled anew since
            self.close()
        self._encoder.load()
        self._loaded = digest

    def close(self) -> None:
        self._loaded = ""
        self._known = None
        self._encoder.close()

    def embed(self, picture: Picture) -> FloatArray:
        self._general()  # minutes on a processor, once for these weights: not when somebody waits for an answer
        return self._encoder.whole(picture.rgb)

    def vector(self, sought: Sought) -> FloatArray:
        """Texts as the mean of their vectors.

        With ``without`` or ``like``, differences of texts: where texts lie, as opposed to photos, falls out of them.
        """
        texts, without = self._mean(sought.texts), self._mean(sought.without)
        if sought.like is None and without is None:
            if texts is None:
                raise InvalidParams("Nothing is sought.", hint="Give a text, or a photo that others shall be like.")
            return texts
        if texts is None and without is None:
            return unit(np.asarray(sought.like, np.float32))
        middle = self._general().middle
        apart = unit((middle if texts is None else texts) - (middle if without is None else without))
        return apart if sought.like is None else unit(sought.like + apart)

    def judge(self, sought: Sought, photos: FloatArray) -> Sequence[Judged]:
        """Each text as though it were one of the general words: how sure the tagger would be of it. Several: the
        geometric mean."""
        known = self._general()
        texts = [*sought.texts, *sought.without]
        z = Scale(self._texts(texts), known.vectors).of_all(photos) if texts else np.zeros((len(photos), 0), np.float32)
        seen = known.scale.of_all(photos)
        alike = np.ones(len(photos)) if sought.like is None else photos @ sought.like
        told = zip(self._sure(z), seen, alike.tolist(), strict=True)
        return [self._judged(sought, sure, words, likeness) for sure, words, likeness in told]

    def _judged(self, sought: Sought, sure: FloatArray, seen: FloatArray, likeness: float) -> Judged:
        """One photo: how sure of each text, z of the general words, likeness to the photo that is sought."""
        wanted, unwanted = sure[: len(sought.texts)], sure[len(sought.texts) :]
        relevance = float(np.prod(1.0 - unwanted)) * max(0.0, (likeness - UNLIKE_PHOTOS) / (1.0 - UNLIKE_PHOTOS))
        if len(wanted):
            relevance *= float(np.prod(wanted)) ** (1.0 / len(wanted))
        told = dict(sorted(zip(sought.texts, wanted.tolist(), strict=True), key=lambda one: -one[1]))
        for at, score in said(seen, self._rules)[:SEEN]:
            told.setdefault(self._words[at].path[-1], score)
        return Judged(min(1.0, relevance), tuple(f"{word} {score:.2f}" for word, score in told.items()))

    def _sure(self, z: FloatArray) -> FloatArray:
        limit = self._rules.limit(len(self._words))
        sure: FloatArray = 1.0 / (1.0 + np.exp((self._rules.slope * (limit - z)).clip(-50.0, 50.0)))
        return sure

    def _mean(self, texts: Sequence[str]) -> FloatArray | None:
        return unit(self._texts(texts).mean(axis=0)) if texts else None

    def _texts(self, texts: Sequence[str]) -> FloatArray:
        bare = [_ARTICLE.sub("", " ".join(text.split())) for text in texts]
        return self._vectors.computed([Word((text,), (text,)) for text in bare])

    def _general(self) -> _Known:
        with self._lock:
            if self._known is None:
                weights = self._weights.digest()
                vectors = self._vectors.of(self._words, weights)
                self._known = _Known(vectors, Scale(vectors, vectors), unit(vectors.mean(axis=0)))
            return self._known
