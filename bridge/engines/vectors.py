"""Vectors that took long to compute, kept beside the weights that they came from."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path

import numpy as np

from bridge.engines.onnx import FloatArray

__all__ = ["VectorFiles", "halved"]

_log = logging.getLogger(__name__)


def halved(array: FloatArray) -> FloatArray:
    """What ``get`` will give back of it: answers are the same on the day the vectors are made and later."""
    result: FloatArray = array.astype(np.float16).astype(np.float32)
    return result


class VectorFiles:
    """Arrays by a key, half precision, one file each; the ``most`` that were used last stay."""

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most

    def get(self, key: str) -> FloatArray | None:
        path = self._path(key)
        try:
            kept = np.load(path, allow_pickle=False)
            os.utime(path)
        except (OSError, ValueError, EOFError):
            return None
        result: FloatArray = kept.astype(np.float32)
        return result

    def put(self, key: str, array: FloatArray) -> None:
        """Where it cannot be written it is computed again the next time."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = self._folder / f"{key}.new"
            with fresh.open("wb") as file:
                np.save(file, array.astype(np.float16))
            fresh.replace(self._path(key))
            self._forget()
        except OSError as error:
            _log.warning("vectors were not kept: %s", error)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.npy"

    def _forget(self) -> None:
        newest_first = sorted(self._folder.glob("*.npy"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in newest_first[self._most :]:
            with suppress(OSError):
                path.unlink()
