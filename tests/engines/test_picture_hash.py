"""Which bytes are the picture: the same ones before and after any write of metadata, others after any change of it."""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bridge.engines.picture_hash import COUNTED, file_digest, jpeg_segments, picture_hash, picture_ranges, same_bytes
from bridge.errors import PhotoDamaged
from bridge.exiftool import Assign, ExifTool, Write
from bridge.values import Format

WORDS = tuple(Assign("XMP-dc:Subject", f"word {n} " + "x" * 40, "+=") for n in range(40))
FIELDS = (*WORDS, Assign("XMP-dc:Title", "A title"), Assign("EXIF:Artist", "Somebody with a name"))


@pytest.fixture(scope="module")
def tool() -> Iterator[ExifTool]:
    tool = ExifTool(processes=1)
    yield tool
    tool.close()


def _pixels(shift: int = 0, size: tuple[int, int] = (96, 64)) -> Image.Image:
    y, x = np.indices((size[1], size[0]))
    return Image.fromarray(np.stack([x * 5 + shift, y * 3, x * y], axis=2).astype(np.uint8))


def jpeg(path: Path, shift: int = 0) -> None:
    _pixels(shift).save(path, exif=_exif())


def progressive_jpeg(path: Path, shift: int = 0) -> None:
    _pixels(shift).save(path, progressive=True)


def several_pictures_in_one(path: Path, shift: int = 0) -> None:
    _pixels(shift).save(path, format="MPO", save_all=True, append_images=[_pixels(shift + 9)])


def jpeg_with_trailer(path: Path, shift: int = 0) -> None:
    jpeg(path, shift)
    with path.open("ab") as file:
        file.write(b"a motion clip, say" * 20)


def png(path: Path, shift: int = 0) -> None:
    _pixels(shift).quantize(16).save(path, transparency=0)


def animated_png(path: Path, shift: int = 0) -> None:
    _pixels(shift).save(path, save_all=True, append_images=[_pixels(shift + 5)])


def webp(path: Path, shift: int = 0) -> None:
    _pixels(shift).save(path)


def lossless_webp_with_alpha(path: Path, shift: int = 0) -> None:
    image = _pixels(shift)
    image.putalpha(image.getchannel(0))
    image.save(path, lossless=True, exact=True)


def animated_webp(path: Path, shift: int = 0) -> None:
    _pixels(shift).save(path, save_all=True, append_images=[_pixels(shift + 40)])


def tiff(path: Path, shift: int = 0) -> None:
    _pixels(shift).save(path)


def tiff_of_pages(path: Path, shift: int = 0) -> None:
    _pixels(shift).save(path, compression="tiff_lzw", save_all=True, append_images=[_pixels(shift + 7)])


def tiff_with_layers(path: Path, shift: int = 0) -> None:
    layers = b"Adobe Photoshop Document Data Block\0" + bytes(range(shift, shift + 200)) * 20
    _pixels().save(path, tiffinfo={0x935C: layers})


def bigtiff(path: Path, shift: int = 0) -> None:
    _pixels(shift).save(path, big_tiff=True)


def heic(path: Path, shift: int = 0) -> None:
    import pillow_heif

    pillow_heif.from_pillow(_pixels(shift)).save(path, quality=90)


def avif(path: Path, shift: int = 0) -> None:
    _pixels(shift).save(path, quality=90)


def psd(path: Path, shift: int = 0) -> None:
    """Header, no colour table, one image resource, no layers, raw pixels (Adobe Photoshop File Formats)."""
    planes = np.asarray(_pixels(shift)).transpose(2, 0, 1).tobytes()
    resource = b"8BIM" + struct.pack(">H2xI", 0x03ED, 16) + struct.pack(">IHHIHH", 72 << 16, 1, 1, 72 << 16, 1, 1)
    path.write_bytes(
        b"8BPS"
        + struct.pack(">H6xHIIHH", 1, 3, 64, 96, 8, 3)
        + struct.pack(">I", 0)
        + struct.pack(">I", len(resource))
        + resource
        + struct.pack(">I", 0)
        + b"\0\0"
        + planes
    )


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    return exif


