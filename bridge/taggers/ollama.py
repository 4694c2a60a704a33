"""Vision models of a local Ollama."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from bridge.errors import BadAnswer, BridgeError, ModelFault, ModelMissing, ModelNotLocal, ModelUnreachable
from bridge.servers import server_url
from bridge.settings import Settings
from bridge.taggers import _ollama_api as api
from bridge.taggers._context import CONTEXT_TOKENS
from bridge.taggers._http import fenced_options, run_within
from bridge.taggers._language import LOOK_S, TEMPERATURE, LanguageTagger, Question, Reply
from bridge.taggers._parse import MAX_CHARACTERS
from bridge.taggers._queue import Queues
from bridge.taggers.contract import Want
from bridge.taggers.prompts import Prompt

if TYPE_CHECKING:
    from ollama import AsyncClient

_log = logging.getLogger(__name__)

LOAD_S = 600.0
"""Time for loading the weights: 13 billion of them from a slow disk take minutes."""
PICTURE_TOKENS = 3072
"""At least what a picture of 896 px takes: llava 1.6 needs 2,880, qwen2-vl 1,024."""
CHARACTERS_A_TOKEN = 3

_ENVIRONMENT = {
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("ollama_host", "ollama_api_key", "ssl_cert_file", "ssl_cert_dir"),
}
_NO_PICTURES = re.compile(r"image input|support (?:images?|vision)|multimodal", re.IGNORECASE)


class OllamaTagger(LanguageTagger):
    """One model of the Ollama server that the settings name."""

    def __init__(self, model: str, settings: Settings, prompt: Prompt, queues: Queues | None = None) -> None:
        """Raises ModelNotLocal where the settings name a server elsewhere and do not allow it."""
        super().__init__(server_url(settings.ollama_url, settings.allowed_hosts), model, settings, prompt, queues)
        self._found = api.OllamaModel(model)

    @property
    def name(self) -> str:
        return f"ollama:{self._model}"

    def close(self) -> None:
        """Has Ollama let go of the model too, where it was loaded for us and is still in its memory."""
        warm = self._warm
        super().close()
        if not warm:
            return
        try:
            api.unload(self._server, self._found.name, LOOK_S)
        except ModelUnreachable as error:
            _log.info("%s may stay in Ollama's memory: %s", self._model, error.message)

    def _inspect(self) -> str:
        found = api.find(self._model, api.installed(self._server, LOOK_S))
        self._found = usable(api.show(self._server, found, LOOK_S, self._settings.allowed_hosts), self._settings)
        return found.digest

    def _warm_up(self, cancelled: Callable[[], bool]) -> None:
        async def warm_up() -> None:
            with self._names():
                async with client(self._server) as ollama:
                    # Without a prompt it only loads. The same num_ctx as later, or Ollama loads it again.
                    options = {"num_ctx": self._context()}
                    await ollama.generate(self._found.name, options=options, keep_alive=self._keep_alive())

        try:
            with self._failures():
                run_within(warm_up, LOAD_S, cancelled)
        except ModelFault:
            # The first question will tell what is wrong.
            return
        except BadAnswer:
            raise ModelUnreachable(f"Ollama did not load {self._model} within {LOAD_S:g} s.") from None

    async def _ask(self, question: Question) -> Reply:
        text = ""
        options = {
            "temperature": TEMPERATURE,
            "num_predict": self._settings.num_predict,
            "num_ctx": self._context(),
        }
        with self._names():
            async with client(self._server) as ollama:
                stream = await ollama.chat(
                    self._found.name,
                    [{"role": "user", "content": question.text, "images": [question.jpeg]}],
                    stream=True,
                    # A model that thinks first spends its tokens on that.
                    think=False if self._found.thinks else None,
                    format=question.schema,
                    options=options,
                    keep_alive=self._keep_alive(),
                )
                async for part in stream:
                    text += part.message.content or ""
                    if part.done:
                        return Reply(text, part.done_reason == "length")
                    if len(text) > MAX_CHARACTERS:
                        raise BadAnswer(f"{self._model} did not stop answering.")
        raise ModelFault(f"Ollama stopped in the middle of an answer of {self._model}.")

    @contextmanager
    def _names(self) -> Iterator[None]:
        """The client's failures by our names."""
        _import_client()
        from ollama import ResponseError

        try:
            yield
        except ResponseError as error:
            raise self._refused(error.status_code, error.error) from error
        except ConnectionError:
            raise self._unreachable() from None
        except (ValueError, TypeError, AttributeError) as error:
            message = f"Ollama's answer for {self._model} is not of its form."
            raise ModelFault(message, detail=str(error)) from error

    def _refused(self, status: int, text: str) -> BridgeError:
        said = " ".join(text.split())[:200]
        if status == httpx.codes.NOT_FOUND:
            return ModelMissing(f"Ollama has no model named {self._model}.", hint=f"ollama pull {self._model}")
        if _NO_PICTURES.search(said):
            return blind(self._model)
        return ModelFault(f"Ollama failed on {self._model}: {said}")

    def _unreachable(self) -> BridgeError:
        return api.unreachable(self._server)

    def _context(self) -> int:
        """Tokens for picture, prompt and answer. One number for all requests: Ollama reloads a model for another."""
        prompt = self._prompt.text(Want(), self._most_keywords)
        needed = PICTURE_TOKENS + len(prompt) // CHARACTERS_A_TOKEN + CONTEXT_TOKENS + self._settings.num_predict
        return max(4096, -(-needed // 2048) * 2048)

    def _keep_alive(self) -> float | str:
        # Ollama reads a number as seconds, and a text only with its unit.
        value = self._settings.keep_alive
        return float(value) if re.fullmatch(r"-?\d+(\.\d+)?", value) else value


def usable(model: api.OllamaModel, settings: Settings) -> api.OllamaModel:
    """The model itself. Raises ModelNotLocal where it runs elsewhere, ModelMissing where it cannot see pictures."""
    if reason := model.refusal(settings.allowed_hosts):
        raise ModelNotLocal(reason)
    if not model.vision:
        raise blind(model.name)
    return model


def blind(name: str) -> ModelMissing:
    return ModelMissing(
        f"{name} cannot look at pictures.", hint="Choose a model with vision, such as: ollama pull llava:13b"
    )


def client(server: httpx.URL) -> AsyncClient:
    """The ``ollama`` client, closed in: left alone it follows OLLAMA_HOST, HTTP_PROXY and redirects."""
    _import_client()
    from ollama import AsyncClient

    return AsyncClient(host=str(server), **fenced_options(server))


def _import_client() -> None:
    """Import the ``ollama`` package as if the environment said nothing of servers and proxies.

    It makes a client of its own while it is imported, and that fails on what it finds there: with
    ALL_PROXY=socks5://127.0.0.1:9050 it cannot be imported at all.
    """
    if "ollama" in sys.modules:
        return
    hidden = {name: os.environ.pop(name, "") for name in list(os.environ) if name.lower() in _ENVIRONMENT}
    try:
        import ollama  # noqa: F401
    finally:
        os.environ.update({name: value for name, value in hidden.items() if value})
