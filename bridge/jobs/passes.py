"""What shapes a run's words, as its pass remembers it."""

from __future__ import annotations

from bridge.jobs.request import RunOptions
from bridge.jobs.tools import Tools
from bridge.taggers.contract import Tagger, Want
from bridge.taggers.prompts import label, make_prompt
from bridge.values import PassSettings


def pass_settings(tools: Tools, options: RunOptions, tagger: Tagger) -> PassSettings:
    """``options`` with the model and the vocabulary that were chosen for them.

    A vocabulary with a name is one, however it grows. Prompt and style guide count where the model reads them. Raises
    ModelMissing, ModelUnreachable.
    """
    asked = tagger.capabilities.context
    return PassSettings(
        model=tagger.name,
        weights=tagger.identity(Want()).digest,
        prompt=label(make_prompt(options.prompt).template, "own" if options.prompt else "built-in") if asked else "",
        style=label(options.style, "style guide") if asked and options.style else "",
        vocabulary=_vocabulary(tools, options.vocabulary),
        policy=options.vocab_policy,
    )


def _vocabulary(tools: Tools, hash: str | None) -> str:
    if hash is None:
        return ""
    names = [named.name for named in tools.vocabularies.all() if named.content.hash == hash]
    return names[0] if names else hash[:8]
