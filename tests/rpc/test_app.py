"""Who is let in: the loopback client with the token, and nobody else."""

import json
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from bridge.errors import InvalidParams, NotFound
from bridge.rpc.app import MAX_BODY, MAX_PROXY, make_app
from bridge.rpc.dispatcher import Dispatcher, Method

PORT, TOKEN = 41730, "secret-token"
AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


class NoParams(BaseModel):
    pass


def events(job: str, after: int, wait_ms: int) -> dict[str, Any]:
    if job != "a-job":
        raise NotFound("There is no such run.")
    assert wait_ms >= 0
    return {"events": [{"seq": after + 1, "uri": "file:///a.jpg", "status": "done"}], "next": after + 1, "ended": True}


def put_proxy(name: str, data: bytes) -> None:
    if name == "no name":
        raise InvalidParams(f"{name} is no name.")
    assert data


@pytest.fixture
def client() -> TestClient:
    dispatcher = Dispatcher({"ping": Method("ping", NoParams, str, lambda _: "pong", "Answers.")})
    app = make_app(dispatcher, token=TOKEN, port=lambda: PORT, events=events, put_proxy=put_proxy)
    return TestClient(app, base_url=f"http://127.0.0.1:{PORT}")


def test_the_token_opens(client: TestClient) -> None:
    assert client.post("/rpc", json=PING, headers=AUTHORISED).json()["result"] == "pong"


@pytest.mark.parametrize("value", [None, "", "Bearer", "Bearer wrong", TOKEN, f"bearer {TOKEN}", f"Bearer {TOKEN}x"])
def test_without_the_token_it_is_401(client: TestClient, value: str | None) -> None:
    headers = {} if value is None else {"Authorization": value}
    assert client.post("/rpc", json=PING, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.test", f"evil.test:{PORT}", "127.0.0.1", "127.0.0.1:1", f"localhost.evil.test:{PORT}", ""]
)
def test_a_foreign_host_is_403_even_with_the_token(client: TestClient, host: str) -> None:
    assert client.post("/rpc", json=PING, headers={**AUTHORISED, "Host": host}).status_code == 403


def test_localhost_is_ours_too(client: TestClient) -> None:
    assert client.post("/rpc", json=PING, headers={**AUTHORISED, "Host": f"localhost:{PORT}"}).status_code == 200


@pytest.mark.parametrize("origin", ["null", "", "http://evil.test", f"https://127.0.0.1:{PORT}", "http://127.0.0.1:1"])
def test_a_foreign_origin_is_403_even_with_the_token(client: TestClient, origin: str) -> None:
    assert client.post("/rpc", json=PING, headers={**AUTHORISED, "Origin": origin}).status_code == 403


def test_our_own_page_may_call(client: TestClient) -> None:
    headers = {**AUTHORISED, "Origin": f"http://127.0.0.1:{PORT}"}
    assert client.post("/rpc", json=PING, headers=headers).status_code == 200


def test_a_notification_has_no_body(client: TestClient) -> None:
    response = client.post("/rpc", json={"jsonrpc": "2.0", "method": "ping"}, headers=AUTHORISED)
    assert (response.status_code, response.content) == (204, b"")


def test_a_request_without_end_is_cut_off(client: TestClient) -> None:
    assert client.post("/rpc", content=b" " * (MAX_BODY + 1), headers=AUTHORISED).status_code == 413


def test_the_event_stream_tells_what_ended(client: TestClient) -> None:
    lines = client.get("/events/a-job?after=4", headers=AUTHORISED).text.splitlines()
    assert lines[0] == "id: 5"
    assert json.loads(lines[1].removeprefix("data: "))["status"] == "done"
    assert client.get("/events/other", headers=AUTHORISED).status_code == 404
    assert client.get("/events/a-job?after=x", headers=AUTHORISED).status_code == 400
    assert client.get(f"/events/a-job?after={2**63}", headers=AUTHORISED).status_code == 400


def test_a_proxy_is_taken_under_its_name(client: TestClient) -> None:
    assert client.put("/proxy/some-name", content=b"pixels", headers=AUTHORISED).status_code == 204
    assert client.put("/proxy/some-name", content=b"pixels").status_code == 401
    assert client.post("/proxy/some-name", content=b"pixels", headers=AUTHORISED).status_code == 405
    refused = client.put("/proxy/no name", content=b"pixels", headers=AUTHORISED)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_params")


def test_a_proxy_that_is_too_large_is_refused(client: TestClient) -> None:
    assert client.put("/proxy/some-name", content=bytes(MAX_PROXY + 1), headers=AUTHORISED).status_code == 413
