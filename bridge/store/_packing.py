"""Long texts made small: JSON with the same names in every row is a fifth of its length once it is compressed.

A packed text is a BLOB, whose first byte tells with which dictionary it was packed; what was stored before stays the
TEXT that it is. A dictionary is never edited: what was packed with it could not be read again. A better one gets
another number.
"""

from __future__ import annotations

import zlib
from typing import Any

_ONE = (
    b'"},{"tag":"XMP-xmp:Rating","old":"","new":"5"},{"tag":"XMP-xmpDM:pick","Person|Place|Animal|category|2026-11-30T'
    b'"photo":null,"sidecar","error":{"code":"","message":"","hint":""},"reason":"exact","reason":"plural","style":"",'
    b'"It has keywords already.","host":"lightroom","approved":"write","warnings":["IPTC:'
    b'{"format":"jpeg","role":"photo","how":"replace","keep_times":false,"lists":[{"tag":"XMP-digiKam:TagsList","add":["'
    b'"],"remove":[],"copied":[]},{"tag":"XMP-lr:HierarchicalSubject","add":["'
    b'"],"remove":[],"copied":[]},{"tag":"XMP-dc:Subject","add":["'
    b'"],"remove":[],"copied":[]},{"tag":"IPTC:Keywords","add":["'
    b'"],"remove":[],"copied":[]}],"texts":[{"tag":"XMP-dc:Title","old":null,"new":"'
    b'"},{"tag":"IPTC:ObjectName","old":null,"new":""},{"tag":"XMP-dc:Description","old":null,"new":"'
    b'"},{"tag":"IPTC:Caption-Abstract","old":null,"new":""},{"tag":"XMP-iptcCore:AltTextAccessibility","old":null,"new":"'
    b'"}],"kept":[],"rejected":[]}'
    b'{"photo":"file:///home/","format":"jpeg","added":[["'
    b'"]],"kept":[],"dropped":[],"removed":[],"title":"","caption":"","alt_text":"","targets":[{"path":"file:///'
    b'.jpg","role":"photo","fingerprint":{"size":1,"mtime_ns":17,"inode":1,"ctime_ns":17,"digest":null},"lists":[{"tag":'
    b'"XMP-digiKam:TagsList","add":[""],"remove":[],"made":true},{"tag":"XMP-lr:HierarchicalSubject","add":["'
    b'"],"remove":[],"made":true},{"tag":"XMP-dc:Subject","add":["'
    b'"],"remove":[],"made":false},{"tag":"IPTC:Keywords","add":["'
    b'"],"remove":[],"made":true}],"texts":[{"tag":"XMP-dc:Title","old":null,"new":"'
    b'"}],"iptc_charset":"utf8"}],"warnings":[],"written":{"keywords":[["'
    b'"]],"title":"","caption":"","alt_text":"","rejected":[],"others":[],"withheld":[],"chosen":[],"refused":[],"typed":[],'
    b'"lists":["photo XMP-digiKam:TagsList","photo XMP-lr:HierarchicalSubject","photo XMP-dc:Subject",'
    b'"photo IPTC:Keywords"],"flags":{"pick":null,"rating":null,"label":null}},"keep_times":false,"fingerprints":[["file:///'
    b'",{"size":1,"mtime_ns":17,"inode":1,"ctime_ns":17,"digest":null}]],"gives_way":{},'
    b'"flags":{"pick":null,"rating":null,"label":null},"present":{}}'
    b'{"model":"ollama:llava:13b","digest":"","options":"","data_hash":""}'
    b'{"keywords":[{"path":["","score":0.9,"source":"place"},{"path":["","score":null,"source":"ollama:"}],"title":"",'
    b'"caption":"A ","alt_text":"A ","category":"landscape","category_score":null,"facts":{"light":"night",'
    b'"sun_altitude":-6,'
    b'"season":"winter","country":"France","lens":""},"dropped":[]}'
    b'{"path":"/home/","uri":"file:///home/","id":"","status":"done","keywords":[{"name":"","path":[""],"score":0.85,'
    b'"source":"exif:season","word":null,"reason":null},{"name":"","path":[""],"score":null,"source":"ollama:llava:13b",'
    b'"word":null,"reason":null},{"name":""],"added":[""],"removed":[],"kept":[""],"dropped":[{"name":"","reason":""}],'
    b'"suggested":[],"named":[],"unnamed":[],"title":"","caption":"","alt_text":"","category":"wildlife","pick":null,'
    b'"flags":null,"facts":{"captured":"20","utc_offset":"PT1H","make":"NIKON CORPORATION","model":"Canon EOS ",'
    b'"lens":"","focal_length_mm":50.0,"exposure_s":0.004,"f_number":2.8,"iso":100,"gps":{"latitude":4,"longitude":7,'
    b'"altitude":1},"software":"","light":"day","sun_altitude":3,"season":"summer","city":"","state":"","country":""},'
    b'"model":"ollama:llava:13b","style":null,"written_to":["/home/"],"warnings":[],"job":"20261130-","reason":null,'
    b'"error":null}'
)
_DICTIONARIES = {1: _ONE}
_NEWEST = 1
_LEVEL = 6


def pack(text: str) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, _DICTIONARIES[_NEWEST])
    return bytes((_NEWEST,)) + packer.compress(text.encode()) + packer.flush()


def unpack(stored: Any) -> Any:
    """The text that was packed; whatever else a column holds, text or NULL, as it is."""
    if not isinstance(stored, bytes):
        return stored
    unpacker = zlib.decompressobj(-15, _DICTIONARIES[stored[0]])
    return (unpacker.decompress(stored[1:]) + unpacker.flush()).decode()
