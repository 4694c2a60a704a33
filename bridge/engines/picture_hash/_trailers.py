"""Notes that programs append to a JPEG, each with its length at the end: a rating, a crop that is only proposed, a
recipe. They are about the picture and no part of it, and change with every click there."""

from __future__ import annotations

import struct
from typing import BinaryIO

_FOOTER = 64
_PHOTO_MECHANIC = b"cbipcbbl"
_FOTOSTATION = b"\xa1\xb2\xc3\xd4"
_CANON = b"CANON OPTIONAL DATA\0"
_CANON_AROUND = 0x5C
"""Bytes of its header and footer."""


def notes_begin(file: BinaryIO, start: int, end: int) -> int:
    """Where the notes begin that end a file at ``end``; ``end`` where there are none behind ``start``."""
    while (length := _length(file, max(start, end - _FOOTER), end)) and end - length > start:
        end -= length
    return end


def _length(file: BinaryIO, at: int, end: int) -> int:
    """Of the last note, by its footer; 0 where that is of none."""
    file.seek(at)
    footer = file.read(end - at)
    if footer.endswith(_PHOTO_MECHANIC) and len(footer) >= 12:
        return int(struct.unpack(">I", footer[-12:-8])[0]) + 12
    if footer.endswith(_FOTOSTATION) and len(footer) >= 10:
        return int(struct.unpack(">I", footer[-8:-4])[0])
    if footer.startswith(_CANON) and len(footer) == _FOOTER:
        return int(struct.unpack(">I", footer[20:24])[0]) + _CANON_AROUND
    return 0
