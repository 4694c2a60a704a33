"""Memory that the process holds and does not need."""

from __future__ import annotations

import ctypes
import gc
import sys

__all__ = ["give_back"]


def give_back() -> None:
    """Return to the system what weights left behind that were let go. glibc keeps most of it otherwise, for a next time
    that may be tomorrow: of 270 MB of the starter models, 160. Elsewhere the system's own way is left alone."""
    gc.collect()
    if not sys.platform.startswith("linux"):
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)
