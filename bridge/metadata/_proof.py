"""A look at what ExifTool wrote, without ExifTool: reading a photo back takes it as long as writing.

Only what is certain counts here: a JPEG or a sidecar whose every planned field is seen to be right, and whose other
metadata is seen to be there still. For anything else ExifTool is asked.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from bridge.engines.picture_hash import jpeg_segments
from bridge.errors import MetadataRefused, PhotoDamaged
from bridge.metadata._commands import loose, tags_of
from bridge.metadata.plan import TargetPlan
from bridge.paths import shown

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_DC = "{http://purl.org/dc/elements/1.1/}"
_XMP = {
    "XMP-dc:Subject": f"{_DC}subject",
    "XMP-dc:Title": f"{_DC}title",
    "XMP-dc:Description": f"{_DC}description",
    "XMP-lr:HierarchicalSubject": "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject",
    "XMP-digiKam:TagsList": "{http://www.digikam.org/ns/1.0/}TagsList",
    "XMP-digiKam:PickLabel": "{http://www.digikam.org/ns/1.0/}PickLabel",
    "XMP-digiKam:ColorLabel": "{http://www.digikam.org/ns/1.0/}ColorLabel",
    "XMP-xmp:Rating": "{http://ns.adobe.com/xap/1.0/}Rating",
    "XMP-xmp:Label": "{http://ns.adobe.com/xap/1.0/}Label",
    "XMP-xmpDM:Pick": "{http://ns.adobe.com/xmp/1.0/DynamicMedia/}pick",
    "XMP-xmpDM:Good": "{http://ns.adobe.com/xmp/1.0/DynamicMedia/}good",
    "XMP-iptcCore:AltTextAccessibility": "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}AltTextAccessibility",
}
_IPTC = {"IPTC:Keywords": (2, 25), "IPTC:ObjectName": (2, 5), "IPTC:Caption-Abstract": (2, 120)}

_APP1, _APP2, _APP13 = 0xE1, 0xE2, 0xED
_XMP_HEAD, _LONG_XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP_HEAD = b"Photoshop 3.0\0"

Properties = Mapping[str, Sequence[tuple[str, str]]]
"""By XML name: (language, text) of each item; of a structure, its whole text."""


class _Unsure(Exception):
    pass


@dataclass(slots=True)
class _Metadata:
    xmp: Properties = field(default_factory=dict)
    iptc: dict[tuple[int, int], list[bytes]] = field(default_factory=dict)
    resources: Counter[tuple[int, bytes]] = field(default_factory=Counter)
    """Photoshop's other resources."""
    rest: Counter[bytes] = field(default_factory=Counter)
    """Segments that no write of ours touches, the EXIF with its maker notes among them."""


def proved(target: TargetPlan, old: Path, new: Path, *, jpeg: bool) -> bool:
    """Whether ``new`` holds all that was planned and all else that ``old`` holds. False: not certain.

    Raises MetadataRefused where a part of the file that no plan names would be lost.
    """
    if not all(tag in _XMP or tag in _IPTC for tag in tags_of(target)):
        return False
    try:
        read = _of_jpeg if jpeg else _of_sidecar
        before, after = read(old), read(new)
        lost = before.rest - after.rest
        right = (
            _fields_are_right(target, after)
            and _words_stay(target, before, after)
            and _nothing_is_lost(target, before, after)
        )
    except (_Unsure, PhotoDamaged, OSError, ElementTree.ParseError, struct.error, UnicodeDecodeError, IndexError):
        return False
    if lost:
        raise MetadataRefused(f"Writing would have lost metadata of {shown(old)}: {len(lost)} segments.")
    return right


def _fields_are_right(target: TargetPlan, after: _Metadata) -> bool:
    for change in target.lists:
        words = {loose(text) for text in _values(after, change.tag)}
        added = {loose(word) for word in change.add}
        if not added <= words or ({loose(word) for word in change.remove} - added) & words:
            return False
    return all(loose("".join(_values(after, text.tag)[:1])) == loose(text.new) for text in target.texts)


def _words_stay(target: TargetPlan, before: _Metadata, after: _Metadata) -> bool:
    for change in target.lists:
        stay = {loose(word) for word in _values(before, change.tag)} - {loose(word) for word in change.remove}
        if not stay <= {loose(word) for word in _values(after, change.tag)}:
            return False
    return True


def _values(metadata: _Metadata, tag: str) -> list[str]:
    if tag in _IPTC:
        return [value.decode("utf-8") for value in metadata.iptc.get(_IPTC[tag], [])]
    items = metadata.xmp.get(_XMP[tag], ())
    return [text for language, text in items if language in ("", "x-default")]


