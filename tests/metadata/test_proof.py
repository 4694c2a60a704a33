"""The look at a written file without ExifTool: right where it says so, and silent where it is not certain."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.errors import MetadataRefused
from bridge.exiftool import ExifTool, Write
from bridge.metadata._commands import assigns
from bridge.metadata._proof import proved
from bridge.metadata.plan import ListChange, TargetPlan, TextChange
from tests.metadata.desk import exiftool, into, picture


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    photo = picture(tmp_path / "a.jpg")
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=gull", "-XMP-dc:Title-de=Abend", "-XMP-xmp:Rating=4",
             "-EXIF:Artist=Me", "-IPTC:City=Kiel", "-Photoshop:URL=http://localhost/", photo)  # fmt: skip
    return photo


def written(tool: ExifTool, target: TargetPlan, path: Path) -> Path:
    new = path.with_name("new.tmp")
    new.unlink(missing_ok=True)
    tool.run([Write(path, new, tuple(assigns(target.lists, target.texts)))])
    return new


def test_a_right_write_is_proved(tool: ExifTool, photo: Path) -> None:
    target = into(photo)
    assert proved(target, photo, written(tool, target, photo), jpeg=True)


def test_words_with_every_sign(tool: ExifTool, photo: Path) -> None:
    target = into(photo, ("a & b <c>", "“d” 'e'", "🌅", "two  spaces"), title="line\nbreak")
    assert proved(target, photo, written(tool, target, photo), jpeg=True)


def test_most_real_photos_need_no_second_look(tool: ExifTool, tmp_path: Path, shared_photos: Path) -> None:
    sure = []
    sources = sorted(shared_photos.glob("*/*.jpg"))
    for source in sources:
        photo = tmp_path / "a.jpg"
        shutil.copyfile(source, photo)
        sure.append(proved(into(photo), photo, written(tool, into(photo), photo), jpeg=True))
    assert sum(sure) > 0.9 * len(sources)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: exiftool("-q", "-overwrite_original", "-XMP-dc:Subject-=harbour", path),
        lambda path: exiftool("-q", "-overwrite_original", "-XMP-dc:Subject-=Möwe", path),
        lambda path: exiftool("-q", "-overwrite_original", "-XMP-dc:Subject-=gull", path),
        lambda path: exiftool("-q", "-overwrite_original", "-IPTC:Keywords-=harbour", path),
        lambda path: exiftool("-q", "-overwrite_original", "-XMP-dc:Title-x-default=Else", path),
        lambda path: exiftool("-q", "-overwrite_original", "-XMP-dc:Title-de=", path),
        lambda path: exiftool("-q", "-overwrite_original", "-XMP-xmp:Rating=", path),
        lambda path: exiftool("-q", "-overwrite_original", "-IPTC:City=", path),
        lambda path: exiftool("-q", "-overwrite_original", "-Photoshop:URL=", path),
        lambda path: exiftool("-q", "-overwrite_original", "-XMP:all=", path),
        lambda path: path.write_bytes(path.read_bytes()[:300]),
    ],
)
def test_a_wrong_write_is_not_proved(tool: ExifTool, photo: Path, spoil: Callable[[Path], object]) -> None:
    new = written(tool, into(photo), photo)
    spoil(new)
    assert not proved(into(photo), photo, new, jpeg=True)


def test_a_lost_part_of_the_file_is_refused(tool: ExifTool, photo: Path) -> None:
    new = written(tool, into(photo), photo)
    exiftool("-q", "-overwrite_original", "-EXIF:all=", new)
    with pytest.raises(MetadataRefused):
        proved(into(photo), photo, new, jpeg=True)


def test_words_that_should_be_gone(tool: ExifTool, photo: Path) -> None:
    target = replace(into(photo), lists=(ListChange("XMP-dc:Subject", (), ("gull",)),), texts=())
    assert proved(target, photo, written(tool, target, photo), jpeg=True)
    assert not proved(target, photo, photo, jpeg=True)


def test_a_field_that_is_not_known_here_is_left_to_exiftool(tool: ExifTool, photo: Path) -> None:
    target = replace(into(photo), texts=(TextChange("IFD0:ImageDescription", None, "x"),))
    assert not proved(target, photo, written(tool, target, photo), jpeg=True)


def test_sidecars(tool: ExifTool, tmp_path: Path) -> None:
    xmp = tmp_path / "a.xmp"
    exiftool("-q", "-XMP-dc:Subject=gull", "-XMP-exif:Flash={Fired=True,Mode=1}", "-XMP-xmp:Rating=4", xmp)
    target = into(xmp, iptc=False)
    new = written(tool, target, xmp)
    assert proved(target, xmp, new, jpeg=False)
    new.write_text(new.read_text().replace("<xmp:Rating>4", "<xmp:Rating>3"))
    assert not proved(target, xmp, new, jpeg=False)
