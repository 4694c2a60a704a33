"""Small pictures on disk: whole or not at all, within their limit, for this user alone."""

from __future__ import annotations

import logging
import os
import stat
import time
from pathlib import Path

import pytest

from bridge.photos import PictureCache
from tests.disks import fill, small_disk

HOUR = 3600.0
PICTURE = b"\xff\xd8" + b"picture" * 100 + b"\xff\xd9"
SIZE = len(PICTURE) + 4


A, B, C, D, E, F = (letter * 32 for letter in "abcdef")


def used(folder: Path, key: str, hours_ago: float) -> None:
    moment = time.time() - hours_ago * HOUR
    os.utime(folder / f"{key}.jpg", (moment, moment))


def kept(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir()}


def test_what_is_put_is_there_for_the_next_process(tmp_path: Path) -> None:
    folder = tmp_path / "thumbnails"
    PictureCache(folder, 10 * SIZE).put(A, PICTURE)
    cache = PictureCache(folder, 10 * SIZE)
    assert cache.get(A) == PICTURE
    assert cache.get(B) is None


def test_folder_and_pictures_are_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "thumbnails"
    folder.mkdir(mode=0o755)
    PictureCache(folder, 10 * SIZE).put(A, PICTURE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / f"{A}.jpg").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[:0],
        lambda data: data[: len(data) // 2],
        lambda data: bytes(len(data)),
        lambda data: data[:50] + b"X" + data[51:],
        lambda data: data[-3:],
    ],
    ids=["empty", "cut", "blank", "a byte is wrong", "only its end"],
)
def test_a_damaged_picture_is_as_if_it_were_not_there(tmp_path: Path, harm: object) -> None:
    cache = PictureCache(tmp_path / "t", 10 * SIZE)
    cache.put(A, PICTURE)
    file = tmp_path / "t" / f"{A}.jpg"
    assert callable(harm)
    file.write_bytes(harm(file.read_bytes()))
    assert cache.get(A) is None
    cache.put(A, PICTURE)
    assert cache.get(A) == PICTURE


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path, 4 * SIZE)
    for hours, key in enumerate((D, C, B, A)):
        cache.put(key, PICTURE)
        used(tmp_path, key, 10 - hours)  # d longest ago
    cache.get(D)  # … but it is looked at again
    cache.put(E, PICTURE)
    assert kept(tmp_path) == {A, D, E}, "c went, and b to leave a tenth free"


def test_pictures_of_an_earlier_process_count(tmp_path: Path) -> None:
    first = PictureCache(tmp_path, 10 * SIZE)
    for key in (A, B, C, D, E):
        first.put(key, PICTURE)
        used(tmp_path, key, 2)
    PictureCache(tmp_path, 3 * SIZE).put(F, PICTURE)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 3 * SIZE
    assert F in kept(tmp_path)


def test_the_folder_is_counted_once_and_then_only_to_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = 0
    scan = os.scandir

    def counted(*args: object) -> object:
        nonlocal counts
        counts += 1
        return scan(*args)  # type: ignore[call-overload]

    monkeypatch.setattr("bridge.photos._picture_cache.os.scandir", counted)
    cache = PictureCache(tmp_path, 30 * SIZE)
    cache.put(f"{0:032x}", PICTURE)
    at_first = counts
    for number in range(1, 30):
        cache.put(f"{number:032x}", PICTURE)
        cache.get(f"{number:032x}")
    assert counts == at_first
    cache.put(f"{30:032x}", PICTURE)  # one more
    assert counts == at_first + 1
    cache.put(f"{31:032x}", PICTURE)  # there was room for more
    assert counts == at_first + 1


def test_a_use_within_the_hour_is_not_written_down_again(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path, 10 * SIZE)
    cache.put(A, PICTURE)
    used(tmp_path, A, 0.5)
    before = (tmp_path / f"{A}.jpg").stat().st_mtime_ns
    cache.get(A)
    assert (tmp_path / f"{A}.jpg").stat().st_mtime_ns == before


def test_what_a_crash_left_unfinished_goes(tmp_path: Path) -> None:
    (tmp_path / ".new-left").write_bytes(b"half")
    PictureCache(tmp_path, 10 * SIZE).put(A, PICTURE)
    assert kept(tmp_path) == {A}


@pytest.mark.parametrize("room", [0, SIZE - 1])
def test_what_is_larger_than_the_limit_is_not_kept(tmp_path: Path, room: int) -> None:
    PictureCache(tmp_path / "t", room).put(A, PICTURE)
    assert not (tmp_path / "t").exists()


def test_a_folder_that_is_deleted_meanwhile_is_made_again(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path / "t", 10 * SIZE)
    cache.put(A, PICTURE)
    (tmp_path / "t" / f"{A}.jpg").unlink()
    (tmp_path / "t").rmdir()
    assert cache.get(A) is None
    cache.put(A, PICTURE)
    assert cache.get(A) == PICTURE


def test_on_a_full_disk_nothing_is_left_and_the_log_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        cache = PictureCache(disk / "t", 2**30)
        cache.put(A, PICTURE)
        fill(disk, 4096)
        with caplog.at_level(logging.WARNING):
            cache.put(B, PICTURE * 20)
            cache.put(C, PICTURE * 20)
        assert cache.get(B) is None
        assert cache.get(A) == PICTURE
        assert kept(disk / "t") == {A}
    assert [record.getMessage() for record in caplog.records] == [
        f"thumbnails cannot be kept in {disk / 't'}: No space left on device"
    ]
