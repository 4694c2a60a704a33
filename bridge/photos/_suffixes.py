"""The suffixes by which folders are searched. What a file is, its content decides."""

from __future__ import annotations

from bridge.values import RAW_SUFFIXES


def _suffixes(names: str) -> frozenset[str]:
    return frozenset(f".{name}" for name in names.split())


PICTURE_SUFFIXES = _suffixes("jpg jpeg jpe jfif png tif tiff webp avif heic heif hif psd psb dng")
VIDEO_SUFFIXES = _suffixes("mp4 m4v mov qt avi mkv webm mpg mpeg mts m2ts m2t wmv 3gp 3g2 mxf insv lrv")

SEARCHED = PICTURE_SUFFIXES | RAW_SUFFIXES | VIDEO_SUFFIXES
