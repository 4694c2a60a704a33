from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bridge.culling._exposure import exposure_of, sample
from bridge.values import RGB
from tests.culling.photographs import brighter, photograph
from tests.culling.scenes import scene


def plain(level: int) -> RGB:
    return np.full((200, 300, 3), level, np.uint8)


def test_a_usual_scene_has_no_defect() -> None:
    found = exposure_of(scene(1))
    assert found.overexposed == 0.0
    assert found.underexposed < 0.1


def test_light_that_ran_over_most_of_the_picture_is_lost() -> None:
    found = exposure_of(brighter(scene(1), 3.0))
    assert found.overexposed > 0.6
    assert found.clipped_high > 0.4


def test_headroom_of_a_raw_brings_it_back() -> None:
    photo = brighter(scene(1), 3.0)
    assert exposure_of(photo, headroom_ev=2.0).overexposed == 0.0
    assert exposure_of(photo, headroom_ev=1.0).overexposed < exposure_of(photo).overexposed


def test_a_white_sky_over_a_land_is_no_defect() -> None:
    photo = brighter(scene(1), 0.7)
    photo[:250] = 255
    assert exposure_of(photo).clipped_high > 0.4
    assert exposure_of(photo).overexposed < 0.1


def test_the_darker_the_less_can_be_rescued() -> None:
    scores = [exposure_of(brighter(scene(1), by)).underexposed for by in (1.0, 0.7, 0.4, 0.2, 0.05)]
    assert scores == sorted(scores)
    assert scores[-1] == 1.0


def test_a_night_with_lights_is_no_defect() -> None:
    night = plain(3)
    night[90:110, 100:160] = 180
    assert exposure_of(night).underexposed == 0.0
    assert exposure_of(night).clipped_low > 0.9


def test_a_black_frame_is_lost() -> None:
    assert exposure_of(plain(2)).underexposed == 1.0


def test_a_white_frame_is_lost() -> None:
    assert exposure_of(plain(255)).overexposed == 1.0


def test_a_sample_is_of_native_pixels() -> None:
    photo = np.arange(2000 * 3000, dtype=np.uint8).reshape(2000, 3000, 1).repeat(3, axis=2)
    some = sample(photo)
    assert 100_000 < some.shape[0] * some.shape[1] < 500_000
    assert np.isin(some, photo).all()


@pytest.mark.photos
def test_photographs(shared_photos: Path) -> None:
    found = {path.stem: exposure_of(sample(photograph(path))) for path in (shared_photos / "culling").iterdir()}
    assert max(one.overexposed for name, one in found.items() if "over" not in name) == 0.0
    assert max(one.underexposed for name, one in found.items() if "under" not in name) < 0.05
    assert found["test_overexposed_8"].overexposed > 0.5
    assert found["test_underexposed_8"].underexposed > 0.22
