"""The methods for watched folders."""

from __future__ import annotations

from pydantic import Field

from bridge.jobs.request import RunOptions
from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import Params
from bridge.service import Service, Watches


class AddParams(Params):
    uris: list[str] = Field(min_length=1, max_length=100, description="file: URIs of folders")
    options: RunOptions = RunOptions()
    recursive: bool = Field(False, description="the folders with all their subfolders")
    exclude: list[str] = Field([], description="glob patterns of names or paths to leave out")
    existing: bool = Field(False, description="the photos that are there already are the first run")
    poll: bool = Field(False, description="look through the folders from time to time, as on network drives")


class RemoveParams(Params):
    uri: str = Field(description="file: URI of a watched folder")


class ListParams(Params):
    seen: int | None = Field(None, description="the last answer's seen: waits until something is another")
    wait_ms: int = Field(0, ge=0, description="with seen: answer at the latest then; at most 25,000")


def watch_methods(service: Service) -> list[Method]:
    watch = service.watch
    return [
        Method(
            "watch.add",
            AddParams,
            Watches,
            lambda p: watch.add(
                [from_uri(uri) for uri in p.uris],
                p.options,
                recursive=p.recursive,
                exclude=p.exclude,
                existing=p.existing,
                poll=p.poll,
            ),
            "Tag what comes into folders from now on, also after a restart.",
        ),
        Method(
            "watch.remove",
            RemoveParams,
            Watches,
            lambda p: watch.remove(from_uri(p.uri)),
            "Watch a folder no more; its runs go on.",
        ),
        Method(
            "watch.list", ListParams, Watches, lambda p: watch.list(p.seen, p.wait_ms), "The folders that are watched."
        ),
    ]
