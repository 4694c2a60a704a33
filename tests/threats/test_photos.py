"""A photo from elsewhere: small files that unpack to much, or that take for ever."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import rawpy

from bridge.engines.picture_hash import jpeg_scans, picture_hash
from bridge.errors import PhotoDamaged, SidecarDamaged
from bridge.exiftool import ExifTool, Read
from bridge.exiftool._process import MEMORY
from bridge.metadata._sidecars import LARGEST, belongs_to_darktable
from bridge.photos import ReadLimits, identify
from bridge.photos._open import MOST_SCANS
from bridge.photos._raw import _preview
from bridge.values import Format
from tests.system.daemon import Bridge
from tests.threats.bombs import (
    LAUGHS,
    XMP,
    packed_text,
    picture,
    png,
    preview_claims,
    scans,
    strips,
    with_segment,
    write,
)

pytestmark = pytest.mark.system
MB = 2**20


def test_what_unpacks_to_much_fails_alone_and_the_daemon_stays_small(bridge: Bridge, tmp_path: Path) -> None:
    bombs = write(
        tmp_path,
        text_png=png(packed_text(b"zTXt", 900 * MB), before=True),
        profile_png=png(packed_text(b"iCCP", 900 * MB), before=True),
        xmp_png=png(packed_text(b"iTXt", 900 * MB), before=False),
        scans_jpg=scans(5 * MOST_SCANS, edge=12_000),
        strips_tif=strips(200_000, 20 * MB),
        good_jpg=picture((30, 160, 60)),
    )
    before = {path: path.read_bytes() for path in bombs.values()}
    found = bridge.results("tag", tmp_path, "--model", "starter", "--write")
    told = {name: (result["error"] or {}).get("code", result["status"]) for name, result in found.items()}
    assert told.pop("good.jpg") == "done"
    assert told.pop("strips.tif") in ("done", "photo_damaged", "metadata_refused")
    assert set(told.values()) == {"photo_damaged"}, told
    assert all(result["error"]["hint"] for result in found.values() if result["error"])
    assert all(path.read_bytes() == data for path, data in before.items() if path.name != "good.jpg")
    assert bridge.process is not None
    assert psutil.Process(bridge.process.pid).memory_info().rss < 900 * MB


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_exiftool_unpacks_no_more_than_it_may(tmp_path: Path) -> None:
    files = write(tmp_path, bomb_png=png(packed_text(b"iTXt", MEMORY), before=False), good_jpg=picture((1, 2, 3)))
    tool = ExifTool(processes=1)
    try:
        bomb, good = tool.read([Read(path, ("XMP:all",)) for path in files.values()])
    finally:
        tool.close()
    assert isinstance(bomb, Exception)
    assert good == {}


@pytest.mark.parametrize("hidden", [False, True])
def test_scans_are_counted_as_a_decoder_counts_them(tmp_path: Path, hidden: bool) -> None:
    files = write(tmp_path, few_jpg=scans(20, hidden=hidden), many_jpg=scans(MOST_SCANS, hidden=hidden))
    with files["few.jpg"].open("rb") as file:
        assert jpeg_scans(file, 1000) == 21
    with files["many.jpg"].open("rb") as file:
        assert jpeg_scans(file, MOST_SCANS + 1) == MOST_SCANS + 1
    identify(files["few.jpg"], ReadLimits())
    with pytest.raises(PhotoDamaged, match="scans"):
        identify(files["many.jpg"], ReadLimits())


def test_a_film_behind_a_photo_is_no_scan(tmp_path: Path) -> None:
    # Phones put a clip behind the end of the picture, in which any bytes may stand.
    files = write(tmp_path, live_jpg=picture((30, 160, 60)) + b"\xff\xda" * 2 * MOST_SCANS)
    assert identify(files["live.jpg"], ReadLimits()).width == 240


def test_strips_that_are_all_the_same_bytes_are_not_read_again_and_again(tmp_path: Path) -> None:
    files = write(tmp_path, a_tif=strips(200_000, 20 * MB))
    assert len(picture_hash(files["a.tif"], Format.TIFF)) == 64  # 4 TB, were each strip read


@pytest.mark.parametrize("bomb", ["size", "scans"])
def test_a_preview_within_a_raw_is_no_way_round_the_limits(bomb: str) -> None:
    jpeg = preview_claims(picture((30, 160, 60)), 65_000, 65_000) if bomb == "size" else scans(MOST_SCANS)
    whole = picture((30, 160, 60))
    sizes = SimpleNamespace(width=240, height=160)

    def raw(data: bytes) -> SimpleNamespace:
        thumb = SimpleNamespace(format=rawpy.ThumbFormat.JPEG, data=data)
        return SimpleNamespace(extract_thumb=lambda: thumb, sizes=sizes)

    assert _preview(raw(whole), 320, 1, 1) is not None
    assert _preview(raw(jpeg), 320, 1, 1) is None


def test_a_sidecar_without_end_is_not_read(tmp_path: Path) -> None:
    sidecar = tmp_path / "a.xmp"
    with sidecar.open("wb") as file:
        file.truncate(LARGEST + 1)  # takes no room on the disk
    with pytest.raises(SidecarDamaged, match="larger than"):
        belongs_to_darktable(sidecar)


def test_entities_in_a_photo_are_not_resolved(bridge: Bridge, tmp_path: Path) -> None:
    packet = b"http://ns.adobe.com/xap/1.0/\0" + XMP.encode()
    tree = f'{LAUGHS}<Categories><Category Assigned="1">&a9;&f;</Category></Categories>'
    field = f"<acdsee:categories>{tree.replace('&', '&amp;').replace('<', '&lt;')}</acdsee:categories><dc:subject>"
    acdsee = XMP.replace("<dc:subject>", field)
    acdsee = acdsee.replace("xmlns:dc", 'xmlns:acdsee="http://ns.acdsee.com/iptc/1.0/" xmlns:dc')
    files = write(
        tmp_path,
        a_jpg=with_segment(picture((30, 160, 60)), 0xE1, packet),
        b_jpg=with_segment(picture((31, 161, 61)), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + acdsee.encode()),
    )
    found = bridge.results("tag", tmp_path, "--model", "starter", "--write")
    for name, path in files.items():
        assert found[name]["status"] in ("done", "failed")
        assert b"root:" not in path.read_bytes() and "root:" not in str(found[name])
        assert path.stat().st_size < MB
    assert b"root:" not in (bridge.home / "bridge.db").read_bytes()
