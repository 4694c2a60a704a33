"""The photos at the places that a person names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import InvalidParams
from bridge.paths import absolute, from_uri, shown, to_uri
from bridge.photos import find_photos
from bridge.service.replies import Place

WHOLE = "Give the whole path of a folder or a photo, such as /home/anna/Pictures or ~/Pictures."


@dataclass(frozen=True, slots=True)
class Where:
    """What a person named."""

    places: Sequence[Path]
    recursive: bool = False
    exclude: Sequence[str] = ()

    def photos(self) -> list[Path]:
        """At least one. Raises InvalidParams where there is none."""
        return photos_at([absolute(place) for place in self.places], recursive=self.recursive, exclude=self.exclude)


def place_at(text: str) -> Place:
    """The folder or file that a person typed or dropped: a whole path, one from ``~``, or a file: URI, with or without
    quotes around it, as a terminal has them.

    Raises InvalidParams where that is no whole path, or nothing is there.
    """
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    path = from_uri(text) if text.startswith("file:") else Path(os.path.expanduser(text))  # noqa: PTH111 - never raises
    if not path.is_absolute():
        raise InvalidParams("That is no whole path.", hint=WHOLE)
    if not os.path.exists(path):  # noqa: PTH110 - False for every name that leads nowhere, however long or odd
        raise InvalidParams(f"There is nothing at {shown(path)}.", hint=WHOLE)
    return Place(uri=to_uri(path), path=shown(absolute(path)), folder=path.is_dir())


def photos_at(places: Sequence[Path], *, recursive: bool = False, exclude: Sequence[str] = ()) -> list[Path]:
    """At least one. Raises InvalidParams where there is none."""
    photos = list(find_photos(places, recursive=recursive, exclude=exclude))
    if not photos:
        raise no_photo()
    return photos


def no_photo() -> InvalidParams:
    return InvalidParams("There is no photo there.", hint="Name photos, or folders with --recursive.")
