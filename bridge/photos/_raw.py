"""Camera RAW and DNG: the preview that the camera put in, a decode by LibRaw, or a program of the photographer's."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from bridge.errors import PhotoDamaged, RawUndecodable
from bridge.photos._exif import Tags
from bridge.photos._open import check_scans, check_size, os_errors
from bridge.photos._pixels import shown_pixels
from bridge.photos._programs import render_by_program
from bridge.values import RGB, RawRenderer

_ORIENTATION_OF_FLIP = {0: 1, 3: 3, 5: 8, 6: 6}
_WIDTH, _HEIGHT = 0xA002, 0xA003

LEAST_PREVIEW = 320
"""Long edge, pixels, of a preview that stands in for a RAW that LibRaw does not decode; less is a thumbnail."""
LARGE_ENOUGH = 1600
"""Long edge, pixels, below which a RAW is not developed at half size where its full size is wanted."""
MOST_PREVIEW = 250_000_000
"""Pixels of a preview. A header may claim 4,000 million, and a decoder would ask for memory for all of them."""
MOST_PIXELS_A_BYTE = 100
"""The strongest lossy DNG needs a byte for some 20 pixels; less was cut short, which LibRaw does not always notice."""


def raw_size(path: Path, tags: Tags, max_megapixels: float) -> tuple[int, int, int]:
    """(width, height, orientation 1..8) of a RAW as stored; 0 x 0 where neither LibRaw nor EXIF tell.

    Raises PhotoTooLarge.
    """
    try:
        with _opened(path) as raw:
            sizes = raw.sizes
            width, height = sizes.width, sizes.height
            orientation = _ORIENTATION_OF_FLIP.get(sizes.flip, tags.orientation)
    except RawUndecodable:
        width, height = (value if isinstance(value := tags.exif.get(tag, 0), int) else 0 for tag in (_WIDTH, _HEIGHT))
        orientation = tags.orientation
    if width and height:
        check_size(width, height, max_megapixels)
    return width, height, orientation


def render_raw(path: Path, edge: int, orientation: int, renderer: RawRenderer) -> RGB:
    """The RAW as shown, at most ``edge`` long; ``orientation`` is that of the file.

    Raises RawUndecodable, PhotoMissing, PhotoUnreadable.
    """
    import rawpy

    if renderer in (RawRenderer.DARKTABLE, RawRenderer.RAWTHERAPEE):
        return render_by_program(path, edge, renderer)
    with _opened(path) as raw:
        if renderer is RawRenderer.RAWPY:
            return _decoded(raw, edge, path)
        least = edge if renderer is RawRenderer.AUTO else 1
        preview = _preview(raw, edge, least, orientation)
        if preview is not None:
            return preview
        if renderer is RawRenderer.EMBEDDED:
            raise RawUndecodable("This RAW has no preview inside.", hint="Use --raw-renderer rawpy or auto.")
        try:
            return _decoded(raw, edge, path)
        except (RawUndecodable, rawpy.LibRawError):
            preview = _preview(raw, edge, min(edge, LEAST_PREVIEW), orientation)
            if preview is None:
                raise
            return preview


def render_raw_full(path: Path, size: tuple[int, int], orientation: int, renderer: RawRenderer) -> RGB:
    """The RAW as large as it pays: a preview of at least half its length, else developed, at half size if it is large.

    ``size`` as shown, 0 x 0 where it is not known. Raises as ``render_raw`` does.
    """
    whole = max(size)
    if renderer in (RawRenderer.DARKTABLE, RawRenderer.RAWTHERAPEE) or not whole:
        return render_raw(path, whole or LARGE_ENOUGH, orientation, renderer)
    if renderer is not RawRenderer.RAWPY:
        with _opened(path) as raw:
            least = whole // 2 if renderer is RawRenderer.AUTO else 1
            preview = _preview(raw, whole, least, orientation)
        if preview is not None:
            return preview
    return render_raw(path, max(min(whole, LARGE_ENOUGH), whole // 2), orientation, renderer)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """LibRaw with the file open and nothing unpacked. Raises RawUndecodable for what LibRaw does not know."""
    import rawpy

    with os_errors(path), path.open("rb") as file, rawpy.RawPy() as raw:
        try:
            try:
                raw.open_file(str(path))
            except UnicodeEncodeError:  # rawpy encodes names strictly; such a file goes through memory
                raw.open_buffer(file)
            yield raw
        except rawpy.LibRawError as error:
            cause = error.args[0] if error.args else error
            text = cause.decode("utf-8", "replace") if isinstance(cause, bytes) else str(cause)
            raise RawUndecodable(f"This RAW does not decode ({text.lower()}).", detail=repr(error)) from error


def _preview(raw: Any, edge: int, least: int, orientation: int) -> RGB | None:
    """The largest preview inside, upright, where its long edge is at least ``least``; None where none decodes."""
    import rawpy

    try:
        thumb = raw.extract_thumb()
        image: Image.Image
        if thumb.format == rawpy.ThumbFormat.BITMAP:
            image = _image(thumb.data)
        else:
            data = io.BytesIO(thumb.data)
            check_scans(data)
            data.seek(0)
            image = JpegImageFile(data)
        if max(image.size) < least or image.width * image.height > MOST_PREVIEW:
            return None
        # Previews lie as the sensor does. Where one stands upright already, its shape tells.
        sizes = raw.sizes
        sensor_wide, preview_wide = sizes.width >= sizes.height, image.width >= image.height
        upright = orientation >= 5 and sensor_wide != preview_wide
        return shown_pixels(image, edge, 1 if upright else orientation)
    except (rawpy.LibRawError, PhotoDamaged, OSError, ValueError, SyntaxError):
        return None


def _decoded(raw: Any, edge: int, path: Path) -> RGB:
    """LibRaw's own development: at half size, a pixel for each quad of the sensor, unless that is too small."""
    if raw.sizes.raw_width * raw.sizes.raw_height > MOST_PIXELS_A_BYTE * path.stat().st_size:
        raise RawUndecodable("The picture data of this RAW is missing.", detail="LibRaw would develop noise from it")
    half = max(raw.sizes.width, raw.sizes.height) // 2 >= edge
    raw.unpack()
    pixels = raw.postprocess(half_size=half, use_camera_wb=True, output_bps=8)
    if pixels.min() == pixels.max():
        raise RawUndecodable("This RAW decodes to a single flat colour: its picture data is missing.")
    return shown_pixels(_image(pixels), edge, 1)


def _image(pixels: npt.NDArray[np.uint8]) -> Image.Image:
    """Of (height, width, channels); cameras without colours give one channel."""
    return Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))
