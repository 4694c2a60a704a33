"""Before-images of JPEGs: what our write changed, and where the rest is in the file as our write left it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bridge.errors import PhotoDamaged
from bridge.exiftool import ExifTool
from bridge.metadata import _before
from bridge.metadata.outcome import Restored
from bridge.values import Format
from tests.metadata.desk import Desk, exiftool, picture, plan_for

SCAN = b"\xff\xda\x00\x02the picture\xff\xd9"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


NOTES, XMP, TABLE = (
    segment(0xE1, b"Exif\0\0" + bytes(range(256)) * 80),
    segment(0xE1, b"xmp old"),
    segment(0xDB, b"table"),
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((NOTES, XMP, TABLE), (NOTES, segment(0xE1, b"xmp new"), segment(0xED, b"iptc"), TABLE)),
        ((NOTES, TABLE), (segment(0xE0, b"first"), NOTES, TABLE)),
        ((XMP, NOTES, XMP, TABLE), (TABLE, NOTES)),
        ((b"\xff\xff" + NOTES, TABLE), (NOTES, TABLE)),  # a fill byte before a marker
        ((), ()),
    ],
)
def test_the_old_bytes_come_out_of_the_new_file(old: tuple[bytes, ...], new: tuple[bytes, ...]) -> None:
    before, after = (io.BytesIO(b"\xff\xd8" + b"".join(parts) + SCAN) for parts in (old, new))
    image, out = _before.changed_segments(before, after), io.BytesIO()
    _before.rebuild(_before.SEGMENTS, image, after, out)
    assert out.getvalue() == before.getvalue()
    assert len(image) < 200


def test_another_file_than_our_write_left_is_refused() -> None:
    before, after = (io.BytesIO(b"\xff\xd8" + part + SCAN) for part in (NOTES, segment(0xE0, b"") + NOTES))
    image = _before.changed_segments(before, after)
    with pytest.raises(PhotoDamaged):
        _before.rebuild(_before.SEGMENTS, image, io.BytesIO(after.getvalue()[:900]), io.BytesIO())


def test_what_our_write_leaves_alone_is_not_in_the_journal_and_an_undo_brings_back_every_byte(
    tool: ExifTool, tmp_path: Path
) -> None:
    desk = Desk(tool, tmp_path / "photos")
    photo = picture(desk.folder / "a.jpg", size=(320, 240))
    thumbnail = picture(tmp_path / "thumbnail.jpg", size=(160, 120))
    exiftool("-q", "-overwrite_original", f"-ThumbnailImage<={thumbnail}", "-EXIF:Artist=Anna", photo)
    old = photo.read_bytes()
    desk.writer.apply(plan_for(photo, format=Format.JPEG), job="j", item=1)
    (entry,) = desk.journal.of_job("j")
    assert entry.kind == _before.SEGMENTS
    assert len(entry.before) < 200 < len(thumbnail.read_bytes())
    (undone,) = desk.writer.undo([entry]).photos
    assert undone.restored is Restored.EXACTLY
    assert photo.read_bytes() == old
