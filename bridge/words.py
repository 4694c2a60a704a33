"""What makes two keywords the same one. No I/O."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

Key = tuple[str, ...]
"""A keyword path as it is compared: by ``key``."""

DIVISION_SLASH = "\u2215"


def fold(name: str) -> str:
    """Two names with the same fold are one keyword: NFC, trimmed, without case; TagsList writes ``/`` as U+2215."""
    if name.isascii():
        return name.strip().lower()
    lowered = unicodedata.normalize("NFC", name).strip().lower().replace(DIVISION_SLASH, "/")
    return unicodedata.normalize("NFC", lowered)


def key(path: Iterable[str]) -> Key:
    return tuple(map(fold, path))
