"""The page over HTTP: its files are open, everything else takes its key, and that opens fewer methods."""

from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from bridge.rpc.app import Page, make_app
from bridge.rpc.dispatcher import Dispatcher, Method
from bridge.web.app import page_routes
from bridge.web.files import page_files
from bridge.web.headers import SECURITY
from bridge.web.keys import PageKeys
from bridge.web.methods import for_the_page

PORT, TOKEN = 41730, "secret-token"


class NoParams(BaseModel):
    pass


def no_events(*_: object) -> dict[str, Any]:
    return {"events": [], "next": 0, "ended": True}


def no_proxy(*_: object) -> None:
    raise AssertionError("a page sends no proxy")


def method(name: str) -> Method:
    return Method(name, NoParams, str, lambda _: name, "Says its name.")


@pytest.fixture
def keys() -> PageKeys:
    return PageKeys()


@pytest.fixture
def client(keys: PageKeys) -> TestClient:
    table = {name: method(name) for name in ("jobs.list", "settings.set")}
    page = Page(page_routes(page_files(), keys), Dispatcher(for_the_page(table)), keys.holds)
    app = make_app(
        Dispatcher(table),
        token=TOKEN,
        port=lambda: PORT,
        events=no_events,
        put_proxy=no_proxy,
        page=page,
    )
    return TestClient(app, base_url=f"http://127.0.0.1:{PORT}")


def call(client: TestClient, key: str, name: str, **headers: str) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": name}
    return client.post("/rpc", json=body, headers={"Authorization": f"Bearer {key}", **headers})


def test_the_files_are_open_and_say_what_a_browser_may_do(client: TestClient) -> None:
    for path in ("/", "/static/app.js", "/static/style.css", "/static/lib/rpc.js"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert {name: answer.headers[name] for name in SECURITY} == SECURITY, path
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get("/static/%2e%2e/app.py").status_code in (401, 404)
    assert client.get("/static/nothing.js").status_code == 404


def test_a_code_is_changed_for_a_key_once(client: TestClient, keys: PageKeys) -> None:
    code = keys.new_code()
    answer = client.post("/session", json={"code": code})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert keys.holds(answer.json()["key"])
    assert client.post("/session", json={"code": code}).status_code == 403


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"x"', b'{"code": 1}', b"{", b"[" * 900, b'{"code": "' + b"x" * 2000 + b'"}']
)
def test_what_is_no_code_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/session", content=body).status_code == 403


def test_a_page_calls_its_methods_and_no_others(client: TestClient, keys: PageKeys) -> None:
    key = keys.redeem(keys.new_code()) or ""
    assert call(client, key, "jobs.list").json()["result"] == "jobs.list"
    assert call(client, key, "settings.set").json()["error"]["code"] == -32601
    assert call(client, TOKEN, "settings.set").json()["result"] == "settings.set"


def test_a_key_opens_nothing_but_calls(client: TestClient, keys: PageKeys) -> None:
    headers = {"Authorization": f"Bearer {keys.redeem(keys.new_code())}"}
    assert client.get("/events/a-job", headers=headers).status_code == 401
    assert client.put("/proxy/a", content=b"x", headers=headers).status_code == 401


@pytest.mark.parametrize("key", ["", "x", "secret-token ", "ключ"])
def test_a_wrong_key_is_401(client: TestClient, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}".encode()}
    assert client.post("/rpc", json={}, headers=headers).status_code == 401


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_of_other_origins_are_turned_away(client: TestClient, keys: PageKeys, site: str) -> None:
    key = keys.redeem(keys.new_code()) or ""
    said = {"Sec-Fetch-Site": site}
    assert call(client, key, "jobs.list", **said).status_code == 403
    assert client.post("/session", json={"code": keys.new_code()}, headers=said).status_code == 403
    assert client.get("/static/app.js", headers=said).status_code == 403
    assert client.get("/", headers=said).status_code == 200, "its file leads to it"


def test_another_host_gets_nothing(client: TestClient) -> None:
    for path in ("/", "/static/app.js"):
        assert client.get(path, headers={"Host": f"evil.test:{PORT}"}).status_code == 403
