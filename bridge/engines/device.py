"""Which device the weights of torch go to."""

from __future__ import annotations

from typing import Any

__all__ = ["pick_device"]


def pick_device(torch: Any) -> str:
    """``cuda`` (NVIDIA, and AMD by ROCm), ``mps`` (Apple) or ``cpu``: the first that this installation of torch has."""
    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    return "cpu"
