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

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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
    if (turn := _TURNS.get(orientation)) is not None:
        rgb = rgb.transpose(turn)
    return np.array(rgb)


def target_size(width: int, height: int, edge: int) -> tuple[int, int]:
    """The size that fits ``edge`` with the shape kept, at least 1 x 1; never larger than the picture."""
    scale = min(1.0, edge / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


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
        return _by_area(image, target)
    return image.resize(target, Image.Resampling.BOX if _large(image, target) else Image.Resampling.LANCZOS)


def _large(image: Image.Image, target: tuple[int, int]) -> bool:
    return image.width >= 4 * target[0]


def _by_area(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    import cv2

    return Image.fromarray(cv2.resize(np.asarray(image), target, interpolation=cv2.INTER_AREA))


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
