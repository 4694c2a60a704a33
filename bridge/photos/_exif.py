"""The EXIF directories of a photo as plain mappings, cheaply, for every format. Broken EXIF is no EXIF."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from PIL import Image
from PIL.ExifTags import IFD

from bridge.values import Format

ORIENTATION = 0x0112

_HEAD = 1 << 20
"""How much of a RAW with an odd signature is looked at: their directories come first."""
_LARGEST = 1 << 24

Directory = Mapping[int, Any]


@dataclass(frozen=True, slots=True)
class Tags:
    """Values by tag number, as Pillow types them (IFDRational for fractions); empty where there are none."""

    first: Directory = field(default_factory=dict)
    exif: Directory = field(default_factory=dict)
    gps: Directory = field(default_factory=dict)

    @property
    def orientation(self) -> int:
        """1..8; 1 where it is missing or nonsense."""
        value = self.first.get(ORIENTATION, 1)
        return value if isinstance(value, int) and 1 <= value <= 8 else 1


def read_tags(file: BinaryIO, format: Format, image: Image.Image | None) -> Tags:
    """What the EXIF says; ``image`` is the opened picture where Pillow opened it. Never raises for broken EXIF."""
    try:
        return _read(file, format, image)
    except Exception:  # Pillow raises nearly every type for corrupt EXIF, and none of them is a reason to fail
        return Tags()


def _read(file: BinaryIO, format: Format, image: Image.Image | None) -> Tags:
    if format is Format.TIFF and image is not None:
        return _directories(image.getexif())
    if format is Format.DNG:
        return _of_tiff(file)
    if format is Format.PNG:
        # Pillow decodes the whole picture to reach an eXIf chunk that follows it.
        data = _png_exif(file)
        if data is None and image is not None:
            data = _png_text_exif(image)
        return _of_bytes(data)
    if image is not None:
        return _of_bytes(image.info.get("exif"))
    return _of_raw(file)


def _of_bytes(data: Any) -> Tags:
    if not isinstance(data, bytes) or not data:
        return Tags()
    exif = Image.Exif()
    exif.load(data)
    return _directories(exif)


def _of_tiff(file: BinaryIO) -> Tags:
    file.seek(0)
    exif = Image.Exif()
    exif.load_from_fp(file)
    return _directories(exif)


def _directories(exif: Image.Exif) -> Tags:
    """Each directory by itself: a broken one does not hide the others."""
    return Tags(_values(exif), _values(exif, IFD.Exif), _values(exif, IFD.GPSInfo))


def _values(exif: Image.Exif, which: int | None = None) -> Directory:
    values: dict[int, Any] = {}
    try:
        directory: Any = exif if which is None else exif.get_ifd(which)
        tags = list(directory)
    except Exception:
        return values
    for tag in tags:
        try:
            values[tag] = directory[tag]
        except Exception:
            continue
    return values


def _png_exif(file: BinaryIO) -> bytes | None:
    at, size = 8, file.seek(0, io.SEEK_END)
    while at + 8 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind == b"eXIf" and length < _LARGEST:
            return file.read(length)
        if kind == b"IEND":
            break
        at += 12 + length
    return None


def _png_text_exif(image: Image.Image) -> bytes | None:
    """ImageMagick's and old ExifTool's form: hex in a text chunk, after its name and its length."""
    text = image.info.get("Raw profile type exif")
    if not isinstance(text, str):
        return None
    return bytes.fromhex("".join(text.split("\n")[3:]))


# -- RAW --------------------------------------------------------------------------------------------------------------


def _of_raw(file: BinaryIO) -> Tags:
    file.seek(0)
    head = file.read(16)
    if head[4:12] == b"ftypcrx ":
        return _of_cr3(file)
    if head.startswith(b"FUJIFILMCCD-RAW"):
        return _of_raf(file)
    if head[:2] in (b"II", b"MM"):
        if head[2:4] in (b"*\0", b"\0*"):
            return _of_tiff(file)
        if head[:4] in (b"IIU\0", b"IIRO", b"IIRS", b"MMOR"):
            # TIFF but for the signature.
            file.seek(0)
            data = file.read(_HEAD)
            preview = data.find(b"\xff\xd8\xff\xe1") if head[:3] == b"IIU" else -1
            if preview >= 0:
                # Panasonic's own directory has other tags; the preview, which lies in front, has the EXIF.
                return _of_preview(data[preview:])
            return _of_tiff(io.BytesIO((b"II*\0" if head[:2] == b"II" else b"MM\0*") + data[4:]))
    return Tags()


def _of_raf(file: BinaryIO) -> Tags:
    """The EXIF is that of the JPEG inside; offset and length at 84 (ExifTool, FujiFilm.pm)."""
    file.seek(84)
    offset, length = struct.unpack(">II", file.read(8))
    file.seek(offset)
    return _of_preview(file.read(min(length, _HEAD)))


def _of_preview(data: bytes) -> Tags:
    from PIL.JpegImagePlugin import JpegImageFile

    with JpegImageFile(io.BytesIO(data)) as preview:
        return _of_bytes(preview.info.get("exif"))


_CANON_UUID = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


def _of_cr3(file: BinaryIO) -> Tags:
    """CMT1, CMT2 and CMT4 in Canon's uuid box are TIFF files with one directory each (github.com/lclevy/canon_cr3)."""
    found: dict[bytes, Directory] = {}
    size = file.seek(0, io.SEEK_END)
    for name, start, end in _boxes(file, 0, size):
        if name != b"moov":
            continue
        for inner, a, b in _boxes(file, start, end):
            file.seek(a)
            if inner != b"uuid" or file.read(16) != _CANON_UUID:
                continue
            for box, x, y in _boxes(file, a + 16, b):
                if box in (b"CMT1", b"CMT2", b"CMT4") and y - x < _LARGEST:
                    file.seek(x)
                    found[box] = _of_bytes(file.read(y - x)).first
    return Tags(found.get(b"CMT1", {}), found.get(b"CMT2", {}), found.get(b"CMT4", {}))


def _boxes(file: BinaryIO, at: int, end: int) -> list[tuple[bytes, int, int]]:
    boxes: list[tuple[bytes, int, int]] = []
    while at + 8 <= end and len(boxes) < 256:
        file.seek(at)
        size, name = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            header = 16
        elif size == 0:
            size = end - at
        if size < header:
            break
        boxes.append((name, at + header, min(at + size, end)))
        at += size
    return boxes
