"""Heads and faces that the edge of the picture cuts, from where the detector places them.

A face box holds brows to chin. The top of a head is about half a box above it, and cutting hair is a way to frame a
portrait; cutting a forehead or a chin is not, and neither is half a face at a side.
"""

from __future__ import annotations

from collections.abc import Iterable

from bridge.culling.measures import FaceMeasure

LARGE_ENOUGH = 0.25
"""Of the largest face's width: smaller faces at the edge are passers-by."""
LEAST_WIDTH = 0.03
"""Of the picture's width."""
INSIDE, OUTSIDE = 0.0, 0.35
"""Share of the face's box beyond the edge: nothing cut, surely cut."""


def cut_off_of(faces: Iterable[FaceMeasure]) -> float:
    """0..1: how sure it is that a head or face is cut by the edge."""
    boxes = [face for face in faces if face.width >= LEAST_WIDTH]
    if not boxes:
        return 0.0
    largest = max(face.width for face in boxes)
    return max(_cut(face) for face in boxes if face.width >= LARGE_ENOUGH * largest)


def _cut(face: FaceMeasure) -> float:
    beyond = max(
        -face.left / face.width,
        (face.left + face.width - 1.0) / face.width,
        -face.top / face.height,
        (face.top + face.height - 1.0) / face.height,
    )
    return min(1.0, max(0.0, (beyond - INSIDE) / (OUTSIDE - INSIDE))) * min(1.0, face.score / 0.6)
