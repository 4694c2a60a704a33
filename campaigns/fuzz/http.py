"""A real daemon and what may come to its socket: requests that are none, lengths that lie, odd places."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from random import Random

from campaigns.fuzz.corpus import app_segments, jpeg, picture
from campaigns.fuzz.mutators import BYTES, mutate
from campaigns.fuzz.target import Broken, Bytes
from campaigns.fuzz.wire import mutate_json, requests
from tests.system.daemon import Bridge

ANSWER_SECONDS = 20.0
_PATHS = (
    *(
        "/rpc",
        "/rpc",
        "/rpc",
        "/rpc",
        "/proxy/aaaaaaaaaaaaaaaa",
        "/proxy/../../x",
        "/proxy/%2e%2e%2fx",
        "/proxy/a%00aaaaaaaaaaaaaa",
    ),
    *(
        "/events/last?after=0",
        "/events/x?after=-1",
        "/static/../daemon.json",
        "/static/%2e%2e/%2e%2e/letter.txt",
        "/",
        "//",
        "*",
    ),
    *("/picture/x", "/face/1", "/session", "/static/app.js", "http://127.0.0.1/rpc", "/rpc?x=" + "a" * 3000, "/\x01"),
)
_HEADERS = (
    *(
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: x",
        "Content-Length: -1",
        "Content-Length: 99999999999999999999",
    ),
    *(
        "Content-Length: 5",
        "Content-Length: 0x10",
        "Expect: 100-continue",
        "Origin: null",
        "Origin: http://evil/",
        "Host: evil",
    ),
    *(
        "Upgrade: websocket",
        "Connection: Upgrade",
        "X: " + "a" * 20_000,
        "Content-Type: text/html",
        ": ",
        "X\x00: y",
        "Range: bytes=0-",
    ),
)


_METHODS = ("PUT", "POST", "GET", "OPTIONS", "TRACE", "X" * 100, "")


class Sockets(Bytes):
    """Whole requests with something wrong, each on a connection of its own. They begin without port and token, which
    another daemon would have others of."""

    chunk = 400

    def __init__(self, work: Path) -> None:
        super().__init__(work)
        self._bridge = Bridge(work / "state")
        self._bridge.start()
        info = json.loads((work / "state" / "daemon.json").read_text())
        self._port, self._token = int(info["port"]), str(info["token"])
        self._bodies = requests()
        self._picture = jpeg(picture(), *app_segments(), quality=50)
        self._count = 0

    def close(self) -> None:
        self._bridge.stop()

    def make(self, chance: Random) -> bytes:
        path = chance.choice(_PATHS)
        usual = "PUT" if path.startswith("/proxy") else "POST" if path.startswith("/rpc") else "GET"
        method = usual if chance.random() < 0.9 else chance.choice(_METHODS)
        body = self._picture if path.startswith("/proxy") else chance.choice(self._bodies)
        if chance.random() < 0.7:
            body = mutate(chance, body, self._bodies, (mutate_json,))
        headers = ["Host: 127.0.0.1:@PORT@", "Authorization: Bearer @TOKEN@", f"Content-Length: {len(body)}"]
        if chance.random() < 0.5:
            headers.insert(chance.randrange(4), chance.choice(_HEADERS))
        if chance.random() < 0.2:
            del headers[chance.randrange(len(headers))]
        head = f"{method} {path} HTTP/1.1\r\n" + "\r\n".join([*headers, "Connection: close"]) + "\r\n\r\n"
        data = head.encode("latin-1", "replace")
        return chance.choice(BYTES)(chance, data) + body if chance.random() < 0.3 else data + body

    def attempt(self, data: bytes) -> str:
        sent = data.replace(b"@PORT@", str(self._port).encode()).replace(b"@TOKEN@", self._token.encode())
        said = self._talk(sent)
        self._count += 1
        if self._bridge.process is None or self._bridge.process.poll() is not None:
            raise Broken("the daemon goes on")
        if self._count % 50 == 0:
            self._health()
        if b"Traceback" in said or b"site-packages" in said:
            raise Broken("no traceback reaches a client")
        if b"Dear diary" in said or (self._token.encode() in said and b"TRACE" not in data):
            raise Broken("no file but its own is served")
        status = re.match(rb"HTTP/1\.\d (\d{3})", said)
        if status is None:
            return "no answer"
        if status[1] == b"500":
            raise Broken(f"a request has a cause, or is one: {self._bridge.log()[-3000:]}")
        body = said.partition(b"\r\n\r\n")[2]
        if status[1] == b"200" and b"-32603" in body:
            raise Broken(f"no defect: {self._bridge.log()[-3000:]}")
        return status[1].decode()

    def _talk(self, data: bytes) -> bytes:
        said = b""
        with socket.create_connection(("127.0.0.1", self._port), timeout=ANSWER_SECONDS) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while more := connection.recv(1 << 16):
                    said += more
                    if b"text/event-stream" in said:
                        break  # it goes on until the run has ended
            except TimeoutError:
                raise Broken("a request is answered or its connection closed") from None
            except OSError:  # closed on us
                pass
        return said

    def _health(self) -> None:
        with self._bridge.client() as client:
            client.call("system.health")
