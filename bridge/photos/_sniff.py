"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from bridge.errors import NotAPhoto
from bridge.values import RAW_SUFFIXES, Format

HEAD = 4096

_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

# Camera RAW that has a signature of its own. Sources: LibRaw identify.cpp, ExifTool's magicNumber table.
_RAW_MAGIC = (
    (0, b"FUJIFILMCCD-RAW"),
    (0, b"IIU\0"),  # Panasonic, Leica RW2
    (0, b"IIRO"),  # Olympus ORF
    (0, b"IIRS"),
    (0, b"MMOR"),
    (0, b"FOVb"),  # Sigma X3F
    (0, b"\0MRM"),  # Minolta MRW
    (6, b"HEAPCCDR"),  # Canon CRW
    (8, b"CR\x02"),  # Canon CR2, in a TIFF
    (0, b"IIII"),  # Phase One
    (0, b"MMMM"),
)

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF_BRANDS = {b"avif", b"avis"}
_IMAGE_BRANDS = {b"mif1", b"mif2", b"msf1", b"miaf"}

# What is no photo of ours but has a name that helps: (offset, bytes, what a person calls it).
_OTHERS = (
    (0, b"GIF8", "a GIF animation"),
    (0, b"\0\0\0\x0cjP  \r\n", "a JPEG 2000 picture"),
    (0, b"\0\0\0\x0cJXL \r\n", "a JPEG XL picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"SQLite format 3", "a database"),
    (0, b"\x7fELF", "a program"),
    (0, b"OggS", "a sound file"),
    (8, b"WAVE", "a sound file"),
    (0, b"v/1\x01", "an OpenEXR picture"),
    (0, b"#?RADIANCE", "a Radiance HDR picture"),
)

# Two or three bytes may begin a text as well, so these are asked for after it.
_SHORT = (
    (b"BM", "a Windows bitmap"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"MZ", "a Windows program"),
    (b"ID3", "a sound file"),
)


def sniff(head: bytes, file: BinaryIO, suffix: str) -> Format:
    """The format of an open file of which ``head`` are the first ``HEAD`` bytes.

    ``suffix`` only decides between a TIFF and a RAW that is a TIFF without any mark of its own. Raises NotAPhoto,
    naming what the file seems to be.
    """
    for offset, magic in _RAW_MAGIC:
        if head[offset : offset + len(magic)] == magic and (offset != 8 or head[:4] in _TIFF_MAGIC):
            return Format.RAW
    if head[:3] == b"\xff\xd8\xff":
        return Format.JPEG
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return Format.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format.WEBP
    if head[:4] == b"8BPS":
        return Format.PSD
    if head[:4] in _TIFF_MAGIC:
        return _tiff_kind(file, suffix)
    if head[4:8] == b"ftyp" and (kind := _isobmff_kind(head)):
        return kind
    if _is_video(head):
        return Format.VIDEO
    raise NotAPhoto(f"This is no photo: it seems to be {_guess(head)}.")


def _isobmff_kind(head: bytes) -> Format | None:
    size = struct.unpack(">I", head[:4])[0]
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size, len(head)), 4))]
    if brands[0] == b"crx ":
        return Format.RAW
    if brands[0] in _AVIF_BRANDS:
        return Format.AVIF
    if brands[0] in _HEIC_BRANDS:
        return Format.HEIC
    if brands[0] in _IMAGE_BRANDS:
        return Format.AVIF if _AVIF_BRANDS & set(brands) else Format.HEIC
    if brands[0] in (b"jp2 ", b"jpx ", b"jxl ", b"M4A ", b"M4B "):
        return None
    return Format.VIDEO


def _is_video(head: bytes) -> bool:
    if head[4:8] in (b"moov", b"mdat", b"wide", b"skip", b"pnot"):  # QuickTime from before ftyp
        return True
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"AVIX"):
        return True
    if head[:4] in (b"\x1a\x45\xdf\xa3", b"\x30\x26\xb2\x75", b"\0\0\x01\xba", b"\0\0\x01\xb3", b"FLV\x01"):
        return True  # Matroska and WebM, Windows Media, MPEG programme and elementary stream, Flash
    if head[:4] == b"\x06\x0e\x2b\x34":  # MXF
        return True
    # Transport streams: a sync byte each 188 bytes, in M2TS after a time code of 4.
    return any(
        len(head) > at + 2 * step and head[at] == head[at + step] == head[at + 2 * step] == 0x47
        for at, step in ((0, 188), (4, 192))
    )


_CFA, _LINEAR_RAW = 32803, 34892
_MAKE, _PHOTOMETRIC, _SUB_IFDS, _DNG_VERSION = 0x010F, 0x0106, 0x014A, 0xC612


def _tiff_kind(file: BinaryIO, suffix: str) -> Format:
    """TIFF, DNG or a proprietary RAW: told by DNGVersion, and by colour filter data in any of the directories."""
    has_make = False
    try:
        for directory in _directories(file):
            if _DNG_VERSION in directory:
                return Format.DNG
            if directory.get(_PHOTOMETRIC) in (_CFA, _LINEAR_RAW):
                return Format.RAW
            has_make = has_make or _MAKE in directory
    except Exception:  # a broken TIFF fails when it is opened, with its cause
        has_make = True
    return Format.RAW if has_make and suffix.lower() in RAW_SUFFIXES else Format.TIFF


def _directories(file: BinaryIO) -> Iterator[Mapping[int, Any]]:
    """The main directories and what hangs below the first, as far as a camera goes."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    file.seek(0)
    header = file.read(8)
    if header[2:4] in (b"+\0", b"\0+"):  # BigTIFF
        header += file.read(8)
    waiting = [ImageFileDirectory_v2(header).next]
    seen: set[int] = set()
    while waiting and len(seen) < 16:
        at = waiting.pop(0)
        if not at or at in seen:
            continue
        seen.add(at)
        directory = ImageFileDirectory_v2(header)
        file.seek(at)
        directory.load(file)
        yield directory
        children = directory.get(_SUB_IFDS, ())
        waiting += children if isinstance(children, tuple) else (children,)


def _guess(head: bytes) -> str:
    for offset, magic, name in _OTHERS:
        if head[offset : offset + len(magic)] == magic:
            return name
    if (text := _text(head)) is not None:
        return _kind_of_text(text)
    for magic, name in _SHORT:
        if head.startswith(magic):
            return name
    return "data of a kind that is not known here"


def _text(head: bytes) -> str | None:
    """The start of a text file, or None for anything else."""
    try:
        text = head.decode("utf-8", "strict" if len(head) < HEAD else "ignore")
    except UnicodeDecodeError:
        return None
    # A character that was cut at the end is ignored, but no more than one.
    if len(text.encode()) < len(head) - 3 or any(ord(letter) < 9 for letter in text):
        return None
    return text.lstrip("\ufeff \t\r\n")


def _kind_of_text(text: str) -> str:
    start = text[:200].lower()
    if start.startswith(("<!doctype html", "<html")):
        return "a web page"
    if "<x:xmpmeta" in text.lower() or start.startswith("<?xpacket"):
        return "an XMP sidecar"
    if "<svg" in start:
        return "an SVG drawing"
    return "an XML document" if start.startswith("<?xml") else "text"
