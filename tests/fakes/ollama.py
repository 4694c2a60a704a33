"""A whole Ollama over real HTTP: as strict as the real one, with its slots, its queue and its faults.

In a process of its own: ``python -m tests.fakes.ollama --port 0 --slots 1 --delay 0.1`` prints ``ready URL``; ``GET
/_log`` tells which pictures it was asked about, ``POST /_fault {"fault": "prose"}`` sets a fault for all that follows.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import io
import json
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from PIL import Image, UnidentifiedImageError

from tests.fakes.http import Exchange, FakeServer, fenced, fill, look, schema_fault

PIECES = 20
"""Of a streamed answer. The real one sends a piece a token."""
DURATION = re.compile(r"-?(\d+(\.\d+)?(h|m|s|ms))+")
OPTIONS: dict[str, type | tuple[type, ...]] = {
    "temperature": (int, float),
    "num_predict": int,
    "num_ctx": int,
    "seed": int,
    "top_k": int,
    "top_p": (int, float),
    "repeat_penalty": (int, float),
    "stop": list,
}


class Fault(StrEnum):
    """What can go wrong with one chat request."""

    SLOW = "slow"
    """Nothing comes, for ever."""
    ENDLESS = "endless"
    """The answer drips on for ever."""
    FLOOD = "flood"
    """The answer comes fast, for ever."""
    STALL_WITH_SCHEMA = "stall_with_schema"
    """Slow where a schema is set, as llava-llama3 and minicpm-v are now and then."""
    CUT = "cut"
    """JSON that ends in the middle, at the limit of tokens."""
    PROSE = "prose"
    FENCED = "fenced"
    """Good JSON inside prose, in spite of a schema."""
    GENERIC = "generic"
    """Nothing but words that fit every photo."""
    SAME = "same"
    """The same good answer, whatever the picture shows."""
    HTTP_500 = "http_500"
    BUSY = "busy"
    MISSING = "missing"
    """The model was removed since it was listed."""
    NO_VISION = "no_vision"
    DROPPED = "dropped"
    """The connection ends before the answer begins."""
    DROPPED_MIDWAY = "dropped_midway"
    NOT_OLLAMA = "not_ollama"
    """A page of some other server."""


@dataclass(frozen=True)
class FakeModel:
    name: str
    capabilities: tuple[str, ...] | None = ("completion", "vision")
    """None as servers before 0.6.4 answer."""
    remote_host: str = ""
    remote_model: str = ""
    families: tuple[str, ...] = ("llama", "clip")

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    def remote(self) -> dict[str, str]:
        told = {"remote_host": self.remote_host, "remote_model": self.remote_model}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Chat:
    """One chat request as it came."""

    picture: str
    """SHA-256 of the JPEG, hexadecimal."""
    model: str
    schema: bool
    prompt: str
    options: dict[str, Any]
    size: tuple[int, int]
    keep_alive: Any = None
    think: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None


class Bad(Exception):
    """A request that the real server refuses."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class FakeOllama(FakeServer):
    """``slots`` requests are worked on at once, each for ``delay`` seconds; the others wait in turn."""

    def __init__(
        self,
        *,
        models: Sequence[FakeModel] = (FakeModel("llava:13b"),),
        slots: int = 1,
        delay: float = 0.0,
        fault: Fault | None = None,
        faults: Iterable[Fault | None] = (),
        port: int = 0,
    ) -> None:
        """``faults`` are those of the next chats one by one, ``fault`` that of all after them."""
        super().__init__(port)
        self.models = list(models)
        self.delay = delay
        self.fault = fault
        self.faults = list(faults)
        self.redirect: str | None = None
        """Where every request is sent on to, with 307."""
        self.says: str | Callable[[dict[str, Any]], str] | None = None
        """What it answers to every chat, whatever the schema asks for: that, or what it makes of what is seen."""
        self.chats: list[Chat] = []
        self.bodies: list[bytes] = []
        """The chat requests as they came."""
        self.loads: list[str] = []
        self.unloaded = threading.Event()
        """It was told to let go of a model."""
        self.generated: list[dict[str, Any]] = []
        """The bodies of all requests to load a model, or to let it go."""
        self.loaded: set[str] = set()
        """Models in its memory now."""
        self.registry: dict[str, int] = {}
        """Models that can be pulled, and their bytes."""
        self.fetched: dict[str, int] = {}
        """Bytes of them that have arrived: a pull goes on from there."""
        self.cut_pull_at: float | None = None
        """The share of a model at which the next pull loses its connection."""
        self.hold_pull = threading.Event()
        """While it is clear, a pull waits before its first bytes. Set from the start."""
        self.hold_pull.set()
        self.most_at_once = 0
        self._at_work = 0
        self._slots = threading.Semaphore(slots)

    @property
    def asked(self) -> list[str]:
        """The pictures of all chat requests, in order, by the SHA-256 of what was sent."""
        with self.lock:
            return [chat.picture for chat in self.chats]

    def answer(self, exchange: Exchange) -> None:
        if self.redirect is not None and not exchange.path.startswith("/_"):
            exchange.reply(307, {}, {"Location": self.redirect + exchange.path})
            return
        routes = {
            ("GET", "/"): lambda: exchange.reply(200, "Ollama is running"),
            ("GET", "/api/version"): lambda: exchange.reply(200, {"version": "0.99.0"}),
            ("GET", "/api/tags"): lambda: exchange.reply(
                200, {"models": [self._listed(model) for model in self.models]}
            ),
            ("GET", "/api/ps"): lambda: exchange.reply(
                200, {"models": [self._listed(model) for model in self.models if model.name in self.loaded]}
            ),
            ("POST", "/api/show"): lambda: self._show(exchange),
            ("POST", "/api/generate"): lambda: self._generate(exchange),
            ("POST", "/api/chat"): lambda: self._chat(exchange),
            ("POST", "/api/pull"): lambda: self._pull(exchange),
            ("GET", "/_log"): lambda: exchange.reply(200, self._log()),
            ("POST", "/_fault"): lambda: self._set_fault(exchange),
        }
        route = routes.get((exchange.method, exchange.path))
        try:
            if route is None:
                raise Bad(404, "404 page not found")
            route()
        except Bad as bad:
            exchange.reply(bad.status, {"error": str(bad)})

    # -- what it has --------------------------------------------------------------------------------------------------

    def _listed(self, model: FakeModel) -> dict[str, Any]:
        return {
            "name": model.name,
            "model": model.name,
            "modified_at": "2026-01-02T03:04:05Z",
            "size": 8_000_000_000,
            "digest": model.digest,
            "details": {"format": "gguf", "family": "llama", "families": list(model.families)},
            **model.remote(),
        }

    def _show(self, exchange: Exchange) -> None:
        model = self._find(self._body(exchange))
        shown: dict[str, Any] = {
            "modelfile": f"FROM {model.name}",
            "template": "{{ .Prompt }}",
            "details": {"format": "gguf", "family": "llama", "families": list(model.families)},
            "model_info": {"general.architecture": "llama"},
            **model.remote(),
        }
        if model.capabilities is not None:
            shown["capabilities"] = list(model.capabilities)
        exchange.reply(200, shown)

    def _find(self, body: dict[str, Any]) -> FakeModel:
        name = body.get("model")
        if not isinstance(name, str) or not name:
            raise Bad(400, "model is required")
        full = name if ":" in name else f"{name}:latest"
        for model in self.models:
            if model.name == full:
                return model
        raise Bad(404, f"model '{name}' not found")

    def _generate(self, exchange: Exchange) -> None:
        body = self._body(exchange)
        model = self._find(body)
        if body.get("prompt"):
            raise Bad(400, "this fake only loads through generate")
        with self.lock:
            self.generated.append(body)
        self._options(body)
        if self._keep_alive(body) == 0:
            with self.lock:
                self.loaded.discard(model.name)
                self.unloaded.set()
            exchange.reply(200, {"model": model.name, "response": "", "done": True, "done_reason": "unload"})
            return
        with self.lock:
            self.loads.append(model.name)
            self.loaded.add(model.name)
        loaded = {"model": model.name, "response": "", "done": True, "done_reason": "load"}
        exchange.reply(200, loaded)

    def _pull(self, exchange: Exchange) -> None:
        """https://github.com/ollama/ollama/blob/main/docs/api.md, "Pull a Model"."""
        body = self._body(exchange)
        name = body.get("model")
        if not isinstance(name, str) or not name:
            raise Bad(400, "model is required")
        exchange.begin()
        exchange.chunk(_line({"status": "pulling manifest"}))
        size = self.registry.get(name)
        if size is None:
            exchange.chunk(_line({"error": "pull model manifest: file does not exist"}))
            exchange.end()
            return
        digest = hashlib.sha256(name.encode()).hexdigest()
        layer = {"status": f"pulling {digest[:12]}", "digest": f"sha256:{digest}", "total": size}
        exchange.chunk(_line(layer))
        while not self.hold_pull.wait(0.02):
            if exchange.gone():
                return
        for part in range(1, PIECES + 1):
            done = size * part // PIECES
            if done <= self.fetched.get(name, 0):
                continue
            if self.cut_pull_at is not None and done > size * self.cut_pull_at:
                self.cut_pull_at = None
                exchange.drop()
                return
            self.fetched[name] = done
            exchange.chunk(_line({**layer, "completed": done}))
        for status in ("verifying sha256 digest", "writing manifest"):
            exchange.chunk(_line({"status": status}))
        with self.lock:
            self.models.append(FakeModel(name))
        exchange.chunk(_line({"status": "success"}))
        exchange.end()

    # -- what it says -------------------------------------------------------------------------------------------------

    def _chat(self, exchange: Exchange) -> None:
        body = self._body(exchange)
        model = self._find(body)
        prompt, jpeg, size = self._message(body, model)
        schema = self._format(body)
        with self.lock:
            fault = self.faults.pop(0) if self.faults else self.fault
        chat = Chat(
            hashlib.sha256(jpeg).hexdigest(),
            model.name,
            schema is not None,
            prompt,
            self._options(body),
            size,
            self._keep_alive(body),
            body.get("think"),
            exchange.headers,
            fault,
        )
        with self.lock:
            self.loaded.add(model.name)
            self.chats.append(chat)
            self.bodies.append(exchange.body)
        with self._slots:
            if exchange.gone():
                return
            with self.lock:
                self._at_work += 1
                self.most_at_once = max(self.most_at_once, self._at_work)
            try:
                self._work(exchange, body, jpeg, schema, prompt, fault)
            finally:
                with self.lock:
                    self._at_work -= 1

    def _work(
        self,
        exchange: Exchange,
        body: dict[str, Any],
        jpeg: bytes,
        schema: dict[str, Any] | None,
        prompt: str,
        fault: Fault | None,
    ) -> None:
        if fault is Fault.SLOW or (fault is Fault.STALL_WITH_SCHEMA and schema is not None):
            exchange.wait()
            exchange.drop()
            return
        if self.delay and not self.stopping.wait(self.delay) and exchange.gone():
            return
        seen = look(jpeg)
        if fault is Fault.SAME:
            seen |= {"keywords": ["castle", "moat", "banner", "knight", "horse", "siege", "tent", "torch"], "spare": []}
        match fault:
            case Fault.HTTP_500:
                raise Bad(500, "llama runner process has terminated: signal: killed")
            case Fault.BUSY:
                raise Bad(503, "server busy, please try again.  maximum pending requests exceeded")
            case Fault.MISSING:
                raise Bad(404, f"model '{body['model']}' not found")
            case Fault.NO_VISION:
                raise Bad(400, "this model is missing data required for image input")
            case Fault.NOT_OLLAMA:
                exchange.reply(200, "<html>Welcome to nginx!</html>")
            case Fault.DROPPED:
                exchange.drop()
            case Fault.ENDLESS | Fault.FLOOD:
                self._never_end(exchange, body["model"], pause=fault is Fault.ENDLESS)
            case _:
                said = self.says(seen) if callable(self.says) else self.says
                text = _text(seen, schema, prompt, fault) if said is None else said
                self._say(exchange, body, text, fault)

    def _say(self, exchange: Exchange, body: dict[str, Any], text: str, fault: Fault | None) -> None:
        last = {"done": True, "done_reason": "length" if fault is Fault.CUT else "stop", "eval_count": len(text) // 4}
        if not body.get("stream", True):
            exchange.reply(200, _part(body["model"], text) | last)
            return
        exchange.begin()
        step = max(1, len(text) // PIECES)
        pieces = [text[at : at + step] for at in range(0, len(text), step)]
        if fault is Fault.DROPPED_MIDWAY:
            for piece in pieces[: len(pieces) // 2]:
                exchange.chunk(_line(_part(body["model"], piece)))
            exchange.drop()
            return
        for piece in pieces:
            exchange.chunk(_line(_part(body["model"], piece)))
        exchange.chunk(_line(_part(body["model"], "") | last))
        exchange.end()

    def _never_end(self, exchange: Exchange, model: str, *, pause: bool) -> None:
        exchange.begin()
        piece = "dog " if pause else "dog " * 4096
        line = _line(_part(model, '{"keywords": ["'))
        while not self.stopping.is_set() and not exchange.gone():
            exchange.chunk(line)
            line = _line(_part(model, piece))
            if pause:
                exchange.wait(0.01)

    # -- what it takes ------------------------------------------------------------------------------------------------

    @staticmethod
    def _body(exchange: Exchange) -> dict[str, Any]:
        try:
            body = exchange.json()
        except ValueError:
            raise Bad(400, "invalid character in the body") from None
        if not isinstance(body, dict):
            raise Bad(400, "cannot unmarshal the body into an object")
        return body

    @staticmethod
    def _message(body: dict[str, Any], model: FakeModel) -> tuple[str, bytes, tuple[int, int]]:
        messages = body.get("messages")
        if not isinstance(messages, list) or len(messages) != 1 or messages[0].get("role") != "user":
            raise Bad(400, "one message of the user is expected here")
        images = messages[0].get("images") or []
        if len(images) != 1:
            raise Bad(400, "one image is expected here")
        if model.capabilities is not None and "vision" not in model.capabilities:
            raise Bad(400, "this model is missing data required for image input")
        try:
            jpeg = base64.b64decode(images[0], validate=True)
            with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
                size = image.size
        except (binascii.Error, TypeError, UnidentifiedImageError):
            raise Bad(400, "illegal base64 data, or no JPEG") from None
        return str(messages[0].get("content") or ""), jpeg, size

    @staticmethod
    def _format(body: dict[str, Any]) -> dict[str, Any] | None:
        wanted = body.get("format")
        if wanted in (None, "", "json"):
            return None
        if fault := schema_fault(wanted):
            raise Bad(400, f"invalid format: {fault}")
        assert isinstance(wanted, dict)
        return wanted

    @staticmethod
    def _options(body: dict[str, Any]) -> dict[str, Any]:
        options: dict[str, Any] = body.get("options") or {}
        for name, value in options.items():
            if name not in OPTIONS:
                raise Bad(400, f"invalid option provided: {name}")
            if not isinstance(value, OPTIONS[name]) or isinstance(value, bool):
                raise Bad(400, f"option {name} has the wrong type")
        return options

    @staticmethod
    def _keep_alive(body: dict[str, Any]) -> Any:
        value = body.get("keep_alive")
        if isinstance(value, str) and not DURATION.fullmatch(value):
            raise Bad(400, f"time: missing unit in duration {value!r}")
        return value

    # -- for the tests that run it in a process of its own ------------------------------------------------------------

    def _log(self) -> dict[str, Any]:
        with self.lock:
            return {
                "chats": len(self.chats),
                "asked": [c.picture for c in self.chats],
                "log": [asdict(c) for c in self.chats],
            }

    def _set_fault(self, exchange: Exchange) -> None:
        name = self._body(exchange).get("fault")
        self.fault = None if name is None else Fault(name)
        exchange.reply(200, {})


def _text(seen: dict[str, Any], schema: dict[str, Any] | None, prompt: str, fault: Fault | None) -> str:
    if fault is Fault.PROSE:
        return f"The picture is lovely. {seen['caption']} I like the {seen['keywords'][0]} best."
    if fault is Fault.GENERIC:
        words = ["photo", "image", "picture", "2024", "IMG_0001.jpg", "", "photograph", "untitled"]
        seen = seen | {"keywords": words, "spare": []}
    if schema is not None and fault is not Fault.FENCED:
        text = json.dumps(fill(schema, seen))
    else:
        # Unbound, a model goes by the fields that the prompt names.
        text = fenced({name: seen[name] for name in re.findall(r'"(\w+)":', prompt) if name in seen})
    return text[: len(text) // 2] if fault is Fault.CUT else text


def _part(model: str, text: str) -> dict[str, Any]:
    return {
        "model": model,
        "created_at": "2026-01-02T03:04:05Z",
        "message": {"role": "assistant", "content": text},
        "done": False,
    }


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode() + b"\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--slots", type=int, default=1)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--fault", type=Fault, default=None)
    parser.add_argument("--model", action="append", default=None, help="a model that it has; llava:13b by default")
    options = parser.parse_args()
    models = [FakeModel(name) for name in options.model or ["llava:13b"]]
    with FakeOllama(
        models=models, slots=options.slots, delay=options.delay, fault=options.fault, port=options.port
    ) as server:
        print(f"ready {server.url}", flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
