"""A photo that nobody has described is read without ExifTool, and then as ExifTool reads it."""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from bridge.exiftool import Assign, ExifTool, Read, Reply, Tags, Write
from bridge.metadata._bare import read_bare
from bridge.metadata.read import TAGS

MUTANTS = 300


def as_exiftool_says(tool: ExifTool, photos: Sequence[Path]) -> list[Tags]:
    answers = tool.read([Read(photo, TAGS, fast=True, iptc_is_utf8=True) for photo in photos])
    assert all(isinstance(answer, dict) for answer in answers)
    return [answer for answer in answers if isinstance(answer, dict)]


@pytest.fixture
def camera_photo(shared_photos: Path, tmp_path: Path) -> Path:
    """With a description, a comment and a date of the camera's."""
    return Path(shutil.copy(shared_photos / "labelled" / "Olympus_C40Z.jpg", tmp_path / "IMG.jpg"))


def test_every_photo_is_read_as_by_exiftool_or_left_to_it(tool: ExifTool, shared_photos: Path) -> None:
    photos = [path for path in sorted(shared_photos.rglob("*")) if path.suffix.lower() in (".jpg", ".jpeg")]
    said = dict(zip(photos, as_exiftool_says(tool, photos), strict=True))
    read = {photo: tags for photo in photos if (tags := read_bare(photo)) is not None}
    assert read == {photo: said[photo] for photo in read}
    assert len(read) > len(photos) / 2
    assert {tag for tags in read.values() for tag in tags} == {
        "IFD0:ImageDescription",
        "ExifIFD:DateTimeOriginal",
        "ExifIFD:UserComment",
    }


@pytest.mark.parametrize(
    "assign",
    [
        Assign("XMP-dc:Subject", "sea", "+="),
        Assign("XMP-xmp:Rating", "3"),
        Assign("XMP-xmp:CreatorTool", "nothing that is asked for"),
        Assign("IPTC:Keywords", "sea", "+="),
        Assign("IFD0:XPKeywords", "sea"),
        Assign("IFD0:XPTitle", "sea"),
        Assign("IFD0:Rating", "3"),
        Assign("IFD0:ImageDescription", "Möwe"),
        Assign("ExifIFD:UserComment", "Möwe"),
    ],
    ids=lambda assign: assign.tag,
)
def test_what_a_person_or_a_program_wrote_is_left_to_exiftool(
    tool: ExifTool, camera_photo: Path, assign: Assign
) -> None:
    assert read_bare(camera_photo) is not None
    changed = camera_photo.with_name("changed.jpg")
    (reply,) = tool.run([Write(camera_photo, changed, (assign,))])
    assert isinstance(reply, Reply) and reply.status == 0
    assert read_bare(changed) is None


def test_a_plain_description_and_comment_are_read(tool: ExifTool, camera_photo: Path) -> None:
    changed = camera_photo.with_name("changed.jpg")
    texts = {"IFD0:ImageDescription": " Our harbour, 2019 ", "ExifIFD:UserComment": "true"}
    tool.run([Write(camera_photo, changed, tuple(Assign(tag, text) for tag, text in texts.items()))])
    tags = read_bare(changed)
    assert tags is not None and tags.items() >= texts.items()
    assert [tags] == as_exiftool_says(tool, [changed])


def test_bytes_that_are_not_as_they_should_be_never_read_otherwise_than_by_exiftool(
    tool: ExifTool, camera_photo: Path
) -> None:
    whole, dice = camera_photo.read_bytes(), random.Random(20)
    start = whole.index(b"Exif\0\0")
    photos = []
    for number in range(MUTANTS):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 3)):
            data[start + dice.randrange(1200)] = dice.choice((0, 1, 2, 7, 0x20, 0x41, 0xFF, dice.randrange(256)))
        photo = camera_photo.with_name(f"{number}.jpg")
        photo.write_bytes(data)
        photos.append(photo)
    read = {photo: tags for photo in photos if (tags := read_bare(photo)) is not None}
    assert MUTANTS / 10 < len(read) < MUTANTS
    assert list(read.values()) == as_exiftool_says(tool, list(read))


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\0\x08Exif\0\0", b"no picture at all"])
def test_what_is_no_whole_jpeg_is_left_to_exiftool(tmp_path: Path, data: bytes) -> None:
    photo = tmp_path / "IMG.jpg"
    photo.write_bytes(data)
    assert read_bare(photo) is None
    assert read_bare(tmp_path / "gone.jpg") is None


@pytest.mark.parametrize(("count", "offset"), [(0, None), (None, 4), (None, 12), (1 << 20, None)])
def test_a_description_that_lies_where_none_can_lie_is_left_to_exiftool(
    camera_photo: Path, count: int | None, offset: int | None
) -> None:
    data = bytearray(camera_photo.read_bytes())
    start = data.index(b"Exif\0\0") + 6
    order = {b"II": "<", b"MM": ">"}[bytes(data[start : start + 2])]
    entry = data.index(struct.pack(f"{order}HH", 0x010E, 2), start)
    was = struct.unpack_from(f"{order}II", data, entry + 4)
    struct.pack_into(
        f"{order}II", data, entry + 4, was[0] if count is None else count, was[1] if offset is None else offset
    )
    assert read_bare(camera_photo) is not None
    camera_photo.write_bytes(data)
    assert read_bare(camera_photo) is None
