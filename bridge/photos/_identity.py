"""What a photo is, cheaply: its headers, what its EXIF says, and the hash of its picture data."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from bridge.engines.picture_hash import picture_hash
from bridge.errors import PhotoChanged, PhotoEmpty
from bridge.paths import shown
from bridge.photos._exif import Tags, read_tags
from bridge.photos._facts import facts_of
from bridge.photos._open import PILLOW, open_picture, os_errors, reading
from bridge.photos._raw import raw_size
from bridge.photos._sniff import HEAD, sniff
from bridge.values import Facts, Format

ATTEMPTS = 3
"""A photo that is written while it is read is looked at anew, so often in all."""


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What a run is willing to decode."""

    max_megapixels: float = 250.0
    """Width times height, in millions, of the picture as stored."""
    fetch: bool = False
    """Also what has to come from the cloud first."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A photo that was looked at but not decoded."""

    path: Path
    format: Format
    """By content."""
    width: int
    """As shown (orientation applied), pixels; 0 for a video and where a RAW does not tell."""
    height: int
    orientation: int
    """EXIF orientation 1..8 that ``decode`` applies; 1 for HEIC, whose decoder turns pictures itself."""
    facts: Facts
    data_hash: str
    """Hash of the picture data alone, hex; empty for a video, which is never asked about."""
    stamp: tuple[int, int, int] | None = field(default=None, compare=False)
    """Inode, size and modification time of the file that was looked at."""


def identify(path: Path, limits: ReadLimits) -> Identity:
    """Look at a photo without decoding it. A few milliseconds, and about one more for each megabyte (the hash).

    Raises PhotoMissing, PhotoUnreadable, InTheCloud, PhotoEmpty, NotAPhoto, PhotoTooLarge, PhotoDamaged; PhotoChanged
    where another program does not stop writing it. A RAW that cannot be decoded is still identified: its metadata and
    its sidecar can be worked on.
    """
    return _settled(path, limits, hashed=True)


def same_picture(photo: Identity) -> None:
    """Raises PhotoChanged where another picture is at its path than was looked at, maybe hours ago; PhotoMissing,
    PhotoUnreadable. The picture is read only where the file is another one."""
    with os_errors(photo.path):
        if _stamp(photo.path.stat()) != photo.stamp and picture_hash(photo.path, photo.format) != photo.data_hash:
            raise PhotoChanged(f"Another picture was put in the place of {shown(photo.path)} meanwhile.")


def glance(path: Path, limits: ReadLimits = ReadLimits(max_megapixels=math.inf)) -> Identity:
    """``identify`` without its costly part: ``data_hash`` is empty. Any size will do where no limits are named.

    Raises as that does.
    """
    return _settled(path, limits, hashed=False)


def _settled(path: Path, limits: ReadLimits, *, hashed: bool) -> Identity:
    """The identity of a file that did not change while it was looked at."""
    for _ in range(ATTEMPTS):
        with reading(path, fetch=limits.fetch) as file:
            opened = os.fstat(file.fileno())
            identity = _identified(path, file, limits, hashed)
        with os_errors(path):
            now = path.stat()
        if _stamp(opened) == _stamp(now):
            return replace(identity, stamp=_stamp(now))
    raise PhotoChanged(f"Another program keeps writing {shown(path)} while it is read.")


def _stamp(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _identified(path: Path, file: BinaryIO, limits: ReadLimits, hashed: bool) -> Identity:
    head = file.read(HEAD)
    if not head:
        raise PhotoEmpty(f"{shown(path)} is empty.")
    format = sniff(head, file, path.suffix)
    if format is Format.VIDEO:
        return Identity(path, format, 0, 0, 1, Facts(), "")
    width, height, orientation, tags = _look(path, file, format, limits)
    if orientation >= 5:
        width, height = height, width
    data_hash = picture_hash(path, format) if hashed else ""
    return Identity(path, format, width, height, orientation, facts_of(tags), data_hash)


def _look(path: Path, file: BinaryIO, format: Format, limits: ReadLimits) -> tuple[int, int, int, Tags]:
    """(width, height, orientation, tags), the size as stored."""
    if format in PILLOW or format is Format.HEIC:
        with open_picture(file, format, limits.max_megapixels) as image:
            tags = read_tags(file, format, image)
            return *image.size, 1 if format is Format.HEIC else tags.orientation, tags
    tags = read_tags(file, format, None)
    width, height, orientation = raw_size(path, tags, limits.max_megapixels)
    return width, height, orientation, tags
