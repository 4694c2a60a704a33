"""Small files that become large, or that take long, made for the tests."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

LAUGHS = "".join(
    ['<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a0 "ha">']
    + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    + ["]>"]
)
"""A thousand million laughs, and a file of the reader's own."""
XMP = (
    f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{LAUGHS}<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>mine</rdf:li><rdf:li>&a9;</rdf:li>'
    "<rdf:li>&f;</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="w"?>'
)


def picture(colour: tuple[int, int, int], kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (240, 160), colour).save(file, kind)
    return file.getvalue()


def with_segment(jpeg: bytes, marker: int, data: bytes) -> bytes:
    return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data + jpeg[2:]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def deflated(size: int) -> bytes:
    """``size`` zero bytes in a thousandth of them: one block, said again and again."""
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (size // len(block) - 1)


def png(data: bytes, *, before: bool) -> bytes:
    """A small PNG with chunks before or after its picture."""
    whole = picture((30, 160, 60), "PNG")
    at = 33 if before else len(whole) - 12
    return whole[:at] + data + whole[at:]


def packed_text(kind: bytes, size: int) -> bytes:
    starts = {b"zTXt": b"Comment\0\0", b"iTXt": b"XML:com.adobe.xmp\0\1\0\0\0", b"iCCP": b"icc\0\0"}
    return chunk(kind, starts[kind] + deflated(size))


def scans(count: int, edge: int = 4000, *, hidden: bool = False) -> bytes:
    """A progressive JPEG, grey all over, whose scans each pass over the whole of it for some bytes.

    ``hidden``: between them lies a comment that looks like the end of the picture.
    """
    blocks = (edge // 8) ** 2
    bits = ("0" + "1" * 14) * -(-blocks // 32767)  # EOB14: so many blocks without a coefficient
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    comment = struct.pack(">BBH", 0xFF, 0xFE, 4) + b"\xff\xd9" if hidden else b""
    tables = b"".join(
        struct.pack(">BBHB", 0xFF, 0xC4, 20, kind) + bytes([1] + [0] * 15) + symbol
        for kind, symbol in ((0x00, b"\0"), (0x10, b"\xe0"))
    )
    head = b"\xff\xd8\xff\xdb\0\x43\0" + bytes([16] * 64)
    frame = struct.pack(">BBHBHHB3B", 0xFF, 0xC2, 11, 8, edge, edge, 1, 1, 0x11, 0)
    first = b"\xff\xda\0\x08\x01\x01\0\0\0\0" + bytes(blocks // 8 + 1)
    return (
        head + frame + tables + first + (comment + b"\xff\xda\0\x08\x01\x01\0\x01\x3f\0" + data) * count + b"\xff\xd9"
    )


def strips(count: int, size: int) -> bytes:
    """A grey TIFF of ``count`` rows whose strips are all the same ``size`` bytes."""
    entries = 9
    after = 8 + 2 + entries * 12 + 4
    fields = (
        *((256, 4, 1, 64), (257, 4, 1, count), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)),
        *((273, 4, count, after), (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, count, after + 4 * count)),
    )
    directory = struct.pack("<H", entries) + b"".join(struct.pack("<HHII", *field) for field in fields) + bytes(4)
    where = struct.pack("<I", after + 8 * count) * count
    return b"II*\0" + struct.pack("<I", 8) + directory + where + struct.pack("<I", size) * count + bytes(size)


def preview_claims(raw: bytes, width: int, height: int) -> bytes:
    """The RAW with every JPEG in it claiming another size."""
    changed = bytearray(raw)
    at = 0
    while (at := raw.find(b"\xff\xc0\0\x11\x08", at)) >= 0:
        struct.pack_into(">HH", changed, at + 5, height, width)
        at += 1
    return bytes(changed)


def write(folder: Path, **files: bytes) -> dict[str, Path]:
    """``name_jpg=…``: a file each."""
    made = {}
    for name, data in files.items():
        path = folder / ".".join(name.rsplit("_", 1))
        path.write_bytes(data)
        made[path.name] = path
    return made
