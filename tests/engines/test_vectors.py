"""Vectors that are kept on disk."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from bridge.engines.vectors import VectorFiles, halved


def test_what_is_kept_comes_back_as_it_was_promised(tmp_path: Path) -> None:
    files = VectorFiles(tmp_path / "deep" / "folder", most=3)
    array = np.random.default_rng(1).normal(size=(20, 8)).astype(np.float32)
    assert files.get("a") is None
    files.put("a", array)
    kept = files.get("a")
    assert kept is not None and kept.dtype == np.float32
    assert np.array_equal(kept, halved(array)) and np.array_equal(halved(kept), kept)


def test_those_used_last_stay(tmp_path: Path) -> None:
    files = VectorFiles(tmp_path, most=2)
    for age, key in enumerate(("a", "b")):
        files.put(key, np.zeros((1, 1), np.float32))
        os.utime(tmp_path / f"{key}.npy", (1000 + age, 1000 + age))
    assert files.get("a") is not None
    files.put("c", np.zeros((1, 1), np.float32))
    assert [files.get(key) is not None for key in "abc"] == [True, False, True]


def test_a_damaged_file_and_a_folder_that_cannot_be_written_cost_time_and_no_answer(tmp_path: Path) -> None:
    files = VectorFiles(tmp_path, most=2)
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY and then nothing")
    assert files.get("a") is None
    (tmp_path / "file").write_text("")
    VectorFiles(tmp_path / "file" / "below", most=2).put("a", np.zeros((1, 1), np.float32))
