"""The method that makes lists for stock agencies."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import Params
from bridge.service import Service, StockList


class StockParams(Params):
    agency: Literal["adobe", "shutterstock", "alamy", "generic"]
    job: str | None = Field(None, description="a tagging run; last = the newest")
    uris: list[str] = Field([], description="file: URIs of photos and folders, instead of a run")
    recursive: bool = Field(False, description="folders with all their subfolders")

    @model_validator(mode="after")
    def _one_of_both(self) -> StockParams:
        if (self.job is not None) is bool(self.uris):
            raise ValueError("either job or uris")
        return self


def stock_methods(service: Service) -> list[Method]:
    stock = service.stock
    return [
        Method(
            "stock.export",
            StockParams,
            StockList,
            lambda p: stock.export(
                p.agency, job=p.job, places=[from_uri(uri) for uri in p.uris], recursive=p.recursive
            ),
            "Photos as a stock agency takes them: a row each, and what others lack.",
        )
    ]
