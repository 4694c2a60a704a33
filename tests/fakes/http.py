"""What the fake servers share: real HTTP on a port of their own, and words that come from a picture's pixels."""

from __future__ import annotations

import hashlib
import io
import json
import random
import select
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import numpy as np
from PIL import Image

from bridge.values import Category

_NOUNS = """
    harbour lighthouse meadow glacier canyon orchard vineyard lagoon waterfall boulder dune marsh cliff valley pasture
    heron otter badger falcon salmon hedgehog stallion lamb kitten puppy parrot beetle dragonfly jellyfish owl fox
    cyclist violinist carpenter fisherman bride drummer surfer climber goalkeeper potter baker florist blacksmith
    tram ferry tractor canoe glider locomotive scooter barge balloon lorry sledge caravan bicycle cathedral windmill
    chapel castle bridge viaduct market fountain greenhouse barn tower alley staircase balcony teapot lantern umbrella
    guitar anvil loom telescope typewriter violin kettle basket ladder anchor compass saddle tulip fern thistle poppy
    lavender oak birch pine willow cactus mushroom moss ivy sunrise twilight fog drizzle blizzard rainbow frost haze
"""
WORDS = tuple(_NOUNS.split())
CATEGORIES = tuple(category.value for category in Category)


def look(jpeg: bytes) -> dict[str, Any]:
    """Ten words, a title, a caption, an alt text and a category that depend on the pixels alone."""
    with Image.open(io.BytesIO(jpeg)) as image:
        image.draft("L", (64, 64))
        small = np.asarray(image.convert("L").resize((8, 8), Image.Resampling.BOX)) >> 4
    words = random.Random(hashlib.sha256(small.tobytes()).digest())
    chosen = words.sample(WORDS, 15)
    light = "bright" if small.mean() > 8 else "dim"
    return {
        "keywords": chosen[:10],
        "spare": chosen[10:],
        "title": f"{chosen[0].capitalize()} and {chosen[1]}",
        "caption": f"A {chosen[0]} stands beside a {chosen[1]} in {light} light.",
        "alt_text": f"A {chosen[0]} and a {chosen[1]}.",
        "category": words.choice(CATEGORIES),
        "sharp": light == "bright",
        "subject_in_frame": True,
        "watermark": False,
    }


def fill(schema: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """The object that a model bound to ``schema`` answers with."""
    answer: dict[str, Any] = {}
    for name, rule in schema["properties"].items():
        if rule["type"] == ["boolean", "null"]:
            answer[name] = seen.get(name)
        elif rule["type"] == "array":
            words = rule["items"].get("enum") or [*seen["keywords"], *seen["spare"]]
            least = max(rule.get("minItems", 0), min(10, rule.get("maxItems", 10)))
            answer[name] = words[:least]
        else:
            answer[name] = seen.get(name, seen["caption"])
    return answer


def schema_fault(schema: object) -> str | None:
    """What a grammar compiler would not take, or None."""
    if not isinstance(schema, dict) or schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        return "schema must be an object with properties"
    if unknown := set(schema) - {"type", "properties", "required", "additionalProperties"}:
        return f"unknown schema keyword {sorted(unknown)[0]}"
    for name, rule in schema["properties"].items():
        if rule.get("type") == ["boolean", "null"]:
            continue
        if rule.get("type") not in ("string", "array"):
            return f"unsupported type of {name}"
        if rule["type"] == "array" and not _strings(rule.get("items")):
            return f"unsupported items of {name}"
    if not set(schema.get("required", ())) <= set(schema["properties"]):
        return "required names an unknown property"
    return None


def _strings(items: object) -> bool:
    """Strings, or some of them: at least one, each once."""
    if not isinstance(items, dict) or items.get("type") != "string" or set(items) - {"type", "enum"}:
        return False
    choice = items.get("enum")
    return choice is None or (bool(choice) and len(set(choice)) == len(choice))


def fenced(answer: Mapping[str, Any]) -> str:
    """As models answer that were not bound to a schema."""
    return f"Here is the description you asked for:\n```json\n{json.dumps(answer, indent=1)}\n```\nAnything else?"


class Exchange:
    """One request, and the ways to answer it or not to."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: bytes, stopping: threading.Event) -> None:
        self.method = handler.command
        self.path = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = body
        self._handler = handler
        self._stopping = stopping

    def json(self) -> Any:
        return json.loads(self.body)

    def reply(self, status: int, value: object, headers: Mapping[str, str] = {}) -> None:
        data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self._handler.send_response(status)
        kind = "text/html" if isinstance(value, str) else "application/json"
        for name, text in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self._handler.send_header(name, text)
        self._handler.end_headers()
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def give(self, status: int, data: bytes, headers: Mapping[str, str], stop: int | None = None) -> None:
        """Bytes as they are; of their promised length only the first ``stop``, where that is told."""
        self._handler.send_response(status)
        for name, text in {"Content-Length": str(len(data)), **headers}.items():
            self._handler.send_header(name, text)
        self._handler.end_headers()
        self._handler.wfile.write(data[:stop])
        self._handler.wfile.flush()

    def begin(self, kind: str = "application/x-ndjson") -> None:
        """Headers of an answer in chunks."""
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()
        self._handler.wfile.flush()

    def chunk(self, data: bytes) -> None:
        self._handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self._handler.wfile.flush()

    def end(self) -> None:
        self._handler.wfile.write(b"0\r\n\r\n")
        self._handler.wfile.flush()

    def drop(self) -> None:
        """Close the connection as it is."""
        self._handler.close_connection = True
        self._handler.connection.shutdown(socket.SHUT_RDWR)

    def gone(self) -> bool:
        """Whether the client hung up."""
        readable, _, _ = select.select([self._handler.connection], [], [], 0)
        return bool(readable) and not self._handler.connection.recv(1, socket.MSG_PEEK)

    def wait(self, seconds: float = float("inf")) -> bool:
        """Wait as a busy server does. False where the client hung up or the server stops before the time is over."""
        while seconds > 0:
            step = min(seconds, 0.05)
            if self._stopping.wait(step) or self.gone():
                return False
            seconds -= step
        return True


class FakeServer:
    """A whole HTTP server on loopback in threads of its own; use it with ``with``."""

    def __init__(self, port: int = 0) -> None:
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Any:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, exchange: Exchange) -> None:
        """What the server does with a request."""
        raise NotImplementedError

    def _handler(self) -> Callable[..., BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                try:
                    fake.answer(Exchange(self, body, fake.stopping))
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_GET = do_POST = do_HEAD = do_CONNECT = do_PUT = do_DELETE = handle_any  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def finish(self) -> None:
                with suppress(BrokenPipeError, ConnectionResetError):
                    super().finish()

        return Handler


class Recorder(FakeServer):
    """Takes down every request that reaches it: nothing should."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, int]] = []

    def answer(self, exchange: Exchange) -> None:
        self.seen.append((exchange.method, exchange.path, len(exchange.body)))
        exchange.reply(200, {"models": [], "data": []})
