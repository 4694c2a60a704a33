"""CLIP by open_clip: pictures and texts as vectors of one space, from weights in a folder of this machine."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bridge.engines.device import pick_device
from bridge.engines.gather import Gather
from bridge.engines.onnx import FloatArray
from bridge.errors import ModelFault, WeightsDamaged
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


class ClipEncoder:
    """One set of weights on one device. Safe to call from several threads; their photos share a forward pass."""

    def __init__(self, folder: Path, variant: str, pull: str) -> None:
        """``folder`` holds ``CONFIG`` and the weights; ``variant`` is what open_clip calls them, MODEL/PRETRAINED;
        ``pull`` is the command that brings them."""
        self._folder = folder
        self._variant = variant
        self._pull = pull
        self._lock = threading.Lock()
        self._model: Any = None
        self._preprocess: Any = None
        self._tokenizer: Any = None
        self._short = False
        self._gather = Gather(self._forward, PICTURES)

    def load(self) -> None:
        """Raises WeightsDamaged where the files are no model; ImportError where open_clip is not installed."""
        with self._lock:
            if self._model is None:
                self._open()

    def close(self) -> None:
        """Let go of the weights; the next use loads them again."""
        with self._lock:
            self._model = self._preprocess = self._tokenizer = None

    def picture(self, rgb: RGB) -> FloatArray:
        """A photo's vector, (n,), of length 1. Raises ModelFault where the device has no memory left."""
        self.load()
        preprocess = self._preprocess
        return self._gather(_stacked(preprocess, squares(rgb)))

    def texts(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), n), each of length 1. At most ``TEXTS`` go through the model at once."""
        self.load()
        parts = [self._encode(texts[start : start + TEXTS]) for start in range(0, len(texts), TEXTS)]
        return np.concatenate(parts)

    def _forward(self, stacks: list[Any]) -> list[FloatArray]:
        import torch

        model = self._model
        try:
            with torch.inference_mode(), self._lock:
                pixels = torch.cat(stacks).to(self._device, self._dtype)
                vectors = model.encode_image(pixels, normalize=True).float().cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise _too_small(self._device) from error
        ends = np.cumsum([len(stack) for stack in stacks])
        return [unit(part.mean(axis=0)) for part in np.split(vectors, ends[:-1])]

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        import torch

        tokens = self._tokenizer(list(texts))
        with torch.inference_mode(), self._lock:
            if self._short:
                vectors = self._encode_short(tokens)
            else:
                vectors = self._model.encode_text(tokens.to(self._device), normalize=True)
        array: FloatArray = vectors.float().cpu().numpy()
        return array

    def _encode_short(self, tokens: Any) -> Any:
        """Without the padding, of which CLIP's texts mostly consist: its attention looks back alone, so that what comes
        after the end of a text changes nothing."""
        import torch

        longest = int((tokens == END_OF_TEXT).int().argmax(dim=1).max()) + 1
        model = self._model
        cut = {"positional_embedding": model.positional_embedding[:longest]}
        cut["attn_mask"] = model.attn_mask[:longest, :longest]
        told = torch.func.functional_call(model, cut, (None, tokens[:, :longest].to(self._device)))
        return told["text_features"] if isinstance(told, dict) else told[1]

    def _open(self) -> None:
        import open_clip
        import torch

        where = f"local-dir:{self._folder}"
        self._device = pick_device(torch)
        self._dtype = torch.float16 if self._device == "cuda" else torch.float32
        precision = "fp16" if self._dtype == torch.float16 else "fp32"
        try:
            # With the other activation the weights load just as well, and see poorly.
            known = open_clip.get_pretrained_cfg(*self._variant.split("/")) or {}
            model, preprocess = open_clip.create_model_from_pretrained(
                where,
                device=self._device,
                precision=precision,
                force_quick_gelu=bool(known.get("quick_gelu")),
            )
            self._tokenizer = open_clip.get_tokenizer(where)
        except torch.OutOfMemoryError as error:
            raise _too_small(self._device) from error
        except Exception as error:  # what damaged or unknown files raise is as varied as they are
            message = f"{self._folder} holds no model that open_clip can load."
            raise WeightsDamaged(message, hint=self._pull, detail=str(error)) from error
        self._short = (
            type(model) is open_clip.CLIP
            and model.text_pool_type == "argmax"
            and model.attn_mask is not None
            and isinstance(self._tokenizer, open_clip.SimpleTokenizer)
        )
        self._preprocess = preprocess
        self._model = model.eval()


def _too_small(device: str) -> ModelFault:
    return ModelFault(
        f"The {device} device has not enough memory for this model.",
        hint="Close other programs or take a smaller model.",
    )


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
