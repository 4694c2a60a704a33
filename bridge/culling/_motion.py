"""Whether the camera moved: edges are then wide along one direction and sharp across it, all over the picture."""

from __future__ import annotations

import numpy as np

from bridge.culling._sharpness import DIRECTIONS, LEAST_OVER_NOISE, Edges, score

LEAST_WIDTH = 0.85
"""σ, native pixels: narrower edges are not told apart, so that differences among sharp ones do not count."""
LEAST_SLOPE = 4.0
LEAST_TILES = 4
SHARPEST = 25
"""Percentile: in a photo that moved, not even the sharpest edges along the motion are sharp."""


def motion_of(edges: Edges) -> float:
    """0 not at all … 1: by what share edges across the motion are narrower than along it.

    Waves, grass and blinds have soft edges in one direction too; where any tile shows a sharp edge there, or tiles do
    not agree, it was not the camera.
    """
    widths = np.log2(np.maximum(edges.widths, LEAST_WIDTH))
    told = edges.slopes > max(LEAST_SLOPE, (LEAST_OVER_NOISE + 1) * edges.noise)
    motion = 0.0
    for along in range(DIRECTIONS):
        across = (along + DIRECTIONS // 2) % DIRECTIONS
        both = told[:, along] & told[:, across]
        if both.sum() < LEAST_TILES:
            continue
        sharpest = float(np.percentile(widths[told[:, across], across], SHARPEST))
        anywhere = float(np.percentile(widths[told[:, along], along], SHARPEST)) - sharpest
        in_most = float(np.median((widths[:, along] - widths[:, across])[both]))
        # Where edges across are wide too, it is out of focus, and what differs between directions is what it shows.
        in_focus = min(1.0, 2.0 * score(2.0**sharpest))
        motion = max(motion, (1.0 - 2.0 ** -min(anywhere, in_most)) * in_focus)
    return motion
