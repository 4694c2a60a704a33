"""The BLIP-2 tagger: a sentence about the photo, and the keywords in that sentence."""

from __future__ import annotations

from pathlib import Path

from bridge.engines.blip2 import GENERATION, PICTURES, Blip2Captioner
from bridge.engines.senses import Senses
from bridge.taggers._names import PulledModel
from bridge.taggers._weights import Weights
from bridge.taggers.blip2._keywords import keywords_of
from bridge.taggers.contract import Cancelled, Capabilities, Readiness, Tagger, TagRequest, Want
from bridge.values import Answer, Keyword, ModelIdentity

VERSION = 1
"""Of how words are taken from a caption; with another one stored answers are asked anew."""


class Blip2Tagger(Tagger):
    """Photos that are asked for at once share a forward pass. Its words have no score: the model gives none."""

    capabilities = Capabilities(keywords=True, caption=True, batch=True)
    edge = 448
    in_flight = 2 * PICTURES

    def __init__(self, model: PulledModel, home: Path, captioner: Blip2Captioner) -> None:
        self._model = model
        self._weights = Weights(model, model.folder(home))
        self._captioner = captioner
        self._senses = Senses()
        self._loaded = ""

    @property
    def name(self) -> str:
        return self._model.name

    def readiness(self) -> Readiness:
        return self._weights.readiness()

    def identity(self, want: Want) -> ModelIdentity:
        told = {**GENERATION, "version": VERSION, "keywords": want.keywords, "caption": want.caption}
        return self._weights.identity(told)

    def load(self) -> None:
        digest = self._weights.digest_to_load()
        if self._loaded not in ("", digest):  # they were pulled anew since
            self.close()
        self._captioner.load()
        self._loaded = digest

    def close(self) -> None:
        self._loaded = ""
        self._captioner.close()

    def tag(self, request: TagRequest) -> Answer:
        if request.cancelled():
            raise Cancelled
        if not self._loaded:
            self.load()
        caption = self._captioner.caption(request.picture.rgb)
        words = keywords_of(caption, self._senses) if request.want.keywords else []
        return Answer(
            keywords=tuple(Keyword((word,), None, self.name) for word in words),
            caption=caption or None if request.want.caption else None,
        )
