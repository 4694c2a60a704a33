"""What the service answers."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bridge.jobs.request import ErrorResult, PhotoResult, Waiting
from bridge.values import Operation, Policy

MAX_WAIT_MS = 25_000
"""Longest long poll: below the time limit of every host's HTTP client."""


class Reply(BaseModel):
    model_config = ConfigDict(frozen=True)


class HostItem(Reply):
    """One photo of a host."""

    uri: str
    id: str


class Submitted(Reply):
    job: str | None = Field(description="the run; none where the host alone has something to do")
    photos: int = Field(description="how many photos were added to the run")
    unmatched: tuple[str, ...] = Field((), description="proxies without a sure original; nothing is done with them")
    model: str | None = Field(None, description="the model that was chosen")
    why: str | None = Field(None, description="why that one, for a person")
    warnings: tuple[str, ...] = Field((), description="what a person should know before the run writes")
    undoes: str | None = Field(None, description="the run that is taken back")
    items: tuple[HostItem, ...] = Field(
        (), description="photos whose host takes back what it wrote: ask metadata.plan with undo"
    )


class Pass(Reply):
    """What runs went through a folder, and how."""

    uri: str
    folder: str
    recursive: bool
    want: str
    model: str
    weights: str = Field(description="the model's digest")
    prompt: str | None
    style: str | None
    vocabulary: str | None
    policy: Policy
    photos: int = Field(description="photos that have something which its runs wrote")
    state: str = Field(description="open while a run of it is at work")
    started: float = Field(description="Unix time, seconds")
    latest: float = Field(description="when its last run began")


class TaskReply(Reply):
    """A download or a benchmark."""

    task: str
    kind: str = Field(description="pull or bench")
    name: str
    state: str = Field(description="running, waiting (for tasks.confirm), done, failed or cancelled")
    done: int
    total: int | None = Field(description="bytes, or photos; none = not known yet")
    what: str = Field(description="what is going on, for a person")
    results: tuple[Any, ...] = Field((), description="of a benchmark, what is measured of each model")
    error: ErrorResult | None = None
    seen: int = Field(description="how often it changed: tasks.status waits for more")


class Lacking(Reply):
    """A photo that an agency would refuse."""

    uri: str
    path: str
    lacks: tuple[str, ...] = Field(description="what is missing, for a person")


class StockList(Reply):
    """Photos as a stock agency takes them."""

    agency: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = Field(description="the cells of each photo, in the order of the columns")
    lacking: tuple[Lacking, ...]
    notes: tuple[str, ...]


class StyleInfo(Reply):
    """A style guide that runs may name."""

    name: str
    label: str = Field(description="its name and the beginning of its hash")
    shipped: bool


class Style(Reply):
    name: str
    text: str


class StyleFolder(Reply):
    """A folder whose photos are tagged by a style guide, with all below it."""

    uri: str
    folder: str
    style: str
    label: str


class Absent(Reply):
    """Photos of an open run that cannot be had now; each is taken up as soon as it can."""

    code: str = Field(description="volume_missing, volume_slow or in_the_cloud")
    message: str = Field(description="why, for a person")
    hint: str = Field(description="what to do next")
    photos: int


class JobStatus(Reply):
    job: str
    kind: str
    state: str = Field(description="open, paused, cancelled or done")
    model: str | None
    style: str | None = Field(None, description="its style guides, each with the beginning of its hash")
    prompt: str | None = Field(None, description="its prompt template, with the beginning of its hash")
    write: bool
    total: int
    done: int
    skipped: int
    failed: int
    cancelled: int
    rate: float | None = Field(description="photos a second over the last photos")
    seconds_left: float | None
    created: float = Field(description="Unix time, seconds")
    error: ErrorResult | None = Field(None, description="why the run is paused")
    absent: tuple[Absent, ...] = Field((), description="photos that wait until they can be had, by cause")
    waiting: Waiting | None = Field(None, description="what holds an open run back; it goes on by itself")
    cluster: str | None = Field(None, description="HOST:PORT of the cluster whose machines see the photos")


class ListedRun(JobStatus):
    """A run in the list of them."""

    folder: str | None = Field(description="the deepest folder that has all its photos, for a person")
    uri: str | None = Field(description="the same as a file: URI")
    undoable: bool = Field(description="whether it has written something that can be taken back")


class FailedPhoto(Reply):
    uri: str
    path: str
    message: str = Field(description="what is wrong with this one, for a person")


class Failure(Reply):
    """Photos of a run that failed for one cause."""

    code: str
    hint: str = Field(description="what to do next")
    count: int = Field(description="how many photos")
    photos: tuple[FailedPhoto, ...] = Field(description="the first of them")


