"""The starter tagger: small models that ship with the package; works at once, offline, on a CPU."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from bridge import starter
from bridge.engines.classifier import Classifier
from bridge.engines.face_detector import Face, FaceDetector
from bridge.engines.objects import DetectedObject, ObjectDetector
from bridge.errors import ModelMissing
from bridge.taggers.contract import Cancelled, Capabilities, Readiness, ReadyState, Tagger, TagRequest, Want
from bridge.taggers.starter._category import categorise
from bridge.taggers.starter._closer import Closer, cut_out, worth_a_look
from bridge.taggers.starter._colours import colours
from bridge.taggers.starter._concepts import ConceptTable, load_table, sharpen
from bridge.taggers.starter._decide import decide
from bridge.taggers.starter._evidence import Evidence
from bridge.taggers.starter._facts import plain_facts
from bridge.taggers.starter._pixels import measure
from bridge.taggers.starter._places import Places
from bridge.taggers.starter._sun import sun
from bridge.taggers.starter._views import together, views
from bridge.values import RGB, Answer, Keyword, ModelIdentity, Picture

CODE = ("bridge.taggers.starter", "bridge.engines")
"""Where what it says is decided, beside the weights."""


def rules_digest() -> str:
    """SHA-256 over rules, thresholds and the concept table: when one of them changes, stored answers are asked anew."""
    digest = hashlib.sha256()
    for package in CODE:
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith((".py", ".toml")):
                digest.update(file.read_bytes())
    return digest.hexdigest()


class StarterTagger(Tagger):
    """Keywords and a category from pixels and EXIF. Never a caption: it would have to invent one.

    ``threads`` is how many photos it looks at side by side, by default one for each core; every forward pass itself
    uses a single thread, which keeps the cores busier than passes that are split.
    """

    capabilities = Capabilities(keywords=True, facts=True)
    edge = 720
    """Squares of it are as large as the detector's input (512); 24 megapixels decode to an eighth, just above it."""

    def __init__(self, threads: int | None = None) -> None:
        self.in_flight = threads or os.cpu_count() or 1
        self._classifier = Classifier()
        self._objects = ObjectDetector()
        self._faces = FaceDetector()
        self._lock = threading.Lock()
        self._tables: tuple[ConceptTable, Places] | None = None

    @property
    def name(self) -> str:
        return "starter"

    def readiness(self) -> Readiness:
        try:
            starter.digest()
        except ModelMissing as error:
            return Readiness(ReadyState.MISSING_MODEL, error.message, error.hint)
        return Readiness(ReadyState.READY)

    def identity(self, want: Want) -> ModelIdentity:  # noqa: ARG002  (keywords are all there is)
        parts = (starter.digest(), rules_digest())
        return ModelIdentity(self.name, hashlib.sha256("\n".join(parts).encode()).hexdigest())

    def load(self) -> None:
        with self._lock:
            if self._tables is None:
                for model in self._models():
                    model.load()
                self._tables = (load_table(), Places())

    def close(self) -> None:
        with self._lock:
            self._tables = None
            for model in self._models():
                model.close()

    def tag(self, request: TagRequest) -> Answer:
        self.load()
        tables = self._tables
        if tables is None or request.cancelled():
            raise Cancelled
        table, places = tables
        evidence = self._look(request.picture, table, places)
        keywords = tuple(Keyword((said.word,), said.score, said.source) for said in decide(evidence, table))
        category, score = categorise(evidence)
        return Answer(
            keywords=keywords if request.want.keywords else (),
            category=category,
            category_score=score,
            facts=plain_facts(evidence),
        )

    def _look(self, picture: Picture, table: ConceptTable, places: Places) -> Evidence:
        rgb = picture.rgb
        probabilities = together(self._classifier.probabilities(views(rgb)))
        best = int(probabilities.argmax())
        longest = max(rgb.shape[:2])
        things = tuple(self._objects.detect(rgb))
        return Evidence(
            concepts=table.scores(probabilities),
            top_class=(table.class_keywords[best], float(probabilities[best])),
            objects=things,
            faces=tuple(_relative(face, longest) for face in self._faces.detect(rgb)),
            pixels=measure(rgb),
            facts=picture.facts,
            aspect=picture.width / picture.height,
            longest=max(picture.width, picture.height),
            sun=sun(picture.facts),
            place=places.at(picture.facts.gps) if picture.facts.gps else None,
            closer=self._look_closer(rgb, things, table),
            colours=colours(rgb, things),
        )

    def _look_closer(self, rgb: RGB, things: Sequence[DetectedObject], table: ConceptTable) -> tuple[Closer, ...]:
        chosen = worth_a_look(things)
        if not chosen:
            return ()
        seen = sharpen(self._classifier.probabilities([cut_out(rgb, thing) for thing in chosen]))
        return tuple(Closer(thing, table.scores(view)) for thing, view in zip(chosen, seen, strict=True))

    def _models(self) -> list[Any]:
        return [self._classifier.model, self._objects.model, self._faces.detector, self._faces.mesh]


def _relative(face: Face, longest: int) -> Face:
    """Lengths in parts of the picture's longer edge."""
    return replace(
        face,
        left=face.left / longest,
        top=face.top / longest,
        width=face.width / longest,
        height=face.height / longest,
        points=tuple((x / longest, y / longest) for x, y in face.points),
    )
