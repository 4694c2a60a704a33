"""The fake model servers are as strict as the real ones, or the tests of the taggers would show little."""

from __future__ import annotations

import base64
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from bridge.engines.jpeg import encode_jpeg
from tests.fakes.ollama import FakeModel, FakeOllama
from tests.fakes.openai import FakeOpenAI
from tests.taggers.pictures import pixels

JPEG = base64.b64encode(encode_jpeg(pixels(1), 896)).decode()
SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}


def chat(**changes: Any) -> dict[str, Any]:
    message = {"role": "user", "content": 'Fill "title": in.', "images": [changes.pop("image", JPEG)]}
    return {"model": "llava:13b", "messages": [message], "stream": False, "format": SCHEMA, **changes}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"format": None}, 200),
        ({"keep_alive": "10m"}, 200),
        ({"keep_alive": -1}, 200),
        ({"model": "bakllava"}, 404),
        ({"model": "mistral"}, 400),
        ({"model": ""}, 400),
        ({"image": "no base64!"}, 400),
        ({"image": base64.b64encode(b"no JPEG").decode()}, 400),
        ({"messages": []}, 400),
        ({"format": {"type": "array"}}, 400),
        ({"format": {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["y"]}}, 400),
        ({"options": {"temprature": 0.2}}, 400),
        ({"options": {"temperature": "0.2"}}, 400),
        ({"keep_alive": "10"}, 400),
    ],
)
def test_the_fake_ollama_takes_what_the_real_one_takes(changes: dict[str, Any], status: int) -> None:
    models = [FakeModel("llava:13b"), FakeModel("mistral:latest", ("completion",))]
    with FakeOllama(models=models) as server:
        response = httpx.post(f"{server.url}/api/chat", json=chat(**changes), trust_env=False)
        assert response.status_code == status, response.text
        assert len(server.chats) == (status == 200)
    assert ("message" if status == 200 else "error") in response.json()


def test_the_fake_ollama_runs_in_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "tests.fakes.ollama", "--slots", "2", "--model", "moondream:latest"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready, url = process.stdout.readline().split()
            assert ready == "ready"
            with httpx.Client(base_url=url, trust_env=False) as client:
                asked = chat(model="moondream")
                first = client.post("/api/chat", json=asked).json()["message"]["content"]
                client.post("/_fault", json={"fault": "http_500"})
                assert client.post("/api/chat", json=asked).status_code == 500
                client.post("/_fault", json={"fault": None})
                assert client.post("/api/chat", json=asked).json()["message"]["content"] == first
                log = client.get("/_log").json()
        finally:
            process.terminate()
    assert log["chats"] == 3
    assert len(set(log["asked"])) == 1


def test_requests_wait_for_a_slot() -> None:
    with FakeOllama(slots=1, delay=0.05) as server, ThreadPoolExecutor(4) as threads:
        address = f"{server.url}/api/chat"
        replies = threads.map(lambda _: httpx.post(address, json=chat(), trust_env=False).status_code, range(4))
        assert list(replies) == [200] * 4
        assert server.most_at_once == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"model": "other"}, 404),
        ({"seed": 1}, 400),
        ({"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}}, 400),
        (
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "x", "strict": True, "schema": SCHEMA},
                }
            },
            400,
        ),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}}, 200),
        ({"url": f"data:image/png;base64,{JPEG}"}, 400),
        ({"url": "https://example.invalid/photo.jpg"}, 400),
    ],
)
def test_the_fake_openai_takes_what_the_real_ones_take(changes: dict[str, Any], status: int) -> None:
    url = changes.pop("url", f"data:image/jpeg;base64,{JPEG}") if changes else f"data:image/jpeg;base64,{JPEG}"
    content = [{"type": "text", "text": "Look."}, {"type": "image_url", "image_url": {"url": url}}]
    body = {
        "model": "qwen2-vl",
        "messages": [{"role": "user", "content": content}],
        "temperature": 0.2,
        "max_tokens": 100,
        "stream": False,
        **changes,
    }
    with FakeOpenAI() as server:
        response = httpx.post(f"{server.api}/chat/completions", json=body, trust_env=False)
    assert response.status_code == status, response.text
