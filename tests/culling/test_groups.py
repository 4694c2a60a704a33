from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from bridge.culling.describe import describe
from bridge.culling.groups import Candidate, Group, GroupKind, groups
from bridge.culling.measures import Shot
from bridge.values import RGB
from tests.culling.copies import cropped, turned
from tests.culling.scenes import scene

NOON = 1_700_000_000.0


def photo(id: int | str, rgb: RGB, captured: float | None = None, camera: str = "Canon EOS R6") -> Candidate:
    described = describe(rgb)
    height, width = rgb.shape[:2]
    return Candidate(id, Shot(captured, camera), described.phash, described.descriptor, width, height)


def moved(rgb: RGB, x: int) -> RGB:
    """What a second try shows, by a hand that did not keep still; what comes in at the side is grey."""
    matrix = np.array([[1, 0, x], [0, 1, 3]], np.float64)
    height, width = rgb.shape[:2]
    return cv2.warpAffine(rgb, matrix, (width, height), borderValue=(128, 128, 128)).astype(np.uint8)


def test_copies_crops_and_turns_of_one_picture_are_duplicates() -> None:
    rgb = scene(1)
    small = cv2.resize(rgb, (300, 200), interpolation=cv2.INTER_AREA).astype(np.uint8)
    copies = [rgb, small, cropped(rgb, 0.1), turned(rgb, 3)]
    photos = [photo(number, copy) for number, copy in enumerate(copies)] + [photo(9, scene(2)), photo(8, scene(3))]
    assert groups(photos) == [Group(GroupKind.DUPLICATES, (0, 1, 2, 3))]


def test_descriptors_may_be_read_when_they_are_needed() -> None:
    """Those of a library would fill the memory."""
    photos = [photo(number, copy) for number, copy in enumerate((scene(1), scene(2), cropped(scene(1), 0.1)))]
    read = [replace(one, descriptor=partial(bytes, one.packed())) for one in photos]
    assert groups(read) == groups(photos) == [Group(GroupKind.DUPLICATES, (0, 2))]


def test_an_edit_without_fractions_of_a_second_is_a_duplicate() -> None:
    photos = [photo("IMG_1.CR3", scene(1), NOON + 0.73), photo("IMG_1-edit.jpg", cropped(scene(1), 0.05), NOON)]
    assert groups(photos) == [Group(GroupKind.DUPLICATES, ("IMG_1-edit.jpg", "IMG_1.CR3"))]


def test_tries_within_seconds_are_one_moment_in_the_order_they_were_taken() -> None:
    tries = [photo(10 - at, moved(scene(4), 40 * at), NOON + 4 * at) for at in range(4)]
    others = [photo(20 + at, scene(30 + at), NOON + 2 + 4 * at) for at in range(4)]
    assert groups(tries + others) == [Group(GroupKind.MOMENT, (10, 9, 8, 7))]


def test_the_same_view_an_hour_later_is_another_moment() -> None:
    assert groups([photo(1, scene(5), NOON), photo(2, scene(5), NOON + 3600)]) == []


def test_shots_by_two_cameras_are_no_burst() -> None:
    photos = [photo(1, scene(6), NOON), photo(2, moved(scene(6), 60), NOON + 5, camera="NIKON Z 8")]
    assert groups(photos) == []


def test_a_long_pan_does_not_join_its_ends() -> None:
    wide = scene(7, width=5400)
    frames = [photo(at, np.ascontiguousarray(wide[:, 150 * at : 150 * at + 900]), NOON + at / 4) for at in range(31)]
    spans = [[int(member) for member in group.members] for group in groups(frames)]
    assert spans and all(members[-1] - members[0] < 12 for members in spans)


def test_the_order_of_the_question_does_not_matter() -> None:
    photos = [photo(at, moved(scene(at // 3), 20 * (at % 3)), NOON + 60 * (at // 3) + at % 3) for at in range(12)]
    expected = [Group(GroupKind.MOMENT, (at, at + 1, at + 2)) for at in range(0, 12, 3)]
    for seed in range(3):
        random.Random(seed).shuffle(photos)
        assert groups(photos) == expected


def test_a_photo_that_was_not_described_stays_alone() -> None:
    unknown = replace(photo(1, scene(1)), descriptor=b"")
    assert groups([unknown, replace(unknown, id=2)]) == []
    assert groups([]) == []


def test_many_black_frames_take_no_long() -> None:
    black = photo(0, np.zeros((200, 300, 3), np.uint8))
    frames = [replace(black, id=at, shot=Shot(NOON + 100 * at)) for at in range(1500)]
    assert groups(frames) == []
    [together] = groups([replace(frame, shot=Shot()) for frame in frames])
    assert len(together.members) == 1500
