"""Mutators that know the parts of a file: what is wrong lies deep inside, behind lengths and checksums that fit."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from random import Random

from campaigns.fuzz.mutators import BYTES, INTERESTING, Mutator, number

Parts = list[bytes]
Split = Callable[[bytes], Parts]
Inner = Callable[[Random, bytes], bytes]


def parts_of(split: Split, inner: Inner) -> Mutator:
    """Parts lost, doubled, moved, or one of them changed by ``inner``, which keeps its length field and checksum."""

    def mutated(chance: Random, data: bytes) -> bytes:
        parts = split(data)
        if len(parts) < 2:
            return data
        at = chance.randrange(len(parts))
        how = chance.random()
        if how < 0.1:
            del parts[at]
        elif how < 0.2:
            parts[at:at] = [parts[at]] * chance.choice((1, 1, 2, 50, 500))
        elif how < 0.3:
            parts.insert(chance.randrange(len(parts)), parts.pop(at))
        else:
            parts[at] = inner(chance, parts[at])
        return b"".join(parts)

    return mutated


# -- JPEG -------------------------------------------------------------------------------------------------------------


def split_jpeg(data: bytes) -> Parts:
    """SOI, each segment, and the scans with all that follows."""
    parts, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        length = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        parts.append(data[at : at + length])
        at += length
    return [*parts, data[at:]]


def _in_segment(chance: Random, segment: bytes) -> bytes:
    if len(segment) < 6 or segment[:1] != b"\xff" or segment[1] == 0xDA:
        return chance.choice(BYTES)(chance, segment) if segment else segment
    body = segment[4:]
    if body[:6] == b"Exif\0\0" and chance.random() < 0.8:
        body = body[:6] + mutate_ifd(chance, body[6:])
    elif chance.random() < 0.1:
        return segment[:1] + bytes([chance.randrange(0xC0, 0x100)]) + segment[2:]  # another kind of segment
    else:
        body = chance.choice(BYTES)(chance, body)
    length = min(len(body) + 2, 0xFFFF) if chance.random() < 0.9 else chance.choice((0, 1, 2, 3, 0xFFFF))
    return segment[:2] + struct.pack(">H", length) + body[:0xFFFD]


# -- PNG --------------------------------------------------------------------------------------------------------------


def split_png(data: bytes) -> Parts:
    parts, at = [data[:8]], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        parts.append(data[at : at + 12 + length])
        at += 12 + length
    return [*parts, data[at:]]


def _in_png_chunk(chance: Random, chunk: bytes) -> bytes:
    if len(chunk) < 12:
        return chunk
    kind, body = chunk[4:8], chunk[8:-4]
    if chance.random() < 0.08:
        kind = chance.choice((b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"eXIf", b"zTXt", b"iTXt", b"acTL", b"fcTL", b"fdAT"))
    elif kind in (b"IDAT", b"zTXt", b"iCCP") and chance.random() < 0.5:
        # What is wrong lies in what was packed.
        head, packed = (b"", body) if kind == b"IDAT" else (body[: body.find(b"\0") + 2], body[body.find(b"\0") + 2 :])
        try:
            plain = zlib.decompress(packed)
        except zlib.error:
            plain = packed
        body = head + zlib.compress(chance.choice(BYTES)(chance, plain) if plain else plain, 1)
    elif kind == b"eXIf":
        body = mutate_ifd(chance, body)
    elif body:
        body = chance.choice(BYTES)(chance, body)
    length = len(body) if chance.random() < 0.9 else chance.choice(INTERESTING) & 0xFFFFFFFF
    return struct.pack(">I", length) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


# -- RIFF (WEBP) ------------------------------------------------------------------------------------------------------


def split_riff(data: bytes) -> Parts:
    parts, at = [data[:12]], 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        length += length & 1
        parts.append(data[at : at + 8 + length])
        at += 8 + length
    return [*parts, data[at:]]


def _in_riff_chunk(chance: Random, chunk: bytes) -> bytes:
    if len(chunk) < 9 or chunk[:4] == b"RIFF":
        return chunk
    body = chunk[8:]
    body = mutate_ifd(chance, body) if chunk[:4] == b"EXIF" else chance.choice(BYTES)(chance, body)
    length = len(body) if chance.random() < 0.9 else chance.choice(INTERESTING) & 0xFFFFFFFF
    return chunk[:4] + struct.pack("<I", length) + body + b"\0" * (len(body) & 1)


def _riff(chance: Random, data: bytes) -> bytes:
    changed = parts_of(split_riff, _in_riff_chunk)(chance, data)
    if changed[:4] == b"RIFF" and len(changed) > 12 and chance.random() < 0.9:
        changed = b"RIFF" + struct.pack("<I", len(changed) - 8) + changed[8:]
    return changed


# -- ISO base media (HEIC, AVIF, CR3) ---------------------------------------------------------------------------------

_FULL = {b"meta"}
_HOLDS = {b"meta", b"moov", b"iprp", b"ipco", b"iinf", b"dinf", b"trak", b"mdia", b"minf", b"stbl"}


def split_boxes(data: bytes) -> Parts:
    parts: Parts = []
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8:
            break
        parts.append(data[at : at + size])
        at += size
    return [*parts, data[at:]]


def mutate_boxes(chance: Random, data: bytes) -> bytes:
    return parts_of(split_boxes, _in_box)(chance, data)


def _in_box(chance: Random, box: bytes) -> bytes:
    if len(box) < 9:
        return box
    kind, body = box[4:8], box[8:]
    if kind in _HOLDS and chance.random() < 0.9:
        front = {b"meta": 4, b"iinf": 6}.get(kind, 0)
        body = body[:front] + mutate_boxes(chance, body[front:])
    elif kind == b"mdat" and chance.random() < 0.5:
        return box  # the structure is more rewarding than the picture, which is most of a file
    else:
        body = chance.choice(BYTES)(chance, body)
    size = len(body) + 8 if chance.random() < 0.9 else chance.choice(INTERESTING) & 0xFFFFFFFF
    return struct.pack(">I", size) + kind + body


# -- TIFF -------------------------------------------------------------------------------------------------------------

_TAGS = (
    *(0xFE, 0x100, 0x101, 0x102, 0x103, 0x106, 0x10E, 0x111, 0x112, 0x115, 0x116, 0x117, 0x11A, 0x11C, 0x13D, 0x140),
    *(
        0x142,
        0x143,
        0x144,
        0x145,
        0x14A,
        0x152,
        0x153,
        0x15B,
        0x201,
        0x202,
        0x212,
        0x214,
        0x2BC,
        0x828D,
        0x828E,
        0x83BB,
    ),
    *(0x8649, 0x8769, 0x8773, 0x8825, 0x927C, 0xA005, 0xC612, 0xC621, 0xC634, 0xC65A, 0xC68B, 0xC740),
)


def mutate_ifd(chance: Random, data: bytes) -> bytes:
    """One entry of one directory: its tag, type, count, value or place; or where the next directory is."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 16:
        return chance.choice(BYTES)(chance, data) if data else data
    directories = _directories(data, order)
    if not directories:
        return chance.choice(BYTES)(chance, data)
    at, count = chance.choice(directories)
    changed = bytearray(data)
    place = at + 2 + 12 * chance.randrange(max(1, count))
    how = chance.random()
    any_directory = struct.pack(f"{order}I", chance.choice([at for at, _ in directories]))
    if how < 0.1:
        changed[place : place + 2] = struct.pack(f"{order}H", chance.choice(_TAGS))
    elif how < 0.2:
        changed[place + 2 : place + 4] = struct.pack(f"{order}H", chance.choice((*range(15), 16, 17, 129, 0xFFFF)))
    elif how < 0.4:
        changed[place + 4 : place + 8] = number(chance, 4)
    elif how < 0.6:
        changed[place + 8 : place + 12] = number(chance, 4)
    elif how < 0.7:
        changed[place + 8 : place + 12] = any_directory  # a directory in itself
    elif how < 0.75:
        changed[at + 2 + 12 * count : at + 6 + 12 * count] = any_directory  # a ring of directories
    elif how < 0.8:
        changed[at : at + 2] = number(chance, 2)
    elif how < 0.9:
        other = at + 2 + 12 * chance.randrange(max(1, count))
        changed[place : place + 12], changed[other : other + 12] = (
            changed[other : other + 12],
            changed[place : place + 12],
        )
    else:
        return chance.choice(BYTES)(chance, data)
    return bytes(changed)