Maker = Callable[..., None]
MADE: dict[Maker, tuple[str, Format]] = {
    jpeg: (".jpg", Format.JPEG),
    progressive_jpeg: (".jpg", Format.JPEG),
    several_pictures_in_one: (".jpg", Format.JPEG),
    jpeg_with_trailer: (".jpg", Format.JPEG),
    png: (".png", Format.PNG),
    animated_png: (".png", Format.PNG),
    webp: (".webp", Format.WEBP),
    lossless_webp_with_alpha: (".webp", Format.WEBP),
    animated_webp: (".webp", Format.WEBP),
    tiff: (".tif", Format.TIFF),
    tiff_of_pages: (".tif", Format.TIFF),
    tiff_with_layers: (".tif", Format.TIFF),
    bigtiff: (".tif", Format.TIFF),
    heic: (".heic", Format.HEIC),
    avif: (".avif", Format.AVIF),
    psd: (".psd", Format.PSD),
}
REAL = {
    "heic/pug.heic": Format.HEIC,
    "heic/Stonehenge.heic": Format.HEIC,
    "heic/cheers_1440x960.heic": Format.HEIC,
    "raw/synth.dng": Format.DNG,
    "labelled/Canon_EOS_7D.jpg": Format.JPEG,
    "labelled/Android_Depth_Map.jpg": Format.JPEG,
    "near_duplicates/iphone_hdr_YES.jpg": Format.JPEG,
}
# ExifTool 12 does not write BigTIFF.
written = pytest.mark.parametrize(
    "maker", [maker for maker in MADE if maker is not bigtiff], ids=lambda maker: maker.__name__
)
made = pytest.mark.parametrize("maker", MADE, ids=lambda maker: maker.__name__)


def _make(folder: Path, maker: Maker, name: str = "a", shift: int = 0) -> tuple[Path, Format]:
    suffix, format = MADE[maker]
    path = folder / f"{name}{suffix}"
    maker(path, shift)
    return path, format


def _written(tool: ExifTool, path: Path) -> Path:
    """A copy with other metadata."""
    new = path.with_name("new.tmp")
    (reply,) = tool.run([Write(path, new, FIELDS)])
    assert new.exists(), reply
    assert new.read_bytes() != path.read_bytes()
    return new


def _same_picture(one: Path, other: Path, format: Format) -> bool:
    with one.open("rb", buffering=0) as a, other.open("rb", buffering=0) as b:
        return same_bytes(a, picture_ranges(a, format), b, picture_ranges(b, format))


@pytest.mark.parametrize(
    "maker", [maker for maker in MADE if maker is not bigtiff], ids=lambda maker: maker.__name__
)  # ExifTool 12 refuses it
def test_writing_metadata_leaves_the_hash(tool: ExifTool, tmp_path: Path, maker: Maker) -> None:
    path, format = _make(tmp_path, maker)
    new = _written(tool, path)
    assert picture_hash(new, format) == picture_hash(path, format) != file_digest(path)
    assert _same_picture(path, new, format)


@pytest.mark.parametrize("name", REAL)
def test_writing_metadata_leaves_the_hash_of_real_photos(
    tool: ExifTool, tmp_path: Path, shared_photos: Path, name: str
) -> None:
    path = tmp_path / Path(name).name
    shutil.copyfile(shared_photos / name, path)
    new = _written(tool, path)
    assert picture_hash(new, REAL[name]) == picture_hash(path, REAL[name]) != file_digest(path)
    assert _same_picture(path, new, REAL[name])


@made
def test_another_picture_has_another_hash(tmp_path: Path, maker: Maker) -> None:
    path, format = _make(tmp_path, maker)
    other, _ = _make(tmp_path, maker, "b", shift=30)
    assert picture_hash(other, format) != picture_hash(path, format)
    assert not _same_picture(path, other, format)


@made
def test_any_changed_byte_of_the_picture_is_seen(tmp_path: Path, maker: Maker) -> None:
    path, format = _make(tmp_path, maker)
    with path.open("rb") as file:
        ranges = picture_ranges(file, format)
    for offset, length in ranges:
        changed = bytearray(path.read_bytes())
        changed[offset + length - 1] ^= 1
        other = tmp_path / "changed"
        other.write_bytes(changed)
        assert picture_hash(other, format) != picture_hash(path, format), (offset, length)


def test_the_whole_of_a_trailer_counts(tmp_path: Path) -> None:
    """Depth maps, motion clips and further pictures lie there."""
    jpeg_with_trailer(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "b.jpg").write_bytes(data[:-1])
    assert picture_hash(tmp_path / "a.jpg", Format.JPEG) != picture_hash(tmp_path / "b.jpg", Format.JPEG)


