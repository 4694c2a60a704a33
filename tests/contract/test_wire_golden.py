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
from bridge.web.keys import PageKeys
from bridge.web.methods import open_methods
from bridge.web.opening import Opener
from tests.contract.golden import Exchange, fits, load
from tests.culling.photos import moment
from tests.fakes.bridge import finish, service_around
from tests.fakes.tagger import FakeTagger
from tests.fakes.wire import WireClient

GOLDEN = load()
MOMENT = ("a.jpg", "b.jpg", "c.jpg")
"""These are culled, and there is something to say of them."""


@pytest.fixture
def service(own_home: Path) -> Iterator[Service]:
    with service_around(own_home, FakeTagger()) as service:
        yield service


@pytest.fixture
def methods(service: Service, own_home: Path) -> dict[str, Method]:
    return method_table(service, lambda: None, open_methods(Opener(own_home, PageKeys(), lambda: 1)))


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
    if params.get("tree"):  # the one that was sent, for the person's tree grew since
        params["tree"] = seen.setdefault("tree", params["tree"])
    if params.get("like"):
        params["like"] = there(params["like"], folder)
    if "uris" in params:
        params["uris"] = [there(uri, folder) for uri in params["uris"]]
    for item in params.get("items", ()):
        name = item["uri"].rpartition("/")[2]
        item["uri"] = there(item["uri"], folder)
        if item.get("proxy"):
            item["proxy"] = "golden-proxy-0000001"
            client.put_proxy(item["proxy"], (folder / name).read_bytes())
    try:
        result = client.call(exchange.method, **params)
    except BridgeError as error:
        return {"error": {"code": -32000, "message": error.message, "data": error.as_dict()}}
    if exchange.method in ("photos.analyze", "index.add", "cull.run", "cull.flag"):
        seen["job"] = result["job"]
        finish(service, result["job"])
    if exchange.method == "metadata.plan":
        seen["plans"] = [plan["plan_id"] for plan in result["plans"] if plan["plan_id"]]
    return {"result": result}


def there(uri: str, folder: Path) -> str:
    """A photo of this test in the place of a recorded one."""
    photo = folder / uri.rpartition("/")[2]
    if photo.name in MOMENT and not photo.exists():
        moment(folder)
    if not photo.exists():
        Image.new("RGB", (64, 48), (200, 30, 30)).save(photo)
    return photo.as_uri()
