"""What an Ollama server says of its models.

Asked with httpx, not with the ``ollama`` client: that drops ``remote_host`` and ``remote_model`` from the answers, by
which a model that runs elsewhere is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from bridge.errors import ModelMissing, ModelUnreachable
from bridge.servers import shown_url
from bridge.taggers._hosts import cloud_reason
from bridge.taggers._http import TooLarge, fenced_options, run_within

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OllamaModel:
    """One model as ``/api/tags`` lists it, and what ``/api/show`` says where that was asked."""

    name: str
    digest: str = ""
    listed: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def vision(self) -> bool:
        capabilities = self.shown.get("capabilities")
        if isinstance(capabilities, list):
            return "vision" in capabilities
        # Servers before 0.6.4 do not say; their models that see have a projector or such a family.
        details = self.shown.get("details") or {}
        families = details.get("families") or [] if isinstance(details, dict) else []
        return bool(self.shown.get("projector_info")) or not {"clip", "mllama"}.isdisjoint(families)

    @property
    def thinks(self) -> bool:
        return "thinking" in (self.shown.get("capabilities") or [])

    def refusal(self, allowed: Iterable[str]) -> str | None:
        """Why photos must not be sent to it, or None."""
        return cloud_reason(self.name, (self.listed, self.shown), allowed)


def installed(server: httpx.URL, seconds: float) -> list[OllamaModel]:
    """The server's models in its order.

    Raises ModelUnreachable, or ModelNotLocal where the server sends the question elsewhere.
    """

    async def look() -> list[OllamaModel]:
        async with _client(server) as client:
            return await _tags(client)

    return _asked(server, seconds, look)


def inspected(server: httpx.URL, seconds: float, allowed: Sequence[str]) -> list[OllamaModel]:
    """The same, with what each of them can do. Raises as ``installed``."""

    async def look() -> list[OllamaModel]:
        async with _client(server) as client:
            models = await _tags(client)
            return list(await asyncio.gather(*(_show(client, model, allowed) for model in models)))

    return _asked(server, seconds, look)


def show(server: httpx.URL, model: OllamaModel, seconds: float, allowed: Sequence[str]) -> OllamaModel:
    """One model with what it can do. Raises as ``installed``."""

    async def look() -> OllamaModel:
        async with _client(server) as client:
            return await _show(client, model, allowed)

    return _asked(server, seconds, look)


def unload(server: httpx.URL, name: str, seconds: float) -> None:
    """Have the server let go of a model now, where it is in its memory. Raises as ``installed``.

    It is looked for first: servers before 0.3.11 load a model that they are to let go of.
    """

    async def let_go() -> None:
        async with _client(server) as client:
            response = await client.get("api/ps")
            response.raise_for_status()
            running = {str(entry.get("name") or entry["model"]) for entry in response.json()["models"]}
            if name in running:
                (await client.post("api/generate", json={"model": name, "keep_alive": 0})).raise_for_status()

    _asked(server, seconds, let_go)


def find(name: str, models: Sequence[OllamaModel]) -> OllamaModel:
    """The model that a person means by ``name``: it, its ``latest``, or the only one of that name.

    Raises ModelMissing with what to do.
    """
    wanted = name.casefold()
    for exact in (wanted, f"{wanted}:latest"):
        for model in models:
            if model.name.casefold() == exact:
                return model
    tagged = [model for model in models if ":" not in name and model.name.casefold().rpartition(":")[0] == wanted]
    if len(tagged) == 1:
        return tagged[0]
    if tagged:
        names = ", ".join(model.name for model in tagged)
        raise ModelMissing(f"Ollama has several models named {name}: {names}.", hint="Name one of them with its tag.")
    raise ModelMissing(f"Ollama has no model named {name}.", hint=f"ollama pull {name}")


def matching(entry: str, models: Sequence[OllamaModel]) -> list[OllamaModel]:
    """The models that an entry of ``auto_order`` stands for, the exact one first.

    ``llava:13b`` also means ``llava:13b-v1.6``, and ``qwen2-vl`` any of its tags, whoever published it.
    """
    wanted = entry.casefold()

    def fits(name: str) -> bool:
        short = name.rpartition("/")[2] if "/" not in wanted else name
        return short == wanted or short.startswith(f"{wanted}-" if ":" in wanted else f"{wanted}:")

    found = [model for model in models if fits(model.name.casefold())]
    return sorted(found, key=lambda model: model.name.casefold() not in (wanted, f"{wanted}:latest"))


def unreachable(server: httpx.URL) -> ModelUnreachable:
    return ModelUnreachable(
        f"No Ollama answers at {shown_url(server)}.",
        hint="Start it with: ollama serve (from ollama.com); then run: photo-bridge resume",
    )


def _client(server: httpx.URL) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server, **fenced_options(server))


async def _tags(client: httpx.AsyncClient) -> list[OllamaModel]:
    response = await client.get("api/tags")
    response.raise_for_status()
    entries = response.json()["models"]
    return [
        OllamaModel(str(entry.get("name") or entry["model"]), str(entry.get("digest") or ""), entry)
        for entry in entries
    ]


async def _show(client: httpx.AsyncClient, model: OllamaModel, allowed: Sequence[str]) -> OllamaModel:
    if model.refusal(allowed) is not None:
        # Showing a cloud model can make Ollama ask its cloud.
        return model
    response = await client.post("api/show", json={"model": model.name})
    shown = response.json() if response.status_code == httpx.codes.OK else {}
    return OllamaModel(model.name, model.digest, model.listed, shown if isinstance(shown, dict) else {})


def _asked(server: httpx.URL, seconds: float, look: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run ``look``; whatever keeps the server from answering sensibly is one thing to a person: no Ollama there."""
    try:
        return run_within(look, seconds)
    except (TimeoutError, TooLarge):
        raise ModelUnreachable(f"Ollama at {shown_url(server)} does not answer within {seconds:g} s.") from None
    except httpx.ConnectError:
        raise unreachable(server) from None
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "Check ollama_url in the settings."
        raise ModelUnreachable(
            f"What answers at {shown_url(server)} is no Ollama.", hint=hint, detail=str(error)
        ) from error
