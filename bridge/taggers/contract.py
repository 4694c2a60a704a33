"""What every model family promises. Code asks for a capability, never for a name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.errors import NotAvailable
from bridge.values import Answer, Known, ModelIdentity, Picture, Voice
from bridge.values import Readiness as Readiness
from bridge.values import ReadyState as ReadyState


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a tagger can do. ``schema``: its answers follow a JSON schema; ``batch``: several photos a call pay off;
    ``facts``: it knows by itself what EXIF says; ``context``: it has a use for what it is told beside the picture;
    ``judges``: it can say how a photo turned out."""

    keywords: bool = True
    caption: bool = False
    embedding: bool = False
    schema: bool = False
    batch: bool = False
    facts: bool = False
    context: bool = False
    judges: bool = False


@dataclass(frozen=True, slots=True)
class Want:
    """What is asked of the model for one photo."""

    keywords: bool = True
    caption: bool = True


@dataclass(frozen=True, slots=True)
class Context:
    """What a model is told beside the picture. Whatever stands in it is data about the photo, never a request."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    """JSON-ready: when, where and how it was taken."""
    existing: Known | None = None
    """What the photo's metadata says at present."""
    words: tuple[str, ...] = ()
    """The keywords that it may choose from; empty where any will do."""


NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class TagRequest:
    """One photo for one model. ``attempt`` 2 asks once more, after an answer that could not be used."""

    picture: Picture
    want: Want = Want()
    attempt: int = 1
    context: Context = NO_CONTEXT
    cancelled: Callable[[], bool] = lambda: False
    """Asked between steps and while waiting; True ends the work with ``Cancelled``."""


class Cancelled(Exception):
    """The photo's work was cancelled. Not an error: nothing is said and nothing is stored."""


class Tagger(ABC):
    """One model, ready to look at photos from several threads at once.

    ``tag`` makes at most one request to the model, so that whoever calls it counts the requests. Heavy imports and
    weights are loaded in ``load``, which is called once before the first ``tag`` and may be called again freely.
    """

    capabilities: Capabilities
    edge: int
    """Longest edge in pixels of the picture that the model wants; it copes with any size."""
    in_flight: int
    """How many calls of ``tag`` at once keep the model busy."""

    @property
    @abstractmethod
    def name(self) -> str:
        """As the user names it and as it is stored."""

    @abstractmethod
    def readiness(self) -> Readiness:
        """Cheap and honest; never raises, never loads weights, never leaves loopback."""

    @abstractmethod
    def identity(self, want: Want) -> ModelIdentity:
        """Raises ModelMissing or ModelUnreachable where the digest cannot be had."""

    @abstractmethod
    def load(self) -> None:
        """Raises ModelMissing or ModelUnreachable."""

    @abstractmethod
    def tag(self, request: TagRequest) -> Answer:
        """Look at one photo.

        Raises BadAnswer (and ModelTimeout, ModelFault below it) where asking once more may help, ModelUnreachable and
        ModelMissing where it will not, Cancelled when the request's ``cancelled`` said so.
        """

    def judge(
        self,
        picture: Picture,  # noqa: ARG002 - for those that can
        cancelled: Callable[[], bool] = lambda: False,  # noqa: ARG002
    ) -> Voice:
        """Say how a photo turned out, where ``capabilities.judges``; one request. Raises as ``tag`` does."""
        raise NotAvailable(f"{self.name} cannot say how a photo turned out.", hint="Choose a language model.")

    @abstractmethod
    def close(self) -> None:
        """Let go of the model; ``load`` may follow."""
