"""Faces that files name: MWG regions (``mwg-rs``) and Microsoft's (``MP``, which digiKam and Picasa write beside them).

Regions lie on the picture as it is stored; EXIF's orientation turns them together with it (MWG Guidelines 2.0, 5.9).
Here they lie on the picture as it is shown. Programs that wrote them on the shown picture are known by the dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.exiftool import ExifTool, Tags
from bridge.metadata._structs import DIMENSIONS, MICROSOFT, MWG, STRUCTURES, ask, entries_of, text_of, told
from bridge.metadata.state import Document, PhotoState
from bridge.words import fold

SAME_FACE = 0.2
"""Share of two boxes' union that both cover, from which they are one face: programs draw them from chin to hair or
around the eyes; faces of two people cover less of one another."""
_SAME_SHAPE = 0.02
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Box:
    """Shares 0..1 of the width and height of a picture; from its left and top edges."""

    left: float
    top: float
    width: float
    height: float

    def overlap(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        wide = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        high = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        both = max(wide, 0.0) * max(high, 0.0)
        union = self.width * self.height + other.width * other.height - both
        return both / union if union > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Region:
    """A face in a photo, and who it is."""

    name: str
    """Empty: a face of which nobody said who it is."""
    box: Box
    """On the picture as shown."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The picture that regions lie on."""

    width: int
    """As stored, pixels."""
    height: int
    orientation: int
    """EXIF 1..8: what turns the stored picture into the shown one."""

    @staticmethod
    def of_shown(width: int, height: int, orientation: int) -> Frame:
        return Frame(height, width, orientation) if orientation >= 5 else Frame(width, height, orientation)


@dataclass(frozen=True, slots=True)
class ListedRegion:
    """One entry of a list in a file."""

    text: str
    """The whole entry, as lists are planned and written."""
    region: Region


@dataclass(frozen=True, slots=True)
class DocumentRegions:
    """What one file says of faces."""

    document: Document
    orientation: int | None
    """What turns this file's MWG regions into the shown picture; None: they were drawn on another picture (it was
    cropped since), and say nothing of this one."""
    has_dimensions: bool
    lists: dict[str, tuple[ListedRegion, ...]]
    """``MWG`` and ``MICROSOFT``, with what can be placed on the picture."""


def read_regions(tool: ExifTool, state: PhotoState, frame: Frame) -> list[DocumentRegions]:
    """Of the photo and each of its sidecars, in the order of ``state.documents``. Raises ExifToolMissing."""
    asked = [ask(document.path, STRUCTURES) for document in state.documents]
    answers = tool.read(asked)
    found = []
    for document, answer in zip(state.documents, answers, strict=True):
        # A RAW that ExifTool does not know says nothing: read_state has told of everything else.
        found.append(_of_document(document, answer if isinstance(answer, dict) else {}, frame))
    return found


def named_regions(found: Sequence[DocumentRegions], ours: Collection[str] = ()) -> list[Region]:
    """Who the files say is where, each face once: sidecars before the photo, MWG before Microsoft's. ``ours`` are
    entries that say no more than we know."""
    regions: list[Region] = []
    for said in (*found[1:], *found[:1]):
        for entry in (*said.lists[MWG], *said.lists[MICROSOFT]):
            region = entry.region
            if (
                region.name
                and entry.text not in ours
                and not any(region.box.overlap(other.box) >= SAME_FACE for other in regions)
            ):
                regions.append(region)
    return regions


def pairs(one: Sequence[Box], other: Sequence[Box]) -> dict[int, int]:
    """Which boxes are the same face: by row of ``one`` the row of ``other``, the best fits first, each once."""
    fits = sorted(
        ((a.overlap(b), i, j) for i, a in enumerate(one) for j, b in enumerate(other) if a.overlap(b) >= SAME_FACE),
        key=lambda fit: (-fit[0], fit[1], fit[2]),
    )
    matched: dict[int, int] = {}
    for _, i, j in fits:
        if i not in matched and j not in matched.values():
            matched[i] = j
    return matched


def same_name(one: str, other: str) -> bool:
    return fold(one) == fold(other)


