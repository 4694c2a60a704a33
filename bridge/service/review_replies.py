"""What reviewing a run answers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bridge.jobs.request import ErrorResult
from bridge.service.replies import Reply

Standing = Literal["open", "accepted", "skipped"]


class ReviewWord(Reply):
    value: str = Field(description="a hierarchy as A|B")
    score: float | None
    source: str
    state: Literal["proposed", "there", "rejected", "added", "mapped", "refused"] = Field(
        description="there: the photo has it already; refused: it was taken away earlier, or cannot be written"
    )
    said: str | None = Field(None, description="the model's word, where the person's takes its place")
    ours: bool = Field(False, description="an earlier run of ours wrote it")
    why: str | None = None


class ReviewText(Reply):
    field: Literal["title", "caption", "alt_text"]
    state: Literal["proposed", "rejected", "edited", "kept"]
    new: str | None
    old: str | None = Field(description="what the photo says")
    said: str | None = Field(description="by the model")
    why: str | None = None


class ReviewPhoto(Reply):
    item: int
    uri: str
    path: str
    id: str = Field(description="the host's own id of the photo")
    status: Literal["done", "skipped", "failed", "cancelled"]
    decided: Standing
    edited: bool = Field(description="a decision changes what is written of it")
    words: tuple[ReviewWord, ...] = ()
    others: tuple[str, ...] = Field((), description="the photo's other keywords: they stay as they are")
    texts: tuple[ReviewText, ...] = ()
    removed: tuple[str, ...] = Field((), description="keywords that are taken away")
    goes_to: tuple[str, ...] = Field((), description="files that will be written")
    written_to: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    reason: str | None = Field(None, description="why the run skipped it")
    error: ErrorResult | None = None


class ReviewPage(Reply):
    job: str
    kind: str
    model: str | None
    run_state: str = Field(description="open, paused, cancelled or done")
    reviewable: bool
    why: str | None = Field(description="why there is nothing to decide")
    total: int = Field(description="photos that fit the filter")
    offset: int
    seq: int = Field(description="another one after each decision and each undo")
    photos: tuple[ReviewPhoto, ...]


class ReviewList(Reply):
    """What one list of keywords of a file becomes."""

    tag: str
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]


class ReviewField(Reply):
    tag: str
    name: str
    before: str | None
    after: str | None


class ReviewTarget(Reply):
    """What will be written into one file."""

    path: str
    uri: str
    made: bool = Field(description="a new file")
    lists: tuple[ReviewList, ...]
    texts: tuple[ReviewField, ...]


class ReviewShown(Reply):
    photo: ReviewPhoto
    changed: bool = Field(False, description="another picture than the one that was looked at: it will be skipped")
    nothing: bool = Field(description="nothing will be written")
    targets: tuple[ReviewTarget, ...] = ()
    warnings: tuple[str, ...] = ()


class ReviewedWord(Reply):
    value: str
    photos: int = Field(description="that show it in any state")
    rejected: int = Field(description="of these")
    never: bool = Field(description="a rule forbids it in later runs")
    yours: bool = Field(description="a person typed it")


class ReviewedWords(Reply):
    job: str
    words: tuple[ReviewedWord, ...] = Field(description="of most photos first")
    total: int


class Completion(Reply):
    value: str
    origin: Literal["vocabulary", "tree", "run"]


class Completions(Reply):
    words: tuple[Completion, ...] = Field(description="the best first")


class ReviewDecided(Reply):
    action: int
    told: str = Field(description="for a person")
    photos: int
    seq: int


class ReviewActionReply(Reply):
    action: int
    kind: str
    told: str
    photos: int
    word: str | None
    value: str | None
    field: str | None
    made: float = Field(description="Unix time, seconds")
    undone: bool


class ReviewActions(Reply):
    actions: tuple[ReviewActionReply, ...] = Field(description="newest first")


class ReviewApplied(Reply):
    """A run that wrote what was decided."""

    job: str
    state: str
    photos: int
    created: float = Field(description="Unix time, seconds")


class ReviewSummary(Reply):
    job: str
    kind: str
    model: str | None
    run_state: str
    reviewable: bool
    why: str | None
    seq: int
    photos: int = Field(description="that are done")
    open: int
    accepted: int
    skipped: int
    edited: int
    failed: int
    passed_over: int = Field(description="skipped by the run, or cancelled")
    decisions: int = Field(description="that stand")
    applied: tuple[ReviewApplied, ...] = Field(description="newest first")
