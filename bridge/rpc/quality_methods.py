"""The methods that measure models."""

from __future__ import annotations

from pydantic import Field

from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import Params
from bridge.service import Pace, PhotoKeywords, Service


class KeywordsParams(Params):
    uris: list[str] = Field(min_length=1, description="file: URIs of photos and folders")
    recursive: bool = Field(False, description="folders with all their subfolders")
    exclude: list[str] = Field([], description="glob patterns of names or paths to leave out")


class PaceParams(Params):
    job: str


def quality_methods(service: Service) -> list[Method]:
    quality = service.quality

    def keywords(params: KeywordsParams) -> tuple[PhotoKeywords, ...]:
        return quality.keywords(
            [from_uri(uri) for uri in params.uris], recursive=params.recursive, exclude=params.exclude
        )

    return [
        Method(
            "quality.keywords",
            KeywordsParams,
            list[PhotoKeywords],
            keywords,
            "The keywords that a person gave to photos, to measure a model against.",
        ),
        Method("quality.pace", PaceParams, Pace, lambda p: quality.pace(p.job), "How fast a run's model answered."),
    ]
