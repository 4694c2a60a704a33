"""What a page of another origin can send without asking anybody, to a real daemon."""

from __future__ import annotations

import socket

import httpx
import pytest

from tests.system.daemon import Bridge

pytestmark = pytest.mark.system
CALL = b'{"jsonrpc":"2.0","id":1,"method":"system.stop"}'


def url(bridge: Bridge) -> str:
    with bridge.client() as client:
        return f"http://127.0.0.1:{client.info.port}"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("path", ["/rpc", "/session", "/proxy/aaaaaaaaaaaaaaaaaaaa", "/events/last", "/static/app.js"])
def test_a_simple_request_does_nothing(bridge: Bridge, kind: str, path: str) -> None:
    headers = {"Content-Type": kind, "Origin": "null", "Sec-Fetch-Site": "cross-site"}
    with httpx.Client(trust_env=False) as http:
        for method in ("GET", "POST"):
            answer = http.request(method, url(bridge) + path, content=CALL, headers=headers)
            assert answer.status_code in (401, 403), (method, path)
            assert not any(name.lower().startswith("access-control") for name in answer.headers)
        # An old browser, or one that is told to, sends neither of the two.
        answer = http.post(url(bridge) + path, content=CALL, headers={"Content-Type": kind})
        assert answer.status_code in (401, 403, 405), path
    with bridge.client() as client:
        assert client.call("system.health")["version"]


def test_a_question_before_a_request_is_answered_with_no(bridge: Bridge) -> None:
    headers = {
        "Origin": "http://evil.test",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
        "Access-Control-Request-Private-Network": "true",
    }
    for path in ("/rpc", "/session", "/"):
        answer = httpx.options(url(bridge) + path, headers=headers, trust_env=False)
        assert answer.status_code == 403
        assert not any(name.lower().startswith("access-control") for name in answer.headers)


def test_no_web_socket_is_opened(bridge: Bridge) -> None:
    # A page may open one to any host, and no browser asks first.
    host = url(bridge).removeprefix("http://")
    port = int(host.rpartition(":")[2])
    for path in ("/", "/rpc", "/events/last"):
        with socket.create_connection(("127.0.0.1", port)) as wire:
            wire.sendall(
                f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.test\r\nConnection: Upgrade\r\n"
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            )
            assert wire.recv(100).startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))
