"""The composite of a PSD or PSB: the flat picture that Photoshop keeps at the end with "Maximize compatibility".

Pillow reads 8 bits and PSD only; photographers keep 16 bits and large files as PSB. Source: Adobe Photoshop File
Formats Specification. Channels are read and shrunk one by one, so that the memory needed is that of one channel.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from bridge.errors import PhotoDamaged

_BITMAP, _GREY, _INDEXED, _RGB, _CMYK, _DUOTONE, _LAB = 0, 1, 2, 3, 4, 8, 9
_PLANES = {_BITMAP: 1, _GREY: 1, _INDEXED: 1, _RGB: 3, _CMYK: 4, _DUOTONE: 1, _LAB: 3}
_MODES = {_BITMAP: "L", _GREY: "L", _RGB: "RGB", _CMYK: "CMYK", _DUOTONE: "L", _LAB: "LAB"}
_PROFILE, _EXIF = 1039, 1058
_LARGEST_RESOURCE = 1 << 26


@dataclass(frozen=True, slots=True)
class Psd:
    """The header of a PSD."""

    width: int
    height: int
    channels: int
    depth: int
    """Bits a channel: 1, 8, 16 or 32 (linear floats)."""
    mode: int
    large: bool
    """PSB: lengths have twice the width."""
    palette: bytes
    profile: bytes | None
    exif: bytes | None
    composite: int
    """Where the composite starts, bytes from the start of the file."""


def psd_header(file: BinaryIO) -> Psd:
    """Raises PhotoDamaged, EOFError, struct.error."""
    file.seek(0)
    signature, version, channels, height, width, depth, mode = struct.unpack(">4sH6xHIIHH", _bytes(file, 26))
    if signature != b"8BPS" or version not in (1, 2):
        raise PhotoDamaged("The PSD structure of this file is broken.")
    palette = _bytes(file, _length(file))
    resources = _length(file)
    end = file.tell() + resources
    profile = exif = None
    while file.tell() + 12 <= end:
        kind, number, name = struct.unpack(">4sHB", _bytes(file, 7))
        if kind not in (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR"):
            break
        file.seek(name + (1 - name % 2), 1)
        size = _length(file)
        if number in (_PROFILE, _EXIF) and size < _LARGEST_RESOURCE:
            data = _bytes(file, size)
            profile, exif = (data, exif) if number == _PROFILE else (profile, data)
            file.seek(size % 2, 1)
        else:
            file.seek(size + size % 2, 1)
    file.seek(end)
    large = version == 2
    layers = struct.unpack(">Q", _bytes(file, 8))[0] if large else _length(file)
    return Psd(width, height, channels, depth, mode, large, palette, profile, exif, file.tell() + layers)


def psd_picture(file: BinaryIO, psd: Psd, target: tuple[int, int]) -> Image.Image:
    """The composite at the size ``target`` in a mode of 8 bits. Extra channels are left out: they are saved
    selections, and what is transparent is white in the composite already.

    Raises PhotoDamaged, EOFError, struct.error.
    """
    planes = _PLANES.get(psd.mode)
    if planes is None or planes > psd.channels or psd.depth not in (1, 8, 16, 32):
        raise PhotoDamaged("This PSD has a colour mode that is not shown here.", detail=f"{psd.mode}, {psd.depth} bits")
    file.seek(psd.composite)
    (compression,) = struct.unpack(">H", _bytes(file, 2))
    if compression not in (0, 1):
        raise PhotoDamaged("The composite of this PSD is compressed in a way that is not read here.")
    counts: npt.NDArray[Any] | None = None
    if compression == 1:
        number = np.dtype(">u4" if psd.large else ">u2")
        rows = psd.height * psd.channels
        counts = np.frombuffer(_bytes(file, rows * number.itemsize), number).reshape(psd.channels, psd.height)
    channels = [_channel(file, psd, None if counts is None else int(counts[i].sum()), target) for i in range(planes)]
    if psd.mode == _INDEXED:
        return _coloured(channels[0], psd.palette)
    if psd.mode == _LAB:
        # a and b are unsigned here and signed in Pillow.
        channels[1:] = [np.bitwise_xor(channel, np.uint8(0x80)) for channel in channels[1:]]
    elif psd.mode == _CMYK:
        channels = [np.invert(channel) for channel in channels]
    mode = _MODES[psd.mode]
    pixels = channels[0] if planes == 1 else np.dstack(channels)
    return Image.frombytes(mode, target, pixels.tobytes())


def _channel(file: BinaryIO, psd: Psd, packed: int | None, target: tuple[int, int]) -> npt.NDArray[np.uint8]:
    import cv2

    row = (psd.width + 7) // 8 if psd.depth == 1 else psd.width * psd.depth // 8
    if packed is None:
        data = np.frombuffer(_bytes(file, row * psd.height), np.uint8).reshape(psd.height, row)
    else:
        size = (row, psd.height)
        data = np.asarray(Image.frombytes("L", size, _bytes(file, packed), "packbits", "L"))
    values: npt.NDArray[Any]
    if psd.depth == 1:
        values = (1 - np.unpackbits(data, axis=1)[:, : psd.width]) * np.uint8(255)
    elif psd.depth == 8:
        values = data
    elif psd.depth == 16:
        values = data[:, ::2]  # big-endian: the high byte
    else:
        linear = np.clip(np.nan_to_num(data.view(">f4").astype(np.float32)), 0.0, 1.0)
        values = np.rint(255.0 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055))
    # A palette has no order: its numbers are not averaged.
    how = cv2.INTER_NEAREST if psd.mode == _INDEXED else cv2.INTER_AREA
    shrunk = cv2.resize(np.ascontiguousarray(values, np.uint8), target, interpolation=how)
    return np.asarray(shrunk, np.uint8)


def _coloured(numbers: npt.NDArray[np.uint8], palette: bytes) -> Image.Image:
    if len(palette) != 768:
        raise PhotoDamaged("The palette of this PSD is broken.")
    colours = np.frombuffer(palette, np.uint8).reshape(3, 256).T
    return Image.fromarray(np.ascontiguousarray(colours[numbers]))


class PsdFile(ImageFile.ImageFile):
    """The composite in Pillow's clothes: opened by its header, decoded at the size that ``draft`` sets."""

    format = "PSD"
    _header: Psd

    def _open(self) -> None:
        assert self.fp is not None
        self._header = header = psd_header(cast(BinaryIO, self.fp))
        self._size = (header.width, header.height)
        self._mode = _MODES.get(header.mode, "RGB")
        if header.profile is not None:
            self.info["icc_profile"] = header.profile
        if header.exif is not None:
            self.info["exif"] = header.exif

    def draft(
        self,
        mode: str | None,  # noqa: ARG002 - the signature is Pillow's
        size: tuple[int, int] | None,
    ) -> tuple[str, tuple[int, int, float, float]] | None:
        if size is None or self._im is not None:
            return None
        self._size = size
        return self.mode, (0.0, 0.0, *size)  # type: ignore[return-value]

    def load(self) -> Any:
        if self._im is None:
            assert self.fp is not None
            picture = psd_picture(cast(BinaryIO, self.fp), self._header, self.size)
            self._mode = picture.mode
            self.im = picture.im
        return super().load()


def _length(file: BinaryIO) -> int:
    length: int = struct.unpack(">I", _bytes(file, 4))[0]
    return length


def _bytes(file: BinaryIO, length: int) -> bytes:
    at = file.tell()
    there = file.seek(0, 2) - at
    if length > there:  # asked for first: a broken length must not become memory
        raise EOFError(f"{length} bytes wanted, {there} there")
    file.seek(at)
    return file.read(length)
