"""The daemon of the screenshots: all is real but the models, which know the drawn pictures."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from starlette.types import ASGIApp

from bridge.compose import Models, build, shipped_models
from bridge.daemon import application
from bridge.engines.onnx import FloatArray
from bridge.faces import crops
from bridge.faces.contract import FaceModel
from bridge.home import ensure_home
from bridge.rpc.server import serve
from bridge.settings import Settings
from bridge.taggers import Choice
from bridge.taggers.contract import TagRequest
from bridge.taggers.embedding import Judged, Sought
from bridge.values import RGB, Answer, Category, Keyword, Picture
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.tagger import FakeTagger
from tools.screenshots.library import Shot, chance, sign

GOOD, FAST = "ollama:llava:13b", "ollama:qwen2.5vl:7b"
"""The models that it speaks for."""
STRANGE = ("umbrella", "dog", "winter", "train", "kitchen")
"""What they say now and then, and what no picture shows."""


class Known:
    """The pictures that were drawn, known again by how they look."""

    def __init__(self, by_sign: dict[str, dict[str, Any]]) -> None:
        self.shots = list(by_sign.values())
        self._signs = np.array([np.frombuffer(bytes.fromhex(one), np.uint8) for one in by_sign], np.float32)

    def of(self, rgb: NDArray[np.uint8]) -> dict[str, Any]:
        seen = np.frombuffer(bytes.fromhex(sign(rgb)), np.uint8).astype(np.float32)
        return self.shots[int(np.square(self._signs - seen).sum(1).argmin())]


class KnownWords(FakeEmbedder):
    """Search: a photo is the bag of its words."""

    title = "open_clip ViT-L/14"

    def __init__(self, known: Known) -> None:
        super().__init__("clip")
        self._known = known
        self._words = sorted({part for shot in known.shots for part in _parts(shot)})

    @property
    def dimensions(self) -> int:
        return len(self._words) + 1

    def embed(self, picture: Picture) -> FloatArray:
        return self._bag(_parts(self._known.of(picture.rgb)))

    def vector(self, sought: Sought) -> FloatArray:
        if sought.like is not None:
            return sought.like
        return self._bag({part for text in sought.texts for part in text.lower().split()})

    def judge(self, sought: Sought, photos: FloatArray) -> Sequence[Judged]:
        wanted = self.vector(sought)
        asked = np.flatnonzero(wanted[:-1])
        judged = []
        for photo in photos:
            why = tuple(
                f"{self._words[at]} {0.6 + 0.35 * chance(self._words[at], str(photo.sum())):.2f}"
                for at in asked
                if photo[at]
            )
            judged.append(Judged(min(0.97, float(photo @ wanted) * 1.25), why))
        return judged

    def _bag(self, parts: set[str]) -> FloatArray:
        bag = np.array([*(float(word in parts) for word in self._words), 1e-3], np.float32)
        return bag / np.linalg.norm(bag)


class KnownFaces(FaceModel):
    """The shipped model finds the painted faces; whose they are is told by how they are painted."""

    def __init__(self, model: FaceModel, known: Known, folder: Path) -> None:
        self._model, self._known, self._folder = model, known, folder
        self.edge, self.likeness = model.edge, model.likeness
        self._people: list[NDArray[np.float32]] = []

    name = property(lambda self: self._model.name)  # type: ignore[assignment]
    title = property(lambda self: self._model.title)  # type: ignore[assignment]
    dimensions = property(lambda self: self._model.dimensions)  # type: ignore[assignment]

    def readiness(self) -> Any:
        return self._model.readiness()

    def identity(self) -> Any:
        return self._model.identity()

    def load(self) -> None:
        self._model.load()
        alone = {shot["people"][0]: shot for shot in self._known.shots if len(shot["people"]) == 1}
        self._people = []
        for _, shot in sorted(alone.items()):
            rgb = cv2.cvtColor(cv2.imread(shot["path"]), cv2.COLOR_BGR2RGB)
            self._people.append(_small(crops.crop(rgb, self._model.detect(rgb)[0])))

    def detect(self, rgb: RGB) -> Any:
        return self._model.detect(rgb)

    def embed(self, faces: Sequence[RGB]) -> FloatArray:
        told = np.zeros((len(faces), self.dimensions), np.float32)
        for at, face in enumerate(faces):
            apart = [float(np.abs(_small(face) - person).mean()) for person in self._people]
            told[at, int(np.argmin(apart))] = 1.0
            other = np.random.default_rng(int(face.sum()) % 2**31)
            spread = float(other.choice([0.006, 0.03], p=[0.8, 0.2]))  # some are left for a person to join
            told[at, len(apart) :] = other.normal(0, spread, self.dimensions - len(apart))
        return told / np.linalg.norm(told, axis=1, keepdims=True)

    def close(self) -> None:
        self._model.close()


def models(known: Known, home: Path) -> Models:
    shipped = shipped_models()
    embedder = KnownWords(known)
    taggers = {GOOD: FakeTagger(_says(known, GOOD), name=GOOD), FAST: FakeTagger(_says(known, FAST), name=FAST)}
    listed = [
        {"name": name, "state": "ready", "message": "", "hint": "", "capabilities": ["keywords", "caption", "schema"]}
        for name in taggers
    ]
    return replace(
        shipped,
        choose=lambda name, *_: Choice(GOOD if name == "auto" else name, "It is the first of your list that is there."),
        make=lambda name, settings, style, prompt, words: (
            taggers.get(name) or shipped.make(name, settings, style, prompt, words)
        ),
        list=lambda settings: [*shipped.list(settings)[:1], *listed],
        choose_embedder=lambda *_: Choice("clip", "It is there."),
        embedder=lambda *_: embedder,
        faces=lambda settings, folder: KnownFaces(shipped.faces(settings, folder), known, home),
    )


def _says(known: Known, model: str) -> Callable[[TagRequest], Answer]:
    """The good one says what there is; the fast one leaves something out, and now and then is wrong."""

    def answer(request: TagRequest) -> Answer:
        shot = known.of(request.picture.rgb)
        words = list(shot["words"])
        if model == FAST:
            words = [word for word in words if chance(word, shot["name"]) > 0.3] or words[:1]
        if chance(model, shot["name"]) < (0.65 if model == FAST else 0.3):
            words.append(STRANGE[int(chance(shot["name"]) * len(STRANGE))])
        time.sleep(0.12 if model == FAST else 0.4)  # as if it were work: the page shows how fast models are
        keywords = tuple(Keyword(tuple(word.split("|")), 0.55 + 0.4 * chance(word, model), model) for word in words)
        caption = shot["caption"] if model == GOOD else f"{shot['title']}, {words[0].rpartition('|')[2].lower()}."
        return Answer(
            keywords=keywords,
            title=shot["title"],
            caption=caption,
            alt_text=shot["caption"],
            category=Category.LANDSCAPE,
            category_score=0.8,
        )

    return answer


def _parts(shot: dict[str, Any]) -> set[str]:
    return {part.lower().rstrip("s") for word in shot["words"] for part in word.replace("|", " ").split()} | {
        part.lower() for word in shot["words"] for part in word.replace("|", " ").split()
    }


def _small(face: RGB) -> NDArray[np.float32]:
    lab = cv2.cvtColor(cv2.resize(face, (24, 24), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB)
    return np.asarray(lab, np.float32)


def kept(by_sign: dict[str, Shot], folder: Path) -> dict[str, dict[str, Any]]:
    """What of the shots the daemon has to know; how they are drawn stays here."""
    names = ("name", "words", "title", "caption", "people")
    return {
        key: {name: getattr(shot, name) for name in names} | {"path": str(folder / f"{shot.name}.jpg")}
        for key, shot in by_sign.items()
    }


def main(file: Path) -> None:
    home = ensure_home()
    daemon = build(home, Settings(port=0, index_while_tagging=False), models(Known(json.loads(file.read_text())), home))

    def make(token: str, port: Callable[[], int], stop: Callable[[], None]) -> ASGIApp:
        return application(home, daemon.service, token, port, stop)

    serve(home, 0, make=make, ready=lambda port: print(f"ready 127.0.0.1:{port}", flush=True), ended=daemon.close)


if __name__ == "__main__":
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    main(Path(sys.argv[1]))
