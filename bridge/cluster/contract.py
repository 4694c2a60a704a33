"""What a cluster promises: the infer stages of a run, on other machines, with the answers that this one would give."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bridge.faces.contract import Likeness
from bridge.photos import ReadLimits
from bridge.taggers import Choice
from bridge.taggers.contract import Capabilities
from bridge.values import ModelIdentity, RawRenderer, TreeKeyword


@dataclass(frozen=True, slots=True)
class TaggerSpec:
    """A tagger as ``make_tagger`` takes it. ``name`` is one that ``choose`` returned."""

    name: str
    style: str | None = None
    prompt: str | None = None
    words: tuple[TreeKeyword, ...] = ()


@dataclass(frozen=True, slots=True)
class CullSpec:
    """What measures photos, which it reads itself: their paths lead to the same files on every node."""

    limits: ReadLimits = field(default_factory=ReadLimits)
    raw_renderer: RawRenderer = RawRenderer.AUTO


@dataclass(frozen=True, slots=True)
class FaceSpec:
    """What finds faces, by the name that the settings have."""

    name: str


Spec: TypeAlias = TaggerSpec | CullSpec | FaceSpec
"""What a worker is made from. Two that are equal share their workers."""


@dataclass(frozen=True, slots=True)
class TaggerTraits:
    name: str
    capabilities: Capabilities
    edge: int
    identity: ModelIdentity
    """Of everything that it can be asked for."""


@dataclass(frozen=True, slots=True)
class FaceTraits:
    name: str
    title: str
    dimensions: int
    edge: int
    likeness: Likeness
    identity: ModelIdentity


@dataclass(frozen=True, slots=True)
class CullTraits:
    version: str
    """Of the measures: nodes of another one would say something else."""


Traits: TypeAlias = TaggerTraits | FaceTraits | CullTraits

AWAY_HINT = "See photo-bridge cluster status; when it is back, run: photo-bridge resume"


@dataclass(frozen=True, slots=True)
class Described:
    """What the nodes that can run a model say of it; all of them the same."""

    traits: Traits
    in_flight: int
    """Calls at once that keep all these nodes busy."""
    nodes: tuple[str, ...]
    """Where it runs, by their names."""


class Nodes(ABC):
    """The machines of one cluster. Safe to use from several threads at once.

    A call whose node dies is given to another node, so that it may have been begun twice; it is answered once. Nodes
    that come later take part as soon as they are seen, where they have the same model.
    """

    @property
    @abstractmethod
    def address(self) -> str:
        """``HOST:PORT``, as it was asked for."""

    @abstractmethod
    def choose(self, name: str, want: str) -> Choice:
        """``choose_model`` on the first node that has such a model. Raises what it raises, and ModelUnreachable."""

    @abstractmethod
    def describe(self, spec: Spec) -> Described:
        """Make the workers of a model, which loads nothing yet.

        Raises ModelMissing and ModelUnreachable as the last node said it, where none can run it; ModelsDiffer where two
        nodes have two versions of it.
        """

    @abstractmethod
    def load(self, spec: Spec) -> None:
        """Load it on every node; one that cannot is left out. Raises what the last one said where none can."""

    @abstractmethod
    def call(
        self,
        spec: Spec,
        method: str,
        *arguments: Any,
        cancelled: Callable[[], bool] = lambda: False,
        traits: Traits | None = None,
    ) -> Any:
        """One call of a worker's method (``bridge.cluster.worker``), on the node that has least to do.

        ``traits`` is what ``describe`` told: models that were changed since do not answer. Waits for a free node.
        Raises what the method raises, Cancelled when ``cancelled`` says so, ModelUnreachable where no node is left,
        ModelsDiffer where those that are left have other ``traits``.
        """

    @abstractmethod
    def release(self, spec: Spec) -> None:
        """Let the workers of a model go, with their memory; the next use makes them again."""

    @abstractmethod
    def close(self) -> None:
        """Leave the cluster, which goes on for others."""
