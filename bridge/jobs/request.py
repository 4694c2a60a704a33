"""What a run was asked to do, as it is stored with the job, and what it says of each photo."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bridge.values import Engine, Flags, FlagsAs, Keyword, Policy, Proposal, RawRenderer, SidecarRule


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Placed(Frozen):
    """Where the pictures of a run are looked at. It shapes no answer."""

    engine: Engine = Field(
        Engine.LOCAL, description="ray: the machines of a Ray cluster look at the photos (docs/scale.md)"
    )
    address: str | None = Field(
        None, max_length=300, description="HOST:PORT of the cluster, with ray; none = cluster_address of the settings"
    )

    @model_validator(mode="after")
    def _has_an_address_where_it_is_used(self) -> Self:
        if self.address is not None and self.engine is not Engine.RAY:
            raise ValueError("address is that of a cluster: it goes with engine ray")
        return self


class RunOptions(Placed):
    """Everything that shapes a tagging run. Fixed when the job is made."""

    model: str | None = Field(
        None, description="auto, starter, clip, blip2, NAME, ollama:NAME or openai:URL#NAME; none = as the settings say"
    )
    style: str | None = Field(None, description="the text of a style guide")
    style_name: str | None = Field(
        None, max_length=100, description="what it is called; without the text, a guide that is known here (style.list)"
    )
    no_style: bool = Field(False, description="no style guide, not even that of a photo's folder")
    styles: dict[str, str] = Field(
        {}, description="set by the daemon: the texts of the guides that folders have, by name"
    )
    style_folders: dict[str, str] = Field({}, description="set by the daemon: file: URIs of folders, and their guides")
    prompt: str | None = Field(None, description="a whole prompt template with named slots")
    want: Literal["all", "keywords", "caption"] = Field("all", description="what the model is asked for")
    under: str | None = Field(None, description="one parent keyword for all words of ours")
    write: bool = Field(False, description="write the metadata; without it the plan is only shown")
    sidecar: SidecarRule | None = Field(None, description="where XMP goes; none = as the settings say")
    replace: bool = Field(False, description="our words replace what is there, in this run")
    only_untagged: bool = Field(False, description="skip photos that have keywords")
    since: date | None = Field(None, description="skip photos taken before this day")
    min_rating: int | None = Field(None, ge=1, le=5, description="skip photos rated lower")
    proxy_mode: bool = Field(False, description="originals are only read: words go to sidecars")
    raw_renderer: RawRenderer | None = Field(None, description="what makes pixels of RAW; none = as the settings say")
    category_keyword: bool = Field(False, description="write the category as the keyword Category|NAME")
    host: Literal["lightroom", "captureone", "darktable", "digikam"] | None = Field(
        None, description="the program that asks"
    )
    apply: Literal["daemon", "host"] = Field(
        "daemon", description="host: the asking program writes through its own API, by metadata.plan"
    )
    vocabulary: str | None = Field(
        None, max_length=100, description="the hash of a keyword list (vocabulary.import); none = the one in use"
    )
    vocab_policy: Policy = Field(
        Policy.PREFER,
        description="what becomes of words that the vocabulary does not have: written, dropped, or kept for a person",
    )
    no_vocabulary: bool = Field(False, description="words are written as the model says them")
    facts: bool = Field(True, description="what EXIF and the map say is told to the model and added as keywords")
    tell_existing: bool = Field(False, description="the model is told the keywords and texts that the photo has")
    allow_mixed: bool = Field(False, description="write into folders that have a pass of another model or style")
    tree: str | None = Field(None, max_length=100, description="the hash of the host's keyword tree (vocabulary.sync)")
    cull: str | None = Field(None, description="set by cull.flag: the culling run whose verdicts are written")
    keyword: str | None = Field(
        None, description="set by photos.keyword (what is added) and faces.write (what names go under)"
    )
    review: str | None = Field(None, description="set by review.apply: the run that was reviewed")
    review_upto: int = Field(0, description="set by review.apply: the last decision that counts")
    flags: FlagsAs | None = Field(
        None, description="how a picked or rejected photo is marked; none = as the asking program does it"
    )
    flag_stars: int = Field(5, ge=1, le=5, description="stars of a picked photo, where flags are ratings")
    replace_flags: bool = Field(False, description="marks that a person set give way to those of a cull, in this run")

    @model_validator(mode="after")
    def _is_of_one_mind(self) -> RunOptions:
        if self.apply == "host" and self.host is None:
            raise ValueError("a run that the host applies names the host")
        if self.under is not None and self.vocab_policy is not Policy.PREFER:
            raise ValueError("under puts words where the vocabulary has none: leave it out, or prefer the vocabulary")
        return self


PERSON = "person"
"""The model of a run whose words a person chose."""
KINDS = ("tag", "keyword", "flag", "names")
"""The kinds of runs that are asked by RunOptions, and propose something for each photo."""


class CullRequest(Placed):
    """By what a culling run says which photos to pick and which to reject."""

    preset: str = "default"
    keep: int | None = Field(None, ge=1, description="photos of each moment that are never rejected")
    model: str | None = Field(None, description="a language model whose word is one more voice")


class AuditRequest(Frozen):
    """A sample of a library, and how it is tagged."""

    uris: tuple[str, ...] = Field(min_length=1, description="file: URIs of photos and folders")
    recursive: bool = False
    exclude: tuple[str, ...] = ()
    options: RunOptions = RunOptions()
    models: tuple[str, ...] = Field((), max_length=10, description="side by side; none = that of the options")
    size: int = Field(200, ge=1, le=5000, description="photos of the sample")
    seed: int = Field(1, description="another one draws other photos")


class UndoRequest(Frozen):
    """Which run's writes are taken back."""

    job: str


