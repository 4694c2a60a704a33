"""Whether a file has all of its picture: what is still being copied may look like a photo already."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from bridge.engines.picture_hash import COUNTED, picture_ranges
from bridge.errors import PhotoDamaged
from bridge.photos._open import os_errors
from bridge.values import Format

_ENDS = {Format.JPEG: b"\xff\xd9", Format.PNG: b"IEND"}
"""What comes at the end of a picture and not within its data. A copy that reserved its room ends in zeros."""
_BLOCK = 1 << 20


def is_whole(path: Path, format: Format) -> bool:
    """False where a part of the picture lies beyond the end of the file. True for camera RAW and video, whose structure
    is not known here.

    Raises PhotoMissing, PhotoUnreadable.
    """
    if format not in COUNTED:
        return True
    with os_errors(path), path.open("rb") as file:
        try:
            ranges = picture_ranges(file, format)
        except PhotoDamaged:
            return False
        # The last range of a JPEG is its scans: thumbnails with ends of their own lie before.
        return format not in _ENDS or _has(file, ranges[-1 if format is Format.JPEG else 0][0], _ENDS[format])


def _has(file: BinaryIO, start: int, end: bytes) -> bool:
    file.seek(start)
    before = b""
    while block := file.read(_BLOCK):
        if end in before + block:
            return True
        before = block[1 - len(end) :]
    return False
