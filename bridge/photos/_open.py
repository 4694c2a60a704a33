"""Opening a photo by its known format, with no look at the name and no allocation of pixels.

Pillow's ``Image.open`` checks sizes against a module global and tries every plugin; here the one plugin that fits is
called, and the size is checked against the limit of this run by ``check_size`` before anything is decoded.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from bridge.engines.picture_hash import jpeg_scans
from bridge.errors import InTheCloud, PhotoDamaged, PhotoMissing, PhotoTooLarge, PhotoUnreadable
from bridge.paths import shown
from bridge.photos._psd import PsdFile
from bridge.values import Format
from bridge.volumes import in_the_cloud, stub_of

MOST_SCANS = 500
"""Of a JPEG: progressive ones have ten, packed by programs that try every order perhaps a hundred."""
PILLOW = frozenset({Format.JPEG, Format.PNG, Format.TIFF, Format.WEBP, Format.AVIF, Format.PSD})


@contextmanager
def reading(path: Path, *, fetch: bool = False) -> Iterator[BinaryIO]:
    """The open file; what the operating system refuses becomes an error with a name. ``fetch``: also where its content
    has to come from the cloud first."""
    with os_errors(path):
        found = path.stat()
        if not fetch:
            must_be_here(path, found)
        mode = found.st_mode
        # A pipe would keep the reader waiting for ever.
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise PhotoUnreadable(f"{shown(path)} is no ordinary file.", hint="Only files can hold photos.")
        with path.open("rb") as file:
            yield file


def must_be_here(path: Path, found: os.stat_result | None = None) -> None:
    """Raises InTheCloud; a file that is not there at all raises nothing, nor does one that cannot be looked at."""
    try:
        away = in_the_cloud(path.stat() if found is None else found)
    except FileNotFoundError:
        away = os.path.lexists(stub_of(path))
    except OSError:
        away = False
    if away:
        raise InTheCloud(f"{shown(path)} is in the cloud: only its name is on this computer.")


@contextmanager
def os_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        must_be_here(path)
        raise PhotoMissing(f"There is no file {shown(path)}.") from error
    except PermissionError as error:
        raise PhotoUnreadable(f"{shown(path)} may not be read by this user.") from error
    except IsADirectoryError as error:
        raise PhotoUnreadable(
            f"{shown(path)} is a folder.", hint="Name photos, or folders with --recursive."
        ) from error
    except OSError as error:
        # Pillow raises OSError for broken pictures too; those have no number.
        if error.errno is None:
            raise
        if error.errno == errno.ELOOP:
            raise PhotoUnreadable(f"{shown(path)} is a link that leads back to itself.") from error
        raise PhotoUnreadable(f"{shown(path)} cannot be read: {error.strerror}.", detail=str(error)) from error


def check_size(width: int, height: int, max_megapixels: float) -> None:
    """Raises PhotoTooLarge, PhotoDamaged for a picture without extent."""
    if width < 1 or height < 1:
        raise PhotoDamaged("The picture has no width or no height.")
    if width * height > max_megapixels * 1_000_000:
        raise PhotoTooLarge(
            f"The picture is {width} x {height}, {width * height / 1e6:.0f} megapixels; "
            f"the limit is {max_megapixels:.0f}."
        )


def check_scans(file: BinaryIO) -> None:
    """Raises PhotoDamaged for a JPEG of more scans than any program writes: each may pass over the whole picture for a
    few bytes, and a file of 7 MB would keep a decoder busy for ten minutes."""
    if jpeg_scans(file, MOST_SCANS + 1) > MOST_SCANS:
        raise PhotoDamaged(f"The JPEG comes in more than {MOST_SCANS} scans, which no program writes.")


def damage(kind: str, error: Exception) -> PhotoDamaged:
    """What a decoder raised, in the words of a person."""
    text = str(error).lower()
    if "unknown pixel mode" in text:
        message = f"The {kind} has pixels of a kind that is not shown here, such as several channels of 32 bits."
        hint = "Export it from your photo program as JPEG, or as TIFF of 8 or 16 bits."
        return PhotoDamaged(message, hint=hint, detail=repr(error))
    if isinstance(error, EOFError) or any(sign in text for sign in ("truncated", "end of file", "eof")):
        return PhotoDamaged(f"The {kind} ends early: a part of the picture is missing.", detail=repr(error))
    return PhotoDamaged(f"The {kind} does not decode.", detail=repr(error))


def open_picture(file: BinaryIO, format: Format, max_megapixels: float) -> Image.Image:
    """The picture, not yet decoded, of a format in ``PILLOW`` or HEIC; its size is within the limit."""
    file.seek(0)
    try:
        if format is Format.HEIC:
            image: Image.Image = _heif(file)
        else:
            if format is Format.WEBP:
                # Pillow's decoder allocates the canvas as soon as it is made.
                check_size(*webp_size(file.read(64)), max_megapixels)
                file.seek(0)
            image = _plugin(format)(file)
    except (PhotoTooLarge, PhotoDamaged):
        raise
    except Image.DecompressionBombError as error:  # WEBP only: Pillow's own limit, below that of the settings
        raise PhotoTooLarge("The picture is larger than its decoder takes.", detail=str(error)) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise damage(format.upper(), error) from error
    check_size(*image.size, max_megapixels)
    if format is Format.JPEG:
        check_scans(file)
    return image


class _Tiff(TiffImageFile):
    """Pillow's TIFF without two habits: it turns the picture at its full size, and refuses by a global limit."""

    def _open(self) -> None:
        super()._open()
        self._size = self._tile_size

    def load_prepare(self) -> None:
        if self._im is None:
            self.im = Image.new(self.mode, self._tile_size).im
        super().load_prepare()

    def load_end(self) -> None:
        pass


def _plugin(format: Format) -> type[ImageFile.ImageFile]:
    from PIL import AvifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    plugins: dict[Format, type[ImageFile.ImageFile]] = {
        Format.JPEG: JpegImagePlugin.JpegImageFile,
        Format.PNG: PngImagePlugin.PngImageFile,
        Format.TIFF: _Tiff,
        Format.WEBP: WebPImagePlugin.WebPImageFile,
        Format.AVIF: AvifImagePlugin.AvifImageFile,
        Format.PSD: PsdFile,
    }
    return plugins[format]


def _heif(file: BinaryIO) -> Image.Image:
    from pillow_heif import options
    from pillow_heif.as_plugin import HeifImageFile

    # Photos are decoded side by side already; libheif's own threads are new ones for each photo, and each keeps memory.
    options.DECODE_THREADS = 1
    image: Image.Image = HeifImageFile(file)  # type: ignore[no-untyped-call]
    return image


def webp_size(head: bytes) -> tuple[int, int]:
    """Width and height from the first chunk (RFC 9649). Raises PhotoDamaged."""
    kind, body = head[12:16], head[20:]
    if len(body) < 10:
        raise PhotoDamaged("The WEBP file ends in its header.")
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise PhotoDamaged("The WEBP file holds no picture.")
