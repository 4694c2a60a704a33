"""What one node does: a model that was made from a ``Spec``, called by name. Knows nothing of Ray.

Arguments and answers are pickled here and in ``link``, so that what lies between them only carries bytes.
"""

from __future__ import annotations

import logging
import pickle
import platform
import threading
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge import __version__
from bridge.cluster.contract import CullSpec, CullTraits, FaceSpec, FaceTraits, Spec, TaggerSpec, TaggerTraits, Traits
from bridge.culling.measurer import Measurer
from bridge.engines.shared import Engines
from bridge.errors import BridgeError, ModelMissing, ModelUnreachable, PhotoChanged, PhotoMissing
from bridge.faces import make_face_model
from bridge.home import home_folder
from bridge.jobs.culling import VERSION
from bridge.jobs.measuring import Looked, MeasuringHere, Wanted
from bridge.paths import shown
from bridge.photos import Identity, same_picture
from bridge.settings import Settings, load_settings
from bridge.taggers import Choice, choose_model, make_tagger
from bridge.taggers.contract import Cancelled, Context, TagRequest, Want
from bridge.values import RGB, Answer, ModelIdentity, Picture, ReadyState, Voice

SHAPING = ("auto_order", "num_predict", "max_keywords", "model_timeout_s", "max_megapixels")
"""Settings that shape answers: those of the machine that asks count. All else is a matter of each node."""

SAME_PATH = "A machine that culls reads the photos itself: mount them at the same path on all of them."
MOST_OF_A_FAULT = 100_000
"""Bytes: longer replies are answers."""

_log = logging.getLogger(__name__)


class NodeBroke(Exception):
    """A defect on a node, with its traceback as text: what would have been an exception without a name here."""


@dataclass(frozen=True, slots=True)
class Presented:
    """A worker's first words."""

    version: str
    """Of photo-bridge."""
    traits: Traits
    in_flight: int


def shaping(settings: Settings) -> dict[str, Any]:
    """What a node has to know of the settings of who asks."""
    return {name: getattr(settings, name) for name in SHAPING}


def choose_here(name: str, want: str, shaped: Mapping[str, Any]) -> bytes:
    """A packed Choice, or what kept it from being made."""

    def choose() -> Choice:
        return choose_model(name, load_settings(**shaped), want)

    return packed(choose)


def packed(call: Callable[[], Any]) -> bytes:
    """(True, answer) or (False, exception), pickled."""
    try:
        return pickle.dumps((True, call()), pickle.HIGHEST_PROTOCOL)
    except (BridgeError, Cancelled) as error:
        return failed(error)
    except Exception:
        _log.exception("a call of a model broke down")
        return failed(NodeBroke(traceback.format_exc()))


def failed(error: Exception) -> bytes:
    return pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)


def unpacked(reply: bytes) -> Any:
    """What ``packed`` packed. Raises what it caught."""
    well, told = pickle.loads(reply)
    if not well:
        raise told
    return told


def fault_of_node(reply: bytes) -> BridgeError | None:
    """What a packed reply says that a node lacks: any other might answer the same call."""
    if len(reply) > MOST_OF_A_FAULT:
        return None
    try:
        well, told = pickle.loads(reply)
    except Exception:  # who asked is told
        return None
    return None if well or not isinstance(told, ModelMissing | ModelUnreachable) else told


class Hands(ABC):
    """One kind of model as a worker has it; its public methods are those that can be called."""

    methods: Sequence[str]
    cold: Sequence[str] = ()
    """Those that need no model in memory."""
    in_flight: int

    @abstractmethod
    def traits(self) -> Traits:
        """Raises ModelMissing, ModelUnreachable where this node cannot run it."""

    @abstractmethod
    def load(self) -> None:
        """Raises ModelMissing, ModelUnreachable, ModelFault."""