def test_every_page_and_sub_image_counts(tmp_path: Path) -> None:
    tiff_of_pages(tmp_path / "a.tif")
    with (tmp_path / "a.tif").open("rb") as file:
        ranges = picture_ranges(file, Format.TIFF)
    tiff(tmp_path / "b.tif")
    with (tmp_path / "b.tif").open("rb") as file:
        assert len(ranges) > len(picture_ranges(file, Format.TIFF))


def test_bytes_in_another_place_are_the_same_bytes(tmp_path: Path) -> None:
    block = bytes(range(256)) * 9000  # more than two blocks of the comparison
    (tmp_path / "a").write_bytes(b"head" + block + b"gap" + block[:77])
    (tmp_path / "b").write_bytes(block + block[:77])
    size = len(block)
    with (tmp_path / "a").open("rb", buffering=0) as a, (tmp_path / "b").open("rb", buffering=0) as b:
        assert same_bytes(a, [(4, size), (7 + size, 77)], b, [(0, size), (size, 77)])
        assert not same_bytes(a, [(4, size), (7 + size, 77)], b, [(0, size), (size - 1, 77)])
        assert not same_bytes(a, [(4, size)], b, [(0, size), (size, 77)])
        assert not same_bytes(a, [(4, size)], b, [(100, size)])


# -- what does not hold together --------------------------------------------------------------------------------------


@made
def test_a_file_that_is_cut_is_refused_or_another_picture_and_never_a_defect(tmp_path: Path, maker: Maker) -> None:
    path, format = _make(tmp_path, maker)
    whole, hashed = path.read_bytes(), picture_hash(path, format)
    for length in sorted({0, 1, 7, 8, 12, 30, *range(0, len(whole), max(1, len(whole) // 40))}):
        path.write_bytes(whole[:length])
        assert picture_hash(path, format) != hashed
        with path.open("rb") as file:
            try:
                ranges = picture_ranges(file, format)
            except PhotoDamaged:
                continue
            assert all(offset >= 0 and offset + size <= length for offset, size in ranges)


@made
def test_flipped_bytes_are_never_a_defect(tmp_path: Path, maker: Maker) -> None:
    path, format = _make(tmp_path, maker)
    whole = path.read_bytes()
    dice = random.Random(7)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(min(len(data), 700))] = dice.choice([0, 1, 127, 128, 255])
        path.write_bytes(data)
        assert len(picture_hash(path, format)) == 64


@pytest.mark.parametrize("format", sorted(COUNTED))
def test_text_is_no_picture(tmp_path: Path, format: Format) -> None:
    path = tmp_path / "a"
    path.write_text("no picture at all" * 10)
    with path.open("rb") as file, pytest.raises(PhotoDamaged):
        picture_ranges(file, format)
    assert picture_hash(path, format) == file_digest(path)


def test_a_ring_of_ifds_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 0) + struct.pack("<I", 8))
    with path.open("rb") as file, pytest.raises(PhotoDamaged):
        picture_ranges(file, Format.TIFF)


def test_a_format_that_is_not_told_apart_is_hashed_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.nef"
    path.write_bytes(b"raw")
    assert picture_hash(path, Format.RAW) == file_digest(path)


def test_segments_of_a_jpeg(tmp_path: Path) -> None:
    jpeg(tmp_path / "a.jpg")
    with (tmp_path / "a.jpg").open("rb") as file:
        segments = jpeg_segments(file)
        assert segments[0][1] == 2 and segments[-1][0] == 0xDA
        for (_, offset, length), (_, following, _) in pairwise(segments):
            assert offset + length == following
    (tmp_path / "b.jpg").write_bytes(b"\xff\xd8\xff\xd9")
    with (tmp_path / "b.jpg").open("rb") as file, pytest.raises(PhotoDamaged):
        jpeg_segments(file)


@pytest.mark.parametrize("buffering", [0, -1])
def test_a_place_beyond_what_a_file_can_be_is_damage(tmp_path: Path, buffering: int) -> None:
    path = tmp_path / "photo.tif"
    path.write_bytes(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0xFFFF_FFFF_FFFF_FFF0) + bytes(64))
    with path.open("rb", buffering=buffering) as file, pytest.raises(PhotoDamaged):
        picture_ranges(file, Format.TIFF)
