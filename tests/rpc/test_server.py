"""The whole wire over a real socket: every method answers, and the server leaves nothing behind."""

from __future__ import annotations

import asyncio
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

from bridge.daemon import application
from bridge.errors import BridgeError, DaemonUnreachable, SettingsInvalid
from bridge.rpc import server
from bridge.rpc.client import Client, RemoteError, connect
from bridge.rpc.server import bind, serve
from bridge.service import Service
from tests.fakes.bridge import service_around
from tests.fakes.faces import people_photo
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
            return application(home, service, token, port, stop)

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
        assert call("photos.place", text=f" {photo} ") == {"uri": photo.as_uri(), "path": str(photo), "folder": False}
        shown = call("photos.analyze", uris=[photo.as_uri()])
        assert (shown["photos"], shown["model"]) == (1, "fake")
        assert ended(client, shown["job"])["done"] == 1
        assert call("jobs.status")["job"] == shown["job"]
        written = call("metadata.apply", job=shown["job"])
        assert ended(client, written["job"])["done"] == 1
        assert call("jobs.results", job=written["job"])["results"][0]["written_to"] == [str(photo)]
        assert call("jobs.events")["events"] == [{"seq": 1, "uri": photo.as_uri(), "status": "done"}]
        assert call("system.store")["journal_entries"] == 1
        (reviewed,) = call("review.list")["photos"]
        assert call("review.show", item=reviewed["item"])["photo"]["uri"] == photo.as_uri()
        word = call("review.words")["words"][0]["value"]
        assert call("review.complete", text=word)["words"][0] == {"value": word, "origin": "run"}
        decided = call("review.decide", kind="reject", word=word, scope={"items": [reviewed["item"]]})
        assert call("review.summary")["edited"] == 1
        assert call("review.undo", action=decided["action"])["photos"] == 1
        assert [action["undone"] for action in call("review.actions")["actions"]] == [True]
        assert ended(client, call("review.apply")["job"])["done"] == 1
        item = {"uri": photo.as_uri(), "id": "7"}
        assert call("vocabulary.sync", tree="t1", keywords=[{"path": ["Colours", "Red"]}]) == {"known": True}
        vocabulary = {"name": "mine", "text": "Animals\n\tDog\n"}
        assert call("vocabulary.import", **vocabulary)["terms"] == 2
        assert call("vocabulary.export", name="mine")["text"] == vocabulary["text"]
        assert [known["active"] for known in call("vocabulary.list")] == [True]
        (match,) = call("vocabulary.match", words=["dogs"])["keywords"]
        assert (match["path"], match["reason"]) == (["Animals", "Dog"], "plural")
        assert call("vocabulary.accept", word="cat", path=["Animals", "Cat"])["terms"] == 3
        assert call("vocabulary.queue") == {"name": "mine", "total": 0, "words": [], "edit": None}
        refused = call("vocabulary.refuse", word="thing")["edit"]
        assert call("vocabulary.undo_edit", edit=refused)["kind"] == "refuse"
        (above,) = call("vocabulary.tree")["nodes"]
        assert (above["path"], above["children"]) == (["Animals"], 2)
        (fits,) = call("vocabulary.find", text="ca")["found"]
        assert fits["node"]["path"] == ["Animals", "Cat"]
        edited = call("vocabulary.edit", kind="rename", path=["Animals", "Cat"], value="Kitten")
        assert edited["path"] == ["Animals", "Kitten"]
        assert call("vocabulary.undo_edit")["edit"] == call("vocabulary.edits", limit=1)[0]["edit"] == edited["edit"]
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
        assert call("quality.keywords", uris=[photo.as_uri()])[0]["keywords"] == []
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
        indexed = call("index.add", uris=[photo.as_uri()])
        assert ended(client, indexed["job"])["done"] == 1
        assert call("index.status")["coverage"] == 1.0
        with pytest.raises(BridgeError, match="by faiss already"):
            call("index.move", to="faiss")
        rebuilt = call("index.rebuild")
        while rebuilt["state"] == "running":
            rebuilt = call("tasks.status", task=rebuilt["task"], seen=rebuilt["seen"], wait_ms=20_000)
        (found,) = call("search.photos", texts=["red"])["results"]
        assert (found["uri"], found["there"]) == (photo.as_uri(), True)
        assert "golden hour" in {kind["name"]: kind for kind in call("search.filters")}["light"]["choices"]
        assert call("search.complete", name="folder") == [str(photo.parent)]
        chosen = call("photos.keyword", keyword="Colours|Red", uris=[photo.as_uri()])
        assert ended(client, chosen["job"])["done"] == 1
        _ask_of_faces(call, client, photo.with_name("people.png"))
        culled = call("cull.run", uris=[photo.as_uri()])
        assert ended(client, culled["job"])["done"] == 1
        (result,) = call("cull.results")["results"]
        assert (result["uri"], result["pick"], result["group"]) == (photo.as_uri(), 0, None)
        assert call("cull.groups") == {"groups": []}
        assert call("cull.judge", preset="sport") == call("cull.summary")
        assert [preset["name"] for preset in call("cull.presets")["presets"]][:2] == ["default", "wedding"]
        assert call("cull.learn")["changes"] == []
        assert call("cull.decide", photos=[{"uri": photo.as_uri(), "pick": 0}])["photos"] == 1
        assert call("cull.undo")["now"][0]["yours"] is None
        assert call("cull.decisions")["decisions"][0]["undone"]
        (item,) = call("cull.stacks")["items"]
        assert call("cull.photos", items=[item])["photos"][0]["uri"] == photo.as_uri()
        assert call("pictures.sign", uris=[photo.as_uri()])["urls"][photo.as_uri()].startswith("/picture/320/")
        assert call("pictures.faces", faces=[7])["urls"]["7"].startswith("/face/7?")
        assert Path(call("review.open", view="#/review/last")["path"]).stat().st_mode & 0o777 == 0o600
        for method, code in (("cull.flag", "refused"), ("cull.unlearn", "not_found")):
            with pytest.raises(BridgeError) as refused:
                call(method)
            assert refused.value.as_dict()["code"] == code
        assert call("jobs.failures", job=written["job"]) == []
        assert call("jobs.cancel")["state"] == "done"
        assert call("jobs.resume")["state"] == "done"
        undone = call("metadata.undo", job=written["job"], uri=photo.as_uri())
        assert ended(client, undone["job"])["done"] == 1
        assert photo.read_bytes() == before
        kinds = [run["kind"] for run in call("jobs.list")]
        tagged = ["tag", "tag", "review", "tag", "tag"]
        assert kinds == ["undo", "cull", "keyword", "index", "undo", "tag", "remove", *tagged]
        (watch,) = call("watch.add", uris=[photo.parent.as_uri()], options={"model": "fake"})["watches"]
        assert (watch["folder"], watch["write"], watch["photos"]) == (str(photo.parent), False, 0)
        assert call("watch.list", seen=-1, wait_ms=20_000)["watches"][0]["uri"] == photo.parent.as_uri()
        assert call("watch.remove", uri=photo.parent.as_uri())["watches"] == []
        assert isinstance(call("journal.prune", older_than_s=0), int)
        assert call("system.purge", journal=True)["jobs"] == 11, "all but the audit's"
        assert call("system.stop") is True
        assert asked == described


