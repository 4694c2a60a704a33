"""What photos and their sidecars say, outside a run's stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from bridge.errors import BridgeError
from bridge.exiftool import ExifTool
from bridge.metadata import PhotoState, read_states
from bridge.photos import glance
from bridge.values import Format

AT_ONCE = 200
"""Photos in one conversation with ExifTool."""


def states_of(exiftool: ExifTool, photos: Sequence[Path]) -> list[PhotoState | None]:
    """In the order of ``photos``, in one conversation with ExifTool; None where a photo cannot be read.

    Raises ExifToolMissing, ExifToolTooOld.
    """
    formats = [format_of(photo) for photo in photos]
    there = [(photo, format) for photo, format in zip(photos, formats, strict=True) if format is not None]
    states = iter(read_states(exiftool, there))
    found = [None if format is None else next(states) for format in formats]
    return [state if isinstance(state, PhotoState) else None for state in found]


def each_state(exiftool: ExifTool, photos: Iterable[Path]) -> Iterator[tuple[Path, PhotoState | None]]:
    """The same for any number of photos, some at a time."""
    left = iter(photos)
    while batch := list(islice(left, AT_ONCE)):
        yield from zip(batch, states_of(exiftool, batch), strict=True)


def format_of(photo: Path) -> Format | None:
    """None where the file cannot be read as a photo."""
    try:
        return glance(photo).format
    except BridgeError:
        return None


def stamp_of(files: Iterable[Path]) -> str:
    """Another text after each save of one of these files; those that are not there count for nothing."""
    found = []
    for path in files:
        with suppress(OSError):
            told = path.stat()
            found.append(f"{told.st_mtime_ns}.{told.st_size}.{told.st_ino}")
    return "-".join(found)
