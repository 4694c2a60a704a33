"""What Lightroom's Save and Read Metadata do to files: XMP (and IPTC where there is some) of JPEGs, and sidecars.

Written without ExifTool, by the formats themselves, so that a thousand photos take a second and nothing of the bridge's
own writing is trusted to check itself.
"""

from __future__ import annotations

import hashlib
import json
import socketserver
import struct
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
    "core": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
}
for _prefix, _uri in NAMES.items():
    ET.register_namespace("Iptc4xmpCore" if _prefix == "core" else _prefix, _uri)
HEAD = b"http://ns.adobe.com/xap/1.0/\0"
PHOTOSHOP = b"Photoshop 3.0\0"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


BAGS = {"flat": tag("dc:subject"), "keywords": tag("lr:hierarchicalSubject")}
TEXTS = {"title": tag("dc:title"), "caption": tag("dc:description"), "alt": tag("core:AltTextAccessibility")}
SIMPLE = {"rating": tag("xmp:Rating"), "label": tag("xmp:Label"), "develop": tag("crs:Exposure2012")}


# -- JPEG segments -----------------------------------------------------------------------------------------------------


def segments(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The segments before the picture data, and the rest from SOS on."""
    assert data[:2] == b"\xff\xd8"
    found, at = [], 2
    while data[at + 1] != 0xDA:
        (size,) = struct.unpack(">H", data[at + 2 : at + 4])
        found.append((data[at + 1], data[at + 4 : at + 2 + size]))
        at += 2 + size
    return found, data[at:]


def joined(parts: list[tuple[int, bytes]], rest: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(b"\xff" + bytes([m]) + struct.pack(">H", len(p) + 2) + p for m, p in parts) + rest


def is_xmp(part: tuple[int, bytes]) -> bool:
    return part[0] == 0xE1 and part[1].startswith(HEAD)


def is_iptc(part: tuple[int, bytes]) -> bool:
    return part[0] == 0xED and part[1].startswith(PHOTOSHOP)


# -- XMP ---------------------------------------------------------------------------------------------------------------


def packet(old: bytes | None, values: dict[str, Any]) -> bytes:
    """The packet with our properties replaced; properties of others stay."""
    root = ET.fromstring(old.decode()) if old else ET.Element(tag("x:xmpmeta"))
    rdf = root if root.tag == tag("rdf:RDF") else root.find(tag("rdf:RDF"))
    if rdf is None:
        rdf = ET.SubElement(root, tag("rdf:RDF"))
    ours = {*BAGS.values(), *TEXTS.values(), *SIMPLE.values()}
    for description in list(rdf):
        for name in ours & set(description.attrib):
            del description.attrib[name]
        for child in list(description):
            if child.tag in ours:
                description.remove(child)
    made = ET.SubElement(rdf, tag("rdf:Description"), {tag("rdf:about"): ""})
    hierarchy = ["|".join(path) for path in values["keywords"]]
    for name, words in (("flat", values["flat"]), ("keywords", hierarchy)):
        if words:
            bag = ET.SubElement(ET.SubElement(made, BAGS[name]), tag("rdf:Bag"))
            for word in words:
                ET.SubElement(bag, tag("rdf:li")).text = word
    for name, element in TEXTS.items():
        if values[name]:
            alternatives = ET.SubElement(ET.SubElement(made, element), tag("rdf:Alt"))
            ET.SubElement(alternatives, tag("rdf:li"), {LANG: "x-default"}).text = values[name]
    for name, element in SIMPLE.items():
        if values[name]:
            made.set(element, str(values[name]))
    body = ET.tostring(root, encoding="unicode")
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{body}<?xpacket end="w"?>'.encode()


def parsed(xmp: bytes | None) -> dict[str, Any]:
    values: dict[str, Any] = {"keywords": [], "flat": [], "title": "", "caption": "", "alt": "", "rating": 0}
    values |= {"label": "", "develop": 0}
    root = ET.fromstring(xmp.decode().rstrip("\0 \n")) if xmp else ET.Element("none")
    for description in root.iter(tag("rdf:Description")):
        for name, key in SIMPLE.items():
            child = description.find(key)
            text = description.get(key) or (child.text if child is not None else None)
            if text:
                values[name] = text if name == "label" else int(float(text))
        for name, key in BAGS.items():
            child = description.find(key)
            if child is not None:
                values[name] = [item.text or "" for item in child.iter(tag("rdf:li"))]
        for name, key in TEXTS.items():
            child = description.find(key)
            for item in child.iter(tag("rdf:li")) if child is not None else ():
                if item.get(LANG) == "x-default":
                    values[name] = item.text or ""
    values["keywords"] = [path.split("|") for path in values["keywords"]]
    return values


# -- IPTC --------------------------------------------------------------------------------------------------------------


def resources(payload: bytes) -> list[tuple[int, bytes]]:
    found, at = [], len(PHOTOSHOP)
    while payload[at : at + 4] == b"8BIM":
        (number,) = struct.unpack(">H", payload[at + 4 : at + 6])
        name = payload[at + 6] + 1
        at += 6 + name + name % 2
        (size,) = struct.unpack(">I", payload[at : at + 4])
        found.append((number, payload[at + 4 : at + 4 + size]))
        at += 4 + size + size % 2
    return found


def datasets(block: bytes) -> list[tuple[int, int, bytes]]:
    found, at = [], 0
    while block[at : at + 1] == b"\x1c":
        record, number, size = struct.unpack(">BBH", block[at + 1 : at + 5])
        found.append((record, number, block[at + 5 : at + 5 + size]))
        at += 5 + size
    return found


def kept_in_step(payload: bytes, values: dict[str, Any]) -> bytes:
    """A Photoshop segment whose IPTC says what the XMP says."""
    parts = dict(resources(payload))
    ours = {(2, 25), (2, 120), (2, 5), (1, 90)}
    sets = [entry for entry in datasets(parts.get(0x0404, b"")) if entry[:2] not in ours]
    sets += [(1, 90, b"\x1b%G")] + [(2, 25, word.encode()[:64]) for word in values["flat"]]
    sets += [(2, 120, values["caption"].encode()[:2000])] if values["caption"] else []
    sets += [(2, 5, values["title"].encode()[:64])] if values["title"] else []
    sets.sort(key=lambda entry: entry[0])
    block = b"".join(struct.pack(">BBBH", 0x1C, record, number, len(data)) + data for record, number, data in sets)
    parts |= {0x0404: block, 0x0425: hashlib.md5(block).digest()}
    whole = PHOTOSHOP
    for number, data in parts.items():
        whole += b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + b"\0" * (len(data) % 2)
    return whole


def check_digest(payload: bytes) -> None:
    """Lightroom prefers IPTC whose digest says that somebody changed it after the XMP."""
    parts = dict(resources(payload))
    block = parts.get(0x0404)
    assert block is None or parts.get(0x0425) == hashlib.md5(block).digest(), "the IPTC digest is stale"


# -- whole files -------------------------------------------------------------------------------------------------------


def save(values: dict[str, Any]) -> None:
    path = Path(values["path"])
    if path.suffix.lower() not in (".jpg", ".jpeg"):
        side = path.with_suffix(".xmp")
        side.write_bytes(packet(side.read_bytes() if side.exists() else None, values))
        return
    parts, rest = segments(path.read_bytes())
    old = next((payload[len(HEAD) :] for part in parts if is_xmp(part) for payload in [part[1]]), None)
    parts = [(m, kept_in_step(p, values)) if is_iptc((m, p)) else (m, p) for m, p in parts if not is_xmp((m, p))]
    at = 1 if parts and parts[0][0] in (0xE0, 0xE1) else 0
    parts.insert(at, (0xE1, HEAD + packet(old.rstrip(b"\0 \n") if old else None, values)))
    fresh = path.with_name(path.name + ".lr-tmp")
    fresh.write_bytes(joined(parts, rest))
    fresh.replace(path)


def read(path: Path) -> dict[str, Any]:
    if path.suffix.lower() not in (".jpg", ".jpeg"):
        side = path.with_suffix(".xmp")
        return parsed(side.read_bytes() if side.exists() else None)
    parts, _ = segments(path.read_bytes())
    for part in parts:
        if is_iptc(part):
            check_digest(part[1])
    return parsed(next((part[1][len(HEAD) :] for part in parts if is_xmp(part)), None))


# -- for the fake ------------------------------------------------------------------------------------------------------


def lua(value: Any) -> str:
    """A value as Lua source."""
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (str, Path)):
        raw = str(value).encode("utf-8", "surrogateescape")
        return '"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:03d}" for b in raw) + '"'
    if isinstance(value, dict):
        return "{" + ",".join(f"[{lua(key)}]={lua(item)}" for key, item in value.items() if item is not None) + "}"
    return "{" + ",".join(lua(item) for item in value) + "}"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            asked = json.loads(line)
            for values in asked.get("save", ()):
                save(values)
            source = f"return {lua([read(Path(path)) for path in asked.get('read', ())])}".encode()
            self.wfile.write(b"%d\n%s" % (len(source), source))


@contextmanager
def file_server() -> Iterator[int]:
    """The port of a server that saves and reads for the fake."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join(5)
