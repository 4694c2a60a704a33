"""The methods of search: the index, questions, and a keyword for what was found."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from bridge.jobs.request import RunOptions
from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import MAX_ITEMS, AnalyzeItem, NoParams, Params
from bridge.service import Asked, FilterKind, Found, IndexStatus, Service, Submitted, TaskReply
from bridge.values import SidecarRule

MOST = 1000
TEXT = Annotated[str, Field(max_length=1000)]


class SearchParams(Params):
    texts: list[TEXT] = Field([], max_length=20, description="what the photo shows: all of them at once")
    without: list[TEXT] = Field([], max_length=20, description="what it does not show")
    like: str | None = Field(None, description="a photo's file: URI; texts and without then change what is sought")
    k: int = Field(20, ge=1, le=MOST, description="results at most")
    offset: int = Field(0, ge=0, le=100 * MOST, description="results to pass over: pages")
    filters: list[TEXT] = Field([], max_length=50, description="NAME=VALUE, all of which must hold: docs/search.md")
    plain: list[TEXT] = Field([], max_length=50, description="phrases of the texts that are words, not filters")
    phrases: bool = Field(True, description="simple phrases of the texts become filters, which the answer tells")

    def asked(self) -> Asked:
        return Asked(
            texts=tuple(self.texts),
            without=tuple(self.without),
            like=None if self.like is None else from_uri(self.like),
            filters=tuple(self.filters),
            plain=tuple(self.plain),
            phrases=self.phrases,
            k=self.k,
            offset=self.offset,
        )


class CompleteParams(Params):
    name: Literal["folder", "camera", "lens", "keyword"]
    text: str = Field("", max_length=1000, description="what was typed so far")
    limit: int = Field(20, ge=1, le=200)


class IndexParams(Params):
    uris: list[str] = Field(min_length=1, description="file: URIs of photos and folders")
    recursive: bool = Field(False, description="folders with all their subfolders")
    exclude: list[str] = Field([], description="glob patterns of names or paths to leave out")


class IndexStatusParams(Params):
    uris: list[str] = Field([], description="file: URIs of folders; none = all that is known")


class IndexMoveParams(Params):
    to: Literal["faiss", "qdrant"] = Field(description="what shall keep the index: faiss, in the daemon, or qdrant")


class KeywordParams(Params):
    keyword: str = Field(max_length=1000, description="A, or A|B beneath A")
    uris: list[str] = Field([], max_length=10 * MAX_ITEMS, description="file: URIs of photos")
    items: list[AnalyzeItem] = Field([], max_length=MAX_ITEMS, description="a host's photos, instead of uris")
    write: bool = Field(False, description="write it; without it the plan is only shown")
    host: Literal["lightroom", "captureone", "darktable", "digikam"] | None = None
    apply: Literal["daemon", "host"] = Field("daemon", description="host: by metadata.plan, as for photos.analyze")
    sidecar: SidecarRule | None = None
    tree: str | None = Field(None, max_length=100, description="the hash of the host's keyword tree")
    session: str | None = Field(None, max_length=200, description="items with one session key join one open run")

    @model_validator(mode="after")
    def _one_of_both(self) -> KeywordParams:
        if bool(self.uris) is bool(self.items):
            raise ValueError("either uris or items")
        return self

    def options(self) -> RunOptions:
        return RunOptions(write=self.write, host=self.host, apply=self.apply, sidecar=self.sidecar, tree=self.tree)

    def photos(self) -> list[AnalyzeItem]:
        return self.items or [AnalyzeItem(uri=uri) for uri in self.uris]


def search_methods(service: Service) -> list[Method]:
    def keyword(params: KeywordParams) -> Submitted:
        photos = [item.photo() for item in params.photos()]
        return service.hosts.keyword(params.keyword, photos, params.options(), params.session)

    search = service.search
    return [
        Method(
            "search.photos",
            SearchParams,
            Found,
            lambda p: search.photos(p.asked()),
            "Photos that show what is said, or are like another photo.",
        ),
        Method(
            "search.filters",
            NoParams,
            tuple[FilterKind, ...],
            lambda _: search.kinds(),
            "The filters that a question may name.",
        ),
        Method(
            "search.complete",
            CompleteParams,
            tuple[str, ...],
            lambda p: search.complete(p.name, p.text, p.limit),
            "Values of a filter that photos have and that fit what was typed.",
        ),
        Method(
            "index.add",
            IndexParams,
            Submitted,
            lambda p: search.add([from_uri(uri) for uri in p.uris], recursive=p.recursive, exclude=p.exclude),
            "Look at photos so that they can be found, in a run; what has not changed is passed over.",
        ),
        Method(
            "index.status",
            IndexStatusParams,
            IndexStatus,
            lambda p: search.status([from_uri(uri) for uri in p.uris]),
            "How much of the library can be found.",
        ),
        Method("index.rebuild", NoParams, TaskReply, lambda _: search.rebuild(), "Build the index anew from vectors."),
        Method(
            "index.move",
            IndexMoveParams,
            TaskReply,
            lambda p: search.move(p.to),
            "Have the index kept by faiss or by Qdrant; the old one answers until the new one is whole. Each result"
            " has a sentence, left, on what could not be taken away.",
        ),
        Method(
            "photos.keyword",
            KeywordParams,
            Submitted,
            keyword,
            "Add a keyword that a person chose to photos that they chose, in a run like any other.",
        ),
    ]
