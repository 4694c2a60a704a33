"""Captions, titles and alt texts: where a photo may hold one, and which of these fields are written."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.metadata.limits import IPTC_CAPTION, IPTC_OBJECT_NAME
from bridge.values import Field


@dataclass(frozen=True, slots=True)
class TextKind:
    """One text of a photo."""

    name: str
    """For people: ``caption``."""
    xmp: str
    """Written always; ExifTool's name for the language x-default."""
    iptc: str | None
    """Written where the container holds IPTC."""
    limit: int
    """Bytes that the IPTC field holds."""
    others: tuple[str, ...]
    """Read as well, in the order in which hosts look: a person's text in one of them counts as present."""

    @property
    def field(self) -> Field:
        return Field(self.name.replace(" ", "_"))

    @property
    def tags(self) -> tuple[str, ...]:
        """Every field that it may stand in."""
        return tuple(tag for tag in (self.xmp, self.iptc, *self.others) if tag is not None)


CAPTION = TextKind(
    "caption",
    "XMP-dc:Description",
    "IPTC:Caption-Abstract",
    IPTC_CAPTION,
    # digiKam, DMetadataSettingsContainer. It reads a JPEG comment too, but those are programs' advertisements.
    (
        "ExifIFD:UserComment",
        "IFD0:ImageDescription",
        "XMP-exif:UserComment",
        "XMP-tiff:ImageDescription",
        "XMP-acdsee:Notes",
        "IFD0:XPComment",
    ),
)
TITLE = TextKind("title", "XMP-dc:Title", "IPTC:ObjectName", IPTC_OBJECT_NAME, ("XMP-acdsee:Caption", "IFD0:XPTitle"))
ALT_TEXT = TextKind("alt text", "XMP-iptcCore:AltTextAccessibility", None, 0, ())
TEXTS = (TITLE, CAPTION, ALT_TEXT)

ACDSEE = "XMP-acdsee:Categories"
XP_KEYWORDS = "IFD0:XPKeywords"
"""Windows Explorer's keywords, one text with ``;`` between them."""

SOURCES = frozenset(tag for kind in TEXTS for tag in kind.tags) | {
    ACDSEE,
    XP_KEYWORDS,
}
"""Every text that is read."""
