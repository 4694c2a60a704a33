"""What photos have from a person: keywords, for a vocabulary of the photographer's own, and texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bridge.jobs.reading import each_state
from bridge.jobs.tools import Tools
from bridge.metadata import PhotoState, of_a_person
from bridge.paths import canonical
from bridge.values import Known


def persons_own(tools: Tools, photos: Iterable[Path]) -> Iterator[Known | None]:
    """Of each photo the keywords and texts that our runs did not write; None where it cannot be read.

    Raises ExifToolMissing, ExifToolTooOld.
    """
    for photo, state in each_state(tools.exiftool, photos):
        yield None if state is None else _theirs(tools, photo, state)


def _theirs(tools: Tools, photo: Path, state: PhotoState) -> Known:
    return of_a_person(state.documents, tools.written.get(canonical(photo), ""))
