"""The wire: any bytes at all, and for each method what its own schema asks for, with something wrong in it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.paths import to_uri
from bridge.rpc.dispatcher import (
    BRIDGE_ERROR,
    INTERNAL,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    Dispatcher,
)
from bridge.rpc.methods import method_table
from campaigns.fuzz.corpus import app_segments, jpeg, picture
from campaigns.fuzz.mutators import mutate
from campaigns.fuzz.schema import Parameters, replaced
from campaigns.fuzz.target import Broken, Bytes, Drawn
from campaigns.fuzz.texts import NASTY
from tests.fakes.bridge import service_around
from tests.fakes.tagger import FakeTagger

CODES = {PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, BRIDGE_ERROR}
"""An error may have one of these; ``INTERNAL`` is a defect of ours."""
PHOTOS = ("a.jpg", "b.jpg", "c.png")
LEFT_OUT = {"models.pull"}
"""It may ask a registry for what it is named; what it is named is tried by ``models.list`` and the runs."""


class _Incidents(logging.Handler):
    """What goes to the log with a traceback, here or on any thread."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.found.append(record.exc_info[1])


@contextmanager
def methods(work: Path, *, lived_in: bool = False) -> Iterator[tuple[Dispatcher, dict[str, Any], _Incidents]]:
    """A whole daemon in this process, without its socket, with a few photos to work on."""
    folder = work / "photos"
    for name in PHOTOS:
        whole = jpeg(picture(size=(64, 48)), *app_segments(), quality=60)
        (folder / name).write_bytes(whole if name.endswith("jpg") else _png())
    incidents = _Incidents()
    logging.getLogger("bridge").addHandler(incidents)
    with service_around(work / "state", FakeTagger()) as service:
        table = method_table(service, lambda: None)
        dispatcher = Dispatcher(table)
        if lived_in:
            _live_in(dispatcher, to_uri(folder))
        yield dispatcher, table, incidents


def _live_in(dispatcher: Dispatcher, folder: str) -> None:
    """Runs, a keyword list, faces, a cull and an audit are there, so that methods have something to be asked about."""

    def call(name: str, /, **params: Any) -> Any:
        message = {"jsonrpc": "2.0", "id": 1, "method": name, "params": params}
        answer = json.loads(dispatcher.handle(json.dumps(message).encode()) or b"")
        if "error" in answer:
            raise RuntimeError(f"{name}: {answer['error']}")
        return answer["result"]

    call("vocabulary.import", text="Animals|Dog {hound}\nPlaces|Möwe\n", name="mine", use=True)
    call("vocabulary.sync", tree="t", keywords=[{"path": ["Places", "harbour"]}])
    call("faces.switch", on=True)
    started = [
        call("photos.analyze", uris=[folder], options={"want": "all"}),
        call("photos.analyze", uris=[folder], options={"want": "all", "write": True}),
        call("faces.detect", uris=[folder]),
        call("cull.run", uris=[folder]),
        call("index.add", uris=[folder]),
        call("audit.start", uris=[folder], size=2),
    ]
    for run in started:
        while run.get("job") and call("jobs.status", job=run["job"], wait_ms=1000)["state"] == "open":
            pass


def _png() -> bytes:
    import io

    stream = io.BytesIO()
    picture(size=(64, 48)).save(stream, "PNG")
    return stream.getvalue()


def checked(answer: bytes | None, incidents: _Incidents) -> str:
    """The outcome that an answer tells. Raises Broken, or what a defect was."""
    if incidents.found:
        error = incidents.found[0]
        incidents.found.clear()
        raise error
    if answer is None:
        return "no answer wanted"
    if b"Traceback" in answer or b'File \\"' in answer:
        raise Broken("no traceback reaches a client")
    message = json.loads(answer)
    outcomes = [_outcome(one) for one in (message if isinstance(message, list) else [message])]
    return outcomes[0] if len(outcomes) == 1 else "batch"


def _outcome(message: Any) -> str:
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or "id" not in message:
        raise Broken("an answer is one of JSON-RPC 2.0")
    error = message.get("error")
    if error is None:
        if "result" not in message:
            raise Broken("an answer has a result or an error")
        return "result"
    if error["code"] == INTERNAL or error["code"] not in CODES:
        raise Broken(f"an error has a known code: {error['code']}")
    if error["code"] == BRIDGE_ERROR and not (error["data"]["message"] and error["data"]["hint"]):
        raise Broken("an error tells what to do")
    return str(error.get("data", {}).get("code", error["code"]))


def _each(names: tuple[str, ...], words: list[Any]) -> dict[str, list[Any]]:
    return dict.fromkeys(names, words)


