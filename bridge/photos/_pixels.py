"""From an opened picture of any mode to what a person sees: RGB, 8 bits, sRGB, upright, at most ``edge`` long.

The picture is shrunk first and its colours are converted after: the conversion of a few hundred thousand pixels costs
little, that of 24 million does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from bridge.errors import PhotoDamaged
from bridge.photos._colours import colour_space, to_srgb
from bridge.photos._open import damage
from bridge.values import RGB


def shown_pixels(image: Image.Image, edge: int, orientation: int) -> RGB:
    """Decode ``image`` once, as small as ``edge`` allows. Never enlarges.

    Raises PhotoDamaged where the picture data is cut short, broken, or of a kind that cannot be shown.
    """
    try:
        space = colour_space(image)
        rgb = to_srgb(_shrunk(image, edge), space)
    except PhotoDamaged:
        raise
    except MemoryError as error:
        raise PhotoDamaged("There is not enough memory for this picture.") from error
    except Exception as error:  # decoders raise nearly every type for broken data
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise damage((image.format or "picture").upper(), error) from error
    return np.array(turned(np.asarray(rgb), orientation), order="C")


def turned(stored: RGB, orientation: int) -> RGB:
    """``stored`` as EXIF ``orientation`` (1..8) says that it is shown, as a view of the same memory."""
    across = stored.transpose(1, 0, 2) if orientation >= 5 else stored
    flipped = {
        2: (slice(None), slice(None, None, -1)),
        3: (slice(None, None, -1), slice(None, None, -1)),
        4: (slice(None, None, -1), slice(None)),
        6: (slice(None), slice(None, None, -1)),
        7: (slice(None, None, -1), slice(None, None, -1)),
        8: (slice(None, None, -1), slice(None)),
    }.get(orientation)
    return across if flipped is None else across[flipped]


def target_size(width: int, height: int, edge: int) -> tuple[int, int]:
    """The size that fits ``edge`` with the shape kept, at least 1 x 1; never larger than the picture."""
    scale = min(1.0, edge / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def reduced(rgb: RGB, edge: int) -> RGB:
    """The pixels at most ``edge`` long, each the mean of those that it stands for. Never enlarges."""
    target = target_size(rgb.shape[1], rgb.shape[0], edge)
    return rgb if target == (rgb.shape[1], rgb.shape[0]) else _by_area(rgb, target)


def _shrunk(image: Image.Image, edge: int) -> Image.Image:
    target = target_size(*image.size, edge)
    if isinstance(image, ImageFile.ImageFile):
        # JPEG: libjpeg skips coefficients and decodes at 1/2, 1/4 or 1/8, never below the target.
        image.draft(None, target)
    image.load()
    image = _eight_bit(image)
    if image.size == target:
        return image
    if image.mode == "RGB":
        return Image.fromarray(_by_area(np.asarray(image), target))
    return image.resize(target, Image.Resampling.BOX if _large(image, target) else Image.Resampling.LANCZOS)


def _large(image: Image.Image, target: tuple[int, int]) -> bool:
    return image.width >= 4 * target[0]


def _by_area(rgb: RGB, target: tuple[int, int]) -> RGB:
    import cv2

    return cv2.resize(rgb, target, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


# -- modes ------------------------------------------------------------------------------------------------------------


def _eight_bit(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be resized without loss of meaning: L, RGB, RGBA, CMYK or LAB."""
    mode = image.mode
    if mode in ("L", "RGB", "CMYK", "LAB") and not image.has_transparency_data:
        return image
    if mode.startswith("I;16"):
        return Image.fromarray(_scaled(np.asarray(image), 65535))
    if mode in ("I", "F"):
        values = np.asarray(image)
        return Image.fromarray(_scaled(values, _white_of(values)))
    if image.has_transparency_data:
        return image.convert("RGBA")
    if mode in ("1", "LA", "L"):
        return image.convert("L")
    return image.convert("RGB")


def _white_of(values: npt.NDArray[Any]) -> float:
    """The value that is white in integers of 32 bits and in floats: the least of the usual ones that holds them all."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        raise PhotoDamaged("The picture holds no numbers that can be shown.")
    most = float(finite.max())
    whites = (1.0, 255.0, 65535.0, 4294967295.0) if values.dtype.kind == "f" else (65535.0, 4294967295.0)
    for white in whites:
        if most <= white:
            return white
    raise PhotoDamaged("The picture holds numbers that cannot be shown.")


def _scaled(values: npt.NDArray[Any], white: float) -> npt.NDArray[np.uint8]:
    """0..white as 0..255, by bands so that a large picture does not need its size in floats."""
    result = np.empty(values.shape, np.uint8)
    for top in range(0, len(values), 256):
        band = np.nan_to_num(values[top : top + 256].astype(np.float32), nan=0.0, posinf=white, neginf=0.0)
        result[top : top + 256] = np.clip(band * (255.0 / white) + 0.5, 0, 255).astype(np.uint8)
    return result
