"""Where the weights of a pulled model are on the hub, and which of the files there are needed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bridge.engines.clip import CONFIG
from bridge.engines.hub import HubFile, Listing
from bridge.errors import PullFailed
from bridge.taggers._names import BLIP2, DEFAULT_CLIP, YUNET, PulledModel

BLIP2_REPO = "Salesforce/blip2-opt-2.7b"
CLIP_REPO = "timm/vit_large_patch14_clip_224.openai"
YUNET_REPO = "opencv/face_detection_yunet"
YUNET_WEIGHTS = "face_detection_yunet_2023mar.onnx"
CLIP_WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
"""The first that is there: the second kind can hold code, which torch is told not to run."""
# Names without a slash, so that nothing of the hub's choosing lands outside the model's folder.
_WEIGHTS = re.compile(r"[\w.-]+\.(?:safetensors|bin|pt|pth)", re.ASCII)
_BESIDE_CLIP = re.compile(
    r"(?:tokenizer|special_tokens|added_tokens|vocab)\w*\.(?:json|txt)|merges\.txt|[\w.]+\.model", re.ASCII
)
_OF_BLIP2 = re.compile(r"[\w.-]+\.(?:json|txt|safetensors)", re.ASCII)


def known_source(model: PulledModel) -> str | None:
    """The repository of a model that is known without open_clip's list."""
    if model.family == BLIP2:
        return BLIP2_REPO
    if model.family == YUNET:
        return YUNET_REPO
    return CLIP_REPO if model.variant == DEFAULT_CLIP else None


def wanted_files(model: PulledModel, listed: Listing, weights: str | None) -> list[HubFile]:
    """What is downloaded of a repository, the weights last. ``weights`` is their file where open_clip names one.

    Raises PullFailed where what is needed is not there.
    """
    if model.family == YUNET:
        return _of_yunet(listed)
    return _of_blip2(listed) if model.family == BLIP2 else _of_clip(listed, weights)


def may_belong(name: str) -> bool:
    """Whether a library would take a file of this name for a part of the model that it lies beside."""
    return any(form.fullmatch(name) for form in (_WEIGHTS, _BESIDE_CLIP, _OF_BLIP2))


def _of_clip(listed: Listing, named: str | None) -> list[HubFile]:
    files = {file.name: file for file in listed.files}
    candidates = (named,) if named else CLIP_WEIGHTS
    weights = next((files[name] for name in candidates if name in files and _WEIGHTS.fullmatch(name)), None)
    if weights is None or CONFIG not in files:
        raise PullFailed(f"{listed.repo} has no weights in the form that open_clip loads from a folder.", hint=OTHER)
    return [files[CONFIG], *(file for file in _small_first(listed.files) if _BESIDE_CLIP.fullmatch(file.name)), weights]


def _of_blip2(listed: Listing) -> list[HubFile]:
    wanted = [file for file in _small_first(listed.files) if _OF_BLIP2.fullmatch(file.name)]
    if not any(file.name.endswith(".safetensors") for file in wanted):
        raise PullFailed(f"{listed.repo} has no weights as safetensors.", hint=OTHER)
    return wanted


def _of_yunet(listed: Listing) -> list[HubFile]:
    wanted = [file for file in listed.files if file.name == YUNET_WEIGHTS]
    if not wanted:
        raise PullFailed(f"{listed.repo} has no {YUNET_WEIGHTS} any more.", hint=SHIPPED)
    return wanted


def _small_first(files: Sequence[HubFile]) -> list[HubFile]:
    return sorted(files, key=lambda file: (file.size, file.name))


SHIPPED = "Faces are found by the models that ship all the same; nothing need be pulled."
OTHER = "Choose another model; docs/models.md names some."
