"""What the service answers about search."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bridge.service.replies import Reply


class FoundPhoto(Reply):
    path: str
    uri: str
    score: float = Field(description="0..1: how sure it is that a person would call it a hit")
    why: tuple[str, ...]
    there: bool = Field(description="whether the file is there now")


class AppliedFilter(Reply):
    name: str
    value: str
    phrase: str | None = Field(description="the words of the question that it stands for; none = it was named")


class Found(Reply):
    results: tuple[FoundPhoto, ...] = Field(description="the surest first")
    total: int = Field(description="pictures worth showing, of those that were looked at; copies count once")
    next: int | None = Field(description="the offset of the next page; none where this is the last one")
    filters: tuple[AppliedFilter, ...] = Field(description="name their phrases in plain to have them taken as words")
    coverage: float = Field(description="0..1: of the photos that are known here, or in the named folders")
    photos: int = Field(description="how many those are")
    indexed: int = Field(description="those of them that can be found now")
    ms: float = Field(description="milliseconds that the answer took")
    model: str
    model_title: str = Field(description="the same for a person, honest about what it can do")
    warnings: tuple[str, ...] = ()


class FilterKind(Reply):
    """One kind of filter that a question may name."""

    name: str
    takes: str = Field(description="its values, for a person")
    choices: tuple[str, ...] = Field(description="all of them, where they are few")


class IndexedModel(Reply):
    model: str
    title: str
    photos: int = Field(description="pictures that it has a vector of")
    bytes: int = Field(description="of its file of vectors")
    kind: str = Field(description="flat (exact), compressed, qdrant, or closed: not asked since the daemon's start")
    trouble: str | None = Field(description="why its answers take longer than they have to")
    answers: bool = Field(description="whether it is the one that answers now")
    wanted: bool = Field(description="whether it is the one that new photos go to")


class IndexStatus(Reply):
    photos: int = Field(description="that are known here, or in the named folders")
    indexed: int = Field(description="those of them that can be found now")
    coverage: float = Field(description="0..1")
    missing: int = Field(description="files that were deleted or moved where we have not seen them yet")
    offline: int = Field(description="on drives that are not connected")
    engine: Literal["faiss", "qdrant"] = Field(description="what keeps the index")
    server: str | None = Field(description="where that is, if on a server")
    models: tuple[IndexedModel, ...]
    job: str | None = Field(description="an indexing run that is at work")
