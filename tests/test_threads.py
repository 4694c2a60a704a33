"""Threads of which one does not return."""

import threading

import pytest

from bridge.threads import Threads

WAIT = 20.0


def test_calls_run_on_so_many_threads_at_once() -> None:
    threads = Threads("test", 2)
    both = threading.Barrier(2)
    futures = [threads.submit(both.wait, WAIT) for _ in range(2)]
    assert sorted(future.result(WAIT) for future in futures) == [0, 1]
    names = {threads.submit(threading.get_ident).result(WAIT) for _ in range(20)}
    assert len(names) <= 2
    threads.shutdown()


def test_what_a_call_raises_is_its_result() -> None:
    threads = Threads("test", 1)
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 // 0).result(WAIT)
    assert threads.submit(lambda: 7).result(WAIT) == 7
    threads.shutdown()


def test_another_takes_the_place_of_one_that_is_held_until_that_returns() -> None:
    threads = Threads("test", 1)
    held: list[threading.Thread] = []
    begun, let_go = threading.Event(), threading.Event()

    def hang() -> str:
        held.append(threading.current_thread())
        begun.set()
        assert let_go.wait(WAIT)
        return "late"

    late = threads.submit(hang)
    assert begun.wait(WAIT)
    threads.replace(held[0])
    other = threads.submit(threading.current_thread).result(WAIT)
    assert other is not held[0]
    let_go.set()
    assert late.result(WAIT) == "late"
    held[0].join(WAIT)
    assert not held[0].is_alive(), "there is one thread again"
    assert threads.submit(threading.current_thread).result(WAIT) is other
    threads.shutdown()


def test_the_end_waits_for_calls_and_not_for_what_is_held() -> None:
    threads = Threads("test", 1)
    held: list[threading.Thread] = []
    begun, let_go = threading.Event(), threading.Event()

    def hang() -> None:
        held.append(threading.current_thread())
        begun.set()
        let_go.wait(WAIT)

    threads.submit(hang)
    assert begun.wait(WAIT)
    threads.replace(held[0])
    after = threads.submit(lambda: "done")
    threads.shutdown()
    assert after.result(0) == "done" and held[0].is_alive()
    let_go.set()
    with pytest.raises(RuntimeError):
        threads.submit(print)


def test_the_end_waits_so_long_as_it_is_told_to() -> None:
    threads = Threads("test", 1)
    begun, ended, returned = threading.Event(), threading.Event(), threading.Event()
    in_time: list[bool] = []

    def hang() -> None:
        begun.set()
        in_time.append(ended.wait(WAIT))
        returned.set()

    threads.submit(hang)
    assert begun.wait(WAIT)
    threads.shutdown(within=0.05)
    ended.set()
    assert returned.wait(WAIT) and in_time == [True]
