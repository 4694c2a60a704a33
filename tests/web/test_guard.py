"""What the daemon lets in as it runs: on the wire, byte by byte, where a client library would not let us be rude."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.web.methods import PAGE_METHODS
from tests.system.daemon import Bridge, running

pytestmark = pytest.mark.system

PAGES = ("/", "/static/app.js", "/picture/320/x?s=x", "/face/1?s=x")
PATHS = (*PAGES, "/rpc", "/session", "/events/last", "/proxy/x", "/x")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Wire:
    bridge: Bridge
    port: int
    token: str

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def send(self, line: str, *headers: str, body: bytes = b"") -> Answer:
        """One request, exactly as it is written here, and its answer."""
        length = [f"Content-Length: {len(body)}"] if body else []
        head = "\r\n".join([line, *headers, *length, "Connection: close", "", ""])
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(head.encode("latin-1") + body)
            data = b""
            while piece := connection.recv(65536):
                data += piece
        told, _, content = data.partition(b"\r\n\r\n")
        first, *lines = told.decode("latin-1").split("\r\n")
        named = (line.partition(": ") for line in lines)
        return Answer(int(first.split()[1]), {name.lower(): value for name, _, value in named}, content)

    def call(self, secret: str, method: str, *headers: str, **params: Any) -> Answer:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        told = (f"Host: {self.host}", f"Authorization: Bearer {secret}", *headers)
        return self.send("POST /rpc HTTP/1.1", *told, body=body)

    def key(self) -> str:
        """Of a page that has just been opened."""
        code = json.loads(self.call(self.token, "review.open").body)["result"]["code"]
        sent = self.send("POST /session HTTP/1.1", f"Host: {self.host}", body=json.dumps({"code": code}).encode())
        return str(json.loads(sent.body)["key"])


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with running(tmp_path_factory.mktemp("home")) as bridge, bridge.client() as client:
        yield Wire(bridge, client.info.port, client.info.token)


def rude(host: str) -> tuple[str, ...]:
    """Headers of requests that are not for us, where ``host`` is ours."""
    port = host.rpartition(":")[2]
    return (
        f"Host: evil.test:{port}",
        "Host: evil.test",
        f"Host: {host}.evil.test",
        f"Host: user@{host}",
        f"Host: 127.0.0.1.evil.test:{port}",
        f"Host: 0.0.0.0:{port}",
        f"Host: 127.0.0.2:{port}",
        f"Host: [::1]:{port}",
        f"Host: {host}, evil.test",
        "Host: 127.0.0.1",
        "Host: 127.0.0.1:1",
        f"Host: {host}\r\nHost: evil.test",
        f"Host: evil.test\r\nHost: {host}",
        f"Host: evil.test\r\nX-Forwarded-Host: {host}",
        f"Host: {host}\r\nOrigin: null",
        f"Host: {host}\r\nOrigin: http://evil.test",
        f"Host: {host}\r\nOrigin: http://{host}.evil.test",
        f"Host: {host}\r\nOrigin: https://{host}",
        f"Host: {host}\r\nOrigin: http://127.0.0.1:1",
        f"Host: {host}\r\nOrigin: http://{host}\r\nOrigin: http://evil.test",
    )


def test_what_is_not_for_us_gets_nothing(wire: Wire) -> None:
    for headers in rude(wire.host):
        for path in PATHS:
            for method in ("GET", "POST", "PUT", "HEAD", "OPTIONS"):
                answer = wire.send(f"{method} {path} HTTP/1.1", headers, f"Authorization: Bearer {wire.token}")
                assert answer.status in (400, 403), (headers, path, method)
                assert not any(name.startswith("access-control-") for name in answer.headers)


def test_a_request_for_a_whole_address_is_for_its_host(wire: Wire) -> None:
    for line in ("GET http://evil.test/ HTTP/1.1", "GET //evil.test/ HTTP/1.1", "GET / HTTP/1.0"):
        answer = wire.send(line, "Host: evil.test")
        assert answer.status in (400, 403), line
    assert wire.send("GET / HTTP/1.0").status in (400, 403), "without a Host it could be for anyone"


def test_only_the_files_are_open(wire: Wire) -> None:
    opened = {path for path in PATHS if wire.send(f"GET {path} HTTP/1.1", f"Host: {wire.host}").status == 200}
    assert opened == {"/", "/static/app.js"}
    for path in ("/static/../web/keys.py", "/static/%2e%2e/keys.py", "/static//etc/passwd", "/static/lib", "/static/"):
        assert wire.send(f"GET {path} HTTP/1.1", f"Host: {wire.host}").status == 404, path


def test_every_answer_is_careful(wire: Wire) -> None:
    """No cookie from anywhere; what a browser might show as a page may not be framed, sniffed or told of to others."""
    key = wire.key()
    for path in PATHS:
        for secret in ("", key, wire.token):
            for method in ("GET", "POST"):
                told = (f"Host: {wire.host}", f"Authorization: Bearer {secret}")
                answer = wire.send(f"{method} {path} HTTP/1.1", *told)
                assert "set-cookie" not in answer.headers, path
                if "text/html" in answer.headers.get("content-type", ""):
                    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
                    assert answer.headers["x-frame-options"] == "DENY"
                    assert answer.headers["referrer-policy"] == "no-referrer"
                    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
                if answer.status == 200 and path != "/rpc":
                    assert answer.headers["x-content-type-options"] == "nosniff", path
                    assert answer.headers["cross-origin-resource-policy"] == "same-origin", path


def test_a_key_opens_the_methods_of_the_page_and_no_others(wire: Wire) -> None:
    described = json.loads(wire.call(wire.token, "rpc.discover").body)["result"]["methods"]
    all_of_them = {method["name"] for method in described}
    assert all_of_them >= PAGE_METHODS, "the page is allowed what is not there"
    key = wire.key()
    closed = sorted(all_of_them - PAGE_METHODS)
    assert {"settings.set", "system.stop", "system.purge", "journal.prune", "rpc.discover", "review.open"} <= {*closed}
    for method in closed:
        assert json.loads(wire.call(key, method).body)["error"]["code"] == -32601, method
    batch = [{"jsonrpc": "2.0", "id": n, "method": method} for n, method in enumerate(closed)]
    quiet = [{"jsonrpc": "2.0", "method": "system.stop"}]
    told = (f"Host: {wire.host}", f"Authorization: Bearer {key}")
    answers = json.loads(wire.send("POST /rpc HTTP/1.1", *told, body=json.dumps(batch + quiet).encode()).body)
    assert {answer["error"]["code"] for answer in answers} == {-32601}
    assert json.loads(wire.call(wire.token, "system.health").body)["result"]["version"]


def test_guesses_spend_nothing_and_open_nothing(wire: Wire) -> None:
    code = json.loads(wire.call(wire.token, "review.open").body)["result"]["code"]
    host = f"Host: {wire.host}"
    for number in range(300):
        body = json.dumps({"code": f"{code[:-1]}-{number}"}).encode()
        assert wire.send("POST /session HTTP/1.1", host, body=body).status == 403
    assert wire.send("POST /session HTTP/1.1", host, body=json.dumps({"code": code}).encode()).status == 200
    assert wire.send("POST /session HTTP/1.1", host, body=json.dumps({"code": code}).encode()).status == 403


def test_keys_codes_and_addresses_end_with_the_daemon(tmp_path: Path) -> None:
    photo = (tmp_path / "a.jpg").as_uri()
    with running(tmp_path / "home") as bridge:
        with bridge.client() as client:
            first = Wire(bridge, client.info.port, client.info.token)
            picture = client.call("pictures.sign", uris=[photo], edge=320)["urls"][photo]
            opened = client.call("review.open")
        key = first.key()
        assert first.call(key, "jobs.list").status == 200
        bridge.kill()
        bridge.start()
        assert not Path(opened["path"]).exists(), "what leads to the daemon before is gone"
        with bridge.client() as client:
            second = Wire(bridge, client.info.port, client.info.token)
        host = f"Host: {second.host}"
        assert second.call(key, "jobs.list").status == 401
        assert second.call(first.token, "jobs.list").status == 401
        assert second.send(f"GET {picture} HTTP/1.1", host).status == 403
        body = json.dumps({"code": opened["code"]}).encode()
        assert second.send("POST /session HTTP/1.1", host, body=body).status == 403
