from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bridge.culling.groups import Candidate, Group, GroupKind, groups
from bridge.culling.measures import Shot
from bridge.culling.series import shot_of
from bridge.values import RGB, Facts
from tests.culling.copies import cropped, exposed
from tests.culling.scenes import scene
from tests.culling.test_groups import NOON, moved, photo

SHOT = Shot(NOON, "NIKON Z 8", 0.0, 1 / 250, 8.0, 100, 24.0)


def taken(rgb: RGB, id: int, shot: Shot, seconds: float) -> Candidate:
    return replace(photo(id, rgb), shot=replace(shot, captured=NOON + seconds))


def bracket(rgb: RGB, stops: Sequence[float], *, first: int = 0, start: float = 0.0) -> list[Candidate]:
    """By compensation, half a second apart."""
    return [
        taken(
            exposed(rgb, ev),
            first + at,
            replace(SHOT, exposure_bias=ev, exposure_s=2.0**ev / 250),
            start + at / 2,
        )
        for at, ev in enumerate(stops)
    ]


def panorama(wide: RGB, width: int, overlap: float, *, first: int = 0, gap: float = 3.0) -> list[Candidate]:
    step = round(width * (1 - overlap))
    lefts = range(0, wide.shape[1] - width + 1, step)
    frames = [np.ascontiguousarray(wide[:, left : left + width]) for left in lefts]
    return [taken(frame, first + at, SHOT, gap * at) for at, frame in enumerate(frames)]


@pytest.mark.parametrize("stops", [(0, -1, 1), (0, -2, 2), (-0.7, 0, 0.7), (0, -1, 1, -2, 2), range(-4, 5)])
def test_frames_of_rising_and_falling_exposure_are_a_bracket(stops: Sequence[float]) -> None:
    frames = bracket(scene(1), stops)
    assert groups(frames) == [Group(GroupKind.BRACKET, tuple(range(len(stops))))]


def test_a_bracket_by_hand_is_known_by_its_exposures() -> None:
    frames = [replace(frame, shot=replace(frame.shot, exposure_bias=0.0)) for frame in bracket(scene(1), (0, -1, 1))]
    assert [group.kind for group in groups(frames)] == [GroupKind.BRACKET]


def test_two_brackets_in_a_row_are_two() -> None:
    frames = bracket(scene(2), (0, -1, 1)) + bracket(scene(2), (0, -1, 1), first=3, start=1.5)
    assert groups(frames) == [Group(GroupKind.BRACKET, (0, 1, 2)), Group(GroupKind.BRACKET, (3, 4, 5))]


def test_raw_and_jpeg_of_a_bracket_are_one_bracket() -> None:
    frames = bracket(scene(3), (0, -1, 1))
    both = [replace(frame, id=2 * frame.id + copy) for frame in frames for copy in (0, 1)]  # type: ignore[operator]
    assert groups(both) == [Group(GroupKind.BRACKET, (0, 1, 2, 3, 4, 5))]


def test_a_burst_in_changing_light_is_no_bracket() -> None:
    stops = (0, 0, -0.3, -0.3, 0, -0.3)
    shots = [replace(SHOT, exposure_s=2.0**ev / 250) for ev in stops]
    frames = [taken(moved(scene(4), 8 * at), at, shot, at / 5) for at, shot in enumerate(shots)]
    assert groups(frames) == [Group(GroupKind.MOMENT, (0, 1, 2, 3, 4, 5))]


def test_three_subjects_at_three_exposures_are_no_bracket() -> None:
    frames = [bracket(scene(50 + at), (0, -1, 1))[at] for at in range(3)]
    assert groups(frames) == []


@pytest.mark.parametrize("overlap", [0.2, 0.3, 0.5, 0.7])
def test_frames_that_overlap_sideways_are_a_panorama(overlap: float) -> None:
    frames = panorama(scene(5, 3000, 700), 900, overlap)
    assert len(frames) >= 3
    assert groups(frames) == [Group(GroupKind.PANORAMA, tuple(range(len(frames))))]


def test_an_upright_panorama_in_two_rows_is_one() -> None:
    wide = scene(6, 2400, 1400)
    places = [(0, 0), (600, 0), (1200, 0), (1200, 500), (600, 500), (0, 500)]
    frames = [
        taken(np.ascontiguousarray(wide[y : y + 800, x : x + 900]), at, SHOT, 2.0 * at)
        for at, (x, y) in enumerate(places)
    ]
    assert groups(frames) == [Group(GroupKind.PANORAMA, tuple(range(6)))]


def test_tries_before_a_panorama_are_their_own_moment() -> None:
    frames = panorama(scene(7, 3000, 700), 900, 0.4, first=10)
    tries = [taken(cropped(scene(7, 3000, 700)[:, :900], 0.01 * at), at, SHOT, at - 10.0) for at in range(2)]
    found = groups(tries + frames)
    assert found == [
        Group(GroupKind.MOMENT, (0, 1)),
        Group(GroupKind.PANORAMA, tuple(frame.id for frame in frames)),
    ]


