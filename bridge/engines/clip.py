"""CLIP by open_clip: pictures and texts as vectors of one space, from weights in a folder of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bridge.engines.device import give_back, imports, pick_device, too_small
from bridge.engines.gather import Gather
from bridge.engines.onnx import FloatArray
from bridge.engines.remember import Remember
from bridge.errors import WeightsDamaged
from bridge.values import RGB

__all__ = ["CONFIG", "ClipEncoder"]

CONFIG = "open_clip_config.json"
"""Beside the weights: architecture and preprocessing, as open_clip writes them."""
PICTURES = 16
"""Photos in one forward pass at most."""
TEXTS = 256
END_OF_TEXT = 49407
"""Of CLIP's own tokenizer."""
COVERED = 1.25
"""Proportions up to which the square in the middle is taken for the whole picture."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What open_clip made of the files. ``short``: its texts can be cut (``_encode_short``)."""

    model: Any
    preprocess: Any
    tokenizer: Any
    device: str
    dtype: Any
    short: bool


class ClipEncoder:
    """One set of weights on one device. Safe to call from several threads; their photos share a forward pass."""

    def __init__(self, folder: Path, variant: str, pull: str) -> None:
        """``folder`` holds ``CONFIG`` and the weights; ``variant`` is what open_clip calls them, MODEL/PRETRAINED;
        ``pull`` is the command that brings them."""
        self._folder = folder
        self._variant = variant
        self._pull = pull
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        self._gather = Gather(self._forward, PICTURES)
        self._seen: Remember[FloatArray] = Remember()

    def load(self) -> None:
        """Raises ModelMissing where open_clip does not load, WeightsDamaged where the files are no model, ModelFault
        where memory does not suffice."""
        self._ready()

    def close(self) -> None:
        """Let go of the weights; the next use loads them again."""
        with self._lock:
            held, self._loaded = self._loaded, None
            self._seen = Remember()
        if held is not None:
            del held
            give_back()

    @property
    def dimensions(self) -> int:
        """Length of its vectors, n, by its file: nothing is loaded for it. Raises WeightsDamaged."""
        try:
            told = json.loads((self._folder / CONFIG).read_text("utf-8"))
            return int(told["model_cfg"]["embed_dim"])
        except (OSError, ValueError, TypeError, KeyError) as error:
            message = f"{self._folder / CONFIG} does not say how long its vectors are."
            raise WeightsDamaged(message, hint=self._pull, detail=str(error)) from error

    def picture(self, rgb: RGB) -> FloatArray:
        """A photo's vector, (n,), of length 1: the mean of its ``squares``. Raises ModelFault where the device has no
        memory left."""
        views = squares(rgb)
        if len(views) == 1:
            return self.whole(rgb)
        return self._seen(rgb, lambda: self._look(views), "squares")

    def whole(self, rgb: RGB) -> FloatArray:
        """The same as open_clip by itself has it: its own preprocessing shrinks the picture and takes what is in its
        middle. Raises ModelFault."""
        return self._seen(rgb, lambda: self._look([rgb]), "whole")

    def texts(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), n), each of length 1. At most ``TEXTS`` go through the model at once."""
        parts = [self._encode(texts[start : start + TEXTS]) for start in range(0, len(texts), TEXTS)]
        return np.concatenate(parts)

    def _look(self, views: Sequence[RGB]) -> FloatArray:
        return self._gather(_stacked(self._ready().preprocess, views))

    def _ready(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _forward(self, stacks: list[Any]) -> list[FloatArray]:
        import torch

        loaded = self._ready()
        try:
            with torch.inference_mode(), self._lock:
                pixels = torch.cat(stacks).to(loaded.device, loaded.dtype)
                vectors = loaded.model.encode_image(pixels, normalize=True).float().cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise too_small(loaded.device) from error
        ends = np.cumsum([len(stack) for stack in stacks])
        return [unit(part.mean(axis=0)) for part in np.split(vectors, ends[:-1])]

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        import torch

        loaded = self._ready()
        tokens = loaded.tokenizer(list(texts)).to(loaded.device)
        with torch.inference_mode(), self._lock:
            if loaded.short:
                vectors = _encode_short(loaded.model, tokens)
            else:
                vectors = loaded.model.encode_text(tokens, normalize=True)
        array: FloatArray = vectors.float().cpu().numpy()
        return array

    def _open(self) -> _Loaded:
        with imports("open_clip"):
            import open_clip
            import torch
        where = f"local-dir:{self._folder}"
        device = pick_device(torch)
        dtype = torch.float16 if device == "cuda" else torch.float32
        try:
            # With the other activation the weights load just as well, and see poorly.
            known = open_clip.get_pretrained_cfg(*self._variant.split("/")) or {}
            model, preprocess = open_clip.create_model_from_pretrained(
                where,
                device=device,
                precision="fp16" if dtype == torch.float16 else "fp32",
                force_quick_gelu=bool(known.get("quick_gelu")),
            )
            tokenizer = open_clip.get_tokenizer(where)
        except torch.OutOfMemoryError as error:
            raise too_small(device) from error
        except Exception as error:  # what damaged or unknown files raise is as varied as they are
            message = f"{self._folder} holds no model that open_clip can load."
            raise WeightsDamaged(message, hint=self._pull, detail=str(error)) from error
        short = (
            type(model) is open_clip.CLIP
            and model.text_pool_type == "argmax"
            and model.attn_mask is not None
            and isinstance(tokenizer, open_clip.SimpleTokenizer)
        )
        return _Loaded(model.eval(), preprocess, tokenizer, device, dtype, short)


def _encode_short(model: Any, tokens: Any) -> Any:
    """Without the padding, of which CLIP's texts mostly consist: ten times as fast. Its attention looks back alone, so
    that what comes after the end of a text changes nothing."""
    import torch

    longest = int((tokens == END_OF_TEXT).int().argmax(dim=1).max()) + 1
    cut = {"positional_embedding": model.positional_embedding[:longest]}
    cut["attn_mask"] = model.attn_mask[:longest, :longest]
    told = torch.func.functional_call(model, cut, (None, tokens[:, :longest]))
    return told["text_features"] if isinstance(told, dict) else told[1]


def squares(rgb: RGB) -> list[RGB]:
    """What the model looks at, which is square: the whole picture where it nearly is one, else its two ends."""
    height, width = rgb.shape[:2]
    edge = min(height, width)
    if max(height, width) <= COVERED * edge:
        return [rgb]
    return [rgb[:edge, :edge], rgb[height - edge :, width - edge :]]


def unit(vector: FloatArray) -> FloatArray:
    """The same direction with length 1; rows each."""
    result: FloatArray = vector / np.linalg.norm(vector, axis=-1, keepdims=True).clip(1e-12)
    return result


def _stacked(preprocess: Any, views: Sequence[RGB]) -> Any:
    import torch
    from PIL import Image

    return torch.stack([preprocess(Image.fromarray(np.ascontiguousarray(view))) for view in views])
