"""The methods that tell what wrote each keyword, take away what a model wrote, and keep a person's rules."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import NoParams, Params
from bridge.service import PhotoProvenance, ProvenancePage, Removing, Rules, Service


class GetParams(Params):
    uris: list[str] = Field(min_length=1, description="file: URIs of photos and folders")
    recursive: bool = Field(False, description="folders with all their subfolders")
    exclude: list[str] = Field([], description="glob patterns of names or paths to leave out")


class ExportParams(Params):
    model: str | None = Field(None, description="as models.list names it; none = all")
    since: date | None = Field(None, description="written on this day or later")
    after: int = Field(0, ge=0, lt=2**63, description="the last answer's next")
    limit: int = Field(1000, ge=1, le=10_000)


class RemoveParams(Params):
    model: str = Field(description="as models.list names it")
    uris: list[str] = Field([], description="file: URIs of photos and folders; none = everywhere")
    recursive: bool = Field(False, description="folders with all their subfolders")
    exclude: list[str] = Field([], description="glob patterns of names or paths to leave out")
    write: bool = Field(False, description="take it away; without it the plan is only shown")


class DecideParams(Params):
    word: str = Field(min_length=1, max_length=1000, description="a keyword's name, or A|B for that keyword alone")
    decision: Literal["accept", "refuse", "drop", "reopen"]


def provenance_methods(service: Service) -> list[Method]:
    provenance = service.provenance

    def get(params: GetParams) -> tuple[PhotoProvenance, ...]:
        return provenance.get(
            [from_uri(uri) for uri in params.uris], recursive=params.recursive, exclude=params.exclude
        )

    def remove(params: RemoveParams) -> Removing:
        return provenance.remove(
            params.model,
            [from_uri(uri) for uri in params.uris],
            recursive=params.recursive,
            exclude=params.exclude,
            write=params.write,
        )

    return [
        Method("provenance.get", GetParams, list[PhotoProvenance], get, "What wrote each keyword and text of photos."),
        Method(
            "provenance.export",
            ExportParams,
            ProvenancePage,
            lambda p: provenance.export(p.after, p.limit, model=p.model, since=p.since),
            "Everything that was ever written, a page at a time.",
        ),
        Method(
            "provenance.remove", RemoveParams, Removing, remove, "Take away what a model wrote, in a run of its own."
        ),
        Method("rules.list", NoParams, Rules, lambda _: provenance.rules(), "Words that are never written again."),
        Method(
            "rules.decide",
            DecideParams,
            Rules,
            lambda p: provenance.decide(p.word, p.decision),
            "Accept or refuse a rule that is offered, drop one, or take a decision back.",
        ),
    ]
