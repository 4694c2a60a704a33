"""What every model of faces promises: faces found in a photo, and each as a vector that is like those of its person."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bridge.engines.onnx import FloatArray
from bridge.values import RGB, ModelIdentity, Readiness

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class FoundFace:
    """One face. Places and lengths are shares of the picture's width and height, 0..1: they hold for the photo in any
    size. A face at the edge may reach over it."""

    left: float
    top: float
    width: float
    height: float
    score: float
    """That it is a face, 0..1."""
    points: tuple[Point, Point, Point, Point, Point]
    """Right eye, left eye (the person's own), nose, right and left corner of the mouth."""
    frontal: float
    """1 looks at the camera, 0 is a profile: what is behind is not seen."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """From which product of two vectors on faces are held to be one person's: each model has its own."""

    same: float
    """Mean over two groups from which they are one: more pairs of it are one person than are not."""
    sure: float
    """No two people were seen this much alike: what may be taken without a person's eye."""


class FaceModel(ABC):
    """Finds faces and describes them; safe to use from several threads at once.

    Vectors are float32 and of length 1; the product of two is their likeness. Vectors of two identities never meet:
    when the model changes, every face is embedded again from the crop that was kept of it (``bridge.faces.crops``).
    Heavy imports and weights are loaded in ``load``, which is called once before the rest and may be called again.
    """

    edge: int
    """Longest edge in pixels of the picture in which it finds the faces of a group; it copes with any size."""
    likeness: Likeness

    @property
    @abstractmethod
    def name(self) -> str:
        """As the user names it and as it is stored."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is called before a person."""

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Length of its vectors."""

    @abstractmethod
    def readiness(self) -> Readiness:
        """Cheap and honest; never raises, never loads weights."""

    @abstractmethod
    def identity(self) -> ModelIdentity:
        """Another one whenever vectors would come out otherwise; what only finds faces is no part of it. Raises
        ModelMissing."""

    @abstractmethod
    def load(self) -> None:
        """Raises ModelMissing, WeightsDamaged."""

    @abstractmethod
    def detect(self, rgb: RGB) -> Sequence[FoundFace]:
        """The faces of a photo, the largest first; small ones too, by looking at overlapping tiles."""

    @abstractmethod
    def embed(self, crops: Sequence[RGB]) -> FloatArray:
        """Vectors, (n, dimensions), of crops as ``bridge.faces.crops.crop`` makes them, in their order."""

    def while_wanted(self, cancelled: Callable[[], bool]) -> FaceModel:  # noqa: ARG002 - for those that may be long
        """The same, for one photo: where that is long, it ends with ``Cancelled`` when ``cancelled`` says so."""
        return self

    @abstractmethod
    def close(self) -> None:
        """Let go of the model; ``load`` may follow."""
