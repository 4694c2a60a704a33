"""The daemon's end of a cluster, with a driver that does what a test says."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.cluster import link
from bridge.cluster.contract import CullSpec, TaggerSpec
from bridge.cluster.link import RayNodes
from bridge.errors import ModelUnreachable
from bridge.settings import Settings
from bridge.taggers.contract import Cancelled
from bridge.values import TreeKeyword

REPOSITORY = Path(__file__).parents[2]
WAIT = 20.0
SAYS = """
import os, sys, time
from bridge.cluster._wire import Call, Join, Reply, Wire
from bridge.cluster.worker import packed
wire = Wire(os.fdopen(0, "rb"), os.fdopen(1, "wb"))

def answer(message, told):
    wire.send(Reply(message.id, packed(lambda: told)))

def calls():
    while True:
        message = wire.receive()
        if isinstance(message, Join):
            answer(message, None)
        elif isinstance(message, Call):
            yield message

calls = calls()
"""


@contextmanager
def driven_by(monkeypatch: pytest.MonkeyPatch, script: str) -> Iterator[RayNodes]:
    monkeypatch.setattr(link, "installed", lambda: None)
    monkeypatch.setattr(link, "COMMAND", (sys.executable, "-c", SAYS + script))
    nodes = RayNodes("127.0.0.1:41800", Settings(port=0), {"PYTHONPATH": str(REPOSITORY)})
    yield nodes
    nodes.close()


def call(nodes: RayNodes, number: int, cancelled: Callable[[], bool] = lambda: False) -> object:
    return nodes.call(CullSpec(), "look", number, cancelled=cancelled)


def test_a_driver_that_ends_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where an answer came just before, and who asked for it is busy."""
    busy, go_on, asked = threading.Event(), threading.Event(), iter([False])

    def is_cancelled() -> bool:
        if next(asked, True):
            busy.set()
            go_on.wait(WAIT)
        return False

    script = 'first, second = next(calls), next(calls)\nanswer(first, "yes")\nos._exit(0)'
    with driven_by(monkeypatch, script) as nodes, ThreadPoolExecutor(2) as threads:
        first = threads.submit(call, nodes, 1, is_cancelled)
        assert busy.wait(WAIT)
        with pytest.raises(ModelUnreachable, match="broke down"):
            threads.submit(call, nodes, 2).result(WAIT)
        go_on.set()
        assert first.result(WAIT) == "yes"


def test_a_driver_that_is_killed_within_a_message_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    script = 'next(calls)\nos.write(1, b"\\x80\\x05\\x8c\\x04what\\x8c\\x02no\\x93.")\ntime.sleep(3600)'
    with driven_by(monkeypatch, script) as nodes, pytest.raises(ModelUnreachable, match="broke down"):
        call(nodes, 1)


def test_a_driver_that_reads_nothing_keeps_nobody_from_leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "LEAVE_S", 0.2)
    script = 'first = next(calls)\nos.read(0, 1)\nanswer(first, "it is being written")\ntime.sleep(3600)'
    with driven_by(monkeypatch, script) as nodes, ThreadPoolExecutor(1) as threads:
        begun = threading.Event()

        def note() -> bool:
            begun.set()
            return False

        def write() -> None:
            assert begun.wait(WAIT)
            nodes.call(CullSpec(), "look", bytes(10_000_000))

        writes = threads.submit(write)
        assert call(nodes, 1, note) == "it is being written"
        nodes.close()
        with pytest.raises(ModelUnreachable):
            writes.result(WAIT)


def test_who_cancels_is_heard_when_the_driver_is_gone_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with driven_by(
        monkeypatch, "next(calls)\nos.close(0)\nprint('closed', file=sys.stderr)\ntime.sleep(3600)"
    ) as nodes:
        asked = iter([False, False, True])
        with pytest.raises(Cancelled):
            call(nodes, 1, lambda: next(asked))


def test_a_persons_variables_send_the_driver_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAY_AUTH_TOKEN", "RAY_ADDRESS", "RAY_RUNTIME_ENV_HOOK", "RAY_USE_TLS"):
        monkeypatch.setenv(name, "1")
    script = "answer(next(calls), [name for name in os.environ if name.startswith('RAY_')])"
    with driven_by(monkeypatch, script) as nodes:
        assert call(nodes, 1) == ["RAY_USE_TLS"]


def test_a_keyword_list_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    script = """
heard = []
while heard.count("Call") < 3:
    message = wire.receive()
    heard.append(type(message).__name__)
    if heard[-1] in ("Join", "Call"):
        answer(message, heard)
"""
    spec = TaggerSpec("clip", words=(TreeKeyword(("Birds", "Heron")),))
    with driven_by(monkeypatch, script) as nodes:
        heard = [nodes.call(one, "identity") for one in (spec, replace(spec), CullSpec())]
    assert heard[-1] == ["Join", "Know", "Call", "Call", "Know", "Call"]
