"""How the models are named that are pulled into the home folder, and where each lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bridge.engines.weights import models_folder
from bridge.errors import InvalidParams

CLIP, BLIP2, YUNET = "clip", "blip2", "yunet"
DEFAULT_CLIP = "ViT-L-14/openai"
_PART = re.compile(r"\w[\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class PulledModel:
    """``family`` is ``clip``, ``blip2`` or ``yunet``; ``variant`` is open_clip's MODEL/PRETRAINED, empty for the
    others."""

    family: str
    variant: str = ""

    @property
    def name(self) -> str:
        """As it is named and stored; the default by the family alone."""
        return self.family if self.variant in ("", DEFAULT_CLIP) else f"{self.family}:{self.variant}"

    @property
    def pull(self) -> str:
        """The command that brings its weights."""
        return f"photo-bridge models pull {self.name}"

    def folder(self, home: Path) -> Path:
        return models_folder(home) / self.family / self.variant


def is_pulled(name: str) -> bool:
    """Whether a name belongs to a tagger whose weights are pulled: ``clip``, ``clip:…``, ``blip2``."""
    return name in (CLIP, BLIP2) or name.startswith(f"{CLIP}:")


def pulled_model(name: str) -> PulledModel:
    """Raises InvalidParams for ``clip:`` without MODEL/PRETRAINED, and for names of other models."""
    if name == BLIP2:
        return PulledModel(BLIP2)
    if name == CLIP:
        return PulledModel(CLIP, DEFAULT_CLIP)
    family, _, variant = name.partition(":")
    parts = variant.split("/")
    if family != CLIP or len(parts) != 2 or not all(map(_PART.fullmatch, parts)):
        raise InvalidParams(
            f"{name!r} is no name of a model.", hint="Use clip or clip:MODEL/PRETRAINED, as in clip:ViT-B-32/openai"
        )
    return PulledModel(CLIP, variant)


def pullable(name: str) -> PulledModel:
    """The same, and the detector of faces, which is no tagger. Raises InvalidParams."""
    return PulledModel(YUNET) if name == YUNET else pulled_model(name)
