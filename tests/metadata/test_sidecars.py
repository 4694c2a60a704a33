"""Which files lie beside a photo as its sidecars, without looking through its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.metadata._sidecars import find_photo, find_sidecars, sharers, shares_name


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_1.v2.CR2"
    path.touch()
    return path


def sidecars(photo: Path) -> list[str]:
    return [found.path.name for found in find_sidecars(find_photo(photo))]


def test_names_that_programs_use(photo: Path) -> None:
    for name in ("IMG_1.v2.xmp", "IMG_1.v2.CR2.xmp", "IMG_1.v2.cr2.xmp"):
        photo.with_name(name).touch()
    assert sidecars(photo) == ["IMG_1.v2.xmp", "IMG_1.v2.CR2.xmp", "IMG_1.v2.cr2.xmp"]


def test_names_that_belong_to_others(photo: Path) -> None:
    for name in ("IMG_1.xmp", "IMG_1.v2_01.CR2.xmp", "img_1.v2.xmp", "._IMG_1.v2.xmp", "IMG_1.v2.JPG.xmp"):
        photo.with_name(name).touch()
    photo.with_name("IMG_1.v2.xmp").mkdir()
    assert sidecars(photo) == []


def test_one_file_of_two_names_counts_once(photo: Path) -> None:
    # As on a disk that takes no notice of capitals.
    photo.with_name("IMG_1.v2.xmp").touch()
    photo.with_name("IMG_1.v2.XMP").hardlink_to(photo.with_name("IMG_1.v2.xmp"))
    assert sidecars(photo) == ["IMG_1.v2.xmp"]


def test_a_photo_without_an_extension(tmp_path: Path) -> None:
    photo = tmp_path / "scan"
    photo.touch()
    (tmp_path / "scan.xmp").touch()
    assert sidecars(photo) == ["scan.xmp"]


def test_who_else_uses_adobes_sidecar(photo: Path) -> None:
    for name in ("IMG_1.v2.JPG", "IMG_1.v2.tif", "IMG_1.v2.txt", "IMG_1.JPG", "IMG_1.v2.cr2.bak"):
        photo.with_name(name).touch()
    assert sorted(path.name for path in sharers(photo)) == ["IMG_1.v2.JPG", "IMG_1.v2.tif"]
    assert shares_name(photo.with_name("IMG_1.v2.xmp"), photo)
    assert not shares_name(photo.with_name("IMG_1.v2.CR2.xmp"), photo)
