"""The clip tagger: words of a list that stand out in a photo, by open_clip. It knows no word beyond its list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from bridge.engines.clip import PICTURES, ClipEncoder
from bridge.taggers._names import PulledModel
from bridge.taggers._weights import Weights
from bridge.taggers.clip._calibrate import Rules, Scale, said
from bridge.taggers.clip._vectors import VERSION, WordVectors, digest_of
from bridge.taggers.clip._words import general_words, words_of
from bridge.taggers.contract import Cancelled, Capabilities, Readiness, Tagger, TagRequest, Want
from bridge.values import Answer, Keyword, ModelIdentity, TreeKeyword

EDGE = 672
"""Of a picture 3:2, the shorter side is 448."""


class ClipTagger(Tagger):
    """Looks for the words of ``tree``, or for the general ones where that is empty.

    Photos that are asked for at once share a forward pass. The vectors of the words are computed at the first photo of
    a list, once for each weights and list, and kept on disk.
    """

    capabilities = Capabilities(keywords=True, batch=True)
    edge = EDGE
    in_flight = 2 * PICTURES
    """While one batch is looked at, the next one comes together."""

    def __init__(
        self,
        model: PulledModel,
        home: Path,
        encoder: ClipEncoder,
        tree: Sequence[TreeKeyword] = (),
        rules: Rules | None = None,
    ) -> None:
        self._model = model
        self._weights = Weights(model, model.folder(home))
        self._encoder = encoder
        self._general = general_words()
        self._words = words_of(tree) or self._general
        self._rules = rules or Rules()
        self._vectors = WordVectors(self._weights.folder, encoder, self._rules.templates)
        self._lock = threading.Lock()
        self._scale: Scale | None = None
        self._loaded = ""

    @property
    def name(self) -> str:
        return self._model.name

    def readiness(self) -> Readiness:
        return self._weights.readiness()

    def identity(self, want: Want) -> ModelIdentity:  # noqa: ARG002  (keywords are all there is)
        told = {**asdict(self._rules), "words": digest_of(self._words), "background": digest_of(self._general)}
        told["version"] = VERSION
        return self._weights.identity(told)

    def load(self) -> None:
        digest = self._weights.digest_to_load()
        if self._loaded not in ("", digest):  # they were pulled anew since
            self.close()
        self._encoder.load()
        self._loaded = digest

    def close(self) -> None:
        self._loaded = ""
        self._scale = None
        self._encoder.close()

    def tag(self, request: TagRequest) -> Answer:
        if request.cancelled():
            raise Cancelled
        if not self._loaded:
            self.load()
        scale = self._usual(request.cancelled)
        if not request.want.keywords:
            return Answer()
        z = scale.z(self._encoder.picture(request.picture.rgb))
        return Answer(
            tuple(Keyword(self._words[at].path, score, self.name) for at, score in said(z, self._rules)),
        )

    def _usual(self, cancelled: Callable[[], bool]) -> Scale:
        """Made at the first photo, not in ``load``, which cannot be cancelled: a long list takes minutes on a CPU."""
        with self._lock:
            if self._scale is None:
                weights = self._weights.digest()
                background = self._vectors.of(self._general, weights, cancelled)
                same = self._words is self._general
                words = background if same else self._vectors.of(self._words, weights, cancelled)
                self._scale = Scale(words, background)
            return self._scale
