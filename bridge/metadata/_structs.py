"""Lists of structures, face regions: each entry as one text, so that they are planned, written and undone as any list.

ExifTool writes an entry by ``TAG+={…}`` and takes it away by ``TAG-={…}``; entries of other programs are not touched,
whatever fields they have. It reads the list within its structure, which is asked for as JSON (``Read.structs``).
Its form of a structure: https://exiftool.org/struct.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.exiftool import Read, Tags

MWG = "XMP-mwg-rs:RegionList"
MICROSOFT = "XMP-MP:RegionInfoRegions"
DIMENSIONS = {
    "XMP-mwg-rs:RegionAppliedToDimensionsW": "W",
    "XMP-mwg-rs:RegionAppliedToDimensionsH": "H",
    "XMP-mwg-rs:RegionAppliedToDimensionsUnit": "Unit",
}
"""The size of the picture that the regions were drawn on."""


@dataclass(frozen=True, slots=True)
class _Within:
    structure: str
    field: str
    flat: str
    """How ExifTool's names of its single fields begin."""


_LISTS = {
    MWG: _Within("XMP-mwg-rs:RegionInfo", "RegionList", "XMP-mwg-rs:Region"),
    MICROSOFT: _Within("XMP-MP:RegionInfoMP", "Regions", "XMP-MP:Region"),
}
STRUCTURES = tuple(within.structure for within in _LISTS.values())


def ask(file: Path, tags: Iterable[str], *, suffix: str = "", fast: bool = False) -> Read:
    """A ``Read`` of these tags, lists of structures among them; ``told`` makes the answer fit."""
    asked = list(dict.fromkeys(_asked(tag) for tag in tags))
    return Read(file, tuple(asked), suffix=suffix, fast=fast, structs=any(tag in STRUCTURES for tag in asked))


def _asked(tag: str) -> str:
    if tag in DIMENSIONS:
        return _LISTS[MWG].structure
    return _LISTS[tag].structure if tag in _LISTS else tag


def told(tags: Tags) -> Tags:
    """An answer with every list of structures as the texts of its entries, and the dimensions by their own names."""
    if not any(tag in STRUCTURES for tag in tags):
        return tags
    more: Tags = {}
    for tag in _LISTS:
        if entries := entries_of(tags, tag):
            more[tag] = [text_of(entry) for entry in entries]
    applied = _structure(tags, _LISTS[MWG].structure).get("AppliedToDimensions")
    if isinstance(applied, dict):
        more |= {tag: str(applied[field]) for tag, field in DIMENSIONS.items() if field in applied}
    return {**tags, **more}


def entries_of(tags: Tags, tag: str) -> list[dict[str, Any]]:
    """The structures of one list, values as texts."""
    within = _LISTS[tag]
    found = _structure(tags, within.structure).get(within.field, [])
    return [entry for entry in (found if isinstance(found, list) else [found]) if isinstance(entry, dict)]


def _structure(tags: Tags, name: str) -> dict[str, Any]:
    try:
        found = json.loads(str(tags.get(name, "")))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def flattened(tags: Iterable[str]) -> tuple[str, ...]:
    """How the single fields of these lists' entries are called where structures are not asked for: the beginning."""
    return tuple(_LISTS[tag].flat for tag in tags if tag in _LISTS)


def text_of(value: Any) -> str:
    """A structure, list or value in ExifTool's form, fields in the order of their names."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}={text_of(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    text = "".join(f"|{c}" if c in "|,}]" else c for c in str(value))
    return f"|{text}" if text[:1] in ("{", "[") or text[:1].isspace() else text


def name_in(entry: str) -> str:
    """Who an entry, as ``text_of`` makes it, says is there; empty: nobody."""
    found = re.search(r"Name=((?:\|.|[^|,}])*)", entry)
    return "" if found is None else re.sub(r"\|(.)", r"\1", found[1])