def _ask_of_faces(call: Callable[..., Any], client: Client, photo: Path) -> None:
    Image.fromarray(people_photo(["anna", "ben", "cleo"])).save(photo)
    assert call("faces.switch", on=True) == call("faces.status") | {"on": True}
    found = call("faces.detect", uris=[photo.as_uri()])
    assert ended(client, found["job"])["done"] == 1
    grouped = call("faces.group")
    while grouped["state"] == "running":
        grouped = call("tasks.status", task=grouped["task"], seen=grouped["seen"], wait_ms=20_000)
    (shown,) = call("faces.find", uris=[photo.as_uri()])
    anna, ben, cleo = shown["faces"]
    assert len(call("faces.groups")["groups"]) == 3
    assert call("faces.crop", face=anna["face"]).startswith("/9j/")
    assert call("faces.name", group=anna["group"], name="Anna")["told"].endswith(" is Anna")
    assert call("faces.differ", groups=["Anna", cleo["group"]])["kind"] == "differ"
    assert call("faces.loose") == {"total": 0, "faces": []}
    assert call("faces.merge", groups=["Anna", ben["group"]])["group"] == anna["group"]
    assert call("faces.split", faces=[ben["face"]])["kind"] == "split"
    assert call("faces.reject", faces=[cleo["face"]])["kind"] == "reject"
    never = call("faces.never", faces=[cleo["face"]])
    assert call("faces.undo")["action"] == never["action"]
    assert len(call("faces.actions")) == 6
    written = call("faces.write", uris=[photo.as_uri()], write=True)
    assert ended(client, written["job"])["done"] == 1
    assert call("faces.forget") == {"faces": 3}


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


def test_answers_do_not_wait_for_acknowledgements() -> None:
    """An answer is written in two parts; with Nagle's algorithm the second would wait 40 ms."""
    delays: list[int] = []

    async def met(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        delays.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def meet() -> None:
        async with await asyncio.start_server(met, sock=bind(0)) as one:
            reader, writer = await asyncio.open_connection(*one.sockets[0].getsockname())
            await reader.read()
            writer.close()

    asyncio.run(meet())
    assert delays == [1]


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