def _nothing_is_lost(target: TargetPlan, before: _Metadata, after: _Metadata) -> bool:
    changed = set(tags_of(target))
    xmp = {_XMP[tag] for tag in changed if tag in _XMP}
    iptc = {_IPTC[tag] for tag in changed if tag in _IPTC}
    if before.iptc and not iptc and before.iptc != after.iptc:
        return False
    for values in after.iptc.values():
        for value in values if iptc else ():
            value.decode("utf-8")  # else a field that nobody planned for is Latin-1 under the new marker
    return (
        before.rest == after.rest
        and all(after.resources[key] >= number for key, number in before.resources.items())
        and all(
            after.xmp.get(name) == items if name not in xmp else _others(items) == _others(after.xmp.get(name, ()))
            for name, items in before.xmp.items()
        )
        and all(after.iptc.get(key) == values for key, values in before.iptc.items() if key not in iptc and key[0] == 2)
    )


def _others(items: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [item for item in items if item[0] not in ("", "x-default")]


def _of_sidecar(path: Path) -> _Metadata:
    return _Metadata(xmp=_properties(path.read_bytes()))


def _of_jpeg(path: Path) -> _Metadata:
    metadata = _Metadata()
    photoshop = bytearray()
    with path.open("rb") as file:
        for marker, offset, length in jpeg_segments(file)[:-1]:
            file.seek(offset)
            data = file.read(length)
            body = data[4:]
            if marker == _APP1 and body.startswith(_XMP_HEAD):
                if metadata.xmp:
                    raise _Unsure("two packets")
                metadata.xmp = _properties(body[len(_XMP_HEAD) :])
            elif marker == _APP1 and body.startswith(_LONG_XMP_HEAD):
                raise _Unsure("a packet in parts")
            elif marker == _APP13 and body.startswith(_PHOTOSHOP_HEAD):
                photoshop += body[len(_PHOTOSHOP_HEAD) :]
            elif not (marker == _APP2 and body.startswith(b"MPF\0")):  # holds offsets, which move
                metadata.rest[data] += 1
    for kind, name, data in _resources(bytes(photoshop)):
        if kind == 0x0404:
            if metadata.iptc:
                raise _Unsure("two IPTC blocks")
            for record, number, value in _datasets(data):
                metadata.iptc.setdefault((record, number), []).append(value)
        elif kind != 0x0425:  # the digest
            metadata.resources[kind, name + data] += 1
    return metadata


def _resources(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    at = 0
    while at + 12 <= len(data):
        if data[at : at + 4] != b"8BIM":
            raise _Unsure("not one of Photoshop's resources")
        (kind,) = struct.unpack_from(">H", data, at + 4)
        name = data[at + 7 : at + 7 + data[at + 6]]
        at += 6 + (1 + len(name) + 1 & ~1)
        (size,) = struct.unpack_from(">I", data, at)
        yield kind, name, data[at + 4 : at + 4 + size]
        at += 4 + (size + 1 & ~1)


def _datasets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 5 <= len(data):
        tag, record, number, size = struct.unpack_from(">BBBH", data, at)
        if tag != 0x1C or size & 0x8000:
            raise _Unsure("not a data set of the common kind")
        yield record, number, data[at + 5 : at + 5 + size]
        at += 5 + size


def _properties(packet: bytes) -> dict[str, list[tuple[str, str]]]:
    root = ElementTree.fromstring(packet.rstrip(b"\0"))
    found: dict[str, list[tuple[str, str]]] = {}
    for description in root.iter(f"{_RDF}Description"):
        for name, value in description.attrib.items():
            if not name.startswith(_RDF):
                found.setdefault(name, []).append(("", loose(value)))
        for element in description:
            items = [("", _flat(element))]
            if len(element) == 1 and element[0].tag in (f"{_RDF}Bag", f"{_RDF}Seq", f"{_RDF}Alt"):
                items = [(item.get(_LANGUAGE, ""), _flat(item)) for item in element[0]]
            found.setdefault(element.tag, []).extend(items)
    return found


def _flat(element: ElementTree.Element) -> str:
    """The text of a value; of a structure all its texts, which may be attributes or elements, in any order."""
    if len(element) == 0 and all(name == _LANGUAGE for name in element.attrib):
        return loose(element.text or "")
    texts = [(part.text or "").strip() for part in element.iter()]
    texts += [value for part in element.iter() for name, value in part.attrib.items() if not name.startswith(_RDF)]
    return " ".join(sorted(loose(text) for text in texts if text))
