"""Faces into groups, one person each, without being told how many people there are.

Average linkage: the two groups whose faces are most alike on average become one, until none are alike enough. The mean
product of all pairs of two groups is the product of their mean vectors, so a group is its sum: nothing but that is kept
of old photos, and new ones join without touching what is there. Old groups never merge, split or change by themselves;
``alike`` names those that a person may want to merge.

Why not a library: those at hand know neither old groups nor "never these two", want all pairs or leave a person of
three photos out as noise (HDBSCAN), and bring scikit-learn and scipy, larger than all of our wheel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bridge.engines.onnx import FloatArray
from bridge.faces._linkage import Clusters, link, nearest
from bridge.faces.contract import Likeness

__all__ = ["GATE", "NOBODY", "Faces", "Groups", "IntArray", "alike", "assign", "gather"]

IntArray = npt.NDArray[np.int64]

NOBODY = -1
"""In place of a group: nobody can be told by this face. In place of a person: not named."""
GATE = 0.42
"""The least worth (``crops.Quality.worth``) of a face that may found a group, and that a group's mean goes by."""
LITTLE = 0.01
MAYBE = 0.06
"""How far below the threshold two groups are still worth a question."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Some faces, in any order; the same order gives the same groups."""

    vectors: FloatArray
    """(n, dimensions), float32, length 1, all of one model's identity."""
    worth: FloatArray
    """(n,), 0..1, of ``crops.Quality``."""
    photos: IntArray
    """(n,): a number for each photo. Two faces of one photo are two people."""
    persons: IntArray | None = None
    """(n,): who it is where a person or the file said so, else ``NOBODY``."""

    def __len__(self) -> int:
        return len(self.vectors)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """What is kept of g groups."""

    ids: IntArray
    """(g,), ascending."""
    sums: FloatArray
    """(g, dimensions): the vectors of their faces, by worth."""
    weights: FloatArray
    """(g,): the worth of their faces."""
    photos: tuple[frozenset[int], ...]
    """Of each group, the photos in which it has a face."""
    persons: IntArray
    """(g,): who it is, ``NOBODY`` where it has no name."""

    @property
    def means(self) -> FloatArray:
        return (self.sums / np.maximum(self.weights, 1e-6)[:, None]).astype(np.float32)


def gather(parts: Iterable[tuple[Faces, IntArray]], persons: Mapping[int, int] | None = None) -> Groups:
    """The groups of faces that have one.

    ``parts`` are faces with their groups (n,), ``NOBODY`` where there is none, in as many parts as memory wants: only
    the sums stay. ``persons``: who the groups are that have a name, by group.
    """
    persons = persons or {}
    places: dict[int, int] = {}
    sums: list[FloatArray] = []
    weights: list[float] = []
    photos: list[set[int]] = []
    dimensions = 0
    for faces, labels in parts:
        dimensions = faces.vectors.shape[1]
        scaled = faces.vectors * _weights(faces.worth)[:, None]
        for row in np.nonzero(labels != NOBODY)[0].tolist():
            place = places.setdefault(int(labels[row]), len(places))
            if place == len(sums):
                sums.append(np.zeros(dimensions, np.float32))
                weights.append(0.0)
                photos.append(set())
            sums[place] += scaled[row]
            weights[place] += float(_weights(faces.worth[row]))
            photos[place].add(int(faces.photos[row]))
    order = sorted(places)
    rows = [places[group] for group in order]
    return Groups(
        ids=np.array(order, np.int64),
        sums=np.array([sums[row] for row in rows], np.float32).reshape(len(rows), dimensions),
        weights=np.array([weights[row] for row in rows], np.float32),
        photos=tuple(frozenset(photos[row]) for row in rows),
        persons=np.array([persons.get(group, NOBODY) for group in order], np.int64),
    )


