"""Proxies: JPEGs in a private folder, and originals that are only read."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bridge.errors import PhotoDamaged
from bridge.photos import render_proxy
from tests.photos.made import LIMITS, assert_upright, look, picture, save, turned


def test_a_proxy_is_a_small_upright_jpeg_without_metadata(tmp_path: Path) -> None:
    original = turned(tmp_path / "a.tif", 6)
    before = original.read_bytes(), original.stat().st_mtime_ns
    proxy = render_proxy(look(original), tmp_path / "proxies", 300, limits=LIMITS)
    with Image.open(proxy) as image:
        assert (image.format, image.size) == ("JPEG", (300, 200))
        assert not image.getexif() and "icc_profile" not in image.info
        assert_upright(np.asarray(image), 12)
    assert (original.read_bytes(), original.stat().st_mtime_ns) == before


def test_folder_and_proxy_are_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "proxies"
    folder.mkdir(mode=0o755)
    proxy = render_proxy(look(save(tmp_path / "a.jpg")), folder, 300, limits=LIMITS)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(proxy.stat().st_mode) == 0o600


def test_proxies_of_one_photo_made_at_once_have_names_of_their_own(tmp_path: Path) -> None:
    found = look(save(tmp_path / "a.jpg"))
    with ThreadPoolExecutor(4) as pool:
        proxies = list(pool.map(lambda _: render_proxy(found, tmp_path / "p", 100, limits=LIMITS), range(12)))
    assert len(set(proxies)) == 12
    assert {proxy.parent for proxy in proxies} == {tmp_path / "p"}


def test_a_proxy_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    picture(1200, 800).save(path, quality=95)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(PhotoDamaged):
        render_proxy(look(path), tmp_path / "proxies", 300, limits=LIMITS)
    assert not list(tmp_path.glob("proxies/*"))
