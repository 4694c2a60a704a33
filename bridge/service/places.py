"""The photos at the places that a person names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.errors import InvalidParams
from bridge.photos import find_photos


def photos_at(places: Sequence[Path], *, recursive: bool = False, exclude: Sequence[str] = ()) -> list[Path]:
    """At least one. Raises InvalidParams where there is none."""
    photos = list(find_photos(places, recursive=recursive, exclude=exclude))
    if not photos:
        raise no_photo()
    return photos


def no_photo() -> InvalidParams:
    return InvalidParams("There is no photo there.", hint="Name photos, or folders with --recursive.")
