"""What makes two keywords the same one. No I/O."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

Key = tuple[str, ...]
"""A keyword path as it is compared: by ``key``."""

MOST_LEVELS = 50
"""Of a keyword, at most. The ranks of living things are some thirty; each keyword of a list also makes all that stand
above it, so that one line with ten thousand slashes would make a hundred million names."""

DIVISION_SLASH = "\u2215"


def fold(name: str) -> str:
    """Two names with the same fold are one keyword: NFC, trimmed, without case; TagsList writes ``/`` as U+2215."""
    if name.isascii():
        return name.strip().lower()
    lowered = unicodedata.normalize("NFC", name).strip().lower().replace(DIVISION_SLASH, "/")
    return unicodedata.normalize("NFC", lowered)


def key(path: Iterable[str]) -> Key:
    return tuple(map(fold, path))
