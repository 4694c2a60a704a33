"""Bringing a model to this machine, whoever fetches it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bridge.errors import InvalidParams, Refused
from bridge.settings import Settings
from bridge.taggers._choose import ollama_name
from bridge.taggers._names import YUNET, is_pulled
from bridge.taggers._ollama_pull import pull_ollama
from bridge.taggers.pulling import Progress, pull_weights

FACES = ("face", "faces")


def pull_model(
    name: str, home: Path, settings: Settings, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
) -> None:
    """``clip``, ``clip:MODEL/PRETRAINED``, ``blip2``, ``yunet``, or a model of Ollama. Blocks; the first ``Progress``
    with a ``total`` comes as soon as the size is known, for all but the last before anything is downloaded.

    Raises Refused for what cannot be pulled, InvalidParams, and what ``pull_weights`` and ``pull_ollama`` raise.
    """
    if name == "starter":
        raise Refused("The starter tagger ships with photo-bridge.", hint="There is nothing to pull: it is ready.")
    if name in FACES:
        raise Refused(
            "The models of faces ship with photo-bridge.",
            hint="There is nothing to pull: they are ready. Another detector: photo-bridge models pull yunet",
        )
    if name == "auto" or name.startswith("openai:"):
        raise InvalidParams(
            f"{name} is nothing to pull.", hint="Name a model, as in: photo-bridge models pull llava:13b, or clip"
        )
    if name == YUNET or is_pulled(name):
        pull_weights(name, home, progress, cancelled)
    else:
        pull_ollama(ollama_name(name.removeprefix("ollama:")), settings, progress, cancelled)
