"""Models as the daemon hands them out: each use is noted, so that what nobody uses can be let go."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bridge.engines.onnx import FloatArray
from bridge.faces.contract import FaceModel, FoundFace, Likeness
from bridge.jobs.idle import Idle
from bridge.taggers.contract import Tagger, TagRequest, Want
from bridge.taggers.embedding import Embedder, Judged, Sought
from bridge.values import RGB, Answer, ModelIdentity, Picture, Readiness, Voice


class NotedTagger(Tagger):
    """A tagger whose uses ``idle`` knows of."""

    def __init__(self, model: Tagger, idle: Idle) -> None:
        self._model = model
        self._idle = idle
        self.capabilities = model.capabilities
        self.edge = model.edge
        self.in_flight = model.in_flight

    @property
    def name(self) -> str:
        return self._model.name

    def readiness(self) -> Readiness:
        return self._model.readiness()

    def identity(self, want: Want) -> ModelIdentity:
        return self._model.identity(want)

    def load(self) -> None:
        with self._idle.using(self._model):
            self._model.load()

    def tag(self, request: TagRequest) -> Answer:
        with self._idle.using(self._model):
            return self._model.tag(request)

    def judge(self, picture: Picture, cancelled: Callable[[], bool] = lambda: False) -> Voice:
        with self._idle.using(self._model):
            return self._model.judge(picture, cancelled)

    def close(self) -> None:
        self._model.close()


class NotedEmbedder(Embedder):
    """The same of an embedder."""

    def __init__(self, model: Embedder, idle: Idle) -> None:
        self._model = model
        self._idle = idle
        self.edge = model.edge
        self.in_flight = model.in_flight
        self.compresses = model.compresses
        self.sees_words = model.sees_words

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def title(self) -> str:
        return self._model.title

    @property
    def dimensions(self) -> int:
        return self._model.dimensions

    def readiness(self) -> Readiness:
        return self._model.readiness()

    def identity(self) -> ModelIdentity:
        return self._model.identity()

    def load(self) -> None:
        with self._idle.using(self._model):
            self._model.load()

    def embed(self, picture: Picture) -> FloatArray:
        with self._idle.using(self._model):
            return self._model.embed(picture)

    def vector(self, sought: Sought) -> FloatArray:
        with self._idle.using(self._model):
            return self._model.vector(sought)

    def judge(self, sought: Sought, photos: FloatArray) -> Sequence[Judged]:
        with self._idle.using(self._model):
            return self._model.judge(sought, photos)

    def close(self) -> None:
        self._model.close()


class NotedFaceModel(FaceModel):
    """The same of a model of faces."""

    def __init__(self, model: FaceModel, idle: Idle) -> None:
        self._model = model
        self._idle = idle
        self.edge = model.edge

    @property
    def likeness(self) -> Likeness:  # type: ignore[override]  # of the model, which is what is asked
        return self._model.likeness

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def title(self) -> str:
        return self._model.title

    @property
    def dimensions(self) -> int:
        return self._model.dimensions

    def readiness(self) -> Readiness:
        return self._model.readiness()

    def identity(self) -> ModelIdentity:
        return self._model.identity()

    def load(self) -> None:
        with self._idle.using(self._model):
            self._model.load()

    def detect(self, rgb: RGB) -> Sequence[FoundFace]:
        with self._idle.using(self._model):
            return self._model.detect(rgb)

    def embed(self, crops: Sequence[RGB]) -> FloatArray:
        with self._idle.using(self._model):
            return self._model.embed(crops)

    def close(self) -> None:
        self._model.close()
