"""What a file is, by its content and its headers."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from bridge.engines.picture_hash import picture_hash
from bridge.errors import (
    BridgeError,
    InTheCloud,
    NotAPhoto,
    PhotoChanged,
    PhotoDamaged,
    PhotoEmpty,
    PhotoMissing,
    PhotoTooLarge,
    PhotoUnreadable,
)
from bridge.photos import ReadLimits, _identity, identify
from bridge.values import Facts, Format
from tests.photos.made import EMBEDDABLE, exif_of, look, picture, pixels, save, turned
from tests.rights import give_away, without_rights


@pytest.mark.parametrize("suffix", EMBEDDABLE)
def test_a_photo_is_known_by_its_content(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"photo{suffix}").rename(tmp_path / "misnamed.doc")
    found = look(path)
    format = {".jpg": Format.JPEG, ".tif": Format.TIFF}.get(suffix) or Format(suffix[1:])
    assert (found.format, found.width, found.height, found.orientation) == (format, 600, 400, 1)


def test_a_webp_named_jpg_works(tmp_path: Path) -> None:
    path = tmp_path / "from-the-web.jpg"
    picture().save(path, "WEBP")
    assert look(path).format is Format.WEBP


@pytest.mark.photos
@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("Canon-R6-pruned.CR3", Format.RAW),
        ("FujiFilm.raf", Format.RAW),
        ("Panasonic.rw2", Format.RAW),
        ("kodak_dc50.kdc", Format.RAW),
        ("IMG_1361.dng", Format.DNG),
        ("synth.dng", Format.DNG),
    ],
)
def test_a_raw_under_another_name_is_never_taken_for_a_file_to_write_into(
    shared_photos: Path, tmp_path: Path, name: str, format: Format
) -> None:
    path = shutil.copyfile(shared_photos / "raw" / name, tmp_path / "renamed.tif")
    assert look(Path(path)).format is format


@pytest.mark.photos
def test_a_raw_that_does_not_decode_is_still_identified(shared_photos: Path) -> None:
    found = look(shared_photos / "raw" / "Canon-R6-pruned.CR3")
    assert found.facts.model == "Canon EOS R6"
    assert (found.width, found.height) == (3584, 2386)


def _box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_box(b"ftyp", b"isom\0\0\2\0isommp42") + _box(b"moov"), id="mp4"),
        pytest.param(_box(b"ftyp", b"qt  \0\0\0\0qt  ") + _box(b"moov"), id="mov"),
        pytest.param(_box(b"wide") + _box(b"mdat", bytes(64)), id="old mov"),
        pytest.param(b"RIFF\x40\0\0\0AVI LIST" + bytes(64), id="avi"),
        pytest.param(b"\x1a\x45\xdf\xa3" + bytes(64), id="mkv"),
        pytest.param(b"\0\0\1\xba" + bytes(64), id="mpeg"),
        pytest.param((b"\x47" + bytes(187)) * 4, id="ts"),
        pytest.param((bytes(4) + b"\x47" + bytes(187)) * 4, id="m2ts"),
    ],
)
def test_a_video_is_called_a_video(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(content)
    found = look(path)
    assert found.format is Format.VIDEO
    assert found.facts == Facts()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Dear diary, today I took no photo.\n" * 9, "text"),
        ("Schöne Grüße aus Köln\n".encode() * 400, "text"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>', "an XMP sidecar"),
        (b"BMW and other cars, by name", "text"),
        (b"BM" + bytes(40), "a Windows bitmap"),
        (b"GIF89a" + bytes(40), "a GIF"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"PK\3\4" + bytes(40), "a ZIP"),
        (bytes(range(255, 0, -1)), "not known here"),
        (b"\0", "not known here"),
    ],
)
def test_what_is_no_photo_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(NotAPhoto, match=words):
        look(path)


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.jpg"
    path.touch()
    with pytest.raises(PhotoEmpty):
        look(path)


def test_a_missing_file_is_called_missing(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.jpg")
    for path in (tmp_path / "gone.jpg", tmp_path / "no" / "such.jpg", tmp_path / "a.jpg" / "b.jpg"):
        with pytest.raises(PhotoMissing):
            look(path)
    (tmp_path / "broken.jpg").symlink_to("nowhere.jpg")
    with pytest.raises(PhotoMissing):
        look(tmp_path / "broken.jpg")


def test_a_folder_a_pipe_and_a_loop_of_links_are_refused_and_nothing_waits(tmp_path: Path) -> None:
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "a.jpg").symlink_to("b.jpg")
    (tmp_path / "b.jpg").symlink_to("a.jpg")
    for name in ("folder.jpg", "pipe.jpg", "a.jpg"):
        with pytest.raises(PhotoUnreadable):
            look(tmp_path / name)


def test_a_file_without_permission_is_called_unreadable(open_folder: Path) -> None:
    for name in ("open.jpg", "locked.jpg"):
        picture().save(open_folder / name)
    (open_folder / "locked.jpg").chmod(0o000)
    look(open_folder / "open.jpg")  # what is imported on first use

    def work() -> None:
        assert look(open_folder / "open.jpg").format is Format.JPEG
        with pytest.raises(PhotoUnreadable):
            look(open_folder / "locked.jpg")

    give_away(open_folder)
    without_rights(work, open_folder)


@pytest.mark.parametrize(
    "name", ["line\nbreak.jpg", "quote'\".jpg", "$HOME`id`.jpg", "-rf.jpg", "🌅.jpg", "n\udcffme.jpg"]
)
def test_any_name_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    picture().save(os.fsencode(path), "JPEG")
    assert look(path).width == 600


def test_thirty_thousand_square_is_refused_by_its_header_alone(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    header = struct.pack(">II5B", 30_000, 30_000, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", bytes(64)) + _chunk(b"IEND", b""))
    with pytest.raises(PhotoTooLarge, match="900 megapixels"):
        look(path)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("suffix", EMBEDDABLE)
def test_the_limit_on_pixels_holds_for_every_format(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"photo{suffix}")
    identify(path, ReadLimits(max_megapixels=0.24))
    with pytest.raises(PhotoTooLarge):
        identify(path, ReadLimits(max_megapixels=0.23))


def test_pillows_own_global_limit_plays_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    for suffix in (".jpg", ".png", ".tif"):
        path = tmp_path / f"photo{suffix}"
        picture().save(path)
        assert pixels(path).shape == (200, 300, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_the_size_as_shown(tmp_path: Path, orientation: int) -> None:
    found = look(turned(tmp_path / "a.jpg", orientation))
    assert (found.width, found.height, found.orientation) == (600, 400, orientation)


def test_an_orientation_that_does_not_exist_is_upright(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    picture().save(path, exif=exif_of({0x0112: 9}))
    assert look(path).orientation == 1


def test_the_hash_is_of_the_picture_and_not_of_its_metadata(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.jpg", quality=90)
    picture().save(tmp_path / "b.jpg", quality=90, exif=exif_of({0x010F: "Camera"}))
    picture().save(tmp_path / "c.jpg", quality=91)
    first, same, other = (look(tmp_path / f"{name}.jpg").data_hash for name in "abc")
    assert first == same != other


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("suffix", EMBEDDABLE)
def test_a_file_cut_anywhere_fails_with_a_name_or_is_read(tmp_path: Path, suffix: str) -> None:
    """Never a crash, never an error without a name; from a few bytes to all but one."""
    data = save(tmp_path / f"whole{suffix}", 120, 80).read_bytes()
    failures = 0
    for part in range(40):
        path = tmp_path / f"cut{suffix}"
        path.write_bytes(data[: 1 + part * len(data) // 40])
        try:
            pixels(path)
        except BridgeError as error:
            failures += 1
            assert error.message and error.hint
    assert failures > 20


def test_a_photo_that_is_written_again_and_again_is_said_to_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "a.jpg")
    looks = []

    def touched(path: Path, _: Format) -> str:
        looks.append(path)
        os.utime(path, ns=(0, len(looks)))
        return "hash"

    monkeypatch.setattr(_identity, "picture_hash", touched)
    with pytest.raises(PhotoChanged):
        look(path)
    assert len(looks) == 3


def test_a_photo_that_was_written_once_meanwhile_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = save(tmp_path / "a.jpg"), save(tmp_path / "b.jpg", 300, 200)
    right = picture_hash

    def replaced_first(path: Path, format: Format) -> str:
        if other.exists():
            other.replace(path)
        return right(path, format)

    monkeypatch.setattr(_identity, "picture_hash", replaced_first)
    assert look(path).width == 300


def test_a_truncated_jpeg_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    picture(1200, 800).save(path, quality=95)
    path.write_bytes(path.read_bytes()[:-2000])
    assert look(path).width == 1200  # its metadata can still be worked on
    with pytest.raises(PhotoDamaged, match="ends early"):
        pixels(path)


@pytest.mark.parametrize("length", range(380, 392))
def test_bytes_that_look_like_a_film_cut_short_are_told_as_what_they_are(tmp_path: Path, length: int) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes((b"\xfd\xfd\xfd\xfd\x47".ljust(196, b"\xfd") + b"\x47").ljust(length, b"\xfd"))
    with pytest.raises(NotAPhoto):
        look(path)


def test_what_is_only_in_the_cloud_is_not_opened_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture().save(tmp_path / "a.jpg")
    monkeypatch.setattr("bridge.photos._open.in_the_cloud", lambda _: True)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("reading it would fetch it"))
    with pytest.raises(InTheCloud):
        look(tmp_path / "a.jpg")
    monkeypatch.undo()
    monkeypatch.setattr("bridge.photos._open.in_the_cloud", lambda _: True)
    assert identify(tmp_path / "a.jpg", ReadLimits(fetch=True)).format is Format.JPEG
    (tmp_path / ".b.jpg.icloud").touch()
    with pytest.raises(InTheCloud):
        look(tmp_path / "b.jpg")
