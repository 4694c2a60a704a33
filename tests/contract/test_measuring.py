"""What everything that measures photos for a cull promises. A new one inherits ``MeasuringContract``."""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bridge.cluster import ClusterMeasuring, CullSpec
from bridge.codec import from_json, to_json
from bridge.culling.measurer import EDGE, Measurer
from bridge.culling.measures import Measures
from bridge.errors import NotAPhoto, PhotoChanged, PhotoDamaged, PhotoMissing
from bridge.jobs.measuring import Looked, Measuring, MeasuringHere, Wanted
from bridge.photos import Identity, PixelMemory, full_size
from bridge.store import Measured
from bridge.taggers.contract import Cancelled
from bridge.values import Format, RawRenderer
from tests.culling.photos import blurred, save
from tests.culling.scenes import scene
from tests.fakes.nodes import FakeNodes
from tests.photos.made import LIMITS, assert_upright, dng, look, turned
from tests.photos.made import save as save_as

NOTHING_OF_PIXELS = 100_000
"""Bytes that measures take at most when they are sent."""


def measured(photo: Identity) -> Measured:
    """By the rooms themselves, with nothing in between."""
    with full_size(photo, limits=LIMITS, memory=PixelMemory()) as whole:
        found = Measurer().measure(whole.native, whole.smaller(EDGE))
    return Measured(to_json(found.measures), found.descriptor)


class MeasuringContract(ABC):
    """Inherited by one class for each."""

    @pytest.fixture
    @abstractmethod
    def measuring(self) -> Iterator[Measuring]:
        """One that can be used, with ``LIMITS``."""

    def test_it_says_how_much_it_takes(self, measuring: Measuring) -> None:
        assert measuring.in_flight >= 1

    def test_the_measures_are_those_of_the_photo_whoever_measures(self, measuring: Measuring, tmp_path: Path) -> None:
        sharp = look(save(tmp_path / "sharp.jpg", scene(1)))
        soft = look(save(tmp_path / "soft.jpg", blurred(scene(1), 5.0)))
        with ThreadPoolExecutor(2) as threads:
            found = list(threads.map(lambda photo: measuring.look(photo, Wanted()).measured, (sharp, soft)))
        assert found == [measured(sharp), measured(soft)]

    def test_pixels_come_only_where_they_are_wanted(self, measuring: Measuring, tmp_path: Path) -> None:
        photo = look(save(tmp_path / "photo.jpg", scene(1)))
        alone = measuring.look(photo, Wanted())
        assert alone.small is None and alone.proxy is None
        assert len(pickle.dumps(alone)) < NOTHING_OF_PIXELS
        proxy = measuring.look(photo, Wanted(measure=False, edge=300))
        assert proxy.measured is None and proxy.small is None
        assert proxy.proxy is not None and proxy.proxy.shape == (200, 300, 3)
        small = measuring.look(photo, Wanted(small=True, edge=300))
        assert small.measured == alone.measured
        assert small.small is not None and max(small.small.shape) <= EDGE
        assert small.proxy is not None and np.array_equal(small.proxy, proxy.proxy)

    def test_what_is_found_can_be_sent_and_stays(self, measuring: Measuring, tmp_path: Path) -> None:
        photo = look(save(tmp_path / "photo.jpg", scene(1)))
        found = measuring.look(photo, Wanted(small=True, edge=300))
        again: Looked = pickle.loads(pickle.dumps(found))
        assert found.small is not None and found.proxy is not None
        kept = found.small.copy(), found.proxy.copy()
        measuring.look(look(save(tmp_path / "other.jpg", scene(2))), Wanted(small=True, edge=300))
        assert np.array_equal(found.small, kept[0]) and np.array_equal(found.proxy, kept[1])
        assert again.measured == found.measured
        assert again.small is not None and np.array_equal(again.small, kept[0])
        assert pickle.loads(pickle.dumps((photo, Wanted(edge=300)))) == (photo, Wanted(edge=300))

    @pytest.mark.parametrize("orientation", [1, 3, 6, 8])
    def test_a_photo_is_looked_at_upright(self, measuring: Measuring, tmp_path: Path, orientation: int) -> None:
        found = measuring.look(look(turned(tmp_path / "photo.jpg", orientation)), Wanted(small=True, edge=300))
        assert found.measured is not None and found.small is not None and found.proxy is not None
        measures = from_json(Measures, found.measured.measures)
        assert (measures.width, measures.height) == (600, 400)
        assert_upright(found.small)
        assert_upright(found.proxy)

    @pytest.mark.parametrize("suffix", [".png", ".tif", ".heic"])
    def test_any_format_is_measured(self, measuring: Measuring, tmp_path: Path, suffix: str) -> None:
        found = measuring.look(look(save_as(tmp_path / f"photo{suffix}")), Wanted()).measured
        assert found is not None and from_json(Measures, found.measures).width == 600

    def test_a_raw_holds_more_than_its_preview_shows(self, measuring: Measuring, tmp_path: Path) -> None:
        found = measuring.look(look(dng(tmp_path / "photo.dng")), Wanted()).measured
        assert found is not None and from_json(Measures, found.measures).headroom_ev == 1.0

    def test_a_damaged_photo_says_so_and_the_next_is_measured(self, measuring: Measuring, tmp_path: Path) -> None:
        path = save(tmp_path / "photo.jpg", scene(1))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(PhotoDamaged, match="ends early") as raised:
            measuring.look(look(path), Wanted())
        assert raised.value.hint == PhotoDamaged.default_hint
        assert measuring.look(look(save(path, scene(1))), Wanted()).measured is not None

    def test_a_photo_that_is_gone_or_another_by_now(self, measuring: Measuring, tmp_path: Path) -> None:
        photo = look(save(tmp_path / "photo.jpg", scene(1)))
        save_as(tmp_path / "photo.jpg", 300, 200)
        with pytest.raises(PhotoChanged):
            measuring.look(photo, Wanted())
        photo.path.unlink()
        with pytest.raises(PhotoMissing):
            measuring.look(photo, Wanted())

    def test_a_video_has_no_pixels(self, measuring: Measuring, tmp_path: Path) -> None:
        (tmp_path / "video.mp4").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")
        video = look(tmp_path / "video.mp4")
        assert video.format is Format.VIDEO
        with pytest.raises(NotAPhoto):
            measuring.look(video, Wanted())

    def test_what_was_cancelled_is_not_looked_at(self, measuring: Measuring, tmp_path: Path) -> None:
        photo = look(save(tmp_path / "photo.jpg", scene(1)))
        with pytest.raises(Cancelled):
            measuring.look(photo, Wanted(), lambda: True)


class TestMeasuringHere(MeasuringContract):
    @pytest.fixture
    def measuring(self) -> Iterator[Measuring]:
        yield MeasuringHere(Measurer(), LIMITS, RawRenderer.AUTO)


class TestCluster(MeasuringContract):
    @pytest.fixture
    def measuring(self) -> Iterator[Measuring]:
        yield ClusterMeasuring(FakeNodes(), CullSpec(LIMITS))
