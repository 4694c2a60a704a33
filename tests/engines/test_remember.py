"""What was computed of pixels is kept as long as they are, and computed once."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bridge.engines.remember import Remember
from tests.taggers.pictures import pixels


def test_one_answer_for_one_array() -> None:
    asked: list[int] = []
    remember: Remember[int] = Remember()
    photo = pixels(1)

    def compute() -> int:
        asked.append(1)
        return len(asked)

    assert [remember(photo, compute) for _ in range(3)] == [1, 1, 1]
    assert remember(photo, compute, "another question") == 2
    assert remember(photo.copy(), compute) == 3, "equal pixels elsewhere are other pixels"


def test_it_goes_with_the_pixels() -> None:
    remember: Remember[str] = Remember()
    photo = pixels(1)
    remember(photo, lambda: "seen")
    view = photo[:10]
    remember(view, lambda: "a part of it")
    assert len(remember) == 2
    del view
    gc.collect()
    assert len(remember) == 1
    del photo
    gc.collect()
    assert len(remember) == 0


def test_an_array_at_the_address_of_one_that_is_gone_is_looked_at_anew() -> None:
    remember: Remember[int] = Remember()
    for number in range(200):
        photo = pixels(number)
        assert remember(photo, lambda number=number: number) == number
        del photo


def test_threads_that_ask_at_once_wait_for_one_answer() -> None:
    remember: Remember[int] = Remember()
    photo = pixels(1)
    started, go_on = threading.Event(), threading.Event()
    computed: list[int] = []

    def compute() -> int:
        started.set()
        assert go_on.wait(60)
        computed.append(1)
        return 7

    with ThreadPoolExecutor(4) as threads:
        told = [threads.submit(remember, photo, compute) for _ in range(4)]
        assert started.wait(60)
        go_on.set()
        assert [one.result(60) for one in told] == [7] * 4
    assert computed == [1]


def test_an_error_is_raised_and_not_kept() -> None:
    remember: Remember[int] = Remember()
    photo = pixels(1)

    def fails() -> int:
        raise OSError("no memory")

    with pytest.raises(OSError, match="no memory"):
        remember(photo, fails)
    assert remember(photo, lambda: 3) == 3
