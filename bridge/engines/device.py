"""Which device the weights of torch go to."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bridge.errors import ModelFault, ModelMissing

__all__ = ["give_back", "imports", "pick_device", "too_small"]

REPAIR = "Install torch and torchvision again, both from one index: pip install --force-reinstall torch torchvision"


@contextmanager
def imports(library: str) -> Iterator[None]:
    """Around the import of a library that needs torch. Builds that do not fit one another fail there in many ways.

    Raises ModelMissing.
    """
    try:
        yield
    except (ImportError, RuntimeError, OSError, AttributeError) as error:
        raise ModelMissing(f"{library} does not load: {error}", hint=REPAIR) from error


def too_small(device: object) -> ModelFault:
    """What to say where memory does not suffice."""
    return ModelFault(
        f"The {device} device has not enough memory for this model.",
        hint="Close other programs or take a smaller model.",
    )


def pick_device(torch: Any) -> str:
    """``cuda`` (NVIDIA, and AMD by ROCm), ``mps`` (Apple) or ``cpu``: the first that this installation of torch has."""
    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    return "cpu"


def give_back() -> None:
    """Return the device's memory that no weights need any more: torch keeps it for itself otherwise. Loads nothing."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
