"""The BLIP-2 tagger: a sentence about the photo, and the keywords in that sentence."""

from __future__ import annotations

import json
from pathlib import Path

from bridge.engines.blip2 import GENERATION, PICTURES, Blip2Captioner
from bridge.engines.senses import Senses
from bridge.engines.weights import check_sizes, read_manifest
from bridge.errors import BridgeError
from bridge.taggers._extras import installed, not_installed, readiness_of
from bridge.taggers._names import PulledModel
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
        self._folder = model.folder(home)
        self._captioner = captioner
        self._senses = Senses()
        self._loaded = ""

    @property
    def name(self) -> str:
        return self._model.name

    def readiness(self) -> Readiness:
        try:
            check_sizes(self._folder, self._model.pull)
        except BridgeError as error:
            return readiness_of("blip2", error)
        return readiness_of("blip2", None)

    def identity(self, want: Want) -> ModelIdentity:
        manifest = read_manifest(self._folder, self._model.pull)
        told = {**GENERATION, "version": VERSION, "keywords": want.keywords, "caption": want.caption}
        return ModelIdentity(self.name, manifest.digest, json.dumps(told, sort_keys=True, separators=(",", ":")))

    def load(self) -> None:
        if not installed("blip2"):
            raise not_installed("blip2")
        digest = check_sizes(self._folder, self._model.pull).digest
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
