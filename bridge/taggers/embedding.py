"""What every model that can search promises: photos and texts as vectors of one space."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.engines.onnx import FloatArray
from bridge.taggers.contract import Readiness
from bridge.values import ModelIdentity, Picture


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """What is looked for: all of ``texts`` at once, as in ``like``, and nothing of ``without``."""

    texts: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    like: FloatArray | None = None
    """A photo's vector, as ``embed`` gave it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a photo has of what is sought."""

    relevance: float
    """0..1, comparable between queries: how sure it is that a person would call the photo a hit."""
    why: tuple[str, ...] = ()
    """In a person's words, the strongest first: "church 0.62"."""


class Embedder(ABC):
    """One model, ready to look at photos from several threads at once.

    Vectors are float32 and of length 1; the product of two is their likeness. Vectors of two identities never meet.
    Heavy imports and weights are loaded in ``load``, which is called once before the rest and may be called again.
    """

    edge: int
    """Longest edge in pixels of the picture that the model wants; it copes with any size."""
    in_flight: int
    """How many calls of ``embed`` at once keep the model busy."""
    compresses: bool = True
    """Whether an index of codes finds its vectors: it does not where a rare thing is a single number of them."""
    sees_words: bool = False
    """Whether its vectors know already what ``Sight.words`` say: then these are no second witness."""

    @property
    @abstractmethod
    def name(self) -> str:
        """As the user names it and as it is stored."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is called before a person: honest about what it can do."""

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Length of its vectors; known once it is loaded."""

    @abstractmethod
    def readiness(self) -> Readiness:
        """Cheap and honest; never raises, never loads weights."""

    @abstractmethod
    def identity(self) -> ModelIdentity:
        """Another one whenever vectors would come out otherwise. Raises ModelMissing."""

    @abstractmethod
    def load(self) -> None:
        """Raises ModelMissing, WeightsDamaged, ModelFault."""

    @abstractmethod
    def embed(self, picture: Picture) -> FloatArray:
        """A photo's vector, (dimensions,)."""

    @abstractmethod
    def vector(self, sought: Sought) -> FloatArray:
        """A query's vector, (dimensions,): photos are ranked by their product with it. Raises InvalidParams where
        nothing is sought."""

    @abstractmethod
    def judge(self, sought: Sought, photos: FloatArray) -> Sequence[Judged]:
        """What each of some photos, (photos, dimensions), has of it; in their order."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the model; ``load`` may follow."""
