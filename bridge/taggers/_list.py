"""What models there are, for a person to choose from."""

from __future__ import annotations

from typing import Any

from bridge.errors import BridgeError, ModelNotLocal
from bridge.home import home_folder
from bridge.servers import server_url
from bridge.settings import Settings
from bridge.taggers import _ollama_api as api
from bridge.taggers import _pulled, openai
from bridge.taggers._hosts import cloud_reason
from bridge.taggers._language import LanguageTagger
from bridge.taggers.contract import Capabilities, Readiness, ReadyState, Tagger
from bridge.taggers.ollama import blind
from bridge.taggers.starter import StarterTagger

LIST_S = 5.0
"""Time for one server's whole answer: a person waits for the list."""


def list_models(settings: Settings) -> list[dict[str, Any]]:
    """``{"name", "state", "message", "hint", "capabilities": [...]}`` of every model, the starter first, those
    whose weights are pulled last. Never raises.

    A server that does not answer has an entry of its own. ``state`` is a ``ReadyState``.
    """
    found = [_of(StarterTagger(settings.starter_threads))]
    found += _ollama(settings)
    for address in settings.openai_urls:
        found += _openai(address, settings)
    return [*found, *map(_of, _pulled.known(home_folder()))]


def _of(tagger: Tagger) -> dict[str, Any]:
    return _entry(tagger.name, tagger.readiness(), tagger.capabilities)


def _ollama(settings: Settings) -> list[dict[str, Any]]:
    try:
        server = server_url(settings.ollama_url, settings.allowed_hosts)
        models = api.inspected(server, LIST_S, settings.allowed_hosts)
    except BridgeError as error:
        return [_failed("ollama", error)]
    if not models:
        readiness = Readiness(ReadyState.MISSING_MODEL, "Ollama has no model yet.", "ollama pull llava:13b")
        return [_entry("ollama", readiness)]
    return [_ollama_entry(model, settings) for model in models]


def _ollama_entry(model: api.OllamaModel, settings: Settings) -> dict[str, Any]:
    name = f"ollama:{model.name}"
    if reason := model.refusal(settings.allowed_hosts):
        return _entry(name, Readiness(ReadyState.REFUSED, reason, ModelNotLocal.default_hint))
    if not model.vision:
        error = blind(model.name)
        return _entry(name, Readiness(ReadyState.MISSING_MODEL, error.message, error.hint))
    return _entry(name, Readiness(ReadyState.READY), LanguageTagger.capabilities)


def _openai(address: str, settings: Settings) -> list[dict[str, Any]]:
    try:
        server = openai.api_url(address, settings)
        models = openai.offered(server, LIST_S)
    except BridgeError as error:
        return [_failed(f"openai:{address}", error)]
    found = []
    for model, entry in models.items():
        name = openai.full_name(server, model)
        if reason := cloud_reason(model, (entry,), settings.allowed_hosts):
            found.append(_entry(name, Readiness(ReadyState.REFUSED, reason, ModelNotLocal.default_hint)))
        else:
            message = "Its server does not say whether it can look at pictures."
            found.append(_entry(name, Readiness(ReadyState.READY, message), LanguageTagger.capabilities))
    return found


def _failed(name: str, error: BridgeError) -> dict[str, Any]:
    state = ReadyState.REFUSED if isinstance(error, ModelNotLocal) else ReadyState.UNREACHABLE
    return _entry(name, Readiness(state, error.message, error.hint))


def _entry(name: str, readiness: Readiness, capabilities: Capabilities | None = None) -> dict[str, Any]:
    able = [] if capabilities is None else [field for field in _FIELDS if getattr(capabilities, field)]
    return {
        "name": name,
        "state": readiness.state.value,
        "message": readiness.message,
        "hint": readiness.hint,
        "capabilities": able,
    }


_FIELDS = ("keywords", "caption", "embedding", "schema", "batch")
