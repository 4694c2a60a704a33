"""What a run claims of a photo that it wrote: each value with all that is known of how the model came to it."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

from bridge.jobs.request import KeywordResult
from bridge.metadata import HostPlan, Plan
from bridge.values import Claim, Field, ModelIdentity, Op, Proposal, Written
from bridge.words import key

WRITE = "write"
"""Approved by the person who started the run to write."""
TEXTS = (Field.TITLE, Field.CAPTION, Field.ALT_TEXT)
MARKS = (Field.PICK, Field.RATING, Field.LABEL)
SINGLE = (*TEXTS, *MARKS)
"""Of each a photo has one."""
_FIELDS = {Op(f"{field}.set"): field for field in SINGLE}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where what is written in one photo comes from. Stored with the item: a host writes it long after the run."""

    model: str
    digest: str = ""
    options: str = ""
    """Hash."""
    data_hash: str = ""
    """Of the picture."""


def origin_of(model: ModelIdentity, data_hash: str) -> Origin:
    options = hashlib.blake2b(model.options.encode(), digest_size=8).hexdigest()
    return Origin(model.name, model.digest, options, data_hash)


@dataclass(frozen=True, slots=True)
class Source:
    """What a run says of one photo, and who had it written."""

    origin: Origin
    keywords: Sequence[KeywordResult]
    proposal: Proposal
    approved: str

    def of_files(self, plan: Plan) -> tuple[Claim, ...]:
        """What is claimed once a plan is written. Words that it found there are claimed where it writes anything, and
        where they were ours."""
        texts = {field: text for field in self._fields() if (text := text_of(plan, field)) is not None}
        new = [
            *(self._keyword(path) for path in self._models(plan)),
            *(self._text(field, text, plan.gives_way.get(field.value)) for field, text in texts.items()),
        ]
        said = self._said_too(plan.kept, plan.written, texts) if plan.targets else ()
        return (*new, *said)

    def of_host(self, plan: HostPlan) -> tuple[Claim, ...]:
        """The same for operations that a host carries out."""
        texts = {_FIELDS[one.op]: one for one in plan.operations if one.op in _FIELDS}
        new = [
            *(self._keyword(path) for path in self._models(plan)),
            *(self._text(field, str(one.new), str(one.old) if one.old else None) for field, one in texts.items()),
        ]
        return (*new, *self._said_too(plan.kept, plan.written, texts))

    def _models(self, plan: Plan | HostPlan) -> Iterator[tuple[str, ...]]:
        """What is added, less a person's own words: these are never claimed."""
        theirs = set(map(key, plan.written.chosen)) if self.proposal.chosen else set()
        yield from (path for path in plan.added if key(path) not in theirs)

    def _fields(self) -> Iterator[Field]:
        yield from (field for field in SINGLE if field not in self.proposal.typed)

    def _said_too(self, kept: Sequence[tuple[str, ...]], written: Written, texts: Container[Field]) -> Iterator[Claim]:
        ours = set(map(key, written.keywords))
        yield from (replace(self._keyword(path), added=False) for path in kept if key(path) in ours)
        for field in self._fields():
            text = text_of(written, field)
            proposed = text_of(self.proposal, field)
            if field not in texts and text and proposed and text.split() == proposed.split():
                yield replace(self._text(field, text), added=False)

    def _keyword(self, path: tuple[str, ...]) -> Claim:
        said = _said(self.keywords, path)
        claim = self._claim(Field.KEYWORD, "|".join(path))
        if said is None:
            return claim
        return replace(claim, score=said.score, source=said.source, word=said.word, matched=said.reason)

    def _text(self, field: Field, text: str, before: str | None = None) -> Claim:
        return replace(self._claim(field, text), source=self.origin.model, before=before)

    def _claim(self, field: Field, value: str) -> Claim:
        origin = self.origin
        return Claim(
            field,
            value,
            model=origin.model,
            digest=origin.digest,
            options=origin.options,
            approved=self.approved,
            data_hash=origin.data_hash,
        )


def _said(keywords: Sequence[KeywordResult], path: tuple[str, ...]) -> KeywordResult | None:
    """By the whole path, else by the name: the levels above are spelt as the user spells them."""
    whole = next((said for said in keywords if key(said.path) == key(path)), None)
    return whole or next((said for said in keywords if key(said.path[-1:]) == key(path[-1:])), None)


def text_of(of: Plan | Written | Proposal, field: Field) -> str | None:
    """A text, or a mark as a claim has it."""
    if field in MARKS:
        return of.flags.said(field)
    text: str | None = getattr(of, field.value)
    return text
