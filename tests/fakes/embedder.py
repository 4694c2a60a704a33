"""A whole embedder without a model: it sees colours, light and shape, and knows the words for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.errors import InvalidParams
from bridge.taggers.contract import Readiness, ReadyState
from bridge.taggers.embedding import Embedder, Judged, Sought
from bridge.values import ModelIdentity, Picture

WORDS = ("red", "green", "blue", "dark", "bright", "wide", "tall")
"""What it sees; the place beyond them is for words that it does not know, and no photo has anything there."""
GRID = 4


class FakeEmbedder(Embedder):
    """Answers at once and counts what it is asked. ``digest`` may be changed, as if other weights were pulled."""

    title = "fake"

    def __init__(self, name: str = "fake") -> None:
        self._name = name
        self.edge = 256
        self.in_flight = 2
        self.digest = f"{name}-1"
        self.embedded: list[str] = []
        """``data_hash`` of every picture that was asked for, in their order."""

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return len(WORDS) + 1

    def readiness(self) -> Readiness:
        return Readiness(ReadyState.READY)

    def identity(self) -> ModelIdentity:
        return ModelIdentity(self.name, self.digest)

    def load(self) -> None:
        pass

    def embed(self, picture: Picture) -> FloatArray:
        self.embedded.append(picture.data_hash)
        red, green, blue = picture.rgb.reshape(-1, 3).mean(axis=0) / 255.0
        light = (red + green + blue) / 3
        wide = picture.width / (picture.width + picture.height)
        return _unit(np.array([red, green, blue, 1.0 - light, light, wide, 1.0 - wide, 0.0]))

    def vector(self, sought: Sought) -> FloatArray:
        if not (sought.texts or sought.without or sought.like is not None):
            raise InvalidParams("Nothing is sought.")
        query = np.zeros(self.dimensions, np.float32) if sought.like is None else sought.like.copy()
        for text in sought.texts:
            query += _asked(text)
        for text in sought.without:
            query -= _asked(text)
        return _unit(query)

    def judge(self, sought: Sought, photos: FloatArray) -> Sequence[Judged]:
        relevance = np.ones(len(photos), np.float32)
        if sought.like is not None:
            relevance *= np.clip(photos @ sought.like, 0.0, 1.0)
        for text in sought.texts:
            relevance *= np.clip(photos @ _asked(text), 0.0, 1.0)
        for text in sought.without:
            relevance *= 1.0 - np.clip(photos @ _asked(text), 0.0, 1.0)
        asked = sum((_asked(text) for text in sought.texts), np.zeros(self.dimensions, np.float32))
        return [Judged(float(value), _why(photo, asked)) for value, photo in zip(relevance, photos, strict=True)]

    def close(self) -> None:
        pass


def _asked(text: str) -> FloatArray:
    asked = np.zeros(len(WORDS) + 1, np.float32)
    for word in re.findall(r"\w+", text.lower()) or [""]:
        asked[WORDS.index(word) if word in WORDS else -1] += 1.0
    return _unit(asked)


def _why(photo: FloatArray, asked: FloatArray) -> tuple[str, ...]:
    found = [at for at in (-photo * asked).argsort().tolist() if asked[at] > 0 and photo[at] > 0]
    return tuple(f"{WORDS[at]} {photo[at]:.2f}" for at in found)


def _unit(vector: FloatArray) -> FloatArray:
    return (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
