"""A whole OpenAI-compatible server over real HTTP, as LM Studio, llama.cpp and vLLM are."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PIL import Image, UnidentifiedImageError

from tests.fakes.http import Exchange, FakeServer, fenced, fill, look, schema_fault

DATA_URI = re.compile(r"data:image/jpeg;base64,([A-Za-z0-9+/]+=*)")


class Fault(StrEnum):
    """What can go wrong with one chat request."""

    SLOW = "slow"
    FLOOD = "flood"
    CUT = "cut"
    PROSE = "prose"
    HTTP_500 = "http_500"
    NO_SCHEMA = "no_schema"
    """The server does not know ``response_format``."""
    NO_VISION = "no_vision"
    MISSING = "missing"
    DROPPED = "dropped"
    NOT_OPENAI = "not_openai"


@dataclass(frozen=True)
class Chat:
    """One chat request as it came; ``picture`` is the SHA-256 of the JPEG."""

    picture: str
    model: str
    schema: bool
    max_tokens: int
    temperature: float
    headers: dict[str, str]


class FakeOpenAI(FakeServer):
    """``also_ollama``: answers ``/api/show`` as Ollama does, with what is given; it speaks both APIs."""

    def __init__(
        self,
        *,
        models: Sequence[str] = ("qwen2-vl",),
        fault: Fault | None = None,
        faults: Iterable[Fault | None] = (),
        also_ollama: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.models = list(models)
        self.fault = fault
        self.faults = list(faults)
        self.redirect: str | None = None
        self.says: str | None = None
        """What it answers to every chat, whatever the picture shows and the schema asks for."""
        self.chats: list[Chat] = []
        self.bodies: list[bytes] = []
        """The chat requests as they came."""
        self._also_ollama = also_ollama

    @property
    def api(self) -> str:
        return f"{self.url}/v1"

    def answer(self, exchange: Exchange) -> None:
        if self.redirect is not None:
            exchange.reply(307, {}, {"Location": self.redirect + exchange.path})
        elif (exchange.method, exchange.path) == ("GET", "/v1/models"):
            exchange.reply(200, {"object": "list", "data": [self._listed(model) for model in self.models]})
        elif (exchange.method, exchange.path) == ("POST", "/v1/chat/completions"):
            self._chat(exchange)
        elif exchange.path == "/api/show" and self._also_ollama is not None:
            exchange.reply(200, self._also_ollama)
        else:
            # LM Studio answers 200 to a path that it does not know.
            exchange.reply(200, {"error": f"Unexpected endpoint or method. ({exchange.method} {exchange.path})"})

    def _listed(self, model: str) -> dict[str, Any]:
        with self.lock:
            made = 1_700_000_000 + len(self.chats)
        return {"id": model, "object": "model", "created": made, "owned_by": "organization-owner"}

    def _chat(self, exchange: Exchange) -> None:
        body = exchange.json()
        if body.get("model") not in self.models:
            _fail(exchange, 404, f"The model `{body.get('model')}` does not exist.")
            return
        wrong = _wrong(body)
        if wrong is not None:
            _fail(exchange, 400, wrong)
            return
        text, jpeg = _message(body)
        schema = body["response_format"]["json_schema"]["schema"] if "response_format" in body else None
        chat = Chat(
            hashlib.sha256(jpeg).hexdigest(),
            body["model"],
            schema is not None,
            body["max_tokens"],
            body["temperature"],
            exchange.headers,
        )
        with self.lock:
            self.chats.append(chat)
            self.bodies.append(exchange.body)
            fault = self.faults.pop(0) if self.faults else self.fault
        match fault:
            case Fault.SLOW:
                exchange.wait()
                exchange.drop()
            case Fault.FLOOD:
                exchange.begin("application/json")
                while not self.stopping.is_set() and not exchange.gone():
                    exchange.chunk(b" " * 65536)
            case Fault.HTTP_500:
                _fail(exchange, 500, "Compute error.")
            case Fault.NO_VISION:
                _fail(exchange, 500, "image input is not supported - hint: you may need to provide the mmproj")
            case Fault.MISSING:
                _fail(exchange, 404, "model was unloaded")
            case Fault.DROPPED:
                exchange.drop()
            case Fault.NOT_OPENAI:
                exchange.reply(200, "<html>hello</html>")
            case Fault.NO_SCHEMA if schema is not None:
                _fail(exchange, 400, "'response_format.type' must be 'text'")
            case _:
                said = _text(look(jpeg), schema, text, fault) if self.says is None else self.says
                exchange.reply(200, _completion(body["model"], said, fault))


def _wrong(body: dict[str, Any]) -> str | None:
    """What the real servers refuse, or None."""
    if unknown := set(body) - {"model", "messages", "temperature", "max_tokens", "stream", "response_format"}:
        return f"Unrecognized request argument: {sorted(unknown)[0]}"
    if body.get("stream") is not False or not isinstance(body.get("max_tokens"), int):
        return "stream and max_tokens are expected here"
    try:
        _, jpeg = _message(body)
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)):
            pass
    except (KeyError, TypeError, ValueError, binascii.Error, UnidentifiedImageError) as error:
        return f"Invalid content: {error}"
    form = body.get("response_format")
    if form is None:
        return None
    wanted = form.get("json_schema") or {}
    if form.get("type") != "json_schema" or not wanted.get("name"):
        return "response_format needs a json_schema with a name"
    schema = wanted.get("schema")
    if wanted.get("strict") and isinstance(schema, dict):
        if schema.get("additionalProperties") is not False:
            return "strict schemas need additionalProperties false"
        if set(schema.get("required", ())) != set(schema.get("properties", {})):
            return "strict schemas require all properties"
    return schema_fault(schema)


def _message(body: dict[str, Any]) -> tuple[str, bytes]:
    (message,) = body["messages"]
    parts = {part["type"]: part for part in message["content"]}
    match = DATA_URI.fullmatch(parts["image_url"]["image_url"]["url"])
    if match is None:
        raise ValueError("image_url is no data URI of a JPEG")
    return parts["text"]["text"], base64.b64decode(match[1], validate=True)


def _text(seen: dict[str, Any], schema: dict[str, Any] | None, prompt: str, fault: Fault | None) -> str:
    if fault is Fault.PROSE:
        return f"What a picture! {seen['caption']}"
    if schema is not None:
        text = json.dumps(fill(schema, seen))
    else:
        text = fenced({name: seen[name] for name in re.findall(r'"(\w+)":', prompt) if name in seen})
    return text[: len(text) // 2] if fault is Fault.CUT else text


def _completion(model: str, text: str, fault: Fault | None) -> dict[str, Any]:
    reason = "length" if fault is Fault.CUT else "stop"
    message = {"role": "assistant", "content": text}
    return {"id": "chatcmpl-1", "model": model, "choices": [{"index": 0, "message": message, "finish_reason": reason}]}


def _fail(exchange: Exchange, status: int, message: str) -> None:
    exchange.reply(status, {"error": {"message": message, "type": "invalid_request_error"}})