def assign(
    faces: Faces,
    groups: Groups,
    likeness: Likeness,
    *,
    fresh: int,
    refused: Mapping[int, frozenset[int]] | None = None,
) -> IntArray:
    """The groups (n,) of faces that have none yet: an old one, a new one from ``fresh`` upwards, or ``NOBODY`` where a
    face is too poor to tell and like none of them. Faces left as ``NOBODY`` are to be given again the next time.

    ``refused``: by row of ``faces``, the groups that a person said it is not. A face that nobody is to be asked about
    is not given at all. Faces of one person become one group, whatever they look like, and join one that has
    their name. Raises ValueError where ``fresh`` is the id of a group.
    """
    if len(groups.ids) and fresh <= int(groups.ids.max()):
        raise ValueError("fresh is not above the ids of the groups")
    places = {int(group): place for place, group in enumerate(groups.ids)}
    barred = {row: {places[group] for group in those if group in places} for row, those in (refused or {}).items()}
    persons = np.full(len(faces), NOBODY, np.int64) if faces.persons is None else faces.persons
    told = (faces.worth >= GATE) | (persons != NOBODY)
    rows = np.nonzero(told)[0]
    clusters = _clusters(faces, persons, groups, rows, barred)
    _join_persons(clusters)
    link(clusters, likeness.same)
    labels = np.full(len(faces), NOBODY, np.int64)
    ids = groups.ids.tolist()
    named: dict[int, int] = {}
    for number, row in enumerate(rows.tolist()):
        cluster = clusters.find(len(ids) + number)
        labels[row] = ids[cluster] if cluster < len(ids) else named.setdefault(cluster, fresh + len(named))
    known = {**dict(enumerate(ids)), **named}
    _add_poor(faces, np.nonzero(~told)[0], clusters, known, barred, likeness.same, labels)
    return labels


def alike(
    groups: Groups, likeness: Likeness, most: int = 100, *, apart: frozenset[tuple[int, int]] = frozenset()
) -> list[tuple[int, int, float]]:
    """Pairs of groups that may be one person, for a person to merge: ids and mean likeness, the most alike first.

    Those with two different names, seen together in a photo, or ``apart`` (ids, the smaller first: a person has
    decided) are none. ``MAYBE`` below the threshold is enough.
    """
    if len(groups.ids) < 2:
        return []
    means = groups.means
    found: dict[tuple[int, int], float] = {}
    for at, row, product in nearest(means, means, likeness.same - MAYBE):
        one, other = min(at, row), max(at, row)
        both_named = NOBODY not in (groups.persons[one], groups.persons[other])
        if one == other or both_named or (int(groups.ids[one]), int(groups.ids[other])) in apart:
            continue
        if groups.photos[one].isdisjoint(groups.photos[other]):
            found[one, other] = product
    best = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    return [(int(groups.ids[one]), int(groups.ids[other]), product) for (one, other), product in best]


def _weights(worth: FloatArray) -> FloatArray:
    """What a face counts in its group's mean: next to nothing below the gate, yet a group of such alone has one."""
    return np.where(worth >= GATE, worth, LITTLE * np.maximum(worth, LITTLE)).astype(np.float32)


def _clusters(
    faces: Faces, persons: IntArray, groups: Groups, rows: IntArray, barred: Mapping[int, set[int]]
) -> Clusters:
    """The old groups, then each of some faces by itself."""
    count = len(groups.ids)
    weights = _weights(faces.worth[rows])
    vectors = faces.vectors[rows] * weights[:, None]
    return Clusters(
        sums=np.concatenate([groups.sums, vectors]) if count else vectors,
        weights=np.concatenate([groups.weights, weights]),
        fixed=np.arange(count + len(rows)) < count,
        persons=np.concatenate([groups.persons, persons[rows]]),
        photos=[*(set(photos) for photos in groups.photos), *({int(photo)} for photo in faces.photos[rows])],
        refused={count + at: barred[row] for at, row in enumerate(rows.tolist()) if barred.get(row)},
    )


def _join_persons(clusters: Clusters) -> None:
    """Faces of one name with one another and with the group of that name, the most alike of several."""
    homes: dict[int, list[int]] = {}
    for at, person in enumerate(clusters.persons.tolist()):
        if person == NOBODY:
            continue
        those = homes.setdefault(person, [])
        if clusters.fixed[at]:
            those.append(at)
        elif those:
            clusters.join(at, max(those, key=lambda home: (clusters.likeness(at, home), -home)))
        else:
            those.append(at)


def _add_poor(
    faces: Faces,
    poor: IntArray,
    clusters: Clusters,
    known: Mapping[int, int],
    barred: Mapping[int, set[int]],
    same: float,
    labels: IntArray,
) -> None:
    """Put faces that found no group into the one they are most like, the surest first; none has two of one photo."""
    alive = clusters.alive()
    if not len(poor) or not len(alive):
        return
    pairs = nearest(faces.vectors[poor], clusters.means(alive), same)
    sure = [(-product, at, int(alive[place])) for at, place, product in pairs]
    for _, at, cluster in sorted(sure):
        row, photo = int(poor[at]), int(faces.photos[poor[at]])
        if labels[row] == NOBODY and photo not in clusters.photos[cluster] and cluster not in barred.get(row, ()):
            labels[row] = known[cluster]
            clusters.photos[cluster].add(photo)
