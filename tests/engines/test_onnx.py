"""One way to run a model: loaded once, from many threads, and let go of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bridge import starter
from bridge.engines.onnx import FloatArray, OnnxModel
from bridge.errors import ModelMissing

OUTPUTS = ["presence"]


class Shelf:
    """Counts how often the model is taken from it."""

    def __init__(self) -> None:
        self.taken = 0

    def take(self) -> bytes:
        self.taken += 1
        return starter.read("face_landmarks.onnx")


def face(seed: int) -> dict[str, FloatArray]:
    return {"input": np.random.default_rng(seed).random((1, 192, 192, 3), np.float32)}


def test_it_is_read_at_its_first_use_and_once() -> None:
    shelf = Shelf()
    model = OnnxModel(shelf.take)
    assert shelf.taken == 0
    model.run(OUTPUTS, face(1))
    model.load()
    model.run(OUTPUTS, face(2))
    assert shelf.taken == 1


def test_after_close_the_next_use_reads_it_again() -> None:
    shelf = Shelf()
    model = OnnxModel(shelf.take)
    before = model.run(OUTPUTS, face(1))
    model.close()
    after = model.run(OUTPUTS, face(1))
    assert shelf.taken == 2
    np.testing.assert_array_equal(before[0], after[0])


def test_several_threads_share_one_model_and_get_their_own_answers() -> None:
    shelf = Shelf()
    model = OnnxModel(shelf.take)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda seed: model.run(OUTPUTS, face(seed))[0], range(8)))
    alone = [model.run(OUTPUTS, face(seed))[0] for seed in range(8)]
    assert shelf.taken == 1
    np.testing.assert_array_equal(together, alone)


def test_what_the_reader_raises_is_raised_and_the_next_use_tries_again() -> None:
    attempts = []

    def damaged() -> bytes:
        attempts.append(1)
        raise ModelMissing("gone")

    model = OnnxModel(damaged)
    for _ in range(2):
        with pytest.raises(ModelMissing):
            model.load()
    assert len(attempts) == 2
