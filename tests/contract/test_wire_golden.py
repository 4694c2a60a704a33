"""What Lightroom's plug-in says and hears, as it was recorded, is still what the daemon takes and gives.

Recorded by ``PHOTO_BRIDGE_RECORD=1 pytest -m hosts tests/hosts/lightroom/test_golden.py``, which also compares the
plug-in's own requests with these, and reads these answers with the plug-in's own decoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import TypeAdapter

from bridge.errors import BridgeError
from bridge.rpc.client import Client
from bridge.rpc.dispatcher import Method
from bridge.rpc.methods import method_table
from bridge.service import Service
from tests.contract.golden import Exchange, fits, load
from tests.fakes.bridge import finish, service_around
from tests.fakes.tagger import FakeTagger
from tests.fakes.wire import WireClient

GOLDEN = load()


@pytest.fixture
def service(own_home: Path) -> Iterator[Service]:
    with service_around(own_home, FakeTagger()) as service:
        yield service


@pytest.fixture
def methods(service: Service) -> dict[str, Method]:
    return method_table(service, lambda: None)


def test_everything_that_the_plug_in_calls_is_here() -> None:
    plugin = Path(__file__).parents[2] / "lightroom-plugin" / "photo-bridge.lrplugin"
    source = "\n".join(path.read_text() for path in plugin.glob("*.lua"))
    recorded = {exchange.method for exchange in GOLDEN}
    assert len(recorded) >= 15
    assert all(f'"{method}"' in source for method in recorded), "recorded, and called no more"


@pytest.mark.parametrize("exchange", GOLDEN, ids=lambda exchange: exchange.name)
def test_the_request_is_valid(exchange: Exchange, methods: dict[str, Method]) -> None:
    params = methods[exchange.method].params.model_validate(exchange.params)
    assert {*exchange.params} <= {*type(params).model_fields}


@pytest.mark.parametrize("exchange", GOLDEN, ids=lambda exchange: exchange.name)
def test_the_answer_is_what_the_method_gives(exchange: Exchange, methods: dict[str, Method]) -> None:
    if "error" in exchange.answer:
        data = exchange.answer["error"]["data"]
        assert data.keys() == {"code", "message", "hint"}
        assert data["code"] in {error.code for error in errors(BridgeError)}
        return
    adapter = TypeAdapter(methods[exchange.method].result)
    result = adapter.validate_python(exchange.answer["result"])
    assert adapter.dump_python(result, mode="json") == exchange.answer["result"], "members that are not the model's"


def errors(kind: type[BridgeError]) -> Iterator[type[BridgeError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from errors(child)


def test_the_daemon_answers_the_same_requests_in_the_same_shape(service: Service, tmp_path: Path) -> None:
    """One run after the other, with photos of this test in the place of the recorded ones."""
    with WireClient(service) as client:
        seen: dict[str, Any] = {}
        for exchange in GOLDEN:
            answer = replayed(client, service, exchange, tmp_path, seen)
            told = f"{exchange.name}: {answer} is not of the shape of {exchange.answer}"
            assert ("error" in answer) == ("error" in exchange.answer), told
            key = "error" if "error" in answer else "result"
            assert fits(answer[key], exchange.answer[key]), told


def replayed(
    client: Client, service: Service, exchange: Exchange, folder: Path, seen: dict[str, Any]
) -> dict[str, Any]:
    params = exchange.params
    params |= {"job": seen["job"]} if params.get("job", "last") != "last" else {}
    if exchange.method == "metadata.confirm":
        params["plans"] = [{**params["plans"][0], "plan_id": plan, "applied": [0]} for plan in seen["plans"]]
    for item in params.get("items", ()):
        name = item["uri"].rpartition("/")[2]
        if not (folder / name).exists():
            Image.new("RGB", (64, 48), (200, 30, 30)).save(folder / name)
        item["uri"] = (folder / name).as_uri()
        if item.get("proxy"):
            item["proxy"] = "golden-proxy-0000001"
            client.put_proxy(item["proxy"], (folder / name).read_bytes())
    try:
        result = client.call(exchange.method, **params)
    except BridgeError as error:
        return {"error": {"code": -32000, "message": error.message, "data": error.as_dict()}}
    if exchange.method == "photos.analyze":
        seen["job"] = result["job"]
        finish(service, result["job"])
    if exchange.method == "metadata.plan":
        seen["plans"] = [plan["plan_id"] for plan in result["plans"] if plan["plan_id"]]
    return {"result": result}
