"""What the service answers about who wrote what, and about words that are never to be written again."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bridge.service.replies import Reply


class WrittenValue(Reply):
    """One keyword or text that a run wrote into one photo."""

    path: str
    uri: str
    host: str | None = Field(description="the program in whose catalogue it was written; none: into files")
    field: Literal["keyword", "title", "caption", "alt_text", "pick", "rating", "label"]
    value: str = Field(description="a keyword as A|B")
    model: str
    digest: str = Field(description="of the model's weights")
    options: str = Field(description="hash of what else shaped the answer: prompt, style, schema, temperature")
    score: float | None
    source: str
    word: str | None = Field(description="what the model said, where the vocabulary has another word for it")
    reason: str | None = Field(description="how it was found there: exact, plural, spelling, synonym, meaning …")
    data_hash: str = Field(description="of the picture")
    job: str
    written: float = Field(description="Unix time, seconds")
    approved: str = Field(description="write: the person who started the run so; else the program that confirmed it")
    state: Literal["standing", "undone", "rejected", "yours", "replaced", "removed", "released"]
    there: bool | None = Field(
        None, description="whether the files say it now; none where it does not stand, or they were not looked at"
    )
    ended_by: str | None = Field(description="the run that ended it or noticed it, or the program")
    ended: float | None = Field(description="Unix time, seconds")


class PhotoProvenance(Reply):
    path: str
    uri: str
    values: tuple[WrittenValue, ...] = Field(description="oldest first")


class ProvenancePage(Reply):
    values: tuple[WrittenValue, ...] = Field(description="oldest first")
    next: int = Field(description="to be sent as after")
    ended: bool


class AtHost(Reply):
    """Photos whose words only a program can take away, since it applied the run in its own catalogue."""

    host: str
    title: str
    photos: int
    jobs: tuple[str, ...] = Field(description="the runs, newest first")
    how: str = Field(description="where a run is taken back there")


class Removing(Reply):
    job: str
    photos: int
    model: str
    hosts: tuple[AtHost, ...] = Field(description="what the run does not reach")


class KeywordRule(Reply):
    word: str = Field(description="A|B: that keyword alone; a name: every keyword that is called so")
    photos: int = Field(description="from how many it was taken away")
    when: float = Field(description="Unix time, seconds: noticed last; accepted")


class Rules(Reply):
    offered: tuple[KeywordRule, ...]
    accepted: tuple[KeywordRule, ...]
