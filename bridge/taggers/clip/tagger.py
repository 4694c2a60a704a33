"""The clip tagger: words of a list that stand out in a photo, by open_clip. It knows no word beyond its list."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import product
from pathlib import Path

import numpy as np

from bridge.engines.clip import PICTURES, TEXTS, ClipEncoder, unit
from bridge.engines.onnx import FloatArray
from bridge.engines.vectors import VectorFiles, halved
from bridge.engines.weights import Manifest, check_sizes, read_manifest
from bridge.errors import BridgeError
from bridge.taggers._extras import installed, not_installed, readiness_of
from bridge.taggers._names import PulledModel
from bridge.taggers.clip._calibrate import Rules, Scale, said
from bridge.taggers.clip._words import Word, general_words, words_of
from bridge.taggers.contract import Cancelled, Capabilities, Readiness, Tagger, TagRequest, Want
from bridge.values import Answer, Keyword, ModelIdentity, TreeKeyword

VERSION = 1
"""Of how a photo is looked at; with another one stored answers are asked anew."""
KEPT_LISTS = 6
"""Lists whose vectors stay on disk: 5,000 words of ViT-L/14 are 8 MB."""


class ClipTagger(Tagger):
    """Looks for the words of ``tree``, or for the general ones where that is empty.

    Photos that are asked for at once share a forward pass. The vectors of the words are computed at the first photo of
    a list, once for each weights and list, and kept on disk.
    """

    capabilities = Capabilities(keywords=True, batch=True)
    edge = 672
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
        self._folder = model.folder(home)
        self._encoder = encoder
        self._general = general_words()
        self._words = words_of(tree) or self._general
        self._rules = rules or Rules()
        self._files = VectorFiles(self._folder / "words", KEPT_LISTS)
        self._lock = threading.Lock()
        self._scale: Scale | None = None
        self._loaded = ""

    @property
    def name(self) -> str:
        return self._model.name

    def readiness(self) -> Readiness:
        try:
            self._manifest()
        except BridgeError as error:
            return readiness_of("clip", error)
        return readiness_of("clip", None)

    def identity(self, want: Want) -> ModelIdentity:  # noqa: ARG002  (keywords are all there is)
        told = {**asdict(self._rules), "words": _digest(self._words), "background": _digest(self._general)}
        told["version"] = VERSION
        manifest = read_manifest(self._folder, self._model.pull)
        return ModelIdentity(self.name, manifest.digest, json.dumps(told, sort_keys=True, separators=(",", ":")))

    def load(self) -> None:
        if not installed("clip"):
            raise not_installed("clip")
        digest = self._manifest().digest
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

    def _manifest(self) -> Manifest:
        return check_sizes(self._folder, self._model.pull)

    def _usual(self, cancelled: Callable[[], bool]) -> Scale:
        """Made at the first photo, not in ``load``, which cannot be cancelled: a long list takes minutes on a CPU."""
        with self._lock:
            if self._scale is None:
                background = self._vectors(self._general, cancelled)
                same = self._words is self._general
                words = background if same else self._vectors(self._words, cancelled)
                self._scale = Scale(words, background)
            return self._scale

    def _vectors(self, words: Sequence[Word], cancelled: Callable[[], bool]) -> FloatArray:
        """(words, n): for each the mean over its names and the templates."""
        digest = read_manifest(self._folder, self._model.pull).digest
        told = json.dumps([VERSION, digest, _digest(words), self._rules.templates])
        key = hashlib.sha256(told.encode()).hexdigest()[:32]
        vectors = self._files.get(key)
        if vectors is None or len(vectors) != len(words):
            vectors = halved(self._encoded(words, cancelled))
            self._files.put(key, vectors)
        return vectors

    def _encoded(self, words: Sequence[Word], cancelled: Callable[[], bool]) -> FloatArray:
        owners: list[int] = []
        texts: list[str] = []
        for at, word in enumerate(words):
            for template, name in product(self._rules.templates, word.names):
                owners.append(at)
                texts.append(template.format(name))
        parts = []
        for start in range(0, len(texts), TEXTS):
            if cancelled():
                raise Cancelled
            parts.append(self._encoder.texts(texts[start : start + TEXTS]))
        encoded = np.concatenate(parts)
        sums = np.zeros((len(words), encoded.shape[1]), np.float32)
        np.add.at(sums, owners, encoded)
        return unit(sums)


def _digest(words: Sequence[Word]) -> str:
    told = json.dumps([[word.path, word.names] for word in words])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
