"""What a JPEG says that nobody has described yet, without ExifTool: for it, reading takes as long as writing.

Such a photo comes from a camera: it has no XMP, no IPTC, and its EXIF is whole and of the commonest form. What is not
certain here, a tag or a segment that is not listed below among them, is read by ExifTool.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import BinaryIO

from bridge.engines.picture_hash import jpeg_segments
from bridge.errors import PhotoDamaged
from bridge.exiftool import Tags

_APP0, _APP1, _APP15 = 0xE0, 0xE1, 0xEF
_EXIF_HEAD = b"Exif\0\0"
_NO_WORDS = {0xE0: (b"JFIF\0", b"JFXX\0"), 0xE2: (b"ICC_PROFILE\0", b"MPF\0"), 0xEE: (b"Adobe",)}
"""Segments that hold no text of a person."""

_DESCRIPTION, _EXIF, _GPS, _INTEROP, _TAKEN, _COMMENT = 0x010E, 0x8769, 0x8825, 0xA005, 0x9003, 0x9286
# Exif 2.32, tables 4 and 8, without those that another standard put there: XMP, IPTC, Photoshop, Windows' XPKeywords.
_PICTURE = frozenset(
    (
        *(0x100, 0x101, 0x102, 0x103, 0x106, _DESCRIPTION, 0x10F, 0x110, 0x111, 0x112, 0x115, 0x116, 0x117, 0x11A),
        *(0x11B, 0x11C, 0x128, 0x12D, 0x131, 0x132, 0x13B, 0x13E, 0x13F, 0x201, 0x202, 0x211, 0x212, 0x213, 0x214),
        *(0x8298, _EXIF, _GPS, 0xC4A5),
    )
)
_CAMERA = frozenset((*range(0x829A, 0x8300), *range(0x8822, 0x8840), *range(0x9000, 0x9400), *range(0xA000, 0xA500)))
_OTHERS = frozenset((0x1, 0x2, 0x1000, 0x1001, 0x1002))
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_ASCII, _LONG, _UNDEFINED = 2, 4, 7
_HEADER = 8

_TEXT = re.compile(rb"([ -~]*)(?:\0.*)?", re.DOTALL)
_TIME = re.compile(rb"(\d{4}:\d\d:\d\d \d\d:\d\d:\d\d)\0")

_Entries = dict[int, tuple[int, bytes]]
"""By tag: type and bytes."""


class _Unsure(Exception):
    pass


def read_bare(photo: Path) -> Tags | None:
    """The tags of a JPEG as ``ExifTool.read`` gives those that a plan needs. None: ask ExifTool."""
    try:
        with open(photo, "rb", opener=_opener) as file:
            exif = _exif(file)
        return {} if exif is None else _tags(exif)
    except (_Unsure, PhotoDamaged, OSError, struct.error):
        return None


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # the name may be a pipe by now


def _exif(file: BinaryIO) -> bytes | None:
    exif = None
    for marker, offset, length in jpeg_segments(file)[:-1]:
        if not _APP0 <= marker <= _APP15:
            continue
        file.seek(offset + 4)
        data = file.read(length - 4)
        if marker == _APP1 and exif is None and data.startswith(_EXIF_HEAD):
            exif = data[len(_EXIF_HEAD) :]
        elif not data.startswith(_NO_WORDS.get(marker, ())):
            raise _Unsure
    return exif


def _tags(exif: bytes) -> Tags:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        raise _Unsure
    picture, thumbnail_at = _entries(exif, order, struct.unpack_from(f"{order}I", exif, 4)[0], _PICTURE)
    if thumbnail_at:
        _, end = _entries(exif, order, thumbnail_at, _PICTURE)
        if end:
            raise _Unsure
    camera = _inner(exif, order, picture, _EXIF, _CAMERA)
    _inner(exif, order, camera, _INTEROP, _OTHERS)
    tags: Tags = {}
    if _DESCRIPTION in picture:
        tags["IFD0:ImageDescription"] = _match(_TEXT, picture[_DESCRIPTION], _ASCII)
    if _TAKEN in camera:
        tags["ExifIFD:DateTimeOriginal"] = _match(_TIME, camera[_TAKEN], _ASCII)
    if _COMMENT in camera:
        kind, value = camera[_COMMENT]
        if value[:8] not in (b"ASCII\0\0\0", bytes(8)):
            raise _Unsure
        tags["ExifIFD:UserComment"] = _match(_TEXT, (kind, value[8:]), _UNDEFINED).rstrip(" ")
    return tags


def _inner(exif: bytes, order: str, outer: _Entries, tag: int, known: AbstractSet[int]) -> _Entries:
    if tag not in outer:
        return {}
    kind, value = outer[tag]
    if kind != _LONG or len(value) != 4:
        raise _Unsure
    entries, following = _entries(exif, order, struct.unpack(f"{order}I", value)[0], known)
    if following:
        raise _Unsure
    return entries


def _entries(exif: bytes, order: str, at: int, known: AbstractSet[int]) -> tuple[_Entries, int]:
    """The entries of a directory, each once, whole and known, and where the next directory is; 0: nowhere."""
    entries: _Entries = {}
    (count,) = struct.unpack_from(f"{order}H", exif, at)
    own = range(at, at + 2 + 12 * count)
    at += 2
    for _ in range(count):
        tag, kind, number = struct.unpack_from(f"{order}HHI", exif, at)
        if tag in entries or tag not in known or kind not in _SIZES:
            raise _Unsure
        size, start = _SIZES[kind] * number, at + 8
        if size > 4:
            (start,) = struct.unpack_from(f"{order}I", exif, start)
        if number == 0 or start < _HEADER or start + size > len(exif):
            raise _Unsure
        if size > 4 and start < own.stop and start + size > own.start:
            raise _Unsure
        entries[tag] = kind, exif[start : start + size]
        at += 12
    return entries, struct.unpack_from(f"{order}I", exif, at)[0]


def _match(pattern: re.Pattern[bytes], entry: tuple[int, bytes], kind: int) -> str:
    found = pattern.fullmatch(entry[1])
    if entry[0] != kind or found is None:
        raise _Unsure
    return found[1].decode("ascii")
