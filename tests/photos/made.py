"""Photos that a test makes for itself, of every format that is read."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image

from bridge.photos import Identity, ReadLimits, decode, identify
from bridge.values import RGB, RawRenderer

LIMITS = ReadLimits()

RED, GREEN, BLUE, GREY = (220, 40, 40), (40, 180, 60), (40, 60, 200), (128, 128, 128)
QUARTERS = {"top left": RED, "top right": GREEN, "bottom left": BLUE, "bottom right": GREY}


def picture(width: int = 600, height: int = 400) -> Image.Image:
    """Four plain quarters, each of its own colour, so that a turn or a wrong colour shows."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    pixels[height // 2 :, width // 2 :] = GREY
    return Image.fromarray(pixels)


EMBEDDABLE = (".jpg", ".png", ".tif", ".webp", ".avif", ".heic", ".psd", ".dng")


def save(path: Path, width: int = 600, height: int = 400) -> Path:
    """``picture()`` in the format of the suffix."""
    if path.suffix == ".heic":
        pillow_heif.from_pillow(picture(width, height)).save(path)
    elif path.suffix == ".psd":
        psd(path, np.asarray(picture(width, height)).transpose(2, 0, 1), mode=3)
    elif path.suffix == ".dng":
        dng(path, size=(width, height))
    else:
        picture(width, height).save(path)
    return path


def quarters(rgb: RGB) -> dict[str, tuple[int, ...]]:
    """The colours in the middle of each quarter."""
    height, width = rgb.shape[:2]
    rows, columns = {"top": height // 4, "bottom": 3 * height // 4}, {"left": width // 4, "right": 3 * width // 4}
    return {
        f"{row} {column}": tuple(int(value) for value in rgb[y, x])
        for row, y in rows.items()
        for column, x in columns.items()
    }


def assert_upright(rgb: RGB, tolerance: int = 6) -> None:
    for place, colour in quarters(rgb).items():
        assert np.abs(np.subtract(colour, QUARTERS[place])).max() <= tolerance, (place, colour)


def exif_of(
    tags: Mapping[int, Any], exif: Mapping[int, Any] | None = None, gps: Mapping[int, Any] | None = None
) -> bytes:
    made = Image.Exif()
    for tag, value in tags.items():
        made[tag] = value
    for number, values in ((0x8769, exif), (0x8825, gps)):
        if values:
            made.get_ifd(number).update(values)
    return made.tobytes()


_UNTURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def turned(path: Path, orientation: int) -> Path:
    """``picture()`` as a camera with this orientation stores it, with the EXIF tag that says so."""
    image = picture()
    if (turn := _UNTURNED[orientation]) is not None:
        image = image.transpose(turn)
    image.save(path, exif=exif_of({0x0112: orientation}), **({"quality": 95} if path.suffix != ".tif" else {}))
    return path


def heic_turned(path: Path) -> Path:
    """A HEIC that holds its picture on its side, with the property and the EXIF tag that say so, as phones write it."""
    pillow_heif.register_heif_opener()
    picture().transpose(Image.Transpose.ROTATE_90).save(path, quality=90, exif=exif_of({0x0112: 6}))
    return path


def sixteen_bit(path: Path, *, grey: bool = False, alpha: bool = False) -> Path:
    pixels = np.asarray(picture()).astype(np.uint16) * 257
    pixels = pixels[..., 1] if grey else pixels[..., ::-1]
    if alpha:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 65535, np.uint16)])
    assert cv2.imwrite(str(path), pixels)
    return path


def psd(
    path: Path,
    channels: npt.NDArray[Any],
    *,
    mode: int,
    depth: int = 8,
    packed: bool = False,
    large: bool = False,
    palette: bytes = b"",
    resources: bytes = b"",
) -> Path:
    """``channels``: (channel, height, width), of the type that is stored."""
    count, height, width = channels.shape
    if depth == 1:
        channels = np.packbits(channels.astype(np.uint8), axis=2)
    rows = [row.tobytes() for channel in channels for row in channel]
    if packed:
        rows = [b"".join(_literal(row[at : at + 128]) for at in range(0, len(row), 128)) for row in rows]
    number, length = (">I", ">Q") if large else (">H", ">I")
    parts = [
        struct.pack(">4sH6xHIIHH", b"8BPS", 2 if large else 1, count, height, width, depth, mode),
        struct.pack(">I", len(palette)) + palette,
        struct.pack(">I", len(resources)) + resources,
        struct.pack(length, 0),
        struct.pack(">H", int(packed)),
        *([struct.pack(number, len(row)) for row in rows] if packed else []),
        *rows,
    ]
    path.write_bytes(b"".join(parts))
    return path


