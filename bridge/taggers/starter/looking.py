"""One look at a photo by the models that ship: what the starter tagger, the search by words and its filters go by."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from bridge.engines.classifier import Classifier
from bridge.engines.face_detector import Face, FaceDetector
from bridge.engines.objects import DetectedObject, ObjectDetector
from bridge.engines.onnx import FloatArray
from bridge.engines.remember import Remember
from bridge.taggers.starter._category import categorise
from bridge.taggers.starter._closer import Closer, cut_out, worth_a_look
from bridge.taggers.starter._colours import colours
from bridge.taggers.starter._concepts import ConceptTable, load_table, sharpen
from bridge.taggers.starter._decide import decide
from bridge.taggers.starter._evidence import Evidence, Said
from bridge.taggers.starter._facts import plain_facts
from bridge.taggers.starter._pixels import measure
from bridge.taggers.starter._places import Places
from bridge.taggers.starter._sun import sun
from bridge.taggers.starter._views import together, views
from bridge.values import RGB, Category, Picture

CODE = ("bridge.taggers.starter", "bridge.engines")
"""Where what is seen and said is decided, beside the weights."""
WEIGHTS = (
    *("classifier.onnx", "imagenet_classes.txt", "objects.onnx", "faces.onnx", "face_landmarks.onnx", "places.tsv.gz"),
    *("senses.txt.gz", "sentences.onnx", "sentences_tokenizer.json"),
)
"""Of the files that ship, those that what is seen, said and found by words goes by: where another one changes, no photo
is looked at anew."""
EDGE = 720
"""Squares of it are as large as the detector's input (512); 24 megapixels decode to an eighth, just above it."""


def rules_digest() -> str:
    """SHA-256 over rules, thresholds and the concept table: when one of them changes, stored answers are asked anew."""
    digest = hashlib.sha256()
    for package in CODE:
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith((".py", ".toml")):
                digest.update(file.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the models saw, and what follows from it."""

    evidence: Evidence
    said: tuple[Said, ...]
    """The keywords with their probabilities, the surest first."""
    classes: FloatArray
    """Sharpened probabilities of the classifier's classes, (1000,)."""
    features: FloatArray
    """What the classifier decides by: (1280,), 0 and above, the mean of the whole picture and its middle."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a photo can be filtered by. JSON-ready."""

    light: str | None
    """``day``, ``golden hour``, ``blue hour``, ``night``; None where time, zone or place is not known."""
    season: str | None
    people: int
    """At least so many are seen."""
    category: Category | None
    words: tuple[str, ...]
    """What the starter tagger says as keywords, the surest first."""


class Looker:
    """The models, shared by all that go by them; a photo that is still in memory is looked at once.

    Safe to call from several threads; loaded at its first use.
    """

    def __init__(self) -> None:
        self._classifier = Classifier()
        self._objects = ObjectDetector()
        self._faces = FaceDetector()
        self._lock = threading.Lock()
        self._tables: tuple[ConceptTable, Places] | None = None
        self._looks: Remember[Look] = Remember()

    def load(self) -> None:
        """Raises ModelMissing where the installation is damaged."""
        self._loaded()

    def close(self) -> None:
        """Let go of the models; the next use loads them again."""
        with self._lock:
            self._tables = None
            for model in self._models():
                model.close()

    def look(self, picture: Picture) -> Look:
        """All that is seen in a photo."""
        told = (picture.facts, picture.width, picture.height)
        return self._looks(picture.rgb, lambda: self._look(picture), told)

    def sight(self, picture: Picture) -> Sight:
        """What it can be filtered by."""
        look = self.look(picture)
        facts = plain_facts(look.evidence)
        return Sight(
            light=facts.get("light"),
            season=facts.get("season"),
            people=facts["people"],
            category=categorise(look.evidence)[0],
            words=tuple(said.word for said in look.said),
        )

    def _loaded(self) -> tuple[ConceptTable, Places]:
        with self._lock:
            if self._tables is None:
                for model in self._models():
                    model.load()
                self._tables = (load_table(), Places())
            return self._tables

    def _look(self, picture: Picture) -> Look:
        table, places = self._loaded()
        rgb = picture.rgb
        seen, features = self._classifier.look(views(rgb))
        probabilities = together(seen)
        best = int(probabilities.argmax())
        longest = max(rgb.shape[:2])
        things = tuple(self._objects.detect(rgb))
        evidence = Evidence(
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
        return Look(evidence, tuple(decide(evidence, table)), probabilities, features[:2].mean(axis=0))

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