class Worker:
    """One model on one node. Safe to call from several threads at once."""

    def __init__(self, spec: Spec, shaped: Mapping[str, Any]) -> None:
        self._hands = _hands(spec, load_settings(**shaped))
        self._lock = threading.Lock()
        self._loaded = False
        self._cancelled: set[int] = set()

    def present(self) -> bytes:
        return packed(lambda: Presented(__version__, self._hands.traits(), self._hands.in_flight))

    def load(self) -> bytes:
        return packed(self._load)

    def call(self, task: int, method: str, arguments: bytes) -> bytes:
        """``task``: what ``cancel`` names it by; ``arguments``: a pickled tuple."""
        if method not in self._hands.methods:
            return failed(NodeBroke(f"a worker has no method {method}"))

        def answer() -> Any:
            if method not in self._hands.cold:
                self._load()
            return getattr(self._hands, method)(lambda: task in self._cancelled, *pickle.loads(arguments))

        try:
            return packed(answer)
        finally:
            self._cancelled.discard(task)

    def cancel(self, task: int) -> None:
        """Of a call that is under way: it ends at its next step."""
        self._cancelled.add(task)

    def _load(self) -> None:
        with self._lock:
            if not self._loaded:
                self._hands.load()
                self._loaded = True


class _TaggerHands(Hands):
    methods = ("tag", "judge", "identity")
    cold = ("identity",)

    def __init__(self, spec: TaggerSpec, settings: Settings) -> None:
        self._tagger = make_tagger(
            spec.name, settings, style=spec.style, prompt=spec.prompt, words=spec.words, engines=Engines()
        )
        self.in_flight = self._tagger.in_flight

    def traits(self) -> TaggerTraits:
        ready, tagger = self._tagger.readiness(), self._tagger
        if not ready.ready:
            error = ModelUnreachable if ready.state is ReadyState.UNREACHABLE else ModelMissing
            raise error(ready.message, hint=ready.hint)
        return TaggerTraits(tagger.name, tagger.capabilities, tagger.edge, tagger.identity(Want()))

    def load(self) -> None:
        self._tagger.load()

    def tag(
        self, cancelled: Callable[[], bool], picture: Picture, want: Want, attempt: int, context: Context
    ) -> Answer:
        return self._tagger.tag(TagRequest(picture, want, attempt, context, cancelled))

    def judge(self, cancelled: Callable[[], bool], picture: Picture) -> Voice:
        return self._tagger.judge(picture, cancelled)

    def identity(self, _: Callable[[], bool], want: Want) -> ModelIdentity:
        return self._tagger.identity(want)


class _FaceHands(Hands):
    methods = ("detect", "embed")
    in_flight = 2

    def __init__(self, spec: FaceSpec) -> None:
        self._model = make_face_model(spec.name, home_folder())

    def traits(self) -> FaceTraits:
        ready, model = self._model.readiness(), self._model
        if not ready.ready:
            raise ModelMissing(ready.message, hint=ready.hint)
        self._model.load()  # what it is can be told only then
        return FaceTraits(model.name, model.title, model.dimensions, model.edge, model.likeness, model.identity())

    def load(self) -> None:
        self._model.load()

    def detect(self, _: Callable[[], bool], rgb: RGB) -> Any:
        return tuple(self._model.detect(rgb))

    def embed(self, _: Callable[[], bool], crops: Sequence[RGB]) -> Any:
        return self._model.embed(crops)


class _CullHands(Hands):
    methods = ("look",)

    def __init__(self, spec: CullSpec) -> None:
        self._measuring = MeasuringHere(Measurer(), spec.limits, spec.raw_renderer)
        self.in_flight = self._measuring.in_flight

    def traits(self) -> CullTraits:
        return CullTraits(VERSION)

    def load(self) -> None:
        pass

    def look(self, cancelled: Callable[[], bool], photo: Identity, wanted: Wanted) -> Looked:
        if cancelled():
            raise Cancelled
        try:
            same_picture(photo)
            return self._measuring.look(photo, wanted, cancelled)
        except PhotoMissing as error:
            raise PhotoMissing(
                f"{shown(photo.path)} is not there for the machine {platform.node()}.", hint=SAME_PATH
            ) from error
        except PhotoChanged as error:
            raise PhotoChanged(
                f"{shown(photo.path)} is another picture for the machine {platform.node()}.", hint=SAME_PATH
            ) from error


def _hands(spec: Spec, settings: Settings) -> Hands:
    if isinstance(spec, TaggerSpec):
        return _TaggerHands(spec, settings)
    return _FaceHands(spec) if isinstance(spec, FaceSpec) else _CullHands(spec)
