"""Vision models of OpenAI-compatible servers on this machine: LM Studio, the server of llama.cpp, vLLM."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import httpx

from bridge.errors import BridgeError, InvalidParams, ModelFault, ModelMissing, ModelNotLocal, ModelUnreachable
from bridge.servers import server_url
from bridge.settings import Settings
from bridge.taggers._hosts import cloud_reason
from bridge.taggers._http import TooLarge, fenced_options, run_within
from bridge.taggers._language import LOOK_S, TEMPERATURE, LanguageTagger, Question, Reply
from bridge.taggers._queue import Queues
from bridge.taggers.prompts import Prompt, canonical, digest

T = TypeVar("T")

_NO_PICTURES = re.compile(r"image input|image_url|support (?:images?|vision)|multimodal|mmproj", re.IGNORECASE)
_NO_SCHEMA = re.compile(r"response_format|json_schema|grammar|guided", re.IGNORECASE)


class OpenAITagger(LanguageTagger):
    """One model of one server, named ``openai:URL#NAME``."""

    def __init__(
        self, server: str, model: str, settings: Settings, prompt: Prompt, queues: Queues | None = None
    ) -> None:
        """``server`` ends with the version, as in ``http://127.0.0.1:1234/v1``; ``/v1`` is added where no path is.

        Raises InvalidParams, ModelNotLocal.
        """
        super().__init__(api_url(server, settings), model, settings, prompt, queues)
        self._takes_schema = True

    @property
    def name(self) -> str:
        return full_name(self._server, self._model)

    def _inspect(self) -> str:
        entry = find(self._server, self._model, LOOK_S)
        usable(self._server, self._model, entry, self._settings)
        # Such servers name no hash of the weights; what they tell of size and source has to stand for it. Not "created"
        # and "permission": vLLM makes both anew for each reply.
        told = {name: value for name, value in entry.items() if name not in ("created", "permission")}
        return digest(canonical(told))

    def _warm_up(self, cancelled: Callable[[], bool]) -> None:
        """They load a model at their start, or with its first question."""

    async def _ask(self, question: Question) -> Reply:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": "user", "content": _content(question)}],
            "temperature": TEMPERATURE,
            "max_tokens": self._settings.num_predict,
            "stream": False,
        }
        if question.schema is not None and self._takes_schema:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "photo", "strict": True, "schema": question.schema},
            }
        async with _client(self._server) as client:
            response = await client.post("chat/completions", json=body)
        if response.status_code != httpx.codes.OK:
            raise self._refused(response)
        try:
            choice = response.json()["choices"][0]
            return Reply(str(choice["message"]["content"] or ""), choice.get("finish_reason") == "length")
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            message = f"The answer of {self._server} is not of the form of chat completions."
            raise ModelFault(message, detail=str(error)) from error

    def _refused(self, response: httpx.Response) -> BridgeError:
        said = " ".join(response.text.split())[:200]
        status = response.status_code
        if status == httpx.codes.NOT_FOUND:
            return _missing(self._server, self._model)
        if 400 <= status < 500 and _NO_SCHEMA.search(said):
            # Asked once more without, and from then on always without: one request a photo again.
            self._takes_schema = False
            return ModelFault(f"The server takes no JSON schema: {said}")
        if _NO_PICTURES.search(said):
            return ModelMissing(
                f"{self._model} cannot look at pictures.",
                hint="Load a vision model (with its projector, mmproj, where it has one).",
            )
        return ModelFault(f"The model server answered {status}: {said}")

    def _unreachable(self) -> BridgeError:
        return _unreachable(self._server)


def api_url(text: str, settings: Settings) -> httpx.URL:
    """The address of the server's API. Raises InvalidParams, ModelNotLocal."""
    url = server_url(text, settings.allowed_hosts)
    return url.copy_with(path="/v1") if url.path == "/" else url


def full_name(server: httpx.URL, model: str) -> str:
    return f"openai:{server}#{model}"


def offered(server: httpx.URL, seconds: float) -> dict[str, dict[str, Any]]:
    """The server's models by name, as ``/v1/models`` describes them. Raises ModelUnreachable, ModelNotLocal."""

    async def look() -> dict[str, dict[str, Any]]:
        async with _client(server) as client:
            response = await client.get("models")
        response.raise_for_status()
        return {str(entry["id"]): dict(entry) for entry in response.json()["data"]}

    return _asked(server, seconds, look)


def find(server: httpx.URL, model: str, seconds: float) -> dict[str, Any]:
    """What the server says of one model. Raises ModelMissing, ModelUnreachable, ModelNotLocal."""
    models = offered(server, seconds)
    if model not in models:
        names = ", ".join(sorted(models)[:8]) or "none"
        raise _missing(server, model, f"It has: {names}.")
    return models[model]


def only_model(server: httpx.URL, seconds: float) -> str:
    """The model of a server that has one. Raises InvalidParams naming them where it has several."""
    names = sorted(offered(server, seconds))
    if len(names) != 1:
        raise InvalidParams(
            f"The server {server} has {len(names)} models: {', '.join(names) or 'none'}.",
            hint=f"Name one: {full_name(server, names[0] if names else 'NAME')}",
        )
    return names[0]


def usable(server: httpx.URL, model: str, entry: Mapping[str, Any], settings: Settings) -> None:
    """Raises ModelNotLocal where the server would send the photos on.

    Ollama speaks this API as well, under ``/v1``, also for its cloud models, and says so only in its own API.
    """

    async def look() -> dict[str, Any]:
        async with _client(server) as client:
            response = await client.post(server.copy_with(path="/api/show"), json={"model": model})
        shown = response.json() if response.status_code == httpx.codes.OK else {}
        return shown if isinstance(shown, dict) else {}

    try:
        shown = run_within(look, LOOK_S)
    except (TimeoutError, TooLarge, httpx.HTTPError, ValueError):
        shown = {}
    if reason := cloud_reason(model, (entry, shown), settings.allowed_hosts):
        raise ModelNotLocal(reason)


def _content(question: Question) -> list[dict[str, Any]]:
    data = base64.b64encode(question.jpeg).decode("ascii")
    return [
        {"type": "text", "text": question.text},
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}},
    ]


def _client(server: httpx.URL) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server, **fenced_options(server))


def _asked(server: httpx.URL, seconds: float, look: Callable[[], Coroutine[Any, Any, T]]) -> T:
    try:
        return run_within(look, seconds)
    except (TimeoutError, TooLarge):
        raise ModelUnreachable(f"The server {server} does not answer within {seconds:g} s.", hint=_START) from None
    except httpx.ConnectError:
        raise _unreachable(server) from None
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"What answers at {server} is no OpenAI-compatible server."
        raise ModelUnreachable(message, hint="Check the address; it mostly ends with /v1.") from error


_START = "Start the model server, then run: photo-bridge resume"


def _unreachable(server: httpx.URL) -> ModelUnreachable:
    return ModelUnreachable(f"No model server answers at {server}.", hint=_START)


def _missing(server: httpx.URL, model: str, more: str = "") -> ModelMissing:
    return ModelMissing(f"The server {server} has no model named {model}.", hint=more or "Load it there.")