def entry_text(tag: str, region: Region, orientation: int) -> str:
    """A new entry of ours."""
    box = turned(region.box, _BACK[orientation])
    if tag == MICROSOFT:
        place = ", ".join(map(_number, (box.left, box.top, box.width, box.height)))
        return text_of({"PersonDisplayName": region.name, "Rectangle": place})
    area = {
        "X": _number(box.left + box.width / 2),
        "Y": _number(box.top + box.height / 2),
        "W": _number(box.width),
        "H": _number(box.height),
        "Unit": "normalized",
    }
    return text_of({"Area": area, "Name": region.name, "Type": "Face"})


def turned(box: Box, orientation: int) -> Box:
    """A box on a picture as stored, on the picture that EXIF's orientation makes of it."""
    left, top, right, bottom = box.left, box.top, box.left + box.width, box.top + box.height
    ends = [_point(x, y, orientation) for x, y in ((left, top), (right, bottom))]
    (x0, x1), (y0, y1) = (sorted(values) for values in zip(*ends, strict=True))
    return Box(x0, y0, x1 - x0, y1 - y0)


_BACK = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
"""The orientation that undoes an orientation."""


def _point(x: float, y: float, orientation: int) -> tuple[float, float]:
    """EXIF 2.32, tag 0x0112: which corner of the stored picture is shown at the top left."""
    if orientation >= 5:
        x, y = y, x
    if orientation in (2, 3, 6, 7):
        x = 1.0 - x
    if orientation in (3, 4, 7, 8):
        y = 1.0 - y
    return x, y


def _number(value: float) -> str:
    return f"{value:.{DIGITS}f}".rstrip("0").rstrip(".") or "0"


def _of_document(document: Document, answer: Tags, frame: Frame) -> DocumentRegions:
    tags = told(answer)
    size = tuple(_float(tags.get(tag)) for tag, field in DIMENSIONS.items() if field != "Unit")
    orientation = _orientation(size[0], size[1], frame)
    mwg, microsoft = entries_of(tags, MWG), entries_of(tags, MICROSOFT)
    return DocumentRegions(
        document,
        orientation if mwg or all(size) else frame.orientation,
        any(tag in tags for tag in DIMENSIONS),
        {
            MWG: () if orientation is None else tuple(_listed(map(_mwg, mwg), mwg, orientation)),
            MICROSOFT: tuple(_listed(map(_microsoft, microsoft), microsoft, frame.orientation)),
        },
    )


def _orientation(width: float | None, height: float | None, frame: Frame) -> int | None:
    if not width or not height or not frame.width or not frame.height:
        return frame.orientation
    said, stored = math.log(width / height), math.log(frame.width / frame.height)
    if abs(said - stored) <= _SAME_SHAPE:
        return frame.orientation
    return 1 if frame.orientation >= 5 and abs(said + stored) <= _SAME_SHAPE else None


def _listed(
    regions: Iterator[Region | None], entries: Sequence[dict[str, Any]], orientation: int
) -> Iterator[ListedRegion]:
    for region, entry in zip(regions, entries, strict=True):
        if region is not None:
            yield ListedRegion(text_of(entry), Region(region.name, turned(region.box, orientation)))


def _mwg(entry: dict[str, Any]) -> Region | None:
    area = entry.get("Area")
    if not isinstance(area, dict) or str(entry.get("Type", "Face")) != "Face":
        return None
    x, y, w, h = (_float(area.get(field)) for field in "XYWH")
    if x is None or y is None or not w or not h or str(area.get("Unit", "normalized")) != "normalized":
        return None
    return Region(_name(entry.get("Name")), Box(x - w / 2, y - h / 2, w, h))


def _microsoft(entry: dict[str, Any]) -> Region | None:
    parts = [_float(part) for part in str(entry.get("Rectangle", "")).split(",")]
    if len(parts) != 4 or None in parts:
        return None
    left, top, width, height = (part or 0.0 for part in parts)
    return Region(_name(entry.get("PersonDisplayName")), Box(left, top, width, height)) if width and height else None


def _name(value: Any) -> str:
    return " ".join(str(value or "").split())


def _float(value: Any) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