class Place(Reply):
    """What is where a person says."""

    uri: str
    path: str
    folder: bool


class JobEvent(Reply):
    seq: int
    uri: str
    status: str


class JobHold(Reply):
    """What held a run back for a time: heat, quiet hours, a missing volume."""

    code: str
    message: str = Field(description="as it was when it began, for a person")
    since: float = Field(description="Unix time, seconds")
    until: float | None = Field(description="none: it still does")


class JobEvents(Reply):
    events: tuple[JobEvent, ...]
    next: int
    ended: bool
    holds: tuple[JobHold, ...] = Field((), description="of the whole run, oldest first; the last 100")


class JobResults(Reply):
    results: tuple[PhotoResult, ...]
    next: int
    ended: bool


class Health(Reply):
    version: str
    pid: int
    uptime_s: float
    open_jobs: int


class StoreStatus(Reply):
    database: str
    database_bytes: int
    journal_entries: int
    before_image_bytes: int


class Purged(Reply):
    jobs: int
    answers: int
    journal_entries: int
    indexed: int = Field(description="photos that search knew")


class HostPlan(Reply):
    """What a host is to do to one photo, in order; then metadata.confirm."""

    plan_id: str | None = Field(description="none where there is nothing to do")
    uri: str
    id: str
    operations: tuple[Operation, ...]
    warnings: tuple[str, ...]
    error: ErrorResult | None


class HostPlans(Reply):
    plans: tuple[HostPlan, ...] = Field(description="in the order of the photos")


class Confirmed(Reply):
    confirmed: int


class Landed(Reply):
    landed: tuple[bool, ...] = Field(description="in the order of the photos")
    stamps: tuple[str, ...] = Field(description="of their files: another after each save")


class WrittenNow(Reply):
    results: tuple[PhotoResult, ...] = Field(description="in the order of the photos")


class NeededProxy(HostItem):
    why: Literal["offline", "virtual_copy", "edited", "unreadable"]
    edge: int = Field(description="pixels of the longer edge that are enough")


class NeededProxies(Reply):
    needed: tuple[NeededProxy, ...]


class TreeKnown(Reply):
    known: bool


class ImportedVocabulary(Reply):
    name: str | None = Field(description="none: it is there for runs alone, which name it by its hash")
    hash: str = Field(description="of the kind and the text")
    version: str = Field(description="changes whenever one of its keywords does")
    format: str = Field(description="what kind of list it was taken for")
    terms: int
    active: bool = Field(description="whether runs that name none take it")
    words: tuple[str, ...] = Field(description="the first few, to see that it was read as it was meant")
    edit: int | None = Field(None, description="where a list of that name became another one: vocabulary.undo_edit")


class ExportedVocabulary(Reply):
    text: str
    format: str
    terms: int
    losses: tuple[str, ...] = Field(description="what this kind of list cannot hold of it, for a person")


class VocabularyInfo(Reply):
    name: str
    active: bool
    hash: str
    version: str
    format: str
    terms: int
    stored: float = Field(description="Unix time, seconds")


class LearnedWord(Reply):
    path: tuple[str, ...]
    photos: int


class LearnedVocabulary(Reply):
    photos: int = Field(description="how many were read")
    unreadable: int
    words: tuple[LearnedWord, ...] = Field(description="the commonest first")
    kept: ImportedVocabulary | None = Field(description="where a name was given")


class PhotoKeywords(Reply):
    uri: str
    keywords: tuple[tuple[str, ...], ...] | None = Field(description="whole paths; none where it cannot be read")
    title: str | None = None
    caption: str | None = None
    alt_text: str | None = None


class Pace(Reply):
    asked: int = Field(description="answers that the model gave in this run; the others were stored already")
    seconds_a_photo: float | None = Field(description="between one answer and the next; none of fewer than two")


class QueuedWord(Reply):
    word: str
    photos: int = Field(description="of how many it would have been said")
    first: float = Field(description="Unix time, seconds")
    examples: tuple[str, ...] = Field((), description="file: URIs of some of these photos, the latest first")


class Queue(Reply):
    name: str = Field(description="the vocabulary that lacks them")
    total: int = Field(description="words that wait, beyond the limit too")
    words: tuple[QueuedWord, ...] = Field(description="of most photos first")
    edit: int | None = Field(None, description="of a refusal: vocabulary.undo_edit")


class MatchedWord(Reply):
    word: str
    path: tuple[str, ...]
    score: float
    reason: str


class MatchedWords(Reply):
    keywords: tuple[MatchedWord, ...]
    suggestions: tuple[str, ...] = Field(description="words that would wait for a person")
    dropped: tuple[str, ...]
