"""Which model a run gets: the one that was named, or the first of ``auto_order`` that is there and may be used."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bridge.engines.shared import Engines
from bridge.errors import BridgeError, InvalidParams, ModelMissing, ModelNotLocal, NoCaptionModel
from bridge.home import home_folder
from bridge.servers import server_url
from bridge.settings import Settings
from bridge.taggers import _ollama_api as api
from bridge.taggers import _pulled, openai
from bridge.taggers._language import LOOK_S
from bridge.taggers._names import CLIP, is_pulled, pulled_model
from bridge.taggers._queue import Queues
from bridge.taggers.contract import Tagger
from bridge.taggers.ollama import OllamaTagger, usable
from bridge.taggers.prompts import make_prompt
from bridge.taggers.starter import Looker, StarterTagger
from bridge.values import TreeKeyword

INSPECT_S = 10.0
"""Time for what a server tells of all its models: it opens a file for each."""

_OLLAMA_NAME = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*(?::\w[\w.-]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """``name`` as ``make_tagger`` takes it and as it is stored; ``why`` it was taken, for a person."""

    name: str
    why: str


def choose_model(name: str, settings: Settings, want: str = "all") -> Choice:
    """Resolve ``auto``, ``starter``, ``clip``, ``clip:MODEL/PRETRAINED``, ``blip2``, ``NAME``, ``ollama:NAME`` or
    ``openai:URL#NAME``.

    ``want`` is ``all``, ``keywords`` or ``caption``; with ``caption`` the model must be able to write one.
    Raises InvalidParams, NoCaptionModel, ModelMissing, ModelNotLocal, ModelUnreachable.
    """
    name = name.strip()
    if name == "auto":
        return _auto(settings, want)
    if name == "starter":
        if want == "caption":
            raise NoCaptionModel("The starter tagger writes no captions.", hint=_caption_hint(settings))
        return Choice("starter", "It was named.")
    if is_pulled(name):
        return _pulled_choice(name, settings, want)
    if name.startswith("openai:"):
        return _openai(name, settings)
    return _ollama(name.removeprefix("ollama:"), settings)


def classifies(name: str) -> bool:
    """Whether the tagger of this name can only choose among the words that it is made with."""
    return name == CLIP or name.startswith(f"{CLIP}:")


def reads_prompts(name: str) -> bool:
    """Whether the tagger of this name is asked in words, and so is another one under another style guide."""
    return name != "starter" and not is_pulled(name)


def make_tagger(
    name: str,
    settings: Settings,
    *,
    style: str | None = None,
    prompt: str | None = None,
    words: tuple[TreeKeyword, ...] = (),
    engines: Engines | None = None,
    queues: Queues | None = None,
    looker: Looker | None = None,
) -> Tagger:
    """The tagger of a name that ``choose_model`` returned. Nothing is asked of any server yet.

    ``style`` is the text of a style guide, ``prompt`` a whole template; only language models have a use for them.
    ``words`` is the keyword list of the run, for taggers that ``classifies`` tells of; ``engines`` are the weights
    that taggers share, ``looker`` the models that ship, ``queues`` the servers.
    Raises PromptInvalid, StyleInvalid, InvalidParams, ModelNotLocal.
    """
    made = make_prompt(prompt, style)
    if name == "starter":
        return StarterTagger(settings.starter_threads, looker)
    if is_pulled(name):
        return _pulled.make(pulled_model(name), home_folder(), words, engines or Engines())
    if name.startswith("openai:"):
        server, _, model = name.removeprefix("openai:").partition("#")
        return openai.OpenAITagger(server, model, settings, made, queues)
    return OllamaTagger(ollama_name(name.removeprefix("ollama:")), settings, made, queues)


def _pulled_choice(name: str, settings: Settings, want: str) -> Choice:
    tagger = _pulled.usable(name, home_folder())
    if want == "caption" and not tagger.capabilities.caption:
        raise NoCaptionModel(f"{tagger.name} writes no captions.", hint=_caption_hint(settings))
    return Choice(tagger.name, "It was named.")


def _ollama(name: str, settings: Settings) -> Choice:
    name = ollama_name(name)
    server = server_url(settings.ollama_url, settings.allowed_hosts)
    # Before the server is asked: a cloud model that was never pulled is no missing model, but one that is not wanted.
    if (reason := api.OllamaModel(name).refusal(settings.allowed_hosts)) is not None:
        raise ModelNotLocal(reason)
    found = api.find(name, api.installed(server, LOOK_S))
    usable(api.show(server, found, LOOK_S, settings.allowed_hosts), settings)
    return Choice(f"ollama:{found.name}", "It was named.")


def ollama_name(name: str) -> str:
    """The name itself. Raises InvalidParams where no model can be called so."""
    if not _OLLAMA_NAME.fullmatch(name):
        raise InvalidParams(
            f"{name!r} is no name of a model.",
            hint="Use auto, starter, clip, blip2, NAME, ollama:NAME or openai:URL#NAME. See: photo-bridge models list",
        )
    return name


def _openai(name: str, settings: Settings) -> Choice:
    address, _, model = name.removeprefix("openai:").partition("#")
    if not address:
        raise InvalidParams("openai: needs the address of a server.", hint="As in openai:http://127.0.0.1:1234/v1#NAME")
    server = openai.api_url(address, settings)
    model = model or openai.only_model(server, LOOK_S)
    openai.usable(server, model, openai.find(server, model, LOOK_S), settings)
    return Choice(openai.full_name(server, model), "It was named.")


# -- auto -------------------------------------------------------------------------------------------------------------


def _auto(settings: Settings, want: str) -> Choice:
    passed: list[str] = []
    models = _ollama_models(settings, passed)
    for entry in settings.auto_order:
        try:
            choice = _entry(entry.strip(), models, settings, want)
        except BridgeError as error:
            passed.append(error.message)
            continue
        if choice is not None:
            return Choice(choice, " ".join([f"The first of auto_order that can be used ({entry}).", *passed]))
    if want == "caption":
        raise NoCaptionModel("No model on this machine can write captions.", hint=_caption_hint(settings))
    raise ModelMissing(" ".join(["No model of auto_order can be used.", *passed]))


def _entry(entry: str, models: list[api.OllamaModel], settings: Settings, want: str) -> str | None:
    """The full name that an entry of ``auto_order`` stands for, None where it stands for nothing here."""
    if entry == "starter":
        return None if want == "caption" else "starter"
    if is_pulled(entry):
        return _pulled_choice(entry, settings, want).name if _pulled.wanted_here(entry) else None
    if entry.startswith("openai:"):
        return _openai(entry, settings).name
    fitting = models if entry == "any-vision" else api.matching(entry.removeprefix("ollama:"), models)
    return f"ollama:{fitting[0].name}" if fitting else None


def _ollama_models(settings: Settings, passed: list[str]) -> list[api.OllamaModel]:
    """Models that see and run here. Why there are none goes to ``passed``."""
    try:
        server = server_url(settings.ollama_url, settings.allowed_hosts)
        models = api.inspected(server, INSPECT_S, settings.allowed_hosts)
    except BridgeError as error:
        passed.append(error.message)
        return []
    fit = [model for model in models if model.vision and model.refusal(settings.allowed_hosts) is None]
    if not fit:
        passed.append("Ollama has no vision model that runs on this machine.")
    return fit


def _caption_hint(settings: Settings) -> str:
    """The command that helps: with Ollama running only the model is missing."""
    try:
        api.installed(server_url(settings.ollama_url, settings.allowed_hosts), LOOK_S)
    except BridgeError:
        return NoCaptionModel.default_hint
    return "ollama pull llava:13b"
