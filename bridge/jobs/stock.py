"""What photos say now, put together with what a run proposed for them: the material of a list for a stock agency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from bridge.jobs.reading import each_state
from bridge.jobs.request import PhotoResult
from bridge.jobs.tools import Tools
from bridge.metadata import PhotoState, of_a_person
from bridge.paths import canonical
from bridge.stock import StockPhoto
from bridge.values import Category, Known, Written
from bridge.words import fold, key


def stock_photos(
    tools: Tools, photos: Iterable[Path], results: Mapping[Path, PhotoResult]
) -> Iterator[tuple[Path, StockPhoto | None]]:
    """Each photo, None where it cannot be read. ``results``: what a run said of them.

    Raises ExifToolMissing, ExifToolTooOld.
    """
    for photo, state in each_state(tools.exiftool, photos):
        base = tools.written.get(canonical(photo), "")
        yield photo, None if state is None else _together(photo, state, base or Written(), results.get(photo))


def _together(photo: Path, state: PhotoState, base: Written, result: PhotoResult | None) -> StockPhoto:
    """A person's texts and words go first; a word of ours that they took away stays away."""
    own, now = of_a_person(state.documents, base), of_a_person(state.documents, None)
    there = set(map(key, now.keywords))
    gone = {key(path) for path in (*base.rejected, *(path for path in base.keywords if key(path) not in there))}
    proposed = () if result is None else tuple(w.path for w in result.keywords if key(w.path) not in gone)
    if result is not None and result.dropped:
        rejected = {fold(word.name) for word in result.dropped if word.reason in ("rejected", "rule")}
        proposed = tuple(path for path in proposed if fold(path[-1]) not in rejected)
    said = result or PhotoResult(path="", uri="", status="done", job="")
    return StockPhoto(
        name=photo.name,
        own=own.keywords,
        proposed=proposed,
        others=now.keywords,
        title=_text(own.title, said.title, now.title, base.title),
        caption=_text(own.caption, said.caption, now.caption, base.caption),
        category=_category(said, now),
    )


def _text(own: str | None, said: str | None, now: str | None, base: str | None) -> str | None:
    """The person's, the run's, or that of an earlier run; none where they took ours away."""
    return own or (None if base and not now else said or now)


def _category(result: PhotoResult, now: Known) -> Category | None:
    """As the run says, or as a keyword ``Category|NAME`` does."""
    named = [path[1] for path in now.keywords if len(path) == 2 and fold(path[0]) == "category"]
    for name in (result.category, *named):
        with suppress(ValueError):
            return Category(fold(name or ""))
    return None
