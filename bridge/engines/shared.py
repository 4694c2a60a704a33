"""Large weights are in memory once, however many keyword lists they look for."""

from __future__ import annotations

import threading
from pathlib import Path
from weakref import WeakValueDictionary

from bridge.engines.blip2 import Blip2Captioner
from bridge.engines.clip import ClipEncoder

__all__ = ["Engines"]


class Engines:
    """Hands out one engine for each folder of weights, for as long as anybody holds it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clip: WeakValueDictionary[Path, ClipEncoder] = WeakValueDictionary()
        self._blip2: WeakValueDictionary[Path, Blip2Captioner] = WeakValueDictionary()

    def clip(self, folder: Path, variant: str, pull: str) -> ClipEncoder:
        with self._lock:
            engine = self._clip.get(folder)
            if engine is None:
                engine = self._clip[folder] = ClipEncoder(folder, variant, pull)
            return engine

    def blip2(self, folder: Path, pull: str) -> Blip2Captioner:
        with self._lock:
            engine = self._blip2.get(folder)
            if engine is None:
                engine = self._blip2[folder] = Blip2Captioner(folder, pull)
            return engine
