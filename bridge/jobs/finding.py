"""Answering a question: from what is sought and a filter to ranked photos, each with why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bridge.jobs.spaces import Space
from bridge.search.cut import merged, worth_showing
from bridge.store import LibraryPhoto, LibraryTable
from bridge.taggers.embedding import Sought
from bridge.values import PhotoFilter

CANDIDATES = 300
"""Pictures nearest to a question that are judged, unless more results are asked for: twice as many as these then."""
WRITTEN = "written in its metadata or name"


@dataclass(frozen=True, slots=True)
class Hit:
    photo: LibraryPhoto
    score: float
    """Relevance, 0..1."""
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of what was found."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    """How many pictures are worth showing."""
    next: int | None = None
    """The offset of the next page, in pictures."""


@dataclass(frozen=True, slots=True)
class Question:
    sought: Sought
    wanted: PhotoFilter = field(default_factory=PhotoFilter)
    k: int = 20
    offset: int = 0
    apart: Path | None = None
    """The photo that the others shall be like."""


def find(library: LibraryTable, space: Space, question: Question) -> Hits:
    """The photos that have what is sought, the surest first; by a filter alone, the newest first.

    Raises VectorsDamaged, and what ``Embedder.vector`` raises.
    """
    sought = question.sought
    if sought.like is None and not (sought.texts or sought.without):
        return _listed(library, question)
    allowed = None if question.wanted == PhotoFilter() else library.rows_matching(space.number, question.wanted)
    many = max(CANDIDATES, 2 * (question.offset + question.k))
    near, _ = space.index.search(space.embedder.vector(sought), many, allowed=allowed)
    written = _written(library, space, question)
    rows = np.concatenate((near, np.setdiff1d(np.fromiter(written, np.int64), near)))
    if question.apart is not None:
        rows = rows[~np.isin(rows, _only_its_own(library, space, question.apart))]
    if not len(rows):
        return Hits()
    judged = dict(zip(rows.tolist(), space.embedder.judge(sought, space.vectors.read(rows)), strict=True))
    ranked = merged({row: one.relevance for row, one in judged.items()}, written.items())
    total = worth_showing([relevance for _, relevance in ranked])
    page = ranked[:total][question.offset : question.offset + question.k]
    photos = library.photos_of_rows(space.number, [row for row, _ in page], question.wanted)

    def why(row: int) -> tuple[str, ...]:
        return (WRITTEN, *judged[row].why) if row in written else judged[row].why

    hits = (
        Hit(photo, round(relevance, 3), why(row))
        for row, relevance in page
        for photo in photos.get(row, ())
        if photo.path != question.apart
    )
    return Hits(tuple(hits), total, _next(question, total))


def _next(question: Question, total: int) -> int | None:
    end = question.offset + question.k
    return end if end < total else None


def _only_its_own(library: LibraryTable, space: Space, path: Path) -> list[int]:
    """The row of a photo's picture, unless copies of it are photos too."""
    known = library.get(path)
    row = None if known is None else library.row_of(space.number, known.key)
    if row is None:
        return []
    photos = library.photos_of_rows(space.number, [row])[row]
    return [row] if all(photo.path == path for photo in photos) else []


def _listed(library: LibraryTable, question: Question) -> Hits:
    photos = library.matching(question.wanted, question.k, question.offset)
    total = library.count_matching(question.wanted)
    return Hits(tuple(Hit(photo, 1.0) for photo in photos), total, _next(question, total))


def _written(library: LibraryTable, space: Space, question: Question) -> Mapping[int, float]:
    """Pictures of which keywords, texts or names say all that is asked for, and how well."""
    sought = question.sought
    if not sought.texts or sought.without or sought.like is not None:
        return {}
    text = " ".join(sought.texts)
    rows, scores = library.rows_by_words(
        space.number, text, CANDIDATES, wanted=question.wanted, written=space.embedder.sees_words
    )
    return dict(zip(rows.tolist(), scores.tolist(), strict=True))
