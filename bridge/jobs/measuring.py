"""The costly part of culling: a photo decoded once at its full size, and everything that is asked of its pixels.

A boundary of its own, since it may be done on another machine that reads the same storage.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from bridge.codec import to_json
from bridge.culling.measurer import EDGE, Measurer
from bridge.photos import Identity, PixelMemory, ReadLimits, full_size
from bridge.store import Measured
from bridge.taggers.contract import Cancelled
from bridge.values import RGB, Format, RawRenderer

__all__ = ["Looked", "Measuring", "MeasuringHere", "Wanted"]

RAW_HEADROOM_EV = 1.0
"""What a RAW commonly holds above its preview, at least."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of one photo."""

    measure: bool = True
    small: bool = False
    """Its pixels at most ``EDGE`` long, as it was measured by."""
    edge: int | None = None
    """Longest edge in pixels of the proxy for a language model; None = none is wanted."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What was found; None for what was not wanted. It can be pickled: pixels own their memory."""

    measured: Measured | None = None
    """As it is stored."""
    small: RGB | None = None
    proxy: RGB | None = None


class Measuring(ABC):
    """Decodes and measures photos, from several threads at once. What it finds does not depend on where that is."""

    in_flight: int
    """How many calls of ``look`` at once keep it busy."""

    @abstractmethod
    def look(self, photo: Identity, wanted: Wanted, cancelled: Callable[[], bool] = lambda: False) -> Looked:
        """Decode one photo, once for all that is wanted.

        Raises as ``full_size`` does (PhotoMissing, PhotoDamaged, PhotoChanged, RawUndecodable, NotAPhoto for a video
        …), and Cancelled when ``cancelled`` said so before it began.
        """


class MeasuringHere(Measuring):
    """In this process: as many photos at once as there are cores, since each is 70 MB at full size."""

    def __init__(self, measurer: Measurer, limits: ReadLimits, raw_renderer: RawRenderer) -> None:
        self.in_flight = os.cpu_count() or 1
        self._measurer = measurer
        self._limits = limits
        self._raw_renderer = raw_renderer
        self._memory = PixelMemory()

    def look(self, photo: Identity, wanted: Wanted, cancelled: Callable[[], bool] = lambda: False) -> Looked:
        if cancelled():
            raise Cancelled
        with full_size(photo, limits=self._limits, memory=self._memory, raw_renderer=self._raw_renderer) as whole:
            small = whole.smaller(EDGE) if wanted.measure or wanted.small else None
            measured = None
            if wanted.measure and small is not None:
                found = self._measurer.measure(whole.native, small, headroom_ev=_headroom(photo.format))
                measured = Measured(to_json(found.measures), found.descriptor)
            proxy = None if wanted.edge is None else whole.smaller(wanted.edge)
        return Looked(measured, small if wanted.small else None, proxy)


def _headroom(format: Format) -> float:
    return RAW_HEADROOM_EV if format in (Format.RAW, Format.DNG) else 0.0
