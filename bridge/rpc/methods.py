"""The methods of the wire: parameters as they travel, and the call of the service that each of them is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from pydantic import Field, TypeAdapter, model_validator

from bridge import __version__
from bridge.jobs.request import RunOptions
from bridge.paths import from_uri
from bridge.rpc.audit_methods import audit_methods
from bridge.rpc.cull_methods import cull_methods
from bridge.rpc.dispatcher import Method
from bridge.rpc.face_methods import face_methods
from bridge.rpc.host_methods import MAX_ITEMS, AnalyzeItem, NoParams, Params, host_methods
from bridge.rpc.model_methods import model_methods
from bridge.rpc.provenance_methods import provenance_methods
from bridge.rpc.quality_methods import quality_methods
from bridge.rpc.review_methods import review_methods
from bridge.rpc.search_methods import search_methods
from bridge.rpc.stock_methods import stock_methods
from bridge.rpc.style_methods import style_methods
from bridge.rpc.vocabulary_methods import vocabulary_methods
from bridge.rpc.watch_methods import watch_methods
from bridge.service import (
    Failure,
    Health,
    JobEvents,
    JobResults,
    JobStatus,
    ListedRun,
    Pass,
    Place,
    Purged,
    Service,
    StoreStatus,
    Submitted,
    place_at,
)


class AnalyzeParams(Params):
    uris: list[str] = Field([], description="file: URIs of photos and folders")
    items: list[AnalyzeItem] = Field([], max_length=MAX_ITEMS, description="a host's photos, instead of uris")
    options: RunOptions = RunOptions()
    recursive: bool = Field(False, description="folders with all their subfolders")
    exclude: list[str] = Field([], description="glob patterns of names or paths to leave out")
    originals: list[str] = Field([], description="the uris are proxies; apply to these originals instead")
    session: str | None = Field(None, max_length=200, description="items with one session key join one open run")

    @model_validator(mode="after")
    def _one_of_both(self) -> AnalyzeParams:
        if bool(self.uris) is bool(self.items):
            raise ValueError("either uris or items")
        return self


class JobParams(Params):
    job: str = "last"


class StatusParams(JobParams):
    wait_ms: int = Field(0, ge=0, description="answer as soon as one more photo has ended; at most 25,000")


class ResultsParams(StatusParams):
    after: int = Field(0, ge=0, lt=2**63, description="the last answer's next")
    limit: int = Field(200, ge=1, le=1000)


class EventsParams(StatusParams):
    after: int = Field(0, ge=0, lt=2**63, description="the last answer's next")
    uris: list[str] = Field([], description="only these photos; none = all")


class CancelParams(JobParams):
    uris: list[str] = Field([], description="single photos; none = the whole run")


class ResumeParams(JobParams):
    now: bool = Field(False, description="go on in quiet hours and on battery too, to the end of the run")


class UndoParams(JobParams):
    uri: str | None = Field(None, description="one photo of the run; none = all")
    host: Literal["lightroom", "captureone", "darktable", "digikam"] | None = Field(
        None, description="the program that asks: its own runs, which it takes back by metadata.plan"
    )


class ApplyParams(JobParams):
    allow_mixed: bool = Field(False, description="write into folders that have a pass of another model or style")


class ListParams(Params):
    limit: int = Field(20, ge=1, le=1000)


class PlaceParams(Params):
    text: str = Field(max_length=10_000, description="a whole path, one from ~, or a file: URI, as a person types it")


class SetParams(Params):
    name: str
    value: Any = None


class PurgeParams(Params):
    journal: bool = Field(False, description="the journal too: nothing written so far can then be undone")
    index: bool = Field(False, description="what search knows too: photos have to be indexed again")


class PruneParams(Params):
    older_than_s: float = Field(ge=0, description="seconds")


def method_table(service: Service, stop: Callable[[], None], more: Sequence[Method] = ()) -> dict[str, Method]:
    """Every method by name, ``more`` and ``rpc.discover`` included."""

    def analyze(params: AnalyzeParams) -> Submitted:
        if params.items:
            return service.hosts.analyze([item.photo() for item in params.items], params.options, params.session)
        return service.runs.analyze(
            [from_uri(uri) for uri in params.uris],
            params.options,
            recursive=params.recursive,
            exclude=params.exclude,
            originals=[from_uri(uri) for uri in params.originals],
            session=params.session,
        )

    def undo(params: UndoParams) -> Submitted:
        photo = None if params.uri is None else from_uri(params.uri)
        return (
            service.runs.undo(params.job, photo)
            if params.host is None
            else service.hosts.undo(params.job, params.host, photo)
        )

    def stop_now(_: NoParams) -> bool:
        stop()
        return True

    entries = [
        Method(
            "system.health", NoParams, Health, lambda _: service.health(), "That the daemon answers, and its version."
        ),
        Method(
            "system.doctor",
            NoParams,
            list[dict[str, Any]],
            lambda _: service.doctor(),
            "What works here and what to do.",
        ),
        Method(
            "system.store", NoParams, StoreStatus, lambda _: service.store(), "Sizes of the database and the journal."
        ),
        Method("system.stop", NoParams, bool, stop_now, "End the daemon; open runs go on at its next start."),
        Method(
            "system.purge",
            PurgeParams,
            Purged,
            lambda p: service.purge(journal=p.journal, index=p.index),
            "Forget ended runs and answers.",
        ),
        Method("settings.get", NoParams, dict[str, Any], lambda _: service.settings(), "The settings in force."),
        Method(
            "settings.set",
            SetParams,
            dict[str, Any],
            lambda p: service.set_setting(p.name, p.value),
            "Write one setting.",
        ),
        Method("photos.analyze", AnalyzeParams, Submitted, analyze, "Start a tagging run, or add to a session's run."),
        Method("photos.place", PlaceParams, Place, lambda p: place_at(p.text), "What is where a person says."),
        Method("jobs.list", ListParams, list[ListedRun], lambda p: service.jobs.recent(p.limit), "Runs, newest first."),
        Method(
            "jobs.status",
            StatusParams,
            JobStatus,
            lambda p: service.jobs.status(p.job, p.wait_ms),
            "Where a run stands.",
        ),
        Method(
            "jobs.events",
            EventsParams,
            JobEvents,
            lambda p: service.jobs.events(p.job, p.after, p.wait_ms, {from_uri(uri) for uri in p.uris}),
            "Ends, a line a photo.",
        ),
        Method(
            "jobs.results",
            ResultsParams,
            JobResults,
            lambda p: service.jobs.results(p.job, p.after, p.limit, p.wait_ms),
            "Whole results, in the order in which photos ended.",
        ),
        Method(
            "jobs.failures",
            JobParams,
            tuple[Failure, ...],
            lambda p: service.jobs.failures(p.job),
            "Why photos of a run failed, a line a cause.",
        ),
        Method(
            "jobs.cancel",
            CancelParams,
            JobStatus,
            lambda p: service.jobs.cancel(p.job, [from_uri(uri) for uri in p.uris]),
            "Stop a run, or single photos of it.",
        ),
        Method(
            "jobs.resume",
            ResumeParams,
            JobStatus,
            lambda p: service.jobs.resume(p.job, now=p.now),
            "Go on with a run; try failures again.",
        ),
        Method(
            "metadata.apply",
            ApplyParams,
            Submitted,
            lambda p: service.apply(p.job, allow_mixed=p.allow_mixed),
            "Write what a dry run showed.",
        ),
        Method("passes.list", NoParams, tuple[Pass, ...], lambda _: service.passes.all(), "What went through folders."),
        Method(
            "metadata.undo",
            UndoParams,
            Submitted,
            undo,
            "Take back what a run wrote; last = the newest that wrote.",
        ),
        Method("journal.prune", PruneParams, int, lambda p: service.prune(p.older_than_s), "Forget old before-images."),
    ]
    rooms = (
        *host_methods(service.hosts),
        *vocabulary_methods(service),
        *quality_methods(service),
        *style_methods(service),
        *stock_methods(service),
        *search_methods(service),
        *cull_methods(service),
        *provenance_methods(service),
        *audit_methods(service.audits),
        *model_methods(service.models),
        *face_methods(service.people),
        *review_methods(service.review),
        *watch_methods(service),
    )
    table = {method.name: method for method in (*entries, *rooms, *more)}
    discover = Method("rpc.discover", NoParams, dict[str, Any], lambda _: openrpc(table), "This description (OpenRPC).")
    table[discover.name] = discover
    return table


def openrpc(table: dict[str, Method]) -> dict[str, Any]:
    """The OpenRPC document of a table of methods. https://spec.open-rpc.org"""
    return {
        "openrpc": "1.3.2",
        "info": {"title": "photo-bridge", "version": __version__},
        "methods": [_describe(method) for method in table.values()],
    }


def _describe(method: Method) -> dict[str, Any]:
    schema = method.params.model_json_schema()
    required = set(schema.get("required", []))
    shared = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    return {
        "name": method.name,
        "summary": method.summary,
        "paramStructure": "by-name",
        "params": [
            {"name": name, "required": name in required, "schema": {**field, **shared}}
            for name, field in schema.get("properties", {}).items()
        ],
        "result": {"name": "result", "schema": TypeAdapter(method.result).json_schema()},
    }
