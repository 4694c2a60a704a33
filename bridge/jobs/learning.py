"""The keywords that photos have from a person, for a vocabulary of the photographer's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bridge.jobs.reading import each_state
from bridge.jobs.tools import Tools
from bridge.metadata import PhotoState, of_a_person
from bridge.paths import canonical

Keywords = tuple[tuple[str, ...], ...]


def keywords_of(tools: Tools, photos: Iterable[Path]) -> Iterator[Keywords | None]:
    """Of each photo its keywords by their whole paths, less those that our runs wrote; None where it cannot be read.

    Raises ExifToolMissing, ExifToolTooOld.
    """
    for photo, state in each_state(tools.exiftool, photos):
        yield None if state is None else _theirs(tools, photo, state)


def _theirs(tools: Tools, photo: Path, state: PhotoState) -> Keywords:
    return of_a_person(state.documents, tools.written.get(canonical(photo), "")).keywords