class Calls(Drawn):
    """Parameters for every method, from its own schema."""

    chunk = 400

    def __init__(self, work: Path) -> None:
        super().__init__(work)
        self._stack = ExitStack()
        self._dispatcher, self._table, self._incidents = self._stack.enter_context(methods(work, lived_in=True))
        self._id = 0

    def close(self) -> None:
        self._stack.close()

    def strategy(self) -> SearchStrategy[Any]:
        folder = self.work / "photos"
        places = (
            folder,
            *(folder / name for name in PHOTOS),
            folder / "no.jpg",
            self.work / "beside",
            self.work / "no",
        )
        odd = (
            "",
            "file:",
            "file:relative",
            "file:///%00",
            "file:///a%ff.jpg",
            "file://host/x",
            "http://x/",
            "x" * 9000,
        )
        uris = [*map(to_uri, places), *map(to_uri, places), *odd, "file:///dev/null"]
        jobs = ["last", "last", "20261130-000000-abcdef", "", "../../x", "%"]
        waits = [0, 0, 1, -1, 10**30, None]
        paths = [*map(os.fspath, places), "~", "~nobody/x", "relative", *odd]
        parameters = Parameters(
            {
                "": [
                    "fake",
                    "auto",
                    "last",
                    "a",
                    "harbour",
                    "Places|Möwe",
                    "rating",
                    "plain",
                    "lightroom",
                    *jobs,
                    *uris,
                ],
                **_each(("uri", "folder", "original", "photo"), uris),
                **_each(("job", "run", "cull"), jobs),
                **_each(("name", "vocabulary", "style"), ["mine", "mine", "", "no", "a" * 300, "../x"]),
                **_each(("item", "face", "group", "person", "audit", "id"), [1, 2, 3, 0, "1", "2", "last"]),
                "wait_ms": [one for one in waits if one != 10**30],
                **_each(("model", "models"), ["fake", "auto", "", "no", None, "x:y"]),
                "text": [*paths, "Animals|Dog {hound}", "a\n\tb\n", "two people on a beach"],
                "stop": [False],
            }
        )
        each = [
            st.tuples(st.just(name), parameters.of(method.params.model_json_schema()))
            for name, method in sorted(self._table.items())
            if name not in LEFT_OUT
        ]
        return st.tuples(st.one_of(each), st.sampled_from((None, None, 1)), st.integers(0, 2**32))

    def attempt(self, drawn: Any) -> str:
        (name, params), wrong, seed = drawn
        if wrong:
            params = replaced(Random(seed), params)
            if isinstance(params, dict) and "wait_ms" in params:
                params["wait_ms"] = 0
        self._id += 1
        message = {"jsonrpc": "2.0", "id": self._id, "method": name, "params": params}
        body = json.dumps(message, default=str).encode("utf-8", "surrogatepass")
        return checked(self._dispatcher.handle(body), self._incidents)


class Frames(Bytes):
    """Bytes where a request is wanted."""

    chunk = 4000

    def __init__(self, work: Path) -> None:
        super().__init__(work)
        self._stack = ExitStack()
        self._dispatcher, _, self._incidents = self._stack.enter_context(methods(work))
        self._seeds = requests()

    def close(self) -> None:
        self._stack.close()

    def make(self, chance: Random) -> bytes:
        seed = chance.choice(self._seeds)
        if chance.random() < 0.6:
            return json.dumps(replaced(chance, json.loads(seed)), default=str).encode("utf-8", "surrogatepass")
        return mutate(chance, seed, self._seeds, (mutate_json,))

    def attempt(self, data: bytes) -> str:
        return checked(self._dispatcher.handle(data), self._incidents)


def requests() -> list[bytes]:
    """Whole requests of cheap methods, alone and in batches."""
    calls: list[tuple[str, dict[str, Any]]] = [
        ("system.health", {}),
        ("jobs.list", {"limit": 3}),
        ("jobs.status", {"job": "last"}),
        ("photos.place", {"text": "/tmp"}),
        ("settings.get", {}),
        ("vocabulary.list", {}),
        ("metadata.confirm", {"plans": [{"plan_id": "x", "applied": [0, 1], "created": []}]}),
    ]
    made: list[dict[str, Any]] = [
        {"jsonrpc": "2.0", "id": number, "method": name, "params": params}
        for number, (name, params) in enumerate(calls)
    ]
    told = {"jsonrpc": "2.0", "method": "system.health"}
    ids = [{**made[0], "id": identifier} for identifier in ("a", 1.5, None, 10**30)]
    batches = [made, [told, told], [made[0]] * 50, [], [1, 2], [[]]]
    return [json.dumps(one).encode() for one in (*made, told, *ids, *batches)]


_JSON = (
    *(
        b"null",
        b"true",
        b"1e400",
        b"-0",
        b"1" * 400,
        b"NaN",
        b"Infinity",
        b'"\\ud800"',
        b'"\\u0000"',
        b"{}",
        b"[]",
        b'""',
    ),
    *(
        b"[" * 200,
        b"[" * 100_000,
        b'{"a":' * 300,
        b"\xef\xbb\xbf",
        b"\xff",
        b'"id"',
        b'"method"',
        b'"params"',
        b"'",
        b"//",
    ),
)


def mutate_json(chance: Random, data: bytes) -> bytes:
    """A token in another's place, one more, or one less."""
    marks = [at for at, letter in enumerate(data) if letter in b'{}[],:"']
    if not marks:
        return data + chance.choice(_JSON)
    start = chance.choice(marks)
    end = chance.choice([at for at in marks if at >= start][:6])
    new = chance.choice((chance.choice(_JSON), b"", chance.choice(NASTY).encode(), data[start:end]))
    return data[:start] + new + data[end:]
