"""The whole wire over a real socket: every method answers, and the server leaves nothing behind."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.types import ASGIApp

from bridge.errors import BridgeError, DaemonUnreachable, SettingsInvalid
from bridge.rpc import server
from bridge.rpc.app import make_app
from bridge.rpc.client import Client, RemoteError, connect
from bridge.rpc.dispatcher import Dispatcher
from bridge.rpc.methods import method_table
from bridge.rpc.server import bind, serve
from bridge.service import Service
from tests.fakes.bridge import service_around
from tests.fakes.tagger import FakeTagger

WAIT = 20.0


@dataclass
class Served:
    home: Path
    service: Service
    thread: threading.Thread
    ended: threading.Event


@contextmanager
def served(home: Path) -> Iterator[Served]:
    """A server on a free port, in a thread of this process; stopped at the end where the test did not do it."""
    with service_around(home, FakeTagger()) as service:
        up, ended = threading.Event(), threading.Event()
        stops: list[Callable[[], None]] = []

        def make(token: str, port: Callable[[], int], stop: Callable[[], None]) -> ASGIApp:
            stops.append(stop)
            return make_app(
                Dispatcher(method_table(service, stop)),
                token=token,
                port=port,
                events=lambda job, after, wait_ms: service.events(job, after, wait_ms).model_dump(mode="json"),
                put_proxy=service.hosts.put_proxy,
            )

        thread = threading.Thread(
            target=serve, args=(home, 0), kwargs={"make": make, "ready": lambda _: up.set(), "ended": ended.set}
        )
        thread.start()
        assert up.wait(WAIT)
        try:
            yield Served(home, service, thread, ended)
        finally:
            stops[0]()
            thread.join(WAIT)
            assert not thread.is_alive()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "red.jpg"
    Image.new("RGB", (160, 120), (200, 30, 30)).save(path)
    return path


def ended(client: Client, job: str) -> dict[str, Any]:
    status: dict[str, Any] = client.call("jobs.status", job=job)
    while status["state"] == "open":
        status = client.call("jobs.status", job=job, wait_ms=20_000)
    return status


def test_every_method_answers(own_home: Path, photo: Path) -> None:
    before = photo.read_bytes()
    with served(own_home), connect(own_home) as client:
        described = {method["name"] for method in client.call("rpc.discover")["methods"]}
        asked: set[str] = set()

        def call(method: str, **params: Any) -> Any:
            asked.add(method)
            return client.call(method, **params)

        assert call("rpc.discover")["openrpc"]
        assert call("system.health")["pid"] == os.getpid()
        assert {"exiftool", "state folder"} <= {finding["name"] for finding in call("system.doctor")}
        assert [model["name"] for model in call("models.list")] == ["fake"]
        pull = call("models.pull", name="starter")
        assert call("tasks.status", task=pull["task"], wait_ms=20_000)["error"]["code"] == "refused"
        assert call("tasks.confirm", task=pull["task"])["state"] == "failed"
        bench = call("bench.run", uris=[photo.as_uri()])
        while call("tasks.status", task=bench["task"], seen=bench["seen"], wait_ms=20_000)["state"] == "running":
            bench = call("tasks.status", task=bench["task"])
        assert call("tasks.cancel", task=bench["task"])["results"][0]["photos"] == 1
        assert call("settings.get")["port"] == 0
        assert call("settings.set", name="max_keywords", value=9)["max_keywords"] == 9
        shown = call("photos.analyze", uris=[photo.as_uri()])
        assert (shown["photos"], shown["model"]) == (1, "fake")
        assert ended(client, shown["job"])["done"] == 1
        assert call("jobs.status")["job"] == shown["job"]
        written = call("metadata.apply", job=shown["job"])
        assert ended(client, written["job"])["done"] == 1
        assert call("jobs.results", job=written["job"])["results"][0]["written_to"] == [str(photo)]
        assert call("jobs.events")["events"] == [{"seq": 1, "uri": photo.as_uri(), "status": "done"}]
        assert call("system.store")["journal_entries"] == 1
        item = {"uri": photo.as_uri(), "id": "7"}
        assert call("vocabulary.sync", tree="t1", keywords=[{"path": ["Colours", "Red"]}]) == {"known": True}
        vocabulary = {"name": "mine", "text": "Animals\n\tDog\n"}
        assert call("vocabulary.import", **vocabulary)["terms"] == 2
        assert call("vocabulary.export", name="mine")["text"] == vocabulary["text"]
        assert [known["active"] for known in call("vocabulary.list")] == [True]
        (match,) = call("vocabulary.match", words=["dogs"])["keywords"]
        assert (match["path"], match["reason"]) == (["Animals", "Dog"], "plural")
        assert call("vocabulary.accept", word="cat", path=["Animals", "Cat"])["terms"] == 3
        assert call("vocabulary.refuse", word="thing") == call("vocabulary.queue") == {"name": "mine", "words": []}
        assert call("passes.list") == []
        listed = call("stock.export", agency="generic", job=written["job"])
        assert (listed["rows"][0][0], listed["lacking"]) == ("red.jpg", [])
        assert call("style.add", name="mine", text="Be brief.")["label"].startswith("mine (")
        assert call("style.show", name="mine") == {"name": "mine", "text": "Be brief."}
        assert {"mine", "wedding"} <= {info["name"] for info in call("style.list")}
        folder = photo.parent.as_uri()
        (used,) = call("style.use", name="mine", uri=folder)
        assert (used["uri"], call("style.folders")) == (folder, [used])
        assert call("style.unuse", uri=folder) == []
        assert "mine" not in {info["name"] for info in call("style.remove", name="mine")}
        drawn = call("audit.start", uris=[photo.as_uri()], options={"no_vocabulary": True})
        while drawn["state"] == "running":
            drawn = call("tasks.status", task=drawn["task"], seen=drawn["seen"], wait_ms=20_000)
        (audit,) = call("audit.list")
        assert call("audit.show") == audit
        ended(client, next(iter(audit["runs"].values())))
        (judged,) = call("audit.photos")["photos"]
        assert call("audit.judge", verdicts=[{"uri": judged["uri"], "value": "red", "right": True}])
        assert call("audit.figures")["models"][0]["precision"]["count"] == 1
        ended(client, call("audit.run")["job"])
        assert [known["active"] for known in call("vocabulary.use")] == [False]
        assert call("vocabulary.remove", name="mine") == []
        with pytest.raises(RemoteError, match="No keyword of yours is in 1 or more of the 1 photos"):
            call("vocabulary.learn", uris=[photo.as_uri()])
        assert call("quality.keywords", uris=[photo.as_uri()]) == [{"uri": photo.as_uri(), "keywords": []}]
        assert call("quality.pace", job=shown["job"]) == {"asked": 1, "seconds_a_photo": None}
        (told,) = call("provenance.get", uris=[photo.as_uri()])
        assert {value["state"] for value in told["values"]} == {"standing"}
        (first,) = call("provenance.export", model="fake", limit=1)["values"]
        assert first | {"there": True} == told["values"][0]
        removing = call("provenance.remove", model="fake", uris=[photo.as_uri()])
        assert ended(client, removing["job"])["done"] == 1
        assert call("rules.decide", word="thing", decision="accept") == call("rules.list")
        assert (
            call("photos.find_proxies_needed", items=[item | {"virtual": True}])["needed"][0]["why"] == "virtual_copy"
        )
        options = {"apply": "host", "host": "lightroom", "tree": "t1"}
        hosted = call("photos.analyze", items=[item], options=options)["job"]
        assert ended(client, hosted)["done"] == 1
        (plan,) = call("metadata.plan", job=hosted, items=[item])["plans"]
        assert plan["operations"][0]["op"] == "keyword.add"
        assert call("metadata.confirm", plans=[{"plan_id": plan["plan_id"], "applied": "all"}]) == {"confirmed": 1}
        assert call("metadata.landed", items=[item])["landed"] == [False]
        assert call("metadata.write", job=hosted, items=[item])["results"][0]["status"] == "done"
        taken = call("metadata.undo", host="lightroom")
        assert (taken["undoes"], taken["items"]) == (hosted, [item])
        assert ended(client, taken["job"])["done"] == 1
        for method in ("cull.run", "review.open"):
            with pytest.raises(BridgeError) as refused:
                call(method, **({"items": [item]} if method == "cull.run" else {}))
            assert refused.value.as_dict()["code"] == "not_available"
        assert call("jobs.cancel")["state"] == "done"
        assert call("jobs.resume")["state"] == "done"
        undone = call("metadata.undo", job=written["job"], uri=photo.as_uri())
        assert ended(client, undone["job"])["done"] == 1
        assert photo.read_bytes() == before
        kinds = [run["kind"] for run in call("jobs.list")]
        assert kinds == ["undo", "undo", "tag", "remove", "tag", "tag", "tag", "tag"]
        assert isinstance(call("journal.prune", older_than_s=0), int)
        assert call("system.purge", journal=True)["jobs"] == 7, "all but the audit's"
        assert call("system.stop") is True
        assert asked == described


def test_a_stopped_server_leaves_no_file_and_no_socket(own_home: Path) -> None:
    with served(own_home) as running:
        with connect(own_home) as client:
            port = client.info.port
            client.call("system.stop")
        running.thread.join(WAIT)
        assert running.ended.is_set()
        assert not (own_home / "daemon.json").exists()
        with pytest.raises(DaemonUnreachable):
            connect(own_home)
        bind(port).close()


def test_a_taken_port_is_passed_over() -> None:
    with bind(0) as first:
        port = first.getsockname()[1]
        with bind(port) as second:
            assert second.getsockname()[0] == "127.0.0.1"
            assert second.getsockname()[1] > port


def test_without_a_port_it_ends_and_says_so(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> socket.socket:
        raise PermissionError(errno.EACCES, "Permission denied")

    def make(*_: object) -> ASGIApp:
        raise AssertionError("nothing is built without a port")

    monkeypatch.setattr(server, "bind", refuse)
    ended = threading.Event()
    with pytest.raises(SettingsInvalid, match="The port 80 cannot be used: Permission denied"):
        serve(own_home, 80, make=make, ready=lambda _: None, ended=ended.set)
    assert ended.is_set(), "what was built is taken down again"
    assert not (own_home / "daemon.json").exists()


def test_the_client_raises_what_the_daemon_refused(own_home: Path) -> None:
    with served(own_home), connect(own_home) as client:
        with pytest.raises(RemoteError) as refused:
            client.call("jobs.status", job="no-such-run")
        assert refused.value.as_dict()["code"] == "not_found"
        with pytest.raises(RemoteError) as unknown:
            client.call("search.text")
        assert "There is no method named search.text" in unknown.value.message
        with pytest.raises(RemoteError) as invalid:
            client.call("jobs.results", after=2**63)
        assert invalid.value.as_dict()["code"] == "invalid_params"


def test_events_stream_until_the_run_has_ended(own_home: Path, photo: Path) -> None:
    with served(own_home), connect(own_home) as client:
        job = client.call("photos.analyze", uris=[photo.as_uri()])["job"]
        headers = {"Authorization": f"Bearer {client.info.token}"}
        with httpx.stream(
            "GET", f"http://127.0.0.1:{client.info.port}/events/{job}", headers=headers, trust_env=False, timeout=WAIT
        ) as stream:
            lines = [line for line in stream.iter_lines() if line.startswith("id: ")]
    assert lines == ["id: 1"]
