"""Whether one photo continues another at its edge: views of a panorama share too little for corners alone."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from bridge.culling.descriptor import SIDE, Descriptor
from bridge.culling.likeness import Likeness, frame_of

__all__ = ["beside"]

Floats = npt.NDArray[np.float64]

_PADDED = 2 * SIDE
_COARSE = 4.0
_OVERLAP = (0.10, 0.85)
_LEAST_ASIDE, _MOST_ACROSS = 0.15, 0.15
"""Shares of the frame: a panorama moves along one of its edges."""
_LEAST_DETAIL = 1.0
"""Levels of 0..255, of what is finer than ``_COARSE``."""

_AGREEMENT, _SURENESS, _CORNERS = 0.60, 18.0, 2
_AGREEMENT_ALONE, _SURENESS_ALONE = 0.75, 20.0
"""Sureness: Fisher's z of the correlation times the root of the pixels. The best place of 99 % of the different pairs
stays below 20; of parts of one photograph that overlap by 15 to 30 %, 95 % lie above."""
_NEAR, _FARTHEST_BITS = 10.0, 72
"""A corner finds itself within so many pixels of where it must lie."""


def beside(one: Descriptor, other: Descriptor) -> Likeness | None:
    """How ``other`` lies beside ``one`` when it was moved along an edge, not turned or scaled; None where it does not.

    About 2 ms. Method: normalised correlation at all shifts at once (Padfield, Masked object registration in the
    Fourier domain, 2012).
    """
    first, second = _fine(one), _fine(other)
    correlation, pixels = _correlations(first, second)
    sureness = np.where(_shifts_allowed(), np.arctanh(np.clip(correlation, -0.999, 0.999)) * np.sqrt(pixels), 0.0)
    at = np.unravel_index(int(np.argmax(sureness)), sureness.shape)
    agreement, sure = float(correlation[at]), float(sureness[at])
    down, right = (float(steps[at]) / SIDE for steps in _steps())
    if agreement < _AGREEMENT or sure < _SURENESS:
        return None
    corners = _guided(one, other, (right, down))
    if corners < _CORNERS and (agreement < _AGREEMENT_ALONE or sure < _SURENESS_ALONE):
        return None
    overlap = float(pixels[at]) / SIDE**2
    return Likeness(corners, agreement, overlap, 1.0, 0.0, (right, down))


def _fine(descriptor: Descriptor) -> Floats:
    side = descriptor.side.astype(np.float64)
    fine: Floats = side - cv2.GaussianBlur(side, (0, 0), _COARSE)
    return fine


def _correlations(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """(96, 96) each, by the shift of ``other``: the correlation where both overlap, 0 where there is nothing to
    compare, and the pixels of the overlap."""
    everywhere, pixels = _everywhere()
    spectra = [_spectrum(values) for values in (one, other, one * one, other * other)]
    sums = _crossed(spectra[0], everywhere), _crossed(everywhere, spectra[1])
    squares = _crossed(spectra[2], everywhere), _crossed(everywhere, spectra[3])
    spreads = [square / pixels - (total / pixels) ** 2 for square, total in zip(squares, sums, strict=True)]
    both = _crossed(spectra[0], spectra[1]) / pixels - sums[0] * sums[1] / pixels**2
    weakest = np.minimum(*spreads)
    correlation = both / np.sqrt(np.maximum(spreads[0], 1e-9) * np.maximum(spreads[1], 1e-9))
    return np.where(weakest > _LEAST_DETAIL**2, correlation, 0.0), pixels


@cache
def _everywhere() -> tuple[npt.NDArray[np.complex128], Floats]:
    spectrum = _spectrum(np.ones((SIDE, SIDE)))
    return spectrum, np.maximum(np.round(_crossed(spectrum, spectrum)), 1.0)


def _spectrum(values: Floats) -> npt.NDArray[np.complex128]:
    return np.fft.rfft2(values, (_PADDED, _PADDED))


def _crossed(one: npt.NDArray[np.complex128], other: npt.NDArray[np.complex128]) -> Floats:
    return np.fft.irfft2(np.conj(one) * other, (_PADDED, _PADDED))


@cache
def _steps() -> tuple[Floats, Floats]:
    """Rows down and columns right by which the second lies off, at each place of a correlation."""
    steps = np.fft.fftfreq(_PADDED) * _PADDED
    down, right = np.meshgrid(steps, steps, indexing="ij")
    return down, right


@cache
def _shifts_allowed() -> npt.NDArray[np.bool_]:
    down, right = (np.abs(steps) / SIDE for steps in _steps())
    overlap = np.clip(1 - down, 0, 1) * np.clip(1 - right, 0, 1)
    along, across = np.maximum(down, right), np.minimum(down, right)
    inside = (overlap >= _OVERLAP[0]) & (overlap <= _OVERLAP[1])
    allowed: npt.NDArray[np.bool_] = inside & (along >= _LEAST_ASIDE) & (across <= _MOST_ACROSS)
    return allowed


def _guided(one: Descriptor, other: Descriptor, shift: tuple[float, float]) -> int:
    """How many corners of one lie where they must in the other, each the best for the other."""
    if not len(one.points) or not len(other.points):
        return 0
    frame = frame_of(other)
    expected, there = (one.points + np.array(shift)) * frame, other.points * frame
    apart = np.hypot(*np.moveaxis(expected[:, None] - there[None], 2, 0))
    bits = np.bitwise_count(one.bits[:, None] ^ other.bits[None]).sum(axis=2, dtype=np.int64)
    bits = np.where(apart <= _NEAR, bits, 8 * bits.shape[0] + 256)
    best = (bits == bits.min(axis=0, keepdims=True)) & (bits == bits.min(axis=1, keepdims=True))
    found = np.nonzero(best & (bits <= _FARTHEST_BITS))[0]
    return len(np.unique(np.round(expected[found] / 4), axis=0))
