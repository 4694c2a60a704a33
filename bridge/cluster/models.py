"""The contracts of models, kept by the machines of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, cast

from bridge.cluster.contract import CullSpec, FaceSpec, FaceTraits, Nodes, TaggerSpec, TaggerTraits
from bridge.engines.onnx import FloatArray
from bridge.errors import BridgeError, ModelUnreachable
from bridge.faces.contract import FaceModel, FoundFace
from bridge.jobs.measuring import Looked, Measuring, Wanted
from bridge.photos import Identity
from bridge.taggers.contract import Tagger, TagRequest, Want
from bridge.values import RGB, Answer, ModelIdentity, Picture, Readiness, ReadyState, Voice

WAITING = 2
"""Calls for each that a machine has under way: the next photo is there when one is done, and a machine that comes while
a run is at work finds something to do."""


def _readiness(nodes: Nodes, spec: TaggerSpec | FaceSpec) -> Readiness:
    try:
        nodes.describe(spec)
    except BridgeError as error:
        unreachable = isinstance(error, ModelUnreachable)
        state = ReadyState.UNREACHABLE if unreachable else ReadyState.MISSING_MODEL
        return Readiness(state, error.message, error.hint)
    return Readiness(ReadyState.READY)


class ClusterTagger(Tagger):
    """Pixels go to whichever node is free: what the daemon has read need not be read again."""

    def __init__(self, nodes: Nodes, spec: TaggerSpec) -> None:
        """Raises as ``Nodes.describe``."""
        described = nodes.describe(spec)
        self._traits = traits = cast(TaggerTraits, described.traits)
        self._nodes = nodes
        self._spec = spec
        self._name = traits.name
        self.capabilities = traits.capabilities
        self.edge = traits.edge
        self.in_flight = WAITING * described.in_flight

    @property
    def name(self) -> str:
        return self._name

    def readiness(self) -> Readiness:
        return _readiness(self._nodes, self._spec)

    def identity(self, want: Want) -> ModelIdentity:
        return cast(ModelIdentity, self._nodes.call(self._spec, "identity", want, traits=self._traits))

    def load(self) -> None:
        self._nodes.load(self._spec)

    def tag(self, request: TagRequest) -> Answer:
        told = self._nodes.call(
            self._spec,
            "tag",
            request.picture,
            request.want,
            request.attempt,
            request.context,
            cancelled=request.cancelled,
            traits=self._traits,
        )
        return cast(Answer, told)

    def judge(self, picture: Picture, cancelled: Callable[[], bool] = lambda: False) -> Voice:
        return cast(Voice, self._nodes.call(self._spec, "judge", picture, cancelled=cancelled, traits=self._traits))

    def close(self) -> None:
        self._nodes.release(self._spec)


class ClusterFaces(FaceModel):
    """Pixels and crops go to whichever node is free."""

    def __init__(self, nodes: Nodes, spec: FaceSpec) -> None:
        """Raises as ``Nodes.describe``."""
        described = nodes.describe(spec)
        self._nodes = nodes
        self._spec = spec
        self._traits = cast(FaceTraits, described.traits)
        self.in_flight = WAITING * described.in_flight
        """Photos at once that keep the nodes busy."""
        self.edge = self._traits.edge
        self.likeness = self._traits.likeness
        self._cancelled: Callable[[], bool] = lambda: False

    @property
    def name(self) -> str:
        return self._traits.name

    @property
    def title(self) -> str:
        return self._traits.title

    @property
    def dimensions(self) -> int:
        return self._traits.dimensions

    def readiness(self) -> Readiness:
        return _readiness(self._nodes, self._spec)

    def identity(self) -> ModelIdentity:
        return self._traits.identity

    def load(self) -> None:
        self._nodes.load(self._spec)

    def detect(self, rgb: RGB) -> Sequence[FoundFace]:
        return cast(Sequence[FoundFace], self._call("detect", rgb))

    def embed(self, crops: Sequence[RGB]) -> FloatArray:
        return cast(FloatArray, self._call("embed", list(crops)))

    def while_wanted(self, cancelled: Callable[[], bool]) -> FaceModel:
        asked = copy(self)
        asked._cancelled = cancelled
        return asked

    def _call(self, method: str, pixels: Any) -> Any:
        return self._nodes.call(self._spec, method, pixels, cancelled=self._cancelled, traits=self._traits)

    def close(self) -> None:
        self._nodes.release(self._spec)


class ClusterMeasuring(Measuring):
    """A path goes to whichever node is free, which reads the photo itself: at full size it is too large to send."""

    def __init__(self, nodes: Nodes, spec: CullSpec) -> None:
        """Raises as ``Nodes.describe``."""
        self._nodes = nodes
        self._spec = spec
        described = nodes.describe(spec)
        self._traits = described.traits
        self.in_flight = WAITING * described.in_flight

    def look(self, photo: Identity, wanted: Wanted, cancelled: Callable[[], bool] = lambda: False) -> Looked:
        return cast(
            Looked, self._nodes.call(self._spec, "look", photo, wanted, cancelled=cancelled, traits=self._traits)
        )
