"""The vector file: what was appended is there, once, whatever happened to the process or the disk."""

from __future__ import annotations

import stat
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bridge.errors import DiskFull, VectorsDamaged
from bridge.search.vectors import VectorFile
from tests.search.disks import disk_full_at
from tests.search.pictures import key, keys, vectors

DIMENSIONS = 8
ROW = 4 + 20 + 2 * DIMENSIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors"


def filled(path: Path, many: int = 10) -> VectorFile:
    file = VectorFile(path, DIMENSIONS)
    file.append(keys(range(many)), vectors(many, DIMENSIONS))
    return file


def test_what_was_appended_is_read_back_in_any_order(path: Path) -> None:
    file = filled(path)

    assert len(file) == 10
    assert np.array_equal(file.read([7, 0, 7, 3]), vectors(10, DIMENSIONS)[[7, 0, 7, 3]])
    assert list(file.keys(8)) == [(8, key(8)), (9, key(9))]
    assert [(first, block.shape) for first, block in file.blocks(4)] == [(0, (4, 8)), (4, (4, 8)), (8, (2, 8))]


def test_rows_are_numbered_on(path: Path) -> None:
    file = filled(path)

    assert file.append([key(77)], vectors(1, DIMENSIONS, seed=1)) == range(10, 11)
    assert file.append([], vectors(0, DIMENSIONS)) == range(11, 11)


def test_it_is_there_when_it_is_opened_again(path: Path) -> None:
    filled(path).close()

    file = VectorFile(path, DIMENSIONS)

    assert list(file.keys()) == [(row, key(row)) for row in range(10)]
    assert np.array_equal(file.read(range(10)), vectors(10, DIMENSIONS))


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_nobody_else_may_read_it(path: Path) -> None:
    filled(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("left", range(1, ROW))
def test_a_torn_tail_is_cut_off_at_every_byte(path: Path, left: int) -> None:
    filled(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole + whole[-ROW:][:left])

    file = VectorFile(path, DIMENSIONS)

    assert len(file) == 10
    assert file.append([key(10)], vectors(1, DIMENSIONS, seed=5)) == range(10, 11)
    assert np.array_equal(file.read([10]), vectors(1, DIMENSIONS, seed=5))


@pytest.mark.parametrize("spot", range(ROW))
def test_what_the_disk_did_not_take_before_power_was_lost_is_cut_off(path: Path, spot: int) -> None:
    """Rows 0 to 4 had reached it, of the later ones some blocks had."""
    file = VectorFile(path, DIMENSIONS)
    file.append(keys(range(5)), vectors(5, DIMENSIONS))
    file.sync()
    file.append(keys(range(5, 10)), vectors(5, DIMENSIONS, seed=2))
    left = bytearray(path.read_bytes())
    left[-3 * ROW + spot] ^= 0x10
    (path.parent / "left").write_bytes(left)

    file = VectorFile(path.parent / "left", DIMENSIONS)

    assert list(file.keys()) == [(row, key(row)) for row in range(7)]
    assert file.damaged() == []


def test_damage_before_that_is_told_and_costs_no_other_row(path: Path) -> None:
    filled(path).close()
    whole = bytearray(path.read_bytes())
    whole[-4 * ROW - 1] ^= 1
    path.write_bytes(whole)

    file = VectorFile(path, DIMENSIONS)

    assert len(file) == 10
    assert file.damaged() == [5]
    (_, block), *_ = file.blocks(10)
    assert np.flatnonzero(np.isnan(block).any(axis=1)).tolist() == [5]


def test_rows_of_another_file_are_no_rows(path: Path) -> None:
    filled(path).close()
    other = path.with_name("other")
    filled(other).close()
    with path.open("ab") as file:
        file.write(other.read_bytes()[-ROW:])

    assert len(VectorFile(path, DIMENSIONS)) == 10


@pytest.mark.parametrize("there", [b"", b"PBVECTOR", b"\0" * 80])
def test_a_file_that_was_never_begun_is_begun(path: Path, there: bytes) -> None:
    path.write_bytes(there)

    assert len(filled(path)) == 10


@pytest.mark.parametrize("spot", range(64))
def test_a_damaged_beginning_is_told_and_nothing_is_touched(path: Path, spot: int) -> None:
    filled(path).close()
    whole = bytearray(path.read_bytes())
    whole[spot] ^= 1
    path.write_bytes(whole)

    with pytest.raises(VectorsDamaged, match="is no file of photo vectors") as told:
        VectorFile(path, DIMENSIONS)
    assert "index" in told.value.hint
    assert path.read_bytes() == whole


@pytest.mark.parametrize("spot", range(64, 80))
def test_without_its_mark_every_row_is_looked_at(path: Path, spot: int) -> None:
    filled(path).close()
    whole = bytearray(path.read_bytes())
    whole[spot] ^= 1
    path.write_bytes(whole)

    assert len(VectorFile(path, DIMENSIONS)) == 10


@pytest.mark.parametrize("wanted", [range(100, 200), range(0, 2000, 3), range(0, 2000, 50), [0, 1999], [5], []])
def test_near_and_distant_rows_are_read_alike(path: Path, wanted: Sequence[int]) -> None:
    file = filled(path, 2000)

    assert np.array_equal(file.read(wanted), vectors(2000, DIMENSIONS)[np.asarray(wanted, int)])
    with pytest.raises(IndexError):
        file.read([*wanted, 2000])


def test_a_full_disk_is_told_and_leaves_what_was_there(path: Path) -> None:
    file = filled(path)
    with disk_full_at(path.stat().st_size + 3 * ROW + 7), pytest.raises(DiskFull):
        file.append(keys(range(10, 20)), vectors(10, DIMENSIONS, seed=1))

    assert len(file) == 10
    assert file.append([key(10)], vectors(1, DIMENSIONS, seed=1)) == range(10, 11)
    file.close()
    assert list(VectorFile(path, DIMENSIONS).keys()) == [(row, key(row)) for row in range(11)]


def test_vectors_and_keys_that_cannot_be_kept_are_refused(path: Path) -> None:
    file = filled(path)
    for wrong in (np.full((1, DIMENSIONS), np.nan), np.full((1, DIMENSIONS), 1e6), np.ones((1, 3)), np.ones((2, 8))):
        with pytest.raises(ValueError, match="vector"):
            file.append([key(10)], wrong.astype(np.float32))
    with pytest.raises(ValueError, match="20 bytes"):
        file.append([b"short"], vectors(1, DIMENSIONS))
    assert len(file) == 10


def test_rows_are_read_while_others_are_appended(path: Path) -> None:
    file = VectorFile(path, DIMENSIONS)
    whole = vectors(4000, DIMENSIONS)
    wrong: list[int] = []

    def look() -> None:
        while len(file) < 4000:
            there = len(file)
            if not np.array_equal(file.read(range(there)), whole[:there]):
                wrong.append(there)

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for first in range(0, 4000, 20):
        file.append(keys(range(first, first + 20)), whole[first : first + 20])
    for thread in threads:
        thread.join()

    assert not wrong


def test_other_vectors_are_refused(path: Path) -> None:
    filled(path).close()

    with pytest.raises(VectorsDamaged, match="of 8 numbers"):
        VectorFile(path, 16)
