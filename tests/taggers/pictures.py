"""Pictures for taggers, made here: each number another one."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from bridge.settings import Settings, load_settings
from bridge.taggers.contract import TagRequest, Want
from bridge.values import RGB, Facts, Format, Picture


def pixels(number: int, width: int = 120, height: int = 90) -> RGB:
    """Coloured patches, unlike those of any other number."""
    patches = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)


def picture(number: int = 1, width: int = 120, height: int = 90) -> Picture:
    return Picture(pixels(number, width, height), width, height, Format.JPEG, Facts(), f"hash-{number}")


def request(number: int = 1, **more: Any) -> TagRequest:
    return TagRequest(picture(number), **more)


def settings_for(url: str, **more: Any) -> Settings:
    """Settings with an Ollama at ``url`` and a time limit that no test reaches by chance."""
    return load_settings(**{"ollama_url": url, "model_timeout_s": 60.0, **more})


KEYWORDS_ONLY = Want(caption=False)
CAPTION_ONLY = Want(keywords=False)