def _directories(data: bytes, order: str) -> list[tuple[int, int]]:
    """(place, entries) of the directories that are there."""
    found: list[tuple[int, int]] = []
    waiting = [struct.unpack_from(f"{order}I", data, 4)[0]]
    while waiting and len(found) < 20:
        at = waiting.pop()
        if at + 2 > len(data) or at in [place for place, _ in found]:
            continue
        (count,) = struct.unpack_from(f"{order}H", data, at)
        if count > 200 or at + 6 + 12 * count > len(data):
            continue
        found.append((at, count))
        for entry in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHII", data, at + 2 + 12 * entry)
            if tag in (0x8769, 0x8825, 0x14A, 0xA005):
                waiting.append(value)
        waiting.append(struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)[0])
    return found


# -- PSD --------------------------------------------------------------------------------------------------------------


def mutate_psd(chance: Random, data: bytes) -> bytes:
    """A field of the header, or a length of one of the sections behind it."""
    at, width = chance.choice(((4, 2), (12, 2), (14, 4), (18, 4), (22, 2), (24, 2), (26, 4), (30, 4), (34, 4), (38, 4)))
    return data[:at] + number(chance, width) + data[at + width :]


SPECIAL: dict[str, tuple[Mutator, ...]] = {
    "jpeg": (parts_of(split_jpeg, _in_segment),),
    "png": (parts_of(split_png, _in_png_chunk),),
    "webp": (_riff,),
    "heic": (mutate_boxes,),
    "avif": (mutate_boxes,),
    "tiff": (mutate_ifd,),
    "dng": (mutate_ifd,),
    "raw": (mutate_ifd, mutate_boxes),
    "psd": (mutate_psd,),
    "gif": (),
}
"""By family."""