def _literal(data: bytes) -> bytes:
    return bytes([len(data) - 1]) + data


def psd_resource(number: int, data: bytes) -> bytes:
    return struct.pack(">4sHHI", b"8BIM", number, 0, len(data)) + data + b"\0" * (len(data) % 2)


def look(path: Path) -> Identity:
    return identify(path, LIMITS)


def pixels(path: Path, edge: int = 300, renderer: RawRenderer = RawRenderer.AUTO) -> RGB:
    return decode(look(path), edge, limits=LIMITS, raw_renderer=renderer).rgb


def matrix_profile(*, swapped: bool = False, gamma: float = 2.2) -> bytes:
    """An ICC profile (version 2, display, matrix and curve) with the primaries of sRGB; ``swapped`` calls red blue."""
    xyz = {"r": (0.4360, 0.2225, 0.0139), "g": (0.3851, 0.7169, 0.0971), "b": (0.1431, 0.0606, 0.7141)}
    if swapped:
        xyz["r"], xyz["b"] = xyz["b"], xyz["r"]
    fixed = lambda value: struct.pack(">i", round(value * 65536))  # noqa: E731
    tags: list[tuple[bytes, bytes]] = [
        (b"desc", b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(4 + 4 + 2 + 1 + 67)),
        (b"wtpt", b"XYZ " + bytes(4) + fixed(0.9642) + fixed(1.0) + fixed(0.8249)),
        *((f"{c}XYZ".encode(), b"XYZ " + bytes(4) + b"".join(map(fixed, xyz[c]))) for c in "rgb"),
        *((f"{c}TRC".encode(), b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))) for c in "rgb"),
    ]
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def cmyk_profile() -> bytes:
    """An ICC profile (version 2, printer, table of 8 bits) by which any ink at all is a middle grey."""
    lut = b"mft1" + bytes(4) + bytes((4, 3, 2, 0))
    lut += b"".join(struct.pack(">i", 65536 if index % 4 == 0 else 0) for index in range(9))
    lut += bytes(range(256)) * 4 + bytes((128, 128, 128)) * 2**4 + bytes(range(256)) * 3
    tags = [
        (b"desc", b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(4 + 4 + 2 + 1 + 67)),
        (b"wtpt", b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)),
        (b"A2B0", lut),
    ]
    return _profile(b"prtr", b"CMYK", b"Lab ", tags)


