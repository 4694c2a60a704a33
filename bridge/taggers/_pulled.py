"""The taggers whose weights are pulled into the home folder: made, asked whether they can be used, and listed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.engines.shared import Engines
from bridge.engines.weights import models_folder, pulled
from bridge.errors import InvalidParams, ModelMissing
from bridge.taggers._extras import installed
from bridge.taggers._names import BLIP2, CLIP, PulledModel, pulled_model
from bridge.taggers.blip2 import Blip2Tagger
from bridge.taggers.clip import ClipTagger
from bridge.taggers.contract import Tagger
from bridge.values import TreeKeyword


def make(model: PulledModel, home: Path, words: Sequence[TreeKeyword], engines: Engines) -> Tagger:
    folder = model.folder(home)
    if model.family == CLIP:
        return ClipTagger(model, home, engines.clip(folder, model.variant, model.pull), words)
    return Blip2Tagger(model, home, engines.blip2(folder, model.pull))


def usable(name: str, home: Path) -> Tagger:
    """Raises InvalidParams where the name is none, ModelMissing where packages or weights are not there."""
    tagger = make(pulled_model(name), home, (), Engines())
    readiness = tagger.readiness()
    if not readiness.ready:
        raise ModelMissing(f"{tagger.name}: {readiness.message}", hint=readiness.hint)
    return tagger


def known(home: Path) -> list[Tagger]:
    """One for each model that can be pulled by a name of its own, and for every other whose weights are there."""
    models = [pulled_model(CLIP), pulled_model(BLIP2)]
    for folder in pulled(home, CLIP):
        try:
            model = pulled_model(f"{CLIP}:{folder.relative_to(models_folder(home) / CLIP).as_posix()}")
        except InvalidParams:
            continue
        if model not in models:
            models.insert(-1, model)
    return [make(model, home, (), Engines()) for model in models]


def wanted_here(name: str) -> bool:
    """Whether its packages are installed: those of other models need no word of it."""
    return installed(pulled_model(name).family)
