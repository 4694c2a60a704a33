import json
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from bridge.errors import NotFound
from bridge.rpc.dispatcher import Dispatcher, Method


class AddParams(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int
    b: int = 1


def add(params: AddParams) -> int:
    if params.a == 404:
        raise NotFound("no such number", hint="try another")
    if params.a == 500:
        raise TypeError("a defect")
    return params.a + params.b


@pytest.fixture
def dispatcher() -> Dispatcher:
    return Dispatcher({"add": Method("add", AddParams, int, add, "Adds.")})


def call(dispatcher: Dispatcher, message: Any) -> Any:
    answer = dispatcher.handle(json.dumps(message).encode())
    return None if answer is None else json.loads(answer)


def request(method: str = "add", **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}


def test_a_call_is_answered(dispatcher: Dispatcher) -> None:
    assert call(dispatcher, request(a=1, b=2)) == {"jsonrpc": "2.0", "id": 7, "result": 3}


def test_a_notification_is_not(dispatcher: Dispatcher) -> None:
    assert call(dispatcher, {"jsonrpc": "2.0", "method": "add", "params": {"a": 1}}) is None


def test_a_batch_is_answered_without_its_notifications(dispatcher: Dispatcher) -> None:
    note = {"jsonrpc": "2.0", "method": "add", "params": {"a": 1}}
    assert [answer["result"] for answer in call(dispatcher, [request(a=1), note, request(a=2)])] == [2, 3]
    assert call(dispatcher, [note]) is None


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ([], -32600),
        (1, -32600),
        ({"jsonrpc": "1.0", "method": "add", "id": 1}, -32600),
        ({"jsonrpc": "2.0", "method": "add", "id": True}, -32600),
        (request("subtract"), -32601),
        (request(), -32602),
        (request(a="x"), -32602),
        (request(a=1, c=2), -32602),
        ({"jsonrpc": "2.0", "id": 7, "method": "add", "params": [1, 2]}, -32602),
    ],
)
def test_what_is_wrong_has_its_number(dispatcher: Dispatcher, message: Any, code: int) -> None:
    assert call(dispatcher, message)["error"]["code"] == code


def test_no_json_is_a_parse_error(dispatcher: Dispatcher) -> None:
    for body in (b"{", b"\xff", b"[" * 100_000):
        answer = dispatcher.handle(body)
        assert answer is not None
        assert json.loads(answer)["error"]["code"] == -32700


def test_a_typed_failure_keeps_its_code_and_hint(dispatcher: Dispatcher) -> None:
    error = call(dispatcher, request(a=404))["error"]
    assert error["data"] == {"code": "not_found", "message": "no such number", "hint": "try another"}


def test_a_defect_is_internal_and_never_invalid_params(dispatcher: Dispatcher) -> None:
    error = call(dispatcher, request(a=500))["error"]
    assert error["code"] == -32603
    assert "a defect" not in json.dumps(error)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"id": NaN}', rb'{"jsonrpc":"2.0","id":1,"method":"\ud800"}']
)
def test_what_is_no_json_is_a_parse_error(dispatcher: Dispatcher, body: bytes) -> None:
    assert json.loads(dispatcher.handle(body) or b"")["error"]["code"] == -32700


def test_an_answer_is_json_whatever_the_id_was(dispatcher: Dispatcher) -> None:
    answer = dispatcher.handle(b'{"jsonrpc":"2.0","id":1e400,"method":"add","params":{"a":1}}') or b""
    assert b"Infinity" not in answer
    assert json.loads(answer)["error"]["code"] == -32600


def test_a_byte_order_mark_does_no_harm(dispatcher: Dispatcher) -> None:
    answer = dispatcher.handle(b"\xef\xbb\xbf" + json.dumps(request(a=1)).encode()) or b""
    assert json.loads(answer)["result"] == 2