def _profile(kind: bytes, space: bytes, connection: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    body, table, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags:
        table += struct.pack(">4sII", name, at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s", at + len(body), bytes(4), 0x02100000, kind, space, connection)
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


# -- DNG --------------------------------------------------------------------------------------------------------------

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _SRATIONAL = 1, 2, 3, 4, 5, 10
_CODES = {_BYTE: "B", _SHORT: "H", _LONG: "I", _RATIONAL: "2I", _SRATIONAL: "2i"}
_XYZ_TO_SRGB = ((3.2405, -1.5371, -0.4985), (-0.9693, 1.8760, 0.0416), (0.0556, -0.2040, 1.0572))

Field = tuple[int, int, Any]


def dng(
    path: Path,
    *,
    size: tuple[int, int] = (600, 400),
    orientation: int = 1,
    preview: bytes | None = None,
    flat: bool = False,
) -> Path:
    """A DNG of 16 bits, uncompressed, with an RGGB sensor that saw ``picture()``; ``preview`` is a JPEG."""
    width, height = size
    linear = (np.asarray(picture(width, height)).astype(np.float64) / 255) ** 2.2
    sensor = np.empty((height, width))
    sensor[0::2, 0::2] = linear[0::2, 0::2, 0]
    sensor[0::2, 1::2] = linear[0::2, 1::2, 1]
    sensor[1::2, 0::2] = linear[1::2, 0::2, 1]
    sensor[1::2, 1::2] = linear[1::2, 1::2, 2]
    data = np.zeros_like(sensor, np.uint16) if flat else np.rint(sensor * 60000).astype(np.uint16)
    strip, at = data.tobytes(), 8
    body = strip + (preview or b"")
    camera: list[Field] = [
        (0x010F, _ASCII, "TestCam"),
        (0x0110, _ASCII, "TestCam One"),
        (0x0112, _SHORT, [orientation]),
        (0xC612, _BYTE, [1, 4, 0, 0]),
        (0xC613, _BYTE, [1, 1, 0, 0]),
        (0xC614, _ASCII, "TestCam One"),
        (0xC621, _SRATIONAL, [(round(v * 10000), 10000) for row in _XYZ_TO_SRGB for v in row]),
        (0xC628, _RATIONAL, [(1, 1)] * 3),
        (0xC65A, _SHORT, [21]),
    ]
    raw: list[Field] = [
        (0x00FE, _LONG, [0]),
        (0x0100, _LONG, [width]),
        (0x0101, _LONG, [height]),
        (0x0102, _SHORT, [16]),
        (0x0103, _SHORT, [1]),
        (0x0106, _SHORT, [32803]),
        (0x0111, _LONG, [at]),
        (0x0115, _SHORT, [1]),
        (0x0116, _LONG, [height]),
        (0x0117, _LONG, [len(strip)]),
        (0x828D, _SHORT, [2, 2]),
        (0x828E, _BYTE, [0, 1, 1, 2]),
        (0xC61D, _LONG, [60000]),
    ]
    if preview is None:
        body += _directory(sorted(camera + raw), at + len(body))
        first = at + len(strip)
    else:
        second = at + len(body)
        body += _directory(raw, second)
        first = at + len(body)
        with Image.open(_stream(preview)) as image:
            seen = image.size
        shown: list[Field] = [
            (0x00FE, _LONG, [1]),
            (0x0100, _LONG, [seen[0]]),
            (0x0101, _LONG, [seen[1]]),
            (0x0102, _SHORT, [8, 8, 8]),
            (0x0103, _SHORT, [7]),
            (0x0106, _SHORT, [6]),
            (0x0111, _LONG, [at + len(strip)]),
            (0x0115, _SHORT, [3]),
            (0x0116, _LONG, [seen[1]]),
            (0x0117, _LONG, [len(preview)]),
            (0x014A, _LONG, [second]),
        ]
        body += _directory(sorted(camera + shown), first)
    path.write_bytes(struct.pack("<2sHI", b"II", 42, first) + body)
    return path


def _directory(fields: list[Field], at: int) -> bytes:
    """A TIFF directory, little-endian, that lies at ``at`` with its values behind it."""
    entries, values = b"", b""
    behind = at + 2 + 12 * len(fields) + 4
    for tag, kind, value in fields:
        if kind == _ASCII:
            data, count = value.encode() + b"\0", len(value) + 1
        else:
            flat = [part for item in value for part in (item if isinstance(item, tuple) else (item,))]
            data, count = struct.pack(f"<{len(flat)}{_CODES[kind][-1]}", *flat), len(value)
        if len(data) > 4:
            place = struct.pack("<I", behind + len(values))
            values += data + b"\0" * (len(data) % 2)
        else:
            place = data.ljust(4, b"\0")
        entries += struct.pack("<HHI", tag, kind, count) + place
    return struct.pack("<H", len(fields)) + entries + bytes(4) + values


def many_channels(path: Path, channels: int) -> Path:
    """A TIFF of 60 x 40 pixels with so many channels of 8 bits, as hyperspectral cameras write it."""
    data = bytes(60 * 40 * channels)
    fields: list[Field] = [
        (0x0100, _LONG, [60]),
        (0x0101, _LONG, [40]),
        (0x0102, _SHORT, [8] * channels),
        (0x0103, _SHORT, [1]),
        (0x0106, _SHORT, [1]),
        (0x0111, _LONG, [8]),
        (0x0115, _SHORT, [channels]),
        (0x0116, _LONG, [40]),
        (0x0117, _LONG, [len(data)]),
    ]
    at = 8 + len(data)
    path.write_bytes(struct.pack("<2sHI", b"II", 42, at) + data + _directory(fields, at))
    return path


def jpeg_bytes(image: Image.Image, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=92, **options)
    return stream.getvalue()


def _stream(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)
