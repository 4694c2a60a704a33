"""A picture as a short vector: where its edges run, where it is bright, where which colour is."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from bridge.culling.descriptor import OVERVIEW, OVERVIEWS
from bridge.values import RGB

__all__ = ["overviews"]

Floats = npt.NDArray[np.float32]

_SIDE = 64
_EDGE_CELLS, _DIRECTIONS = 4, 8
_LIGHT_CELLS, _COLOUR_CELLS = 8, 4
_WEIGHTS = (1.0, 0.7, 0.5)
"""Of edges, light and colour."""
_CROPS = (0.0, 0.05, 0.10)


def overviews(rgb: RGB, grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.int8]:
    """(3, 240): of the whole, and without 5 and 10 % at each edge, so that a photo is near to crops of it."""
    edges, light, colour = _edge_maps(grey), _light_map(grey), _colour_maps(rgb)
    rows = np.empty((OVERVIEWS, OVERVIEW), np.int8)
    for row, crop in zip(rows, _CROPS, strict=True):
        parts = (
            _edges(_pooled(edges, _EDGE_CELLS, crop)),
            _centred(_pooled(light, _LIGHT_CELLS, crop)),
            _colours(_pooled(colour, _COLOUR_CELLS, crop)),
        )
        joined = np.concatenate([_unit(part) * weight for part, weight in zip(parts, _WEIGHTS, strict=True)])
        row[:] = np.round(_unit(joined) * 127)
    return rows


def _edge_maps(grey: npt.NDArray[np.uint8]) -> Floats:
    """(8, 64, 64): strength of the edges, by direction. Logarithms: half the light is the same edge."""
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    small = np.log1p(cv2.GaussianBlur(small, (0, 0), 1.0))
    across = cv2.Sobel(small, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(small, cv2.CV_32F, 0, 1)
    strength = np.sqrt(np.hypot(across, down))
    turn = np.arctan2(down, across) / (2 * np.pi) * _DIRECTIONS
    steps = (turn[None] - np.arange(_DIRECTIONS)[:, None, None]) % _DIRECTIONS
    share = np.maximum(0, 1 - np.minimum(steps, _DIRECTIONS - steps))
    maps: Floats = (strength * share).astype(np.float32)
    return maps


def _light_map(grey: npt.NDArray[np.uint8]) -> Floats:
    small: Floats = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    return small[None]


def _colour_maps(rgb: RGB) -> Floats:
    """(3, 64, 64), CIE Lab. Of every few pixels only one: means of large cells hardly change, and it is quick."""
    step = max(1, min(rgb.shape[:2]) // (2 * _SIDE))
    sampled = np.ascontiguousarray(rgb[::step, ::step])
    small = cv2.resize(sampled, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    lab: Floats = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32).transpose(2, 0, 1)
    return lab


def _pooled(maps: Floats, cells: int, crop: float) -> Floats:
    """(maps, cells, cells): means over cells that overlap, of the maps less ``crop`` at each edge."""
    weights = _cells(cells, crop)
    pooled: Floats = (weights @ maps @ weights.T).astype(np.float32, copy=False)
    return pooled


@cache
def _cells(cells: int, crop: float) -> Floats:
    """(cells, 64): triangles, twice as wide as a cell, each of sum 1."""
    places = ((np.arange(_SIDE) + 0.5) / _SIDE - crop) / (1 - 2 * crop) * cells
    inside = (places > 0) & (places < cells)
    weights = np.maximum(0, 1 - np.abs(places[None] - np.arange(cells)[:, None] - 0.5)) * inside
    result: Floats = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return result


def _edges(pooled: Floats) -> Floats:
    roots = np.sqrt(pooled / (pooled.sum() + 1e-9))
    return _centred(roots)


def _centred(values: Floats) -> Floats:
    result: Floats = (values - values.mean()).ravel()
    return result


def _colours(pooled: Floats) -> Floats:
    light, *colours = pooled
    joined: Floats = np.concatenate([_centred(light), *(colour.ravel() - 128 for colour in colours)])
    return joined


def _unit(values: Floats) -> Floats:
    result: Floats = values / (np.linalg.norm(values) + 1e-9)
    return result
