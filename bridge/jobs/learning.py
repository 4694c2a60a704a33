"""The keywords that photos have from a person, for a vocabulary of the photographer's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bridge.errors import BridgeError
from bridge.jobs.tools import Tools
from bridge.metadata import PhotoState, read_states, words_of
from bridge.paths import canonical
from bridge.photos import glance
from bridge.values import Format
from bridge.words import key

AT_ONCE = 200
"""Photos in one conversation with ExifTool."""

Keywords = tuple[tuple[str, ...], ...]


def keywords_of(tools: Tools, photos: Iterable[Path]) -> Iterator[Keywords | None]:
    """Of each photo its keywords by their whole paths, less those that our runs wrote; None where it cannot be read.

    Raises ExifToolMissing, ExifToolTooOld.
    """
    left = iter(photos)
    while batch := list(islice(left, AT_ONCE)):
        formats = [_format(photo) for photo in batch]
        there = [(photo, format) for photo, format in zip(batch, formats, strict=True) if format is not None]
        states = iter(read_states(tools.exiftool, there))
        for photo, format in zip(batch, formats, strict=True):
            state = None if format is None else next(states)
            yield _theirs(tools, photo, state) if isinstance(state, PhotoState) else None


def _theirs(tools: Tools, photo: Path, state: PhotoState) -> Keywords:
    written = tools.written.get(canonical(photo), "")
    ours = set() if written is None else set(map(key, written.keywords))
    return tuple(path for path in words_of(state.documents) if key(path) not in ours)


def _format(photo: Path) -> Format | None:
    try:
        return glance(photo).format
    except BridgeError:
        return None
