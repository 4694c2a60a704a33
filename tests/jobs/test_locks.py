"""One at a time for equal keys, and nothing kept afterwards."""

import threading

from bridge.jobs.locks import KeyedLocks

WAIT = 20.0


def test_equal_keys_wait_for_one_another_and_others_do_not() -> None:
    locks = KeyedLocks()
    order: list[str] = []
    holding, let_go = threading.Event(), threading.Event()

    def first() -> None:
        with locks.hold("a"):
            holding.set()
            assert let_go.wait(WAIT)
            order.append("first")

    def second() -> None:
        with locks.hold("a"):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert holding.wait(WAIT)
    threads[1].start()
    with locks.hold("b"):
        order.append("other")
    let_go.set()
    for thread in threads:
        thread.join(WAIT)
    assert order == ["other", "first", "second"]


def test_a_lock_is_let_go_when_its_holder_fails() -> None:
    locks = KeyedLocks()
    for _ in range(2):
        try:
            with locks.hold("a"):
                raise ValueError
        except ValueError:
            pass
    assert not locks._locks
