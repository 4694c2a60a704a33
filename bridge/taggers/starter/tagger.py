"""The starter tagger: small models that ship with the package; works at once, offline, on a CPU."""

from __future__ import annotations

import hashlib
import os

from bridge import starter
from bridge.errors import ModelMissing
from bridge.taggers.contract import Cancelled, Capabilities, Readiness, ReadyState, Tagger, TagRequest, Want
from bridge.taggers.starter._category import categorise
from bridge.taggers.starter._facts import plain_facts
from bridge.taggers.starter.looking import EDGE, WEIGHTS, Looker, rules_digest
from bridge.values import Answer, Keyword, ModelIdentity


class StarterTagger(Tagger):
    """Keywords and a category from pixels and EXIF. Never a caption: it would have to invent one.

    ``threads`` is how many photos it looks at side by side, by default one for each core; every forward pass itself
    uses a single thread, which keeps the cores busier than passes that are split. ``looker`` are the models, which it
    may share.
    """

    capabilities = Capabilities(keywords=True, facts=True)
    edge = EDGE

    def __init__(self, threads: int | None = None, looker: Looker | None = None) -> None:
        self.in_flight = threads or os.cpu_count() or 1
        self._looker = looker or Looker()

    @property
    def name(self) -> str:
        return "starter"

    def readiness(self) -> Readiness:
        return starter_readiness()

    def identity(self, want: Want) -> ModelIdentity:  # noqa: ARG002  (keywords are all there is)
        parts = (starter.digest(WEIGHTS), rules_digest())
        return ModelIdentity(self.name, hashlib.sha256("\n".join(parts).encode()).hexdigest())

    def load(self) -> None:
        self._looker.load()

    def close(self) -> None:
        self._looker.close()

    def tag(self, request: TagRequest) -> Answer:
        if request.cancelled():
            raise Cancelled
        look = self._looker.look(request.picture)
        keywords = tuple(Keyword((said.word,), said.score, said.source) for said in look.said)
        category, score = categorise(look.evidence)
        return Answer(
            keywords=keywords if request.want.keywords else (),
            category=category,
            category_score=score,
            facts=plain_facts(look.evidence),
        )


def starter_readiness() -> Readiness:
    """Whether the shipped models are there."""
    try:
        starter.digest()
    except ModelMissing as error:
        return Readiness(ReadyState.MISSING_MODEL, error.message, error.hint)
    return Readiness(ReadyState.READY)
