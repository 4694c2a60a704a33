"""Any colours to sRGB: through the embedded profile, or as EXIF says, or as they are."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageCms
from PIL.ExifTags import IFD

_WHITE = (255, 255, 255)
"""Transparent parts are laid on white: cut-out products are shown so by Lightroom, browsers and web shops."""

_PROFILE_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}
_INTEROPERABILITY_INDEX, _ADOBE_RGB_INDEX = 1, "R03"


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """What a file says of its colours."""

    profile: bytes | None = None
    adobe_rgb: bool = False
    """DCF option file (CIPA DC-009): cameras set to Adobe RGB say so in EXIF and embed no profile."""


def colour_space(image: Image.Image) -> ColourSpace:
    """Of an opened picture, before it is decoded."""
    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and profile:
        return ColourSpace(profile)
    exif = image.info.get("exif")
    return ColourSpace(adobe_rgb=isinstance(exif, bytes) and _says_adobe_rgb(exif))


def _says_adobe_rgb(data: bytes) -> bool:
    if _ADOBE_RGB_INDEX.encode() not in data:
        return False
    try:
        exif = Image.Exif()
        exif.load(data)
        index: Any = exif.get_ifd(IFD.Interop).get(_INTEROPERABILITY_INDEX)
    except Exception:  # Pillow raises nearly every type for corrupt EXIF
        return False
    return isinstance(index, str) and index.strip("\0 ") == _ADOBE_RGB_INDEX


def to_srgb(image: Image.Image, space: ColourSpace) -> Image.Image:
    """A picture in mode L, RGB, RGBA, CMYK or LAB as RGB in sRGB; alpha is laid on white."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha is not None else image
    converted = _by_profile(colours, space.profile)
    if converted is None:
        if colours.mode == "LAB":
            converted = _transformed(colours, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
        elif colours.mode == "RGB" and space.adobe_rgb:
            converted = _from_adobe_rgb(colours)
        else:
            converted = colours.convert("RGB")
    if alpha is None:
        return converted
    ground = Image.new("RGB", converted.size, _WHITE)
    ground.paste(converted, mask=alpha)
    return ground


def _by_profile(image: Image.Image, profile: bytes | None) -> Image.Image | None:
    """Through the embedded profile; None where there is none, or it is broken or for other colours."""
    if profile is None:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _PROFILE_MODES.get(source.profile.xcolor_space)
        if mode != image.mode:
            return None
        if mode == "RGB" and "sRGB" in (source.profile.profile_description or ""):
            return image
        return _transformed(image, source)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _transformed(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    target = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    converted = ImageCms.profileToProfile(
        image, source, target, ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB", flags=ImageCms.Flags.BLACKPOINTCOMPENSATION
    )
    assert converted is not None
    return converted


_TO_SRGB = np.array([[1.39835574, -0.39835574, 0.0], [0.0, 1.0, 0.0], [0.0, -0.04292933, 1.04292933]], np.float32)
"""Adobe RGB (1998) to sRGB, linear light; both have the white of D65."""
_ADOBE_GAMMA = 2.19921875
_STEPS = 4096


def _from_adobe_rgb(image: Image.Image) -> Image.Image:
    import cv2

    decode = (np.arange(256, dtype=np.float32) / 255) ** _ADOBE_GAMMA
    light = np.linspace(0.0, 1.0, _STEPS + 1)
    encode = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    linear = np.clip(cv2.transform(decode[np.asarray(image)], _TO_SRGB), 0.0, 1.0)
    return Image.fromarray(np.rint(encode * 255).astype(np.uint8)[np.rint(linear * _STEPS).astype(np.int32)])
