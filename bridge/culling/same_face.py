"""Which faces of the photos of one moment are one person's: by who they are known to be, else by where and how large
they are. Pure.

Between two tries at one moment the camera moves, people hardly change places. So every pair of faces is asked how far
the camera would have moved if both were one person's, and the move that explains most faces counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

FARTHEST = 0.8
"""Face widths between two places at which they can be one person's, once the camera's move is taken off."""
LARGEST = 2.0
"""How much larger one of two faces of a person can be."""
MOVING = 0.02
"""What a move counts against itself for each face width: of two that explain as much, the smaller one is right."""
SAME_PLACE = 0.3
"""Overlap over union of two boxes that are one face's, found by two models."""
TRIED = 6
"""Faces, the largest, by which moves are tried."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A face, as shares of the photo's width and height as shown."""

    left: float
    top: float
    width: float
    height: float
    known: int | None = None
    """The person, where that is known."""


@dataclass(frozen=True, slots=True)
class _Move:
    """From one photo's places to another's."""

    right: float = 0.0
    down: float = 0.0


def persons(photos: Sequence[Sequence[Spot]]) -> list[tuple[int, ...]]:
    """For each photo of a moment, the numbers of its faces' persons: 0, 1, 2 …, equal for one person in several photos.

    Persons are numbered as they come: by the faces of the first photo, then those that are new in the second …
    """
    seen: list[Spot] = []
    """Each person as seen last."""
    told: list[tuple[int, ...]] = []
    for faces in photos:
        numbers = dict(_matched(faces, seen))
        for at, face in enumerate(faces):
            number = numbers.setdefault(at, len(seen))
            if number == len(seen):
                seen.append(face)
            else:
                known = seen[number].known if face.known is None else face.known
                seen[number] = replace(face, known=known)
        told.append(tuple(numbers[at] for at in range(len(faces))))
    return told


def recognised(faces: Sequence[Spot], known: Sequence[Spot]) -> list[Spot]:
    """``faces`` of a photo, each with the person of the known face in its place."""
    found = []
    for face in faces:
        best = max(known, key=lambda other: _overlap(face, other), default=None)
        same = best is not None and _overlap(face, best) >= SAME_PLACE
        found.append(replace(face, known=best.known if best is not None and same else None))
    return found


def _matched(faces: Sequence[Spot], seen: Sequence[Spot]) -> Mapping[int, int]:
    """Face -> person, each at most once."""
    best: dict[int, int] = {}
    worth = 0.0
    for move in _moves(faces, seen):
        pairs, explained = _pairs(faces, seen, move)
        if explained > worth:
            best, worth = pairs, explained
    return best


def _moves(faces: Sequence[Spot], seen: Sequence[Spot]) -> Iterator[_Move]:
    yield _Move()
    for face in faces[:TRIED]:
        for other in seen[:TRIED]:
            if _unlike(face, other) is not None:
                (x, y), (other_x, other_y) = _middle(face), _middle(other)
                yield _Move(other_x - x, other_y - y)


def _pairs(faces: Sequence[Spot], seen: Sequence[Spot], move: _Move) -> tuple[dict[int, int], float]:
    """The nearest first, and how much they explain: 1 for each pair that falls on one spot."""
    costs = []
    for at, face in enumerate(faces):
        for number, other in enumerate(seen):
            unlike = _unlike(face, other)
            if unlike is None:
                continue
            known = face.known is not None and face.known == other.known
            apart = 0.0 if known else _apart(face, other, move)
            if apart <= FARTHEST:
                costs.append((apart / FARTHEST * 0.7 + unlike * 0.3 - known, at, number))
    found: dict[int, int] = {}
    explained = 0.0
    for cost, at, number in sorted(costs):
        if at not in found and number not in found.values():
            found[at] = number
            explained += 1.0 - cost
    if found:
        widths = [faces[at].width for at in found]
        explained -= MOVING * math.hypot(move.right, move.down) / (sum(widths) / len(widths))
    return found, explained


def _unlike(face: Spot, other: Spot) -> float | None:
    """How much their sizes differ, 0..1; None where they cannot be one person's."""
    if face.known is not None and other.known is not None:
        return 0.0 if face.known == other.known else None
    ratio = abs(math.log2(max(face.width, 1e-6) / max(other.width, 1e-6)))
    return None if ratio > math.log2(LARGEST) else ratio / math.log2(LARGEST)


def _apart(face: Spot, other: Spot, move: _Move) -> float:
    """Face widths between their middles, the move taken off."""
    (x, y), (other_x, other_y) = _middle(face), _middle(other)
    across, down = x + move.right - other_x, y + move.down - other_y
    return math.hypot(across / max(face.width, other.width), down / max(face.height, other.height))


def _overlap(face: Spot, other: Spot) -> float:
    """Over their union, 0..1."""
    across = min(face.left + face.width, other.left + other.width) - max(face.left, other.left)
    down = min(face.top + face.height, other.top + other.height) - max(face.top, other.top)
    both = max(0.0, across) * max(0.0, down)
    return both / (face.width * face.height + other.width * other.height - both)


def _middle(face: Spot) -> tuple[float, float]:
    return face.left + face.width / 2, face.top + face.height / 2
