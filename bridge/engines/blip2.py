"""BLIP-2 by transformers: one sentence for each picture, from weights in a folder of this machine."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bridge.engines.device import give_back, imports, pick_device, too_small
from bridge.engines.gather import Gather
from bridge.errors import WeightsDamaged
from bridge.values import RGB

__all__ = ["GENERATION", "PICTURES", "Blip2Captioner"]

PICTURES = 8
"""Photos in one forward pass at most."""
GENERATION = {"max_new_tokens": 30, "min_new_tokens": 4, "do_sample": False, "num_beams": 1, "no_repeat_ngram_size": 3}
"""The likeliest word at each step: a beam of 5 says little more and takes several times as long."""


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Loaded:
    model: Any
    images: Any
    tokenizer: Any


class Blip2Captioner:
    """One set of weights on one device. Safe to call from several threads; their photos share a forward pass."""

    def __init__(self, folder: Path, pull: str) -> None:
        """``folder`` is as transformers saves a model, processor included; ``pull`` is the command that brings it."""
        self._folder = folder
        self._pull = pull
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        self._gather = Gather(self._generate, PICTURES)

    def load(self) -> None:
        """Raises ModelMissing where transformers does not load, WeightsDamaged where the files are no model, ModelFault
        where memory does not suffice."""
        self._ready()

    def close(self) -> None:
        """Let go of the weights; the next use loads them again."""
        with self._lock:
            held, self._loaded = self._loaded, None
        if held is not None:
            del held
            give_back()

    def caption(self, rgb: RGB) -> str:
        """A sentence in small letters without a full stop, as the model has it; may be empty. Raises ModelFault."""
        return self._gather(self._ready().images(np.ascontiguousarray(rgb), return_tensors="pt")["pixel_values"])

    def _ready(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _generate(self, stacks: list[Any]) -> list[str]:
        import torch

        loaded = self._ready()
        model = loaded.model
        try:
            with torch.inference_mode(), self._lock:
                pixels = torch.cat(stacks).to(model.device, model.dtype)
                tokens = model.generate(pixel_values=pixels, **GENERATION)
        except torch.OutOfMemoryError as error:
            raise too_small(model.device) from error
        texts: list[str] = loaded.tokenizer.batch_decode(tokens, skip_special_tokens=True)
        return [" ".join(text.split()) for text in texts]

    def _open(self) -> _Loaded:
        with imports("transformers"):
            import torch
            from transformers import AutoImageProcessor, AutoTokenizer, Blip2ForConditionalGeneration
            from transformers.utils.logging import disable_progress_bar
        disable_progress_bar()
        device = pick_device(torch)
        # Single precision is 15 GB; half is not to be had on every processor, bfloat16 is.
        dtype = torch.bfloat16 if device == "cpu" else torch.float16
        here = {"local_files_only": True, "trust_remote_code": False}
        try:
            # Without it the library builds the largest model that it knows, and finds no weights that fit.
            (self._folder / "config.json").stat()
            model, told = Blip2ForConditionalGeneration.from_pretrained(
                self._folder, local_files_only=True, use_safetensors=True, dtype=dtype, output_loading_info=True
            )
            if told["missing_keys"]:
                _log.warning("%s has no weights for %s", self._folder, sorted(told["missing_keys"])[:5])
            images = AutoImageProcessor.from_pretrained(self._folder, backend="pil", **here)
            tokenizer = AutoTokenizer.from_pretrained(self._folder, **here)
            return _Loaded(model.to(device).eval(), images, tokenizer)
        except torch.OutOfMemoryError as error:
            raise too_small(device) from error
        except Exception as error:  # what damaged or unknown files raise is as varied as they are
            message = f"{self._folder} holds no model that transformers can load."
            raise WeightsDamaged(message, hint=self._pull, detail=str(error)) from error
