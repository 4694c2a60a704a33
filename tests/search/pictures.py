"""Vectors for tests: of clusters, as photos' are, and the keys that go with them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.search.vectors import KEY_BYTES

Floats = npt.NDArray[np.float32]


def key(number: int) -> bytes:
    return number.to_bytes(KEY_BYTES, "big")


def keys(numbers: range) -> list[bytes]:
    return [key(number) for number in numbers]


def vectors(many: int, dimensions: int = 32, seed: int = 0, clusters: int = 40) -> Floats:
    """(many, dimensions), float32, of length 1, and such that half precision keeps them as they are."""
    made = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((clusters, dimensions))
    found = 0.5 + centres[made.integers(0, clusters, many)] + 0.7 * made.standard_normal((many, dimensions))
    unit = found / np.linalg.norm(found, axis=1, keepdims=True)
    result: Floats = unit.astype(np.float16).astype(np.float32)
    return result
