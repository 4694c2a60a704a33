"""The pixels of a photo, decoded once, upright and in sRGB; and proxies of it."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from bridge.errors import DiskFull, NotAPhoto, PhotoChanged
from bridge.paths import shown
from bridge.photos._identity import Identity, ReadLimits, identify
from bridge.photos._open import open_picture, reading
from bridge.photos._pixels import shown_pixels
from bridge.photos._raw import render_raw
from bridge.values import RGB, Format, Picture, RawRenderer

PROXY_QUALITY = 85


def decode(
    identity: Identity,
    edge: int,
    *,
    limits: ReadLimits,
    raw_renderer: RawRenderer = RawRenderer.AUTO,
) -> Picture:
    """The photo at most ``edge`` pixels long; a smaller one keeps its size.

    Raises PhotoDamaged, RawUndecodable, PhotoTooLarge; PhotoChanged, PhotoMissing and the like where the file changed
    since it was identified.
    """
    return Picture(
        rgb=_pixels(identity, edge, limits, raw_renderer),
        width=identity.width,
        height=identity.height,
        format=identity.format,
        facts=identity.facts,
        data_hash=identity.data_hash,
        orientation=identity.orientation,
    )


def read(
    path: Path,
    edge: int,
    *,
    limits: ReadLimits | None = None,
    raw_renderer: RawRenderer = RawRenderer.AUTO,
) -> Picture:
    """``identify`` and ``decode``. Raises what they raise."""
    limits = limits or ReadLimits()
    return decode(identify(path, limits), edge, limits=limits, raw_renderer=raw_renderer)


def render_proxy(
    identity: Identity,
    folder: Path,
    edge: int,
    *,
    limits: ReadLimits,
    raw_renderer: RawRenderer = RawRenderer.AUTO,
) -> Path:
    """A JPEG of the photo in ``folder`` (made, for this user alone), under a name that no other file has.

    At most ``edge`` long, sRGB, quality 85, no metadata. The caller removes it. Raises as ``decode`` does; DiskFull.
    """
    picture = decode(identity, edge, limits=limits, raw_renderer=raw_renderer)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="proxy-", suffix=".jpg", delete=False) as file:
        path = Path(file.name)
        try:
            Image.fromarray(picture.rgb).save(file, "JPEG", quality=PROXY_QUALITY)
        except BaseException as error:
            path.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(f"There is no room for the proxy of {shown(identity.path)}.") from error
            raise
    return path


def _pixels(identity: Identity, edge: int, limits: ReadLimits, raw_renderer: RawRenderer) -> RGB:
    if identity.format in (Format.RAW, Format.DNG):
        return render_raw(identity.path, edge, identity.orientation, raw_renderer)
    with opened(identity, limits) as (_, image):
        return shown_pixels(image, edge, identity.orientation)


@contextmanager
def opened(identity: Identity, limits: ReadLimits) -> Iterator[tuple[BinaryIO, Image.Image]]:
    """The file of a photo that is no RAW, and its picture, not yet decoded. Raises as ``decode`` does."""
    if identity.format is Format.VIDEO:
        raise NotAPhoto("This is a video: only photos are decoded.")
    with (
        reading(identity.path, fetch=limits.fetch) as file,
        open_picture(file, identity.format, limits.max_megapixels) as image,
    ):
        size = image.size if identity.orientation < 5 else image.size[::-1]
        if size != (identity.width, identity.height):
            raise PhotoChanged("The photo was replaced by another while it was read.")
        yield file, image
