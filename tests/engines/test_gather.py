"""Questions from many threads, answered together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bridge.engines.gather import Gather


class Doubling:
    """Doubles numbers, the first of them only once it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.busy, self.go = threading.Event(), threading.Event()

    def __call__(self, numbers: list[int]) -> Sequence[int]:
        self.batches.append(numbers)
        self.busy.set()
        assert self.go.wait(30)
        if -1 in numbers:
            raise ValueError("a negative number")
        return [2 * number for number in numbers]


def asked(
    threads: ThreadPoolExecutor, gather: Gather[int, int], run: Doubling, numbers: list[int]
) -> list[Future[int]]:
    """Each asked in a thread of its own while the first is being answered."""
    told = [threads.submit(gather, numbers[0])]
    assert run.busy.wait(30)
    told += [threads.submit(gather, number) for number in numbers[1:]]
    while len(gather.waiting) < len(numbers) - 1:
        threading.Event().wait(0.001)
    run.go.set()
    return told


def test_what_waits_is_answered_together_each_with_its_own() -> None:
    run = Doubling()
    gather = Gather(run, most=3)
    with ThreadPoolExecutor(9) as threads:
        told = asked(threads, gather, run, list(range(9)))
        assert [future.result(30) for future in told] == [2 * number for number in range(9)]
    assert [len(batch) for batch in run.batches] == [1, 3, 3, 2]


def test_a_question_by_itself_waits_for_nobody() -> None:
    run = Doubling()
    run.go.set()
    assert Gather(run, most=16)(21) == 42


def test_a_failure_is_told_to_all_whom_it_met_and_to_nobody_else() -> None:
    run = Doubling()
    gather = Gather(run, most=2)
    with ThreadPoolExecutor(5) as threads:
        told = asked(threads, gather, run, [1, -1, -1, 4, 5])
        results = [future.exception(30) or future.result() for future in told]
    failed = [isinstance(result, ValueError) for result in results]
    assert not failed[0] and failed[1] and failed[2]
    assert gather(6) == 12


def test_too_few_answers_are_an_error_and_nobody_waits_for_ever() -> None:
    short: Gather[int, int] = Gather(lambda _: [], most=2)
    with pytest.raises(ValueError):
        short(1)
