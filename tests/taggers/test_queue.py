"""Taggers that share a server share its queue: each of their requests may need the time of all."""

from __future__ import annotations

from bridge.taggers._queue import Queues


def test_a_request_knows_how_many_it_shared_its_server_with() -> None:
    queues = Queues()
    with queues.of("http://a").place() as first:
        assert first.most == 1
        with queues.of("http://a").place() as second, queues.of("http://b").place() as elsewhere:
            assert (first.most, second.most, elsewhere.most) == (2, 2, 1)
        with queues.of("http://a").place() as third:
            assert (first.most, third.most) == (2, 2)
    with queues.of("http://a").place() as alone:
        assert alone.most == 1