class RemoveRequest(Frozen):
    """Which model's words are taken away."""

    model: str
    write: bool = False


class IndexRequest(Frozen):
    """Into which model's space photos go."""

    model: str
    digest: str
    all: bool = Field(False, description="every photo that is known, after a change of model")


class FacesRequest(Placed):
    """By which model faces are looked for."""

    model: str
    digest: str


class KeywordResult(Frozen):
    name: str
    path: tuple[str, ...]
    score: float | None
    source: str
    word: str | None = Field(None, description="what the model said, where the vocabulary has another word for it")
    reason: str | None = Field(None, description="how it was found there: exact, plural, spelling, synonym, meaning …")


class DroppedResult(Frozen):
    name: str
    reason: str


class ErrorResult(Frozen):
    code: str
    message: str
    hint: str


class Waiting(Frozen):
    """What holds an open run back; it goes on by itself once that is over."""

    code: str = Field(description="gpu_hot, quiet_hours, unplugged … for programs")
    message: str = Field(description="what it waits for, for a person")
    hint: str = Field(description="what a person may do about it")
    since: float = Field(description="Unix time, seconds")


class PhotoResult(Frozen):
    """One photo of a run: the object that ``--json`` prints and ``jobs.results`` returns."""

    path: str
    uri: str
    id: str = Field("", description="the host's own id of the photo, as it came with the request")
    status: Literal["done", "skipped", "failed", "cancelled"]
    keywords: tuple[KeywordResult, ...] = Field((), description="proposed, after the checks, by relevance")
    added: tuple[str, ...] = Field((), description="keywords that were not there; a hierarchy as A|B")
    removed: tuple[str, ...] = Field((), description="keywords that were taken away (undo, --replace)")
    kept: tuple[str, ...] = Field((), description="keywords that were there and stay")
    dropped: tuple[DroppedResult, ...] = ()
    suggested: tuple[str, ...] = Field((), description="words that wait for a person: vocabulary.queue")
    named: tuple[str, ...] = Field((), description="people whose face regions are added")
    unnamed: tuple[str, ...] = Field((), description="people of whom a region of ours goes")
    title: str | None = None
    caption: str | None = None
    alt_text: str | None = None
    category: str | None = None
    pick: int | None = Field(None, description="of a cull: 1 picked, -1 rejected, 0 neither")
    flags: Flags | None = Field(None, description="how that is marked: pick flag, rating or colour label")
    facts: dict[str, Any] = Field(default_factory=dict)
    model: str | None = None
    style: str | None = Field(None, description="the style guide that it was tagged by, and the beginning of its hash")
    written_to: tuple[str, ...] = Field((), description="files that were written; empty on a dry run")
    warnings: tuple[str, ...] = ()
    job: str
    reason: str | None = Field(None, description="why it was skipped")
    error: ErrorResult | None = None

    def proposal(self) -> Proposal:
        """What the run would like the photo to say."""
        words = tuple(Keyword(word.path, word.score, word.source) for word in self.keywords)
        chosen = tuple(word.path for word in words) if self.model == PERSON else ()
        return Proposal(words, self.title, self.caption, self.alt_text, self.flags or Flags(), chosen)
