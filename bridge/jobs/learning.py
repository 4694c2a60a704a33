"""The keywords that photos have from a person, for a vocabulary of the photographer's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bridge.jobs.reading import states_of
from bridge.jobs.tools import Tools
from bridge.metadata import PhotoState, of_a_person
from bridge.paths import canonical

AT_ONCE = 200
"""Photos in one conversation with ExifTool."""

Keywords = tuple[tuple[str, ...], ...]


def keywords_of(tools: Tools, photos: Iterable[Path]) -> Iterator[Keywords | None]:
    """Of each photo its keywords by their whole paths, less those that our runs wrote; None where it cannot be read.

    Raises ExifToolMissing, ExifToolTooOld.
    """
    left = iter(photos)
    while batch := list(islice(left, AT_ONCE)):
        for photo, state in zip(batch, states_of(tools.exiftool, batch), strict=True):
            yield None if state is None else _theirs(tools, photo, state)


def _theirs(tools: Tools, photo: Path, state: PhotoState) -> Keywords:
    return of_a_person(state.documents, tools.written.get(canonical(photo), "")).keywords
