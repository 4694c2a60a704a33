"""What shapes a run's words, as its pass remembers it."""

from __future__ import annotations

from bridge.jobs.request import RunOptions
from bridge.jobs.styling import RunStyles, prompt_label
from bridge.jobs.throttle import Purpose
from bridge.jobs.tools import Tools
from bridge.store import JobRow, PassTable
from bridge.taggers.contract import Tagger, Want
from bridge.values import PassSettings


def pass_settings(tools: Tools, options: RunOptions, tagger: Tagger) -> PassSettings:
    """``options`` with the model and the vocabulary that were chosen for them.

    A vocabulary with a name is one, however it grows. A prompt counts where the model reads it, a style guide also
    where it limits what is taken of an answer. Raises ModelMissing, ModelUnreachable.
    """
    asked = tagger.capabilities.context
    return PassSettings(
        model=tagger.name,
        weights=tagger.identity(Want()).digest,
        prompt=prompt_label(options) if asked else "",
        style=RunStyles(options).passed(asked=asked),
        vocabulary=_vocabulary(tools, options.vocabulary),
        policy=options.vocab_policy,
    )


def purpose_of(passes: PassTable, job: JobRow) -> Purpose:
    """What a run is to a person: nobody waits for a pass (a folder that is tagged, watched or not), for what search or
    faces know of a library, or for the cull of a folder."""
    long = job.kind in ("index", "faces") or (job.kind == "cull" and job.session is None) or passes.has(job.id)
    return Purpose(long, job.anyway)


def _vocabulary(tools: Tools, hash: str | None) -> str:
    if hash is None:
        return ""
    names = [named.name for named in tools.vocabularies.all() if named.content.hash == hash]
    return names[0] if names else hash[:8]
