from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from bridge.culling.candidates import FARTHEST, close_hashes, near_overviews

Hashes = npt.NDArray[np.uint64]


def _random(count: int, seed: int = 7) -> Hashes:
    return np.random.default_rng(seed).integers(0, 2**64, count, np.uint64)


def _flipped(value: int, *bits: int) -> int:
    for bit in bits:
        value ^= 1 << bit
    return value


def _all_pairs(hashes: Hashes) -> set[tuple[int, int]]:
    close = np.bitwise_count(hashes[:, None] ^ hashes[None]) <= FARTHEST
    return {(int(one), int(other)) for one, other in zip(*np.nonzero(np.triu(close, 1)), strict=True)}


def _joined(count: int, pairs: npt.NDArray[np.int64]) -> int:
    """How many groups the pairs leave."""
    parents = list(range(count))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    for one, other in pairs.tolist():
        parents[root(one)] = root(other)
    return len({root(at) for at in range(count)})


def test_all_that_are_six_bits_apart_are_found_and_none_that_are_seven() -> None:
    random = np.random.default_rng(3)
    hashes = _random(600)
    for at in range(0, 600, 2):
        bits = random.choice(64, at // 2 % 10, replace=False)
        hashes[at + 1] = _flipped(int(hashes[at]), *bits.tolist())
    found = {(one, other) for one, other in close_hashes(hashes).tolist()}
    assert found == _all_pairs(hashes)
    assert len(found) > 150


def test_hashes_may_be_plain_numbers_and_none() -> None:
    assert close_hashes([2**64 - 1, 0, 2**64 - 2]).tolist() == [[0, 2]]
    assert close_hashes([5]).shape == close_hashes([]).shape == (0, 2)


def test_thousands_of_black_frames_are_joined_by_few_pairs() -> None:
    hashes = _random(6000)
    hashes[500:5500] = 1 << 63
    pairs = close_hashes(hashes)
    assert len(pairs) < 10_000
    assert _joined(6000, pairs) == 1001


def test_thousands_of_nearly_black_frames_are_joined_by_a_bounded_number_of_pairs() -> None:
    random = np.random.default_rng(11)
    hashes = np.array(
        [_flipped(1 << 63, *random.choice(63, 2, replace=False).tolist()) for _ in range(1500)], np.uint64
    )
    pairs = close_hashes(hashes)
    assert len(pairs) < 300 * len(hashes)
    assert _joined(1500, pairs) == 1


def test_two_hashes_that_many_photos_share_are_joined() -> None:
    pairs = close_hashes([0, 1] * 50)
    assert _joined(100, pairs) == 1
    assert len(pairs) == 98 + 2


def _unit(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    return np.round(values / np.linalg.norm(values, axis=-1, keepdims=True) * 127).astype(np.int8)


def test_overviews_are_paired_with_what_is_near_and_with_nothing_else() -> None:
    random = np.random.default_rng(1)
    vectors = random.normal(size=(40, 3, 240))
    vectors[7, 0] = vectors[3, 0] + 0.3 * random.normal(size=240)
    vectors[20, 0] = vectors[9, 2]  # 20 is a crop of 9
    assert near_overviews(_unit(vectors)).tolist() == [[3, 7], [9, 20]]


def test_one_photo_has_no_pairs() -> None:
    assert near_overviews(np.ones((1, 3, 240), np.int8)).shape == (0, 2)


def test_lists_of_many_overviews_find_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.culling.candidates._FLAT_UNTIL", 100)
    random = np.random.default_rng(2)
    vectors = random.normal(size=(900, 3, 240))
    near = {(at, at + 450) for at in range(0, 450, 9)}
    for one, other in near:
        vectors[other, 0] = vectors[one, 0] + 0.3 * random.normal(size=240)
    found = {(one, other) for one, other in near_overviews(_unit(vectors)).tolist()}
    assert found <= near
    assert len(found) >= 0.95 * len(near)
