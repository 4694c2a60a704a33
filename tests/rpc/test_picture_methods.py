"""How the page asks for addresses of pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.rpc.dispatcher import Dispatcher
from bridge.rpc.picture_methods import picture_methods


def call(method: str, **params: Any) -> Any:
    methods = picture_methods(lambda path, edge: f"{path} at {edge}", lambda face: f"face {face}")
    dispatcher = Dispatcher({method.name: method for method in methods})
    answer = dispatcher.handle(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode())
    assert answer is not None
    return json.loads(answer)


def test_each_photo_by_the_uri_that_was_sent() -> None:
    answer = call("pictures.sign", uris=["file:///a%20b.jpg", "file://localhost/c.jpg"], edge=1600)
    assert answer["result"] == {
        "urls": {
            "file:///a%20b.jpg": f"{Path('/a b.jpg')} at 1600",
            "file://localhost/c.jpg": f"{Path('/c.jpg')} at 1600",
        }
    }
    assert call("pictures.sign", uris=["file:///a.jpg"])["result"]["urls"] == {
        "file:///a.jpg": f"{Path('/a.jpg')} at 320"
    }


def test_each_face_by_its_number() -> None:
    assert call("pictures.faces", faces=[7, 8])["result"] == {"urls": {"7": "face 7", "8": "face 8"}}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("pictures.sign", {"uris": []}),
        ("pictures.sign", {"uris": ["file:///a.jpg"] * 501}),
        ("pictures.sign", {"uris": ["https://example.org/a.jpg"]}),
        ("pictures.sign", {"uris": ["file:///a%00.jpg"]}),
        ("pictures.sign", {"uris": ["file:///a.jpg"], "edge": 100_000}),
        ("pictures.faces", {"faces": []}),
        ("pictures.faces", {"faces": [1] * 501}),
        ("pictures.faces", {"faces": [-1]}),
    ],
)
def test_what_is_no_request_for_pictures_is_refused(method: str, params: dict[str, Any]) -> None:
    assert call(method, **params)["error"]["data"]["code"] == "invalid_params"
