"""What a field can hold, and which texts are no texts."""

from __future__ import annotations

import re
import unicodedata

IPTC_KEYWORD = 64
IPTC_OBJECT_NAME = 64
IPTC_CAPTION = 2000
"""Bytes of UTF-8. IPTC-IIM 4.2, datasets 2:25, 2:05 and 2:120."""

# Descriptions that cameras and programs leave where nobody wrote any.
_DEFAULTS = {
    "",
    "default",
    "digital camera",
    "digital still camera",
    "exif_jpeg_picture",
    "exif_jpeg_420",
    "exif_jpeg_422",
    "exif jpeg",
    "image",
    "jpeg",
    "konica minolta digital camera",
    "minolta digital camera",
    "no description",
    "null",
    "(null)",
    "none",
    "olympus digital camera",
    "pentax digital camera",
    "picture",
    "ricoh",
    "samsung",
    "samsung digital camera",
    "sanyo digital camera",
    "screenshot",
    "sony dsc",
    "undefined",
    "untitled",
    "user comments",
    "user comment",
    "vivitar digital camera",
}
_DEFAULT_PATTERNS = re.compile(
    r"dcim\\.*|<?digimax .*>?|kodak .*digital (still )?camera|(oplus|hw|cof|rhdr|sdr|dav|mde|vtr|ptr|edf|btf|nor)"
    r"[_\d].*|fbmd[0-9a-f]+|charset=.*|(ascii|unicode|jis)?\s*|hisilicon .*|mtk.*|process=.*|dsc_?\d+|img_?\d+|"
    r"dc\d{4}[a-z]?|dcf \d.*|(epson|minolta|sony|fuji|fujifilm|casio|nikon|canon) dsc( picture)?|<?kenox .*>?",
)


def blank(text: str | None) -> bool:
    """Whether a caption or title is none: empty, or a default that no person wrote."""
    if text is None:
        return True
    plain = text.replace("\0", " ").strip().lower()
    return plain in _DEFAULTS or _DEFAULT_PATTERNS.fullmatch(plain) is not None


def clean(text: str) -> str:
    """NFC, trimmed, without characters that XML 1.0 cannot hold; line ends become ``\\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in text if c in "\n\t" or _xml_character(ord(c)))
    return unicodedata.normalize("NFC", kept).strip()


def _xml_character(point: int) -> bool:
    return 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or 0x10000 <= point <= 0x10FFFF


def cut(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, cut between what a reader sees as characters (no half emoji)."""
    if len(text.encode()) <= limit:
        return text
    end = len(text.encode()[:limit].decode("utf-8", "ignore"))
    while end and _continues(text, end):
        end -= 1
    return text[:end].rstrip()


def _continues(text: str, at: int) -> bool:
    """Whether the character at ``at`` belongs to the one before it."""
    zwj = "\u200d"
    character = text[at]
    return (
        unicodedata.combining(character) != 0
        or character in (zwj, "\ufe0f")
        or text[at - 1] == zwj
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
    )
