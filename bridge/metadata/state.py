"""What a photo and its sidecars say now: read once, frozen, and planned against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bridge.values import Fingerprint, Format

CAPTURED = ("ExifIFD:DateTimeOriginal", "XMP-exif:DateTimeOriginal", "XMP-photoshop:DateCreated", "XMP-xmp:CreateDate")
"""Where a capture date stands, best first."""


class Role(StrEnum):
    PHOTO = "photo"
    SIDECAR = "sidecar"
    DARKTABLE = "darktable"
    """A sidecar that darktable keeps for itself: read, never written."""
    HOST = "host"
    """What a host's own catalogue says: no file."""


class IptcCharset(StrEnum):
    """How the text of an IPTC block is encoded. IPTC-IIM 4.2, 1:90; without the marker readers guess."""

    UTF8 = "utf8"
    """Marked as UTF-8, or there is no text that could tell."""
    UNMARKED_UTF8 = "unmarked_utf8"
    LATIN1 = "latin1"
    """Not marked and no UTF-8: rewritten as UTF-8 together with the first word of ours."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file that carries metadata of a photo: the photo itself or a sidecar."""

    path: Path
    role: Role
    fingerprint: Fingerprint
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Each keyword list that is present, by ExifTool's name of it (``XMP-dc:Subject`` …), as written there."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Captions, titles and alt texts that are present, by ExifTool's name; languages as ``XMP-dc:Description-de``."""
    acdsee: tuple[tuple[str, ...], ...] = ()
    """The paths that are assigned in ``XMP-acdsee:Categories``, which is in ``texts`` as the XML that it is."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Rating, label, pick, capture date: by ExifTool's name, as it prints them."""
    iptc_charset: IptcCharset = IptcCharset.UTF8

    @property
    def captured(self) -> str | None:
        """``YYYY:MM:DD HH:MM:SS``, the camera's local time, or None."""
        for tag in CAPTURED:
            if value := self.marks.get(tag):
                return value[:19].replace("-", ":").replace("T", " ")
        return None


@dataclass(frozen=True, slots=True)
class PhotoState:
    """A photo with every sidecar that belongs to it."""

    photo: Path
    format: Format
    documents: tuple[Document, ...]
    """The photo first, then its sidecars in the order in which digiKam prefers them."""
    shared_with: tuple[Path, ...] = ()
    """Other photos that use the same ``IMG.xmp`` (RAW and JPEG of one exposure)."""
    foreign: tuple[Path, ...] = ()
    """``IMG.xmp`` that was made for another of these pictures: neither read nor written for this one."""
    tool_version: str = ""
    host: Document | None = None
    """What the asking host's catalogue says beyond the files: nothing of ours takes its place, nor is it copied."""

    @property
    def embedded(self) -> Document:
        return self.documents[0]

    @property
    def sidecars(self) -> tuple[Document, ...]:
        return tuple(d for d in self.documents if d.role is Role.SIDECAR)

    def mark(self, tag: str) -> str | None:
        """The first document's value, sidecars before the photo, as hosts read them."""
        for document in (*self.sidecars, self.embedded):
            if value := document.marks.get(tag):
                return value
        return None