def test_framing_to_and_fro_is_no_panorama() -> None:
    wide = scene(8, 1500, 700)
    frames = [
        taken(np.ascontiguousarray(wide[:, left : left + 900]), at, SHOT, 2.0 * at)
        for at, left in enumerate((0, 500, 0, 500, 0))
    ]
    assert {group.kind for group in groups(frames)} <= {GroupKind.MOMENT}


def focused(rgb: RGB, share: float) -> RGB:
    """Sharp at ``share`` of the width, softer with the distance from there."""
    soft = cv2.GaussianBlur(rgb, (0, 0), 4)
    distance = np.abs(np.linspace(0, 1, rgb.shape[1]) - share)
    sharp = np.clip(1 - 3 * distance, 0, 1)[None, :, None]
    return np.round(rgb * sharp + soft * (1 - sharp)).astype(np.uint8)


def test_focus_that_moves_over_the_same_framing_is_a_focus_stack() -> None:
    frames = [
        taken(focused(scene(9), 0.2 + 0.12 * at), at, replace(SHOT, focus_distance_m=0.5 + 0.1 * at), 0.4 * at)
        for at in range(6)
    ]
    assert groups(frames) == [Group(GroupKind.FOCUS_STACK, tuple(range(6)))]
    by_place = [
        replace(frame, shot=replace(frame.shot, focus_distance_m=None), sharpest=(0.2 + 0.12 * at, 0.5))
        for at, frame in enumerate(frames)
    ]
    assert groups(by_place) == [Group(GroupKind.FOCUS_STACK, tuple(range(6)))]


def test_a_burst_that_hunts_for_focus_is_a_moment() -> None:
    frames = [
        taken(moved(scene(10), 4 * at), at, replace(SHOT, focus_distance_m=distance), 0.2 * at)
        for at, distance in enumerate((2.0, 2.1, 2.0, 2.1, 2.2, 2.0))
    ]
    assert groups(frames) == [Group(GroupKind.MOMENT, tuple(range(6)))]


def test_series_are_found_among_others_in_any_order() -> None:
    photos = [
        *bracket(scene(20), (0, -1, 1)),
        *(replace(frame, shot=replace(frame.shot, captured=NOON + 100 + at)) for at, frame in _pan(10)),
        *(taken(moved(scene(22), 10 * at), 20 + at, SHOT, 200 + at) for at in range(3)),
        *(taken(scene(60 + at), 40 + at, SHOT, 9.0 * at) for at in range(5)),
    ]
    expected = [
        Group(GroupKind.BRACKET, (0, 1, 2)),
        Group(GroupKind.PANORAMA, (10, 11, 12, 13)),
        Group(GroupKind.MOMENT, (20, 21, 22)),
    ]
    for seed in range(2):
        random.Random(seed).shuffle(photos)
        assert groups(photos) == expected


def _pan(first: int) -> list[tuple[int, Candidate]]:
    return list(enumerate(panorama(scene(21, 2600, 700), 900, 0.4, first=first)))


def test_a_shot_is_what_exif_says() -> None:
    facts = Facts(
        captured=datetime(2024, 7, 20, 20, 40, 5, 250_000), make="Canon", model="EOS R6", exposure_bias=-1.0, iso=200
    )
    shot = shot_of(facts)
    assert (shot.camera, shot.exposure_bias, shot.iso) == ("Canon EOS R6", -1.0, 200)
    assert shot.captured == pytest.approx(1721508005.25)
    assert shot_of(Facts()) == Shot()


REAL = ["Canon_EOS_450D.jpg", "Nikon_D100.jpg", "Olympus_E-10.jpg", "Sony_DSC-H9.jpg", "Panasonic_FZ5.jpg"]


@pytest.mark.photos
@pytest.mark.parametrize("name", REAL)
def test_series_made_of_real_photographs_are_kept_whole(shared_photos: Path, name: str) -> None:
    with Image.open(shared_photos / "labelled" / name) as image:
        rgb = np.asarray(image.convert("RGB"))
    stops = bracket(rgb, (0, -1.3, 1.3))
    views = panorama(rgb, rgb.shape[1] * 2 // 5, 0.35, first=10)
    views = [replace(view, shot=replace(view.shot, captured=NOON + 900 + at)) for at, view in enumerate(views)]
    assert all(one.width == other.width for one, other in pairwise(views))
    assert groups(stops + views) == [
        Group(GroupKind.BRACKET, (0, 1, 2)),
        Group(GroupKind.PANORAMA, tuple(view.id for view in views)),
    ]
