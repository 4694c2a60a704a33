"""Small whole files of every format that is read, with all kinds of metadata: what is then damaged."""

from __future__ import annotations

import io
import struct
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, TiffImagePlugin

from tests.photos import made

REAL = Path(__file__).parents[3] / "shared" / "photos"
"""Real photographs, where they are: they are read from there and never copied."""
_REAL_MOST = 110_000
"""Bytes: larger ones take a decoder too long."""
_REAL = ("raw/*", "heic/*", "labelled/*")
_FAMILIES = {".heic": "heic", ".dng": "dng", ".jpg": "jpeg"}

XMP = b"""<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
 xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3"
 xmlns:acdsee="http://ns.acdsee.com/iptc/1.0/" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
 xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
 xmp:Label="Red"
 acdsee:categories="&lt;Categories&gt;&lt;Category Assigned=&quot;1&quot;&gt;Sea&lt;/Category&gt;&lt;/Categories&gt;">
<dc:subject><rdf:Bag><rdf:li>harbour</rdf:li><rdf:li>M\xc3\xb6we</rdf:li></rdf:Bag></dc:subject>
<lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|harbour</rdf:li></rdf:Bag></lr:hierarchicalSubject>
<digiKam:TagsList><rdf:Seq><rdf:li>Places/harbour</rdf:li></rdf:Seq></digiKam:TagsList>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Evening</rdf:li>
<rdf:li xml:lang="de">Abend</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Boats at rest.</rdf:li></rdf:Alt></dc:description>
<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="48" stDim:h="32" stDim:unit="pixel"/>
<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="Anna" mwg-rs:Type="Face">
<mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:w="0.25" stArea:h="0.2" stArea:unit="normalized"/>
</rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class Seed:
    """A whole file; ``family`` says which mutators know its structure."""

    family: str
    suffix: str
    data: bytes


def photos(*, real: bool = True) -> list[Seed]:
    """Every seed, in the same order each time. ``real``: with real photographs, where they are beside the checkout."""
    return [
        *_jpegs(),
        *_pngs(),
        *_tiffs(),
        *_webps(),
        *_heics(),
        *_psds(),
        *_raws(),
        *_others(),
        *(_real() if real else ()),
    ]


def _real() -> Iterator[Seed]:
    for pattern in _REAL:
        for path in sorted(REAL.glob(pattern)):
            if path.stat().st_size <= _REAL_MOST:
                suffix = path.suffix.lower()
                yield Seed(_FAMILIES.get(suffix, "raw"), suffix, path.read_bytes())


def picture(mode: str = "RGB", size: tuple[int, int] = (48, 32)) -> Image.Image:
    """With structure in it, so that compressed data has something to say."""
    y, x = np.mgrid[: size[1], : size[0]]
    pixels = np.dstack([(x * 5) % 256, (y * 7) % 256, (x * y) % 256]).astype(np.uint8)
    return Image.fromarray(pixels).convert(mode)


def exif() -> bytes:
    """As a camera writes it; Pillow gives the comment another type than the standard."""
    data = made.exif_of(
        {0x010E: "OLYMPUS DIGITAL CAMERA", 0x010F: "Cam", 0x0110: "Cam One", 0x0112: 6, 0x0132: "2024:05:17 20:14:00"},
        {
            0x829A: (1, 250),
            0x829D: 2.8,
            0x8827: 400,
            0x9003: "2024:05:17 20:14:00",
            0x920A: 50.0,
            0x9286: b"ASCII\0\0\0a comment",
            0xA434: "50 mm",
        },
        {1: "N", 2: (53.0, 33.0, 2.0), 3: "E", 4: (9.0, 59.0, 1.0), 5: b"\0", 6: 12.5},
    )
    comment, undefined = 0x9286, 7
    at = data.index(struct.pack(">H", comment))
    return data[: at + 2] + struct.pack(">H", undefined) + data[at + 4 :]


def iptc() -> bytes:
    """The records of an IPTC block: keywords, title, caption, UTF-8."""
    records = [
        (1, 90, b"\x1b%G"),
        (2, 25, b"harbour"),
        (2, 25, "Möwe".encode()),
        (2, 5, b"Evening"),
        (2, 120, b"Boats"),
    ]
    return b"".join(struct.pack(">BBBH", 0x1C, record, tag, len(value)) + value for record, tag, value in records)


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(image: Image.Image, *segments: bytes, **options: Any) -> bytes:
    data = _saved(image, "JPEG", **options)
    return data[:2] + b"".join(segments) + data[2:]


def app_segments() -> tuple[bytes, ...]:
    """What cameras and programs put before the picture: Exif, XMP, IPTC, a profile, an index of several pictures."""
    mpf = b"MPF\0II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0xB001, 4, 1, 2) + bytes(4)
    resource = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(iptc())) + iptc()
    return (
        _segment(0xE1, b"Exif\0\0" + exif().removeprefix(b"Exif\0\0")),
        _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        _segment(0xED, b"Photoshop 3.0\0" + resource + b"\0" * (len(resource) % 2)),
        _segment(0xE2, b"ICC_PROFILE\0\x01\x01" + made.matrix_profile()),
        _segment(0xE2, mpf),
    )


def _jpegs() -> Iterator[Seed]:
    apps = app_segments()
    files = [
        jpeg(picture(), *apps, quality=80),
        jpeg(picture(), apps[0], quality=60),
        jpeg(picture(), apps[1], apps[2], quality=60, progressive=True),
        jpeg(picture("L"), apps[3], quality=60),
        jpeg(picture("CMYK"), _segment(0xE2, b"ICC_PROFILE\0\x01\x01" + made.cmyk_profile()), quality=60),
        jpeg(picture(), quality=90, subsampling=1, comment=b"a comment"),
        jpeg(picture(), apps[4], quality=60) + jpeg(picture(size=(24, 16))),
        jpeg(picture(size=(200, 130)), restart_marker_blocks=2),
    ]
    yield from (Seed("jpeg", ".jpg", data) for data in files)


def _pngs() -> Iterator[Seed]:
    palette = picture().quantize(16)
    sixteen = Image.fromarray(np.asarray(picture("L")).astype(np.uint16) * 257)
    frames = [picture(), picture().rotate(90)]
    icc = made.matrix_profile(swapped=True)
    files = [
        _saved(picture(), "PNG", exif=exif(), icc_profile=icc),
        _saved(palette, "PNG", transparency=3),
        _saved(picture("RGBA"), "PNG"),
        _saved(picture("LA"), "PNG"),
        _saved(sixteen, "PNG"),
        _saved(picture("1"), "PNG"),
        _saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=10),
    ]
    text = b"XML:com.adobe.xmp\0\0\0\0\0" + XMP
    chunk = struct.pack(">I", len(text)) + b"iTXt" + text + struct.pack(">I", zlib.crc32(b"iTXt" + text))
    files.append(files[0][:33] + chunk + files[0][33:])
    yield from (Seed("png", ".png", data) for data in files)


def _tiffs() -> Iterator[Seed]:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270], tags[700], tags[33723] = "A caption", XMP, iptc()
    floats = Image.fromarray(np.linspace(0, 1, 48 * 32, dtype=np.float32).reshape(32, 48))
    sixteen = Image.fromarray(np.asarray(picture("L")).astype(np.uint16) * 257)
    for image, options in (
        (picture(), {"tiffinfo": tags, "icc_profile": made.matrix_profile()}),
        (picture(), {"compression": "tiff_lzw"}),
        (picture(), {"compression": "tiff_adobe_deflate"}),
        (picture(), {"compression": "jpeg"}),
        (picture(), {"compression": "packbits"}),
        (picture(), {"exif": exif()}),
        (picture("1"), {"compression": "group4"}),
        (picture("CMYK"), {}),
        (picture("LAB"), {}),
        (sixteen, {}),
        (floats, {}),
        (picture(), {"save_all": True, "append_images": [picture("L")]}),
        (picture(), {"big_tiff": True}),
    ):
        yield Seed("tiff", ".tif", _saved(image, "TIFF", **options))


def _webps() -> Iterator[Seed]:
    for image, options in (
        (picture(), {"exif": exif(), "xmp": XMP, "icc_profile": made.matrix_profile()}),
        (picture(), {"lossless": True}),
        (picture("RGBA"), {"quality": 50}),
        (picture(), {"save_all": True, "append_images": [picture().rotate(90)], "duration": 10}),
    ):
        yield Seed("webp", ".webp", _saved(image, "WEBP", **options))


def _heics() -> Iterator[Seed]:
    pillow_heif.register_heif_opener()
    for image, options in (
        (picture(size=(64, 64)), {"exif": exif(), "xmp": XMP}),
        (picture("RGBA", (64, 64)), {"quality": 30}),
        (picture("L", (64, 64)), {"quality": 30, "icc_profile": made.matrix_profile()}),
    ):
        yield Seed("heic", ".heic", _saved(image, "HEIF", **options))
    yield Seed("avif", ".avif", _saved(picture(size=(64, 64)), "AVIF", quality=30, exif=exif(), speed=10))


def _psds() -> Iterator[Seed]:
    rgb = np.asarray(picture()).transpose(2, 0, 1)
    resources = made.psd_resource(1039, made.matrix_profile()) + made.psd_resource(
        1058, exif().removeprefix(b"Exif\0\0")
    )
    cmyk = np.asarray(picture("CMYK")).transpose(2, 0, 1)
    yield _psd(rgb, mode=3, resources=resources)
    yield _psd(rgb, mode=3, packed=True)
    yield _psd(rgb, mode=3, packed=True, large=True)
    yield _psd(rgb.astype(np.uint16).byteswap() * 257, mode=3, depth=16)
    yield _psd(rgb[:1], mode=2, palette=bytes(range(256)) * 3)
    yield _psd(cmyk, mode=4, packed=True)
    yield _psd(np.asarray(picture("1"))[np.newaxis], mode=0, depth=1)
    yield _psd((rgb / 255).astype(">f4"), mode=3, depth=32)


def _psd(channels: Any, **options: Any) -> Seed:
    return Seed("psd", ".psd", _written(lambda path: made.psd(path, channels, **options)))


def _written(make: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        make(path)
        return path.read_bytes()


def _raws() -> Iterator[Seed]:
    preview = jpeg(picture(size=(320, 200)), app_segments()[0], quality=50)
    plain = _written(lambda path: made.dng(path, size=(48, 32)))
    shown = _written(lambda path: made.dng(path, size=(48, 32), preview=preview))
    yield Seed("dng", ".dng", plain)
    yield Seed("dng", ".dng", shown)
    yield Seed("raw", ".nef", shown.replace(struct.pack("<HHI", 0xC612, 1, 4), struct.pack("<HHI", 0xC5FF, 1, 4)))
    yield Seed("raw", ".orf", b"IIRO" + shown[4:])
    yield Seed("raw", ".rw2", b"IIU\0" + shown[4:] + preview)
    yield Seed("raw", ".cr2", shown[:4] + struct.pack("<I", 16) + b"CR\x02\0" + bytes(4) + shown[16:])
    raf = b"FUJIFILMCCD-RAW 0201FF129502FinePix S5000".ljust(84, b"\0")
    yield Seed("raw", ".raf", raf + struct.pack(">II", 160, len(preview)) + bytes(68) + preview + bytes(256))
    cmt = b"".join(_box(name, exif().removeprefix(b"Exif\0\0")) for name in (b"CMT1", b"CMT2", b"CMT4"))
    uuid = _box(b"uuid", bytes.fromhex("85c0b687820f11e08111f4ce462b6a48") + cmt)
    yield Seed("raw", ".cr3", _box(b"ftyp", b"crx \0\0\0\x01crx isom") + _box(b"moov", uuid) + _box(b"mdat", preview))
    yield Seed("raw", ".mrw", b"\0MRM" + struct.pack(">I", 64) + b"\0PRD" + bytes(64) + shown)
    yield Seed("raw", ".x3f", b"FOVb" + bytes(300))


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, name) + body


def _others() -> Iterator[Seed]:
    frames = [picture("P"), picture("P").rotate(90)]
    yield Seed("gif", ".gif", _saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    yield Seed("gif", ".jpg", _saved(picture(), "BMP"))
    yield Seed("gif", ".mp4", _box(b"ftyp", b"mp42\0\0\0\0mp42isom") + _box(b"moov", bytes(64)))
    yield Seed("gif", ".jpg", XMP)
