"""The methods of culling."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationError, model_validator

from bridge.jobs.request import CullRequest, Placed, RunOptions
from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import MAX_ITEMS, AnalyzeItem, Id, NoParams, Params
from bridge.service import (
    CullDecided,
    CullDecisions,
    CullGroups,
    CullPhotos,
    CullPresets,
    CullResults,
    CullStacks,
    CullSummary,
    CullUndone,
    Learned,
    Service,
    Submitted,
)
from bridge.values import FlagsAs, SidecarRule


class CullJob(Params):
    job: str = Field("last", description="a culling run")


class Judging(Params):
    preset: str = Field("default", max_length=100, description="cull.presets lists them")
    keep: int | None = Field(
        None, ge=1, le=1000, description="photos of each moment that are never rejected; none = as the preset says"
    )

    def request(self) -> CullRequest:
        return CullRequest(preset=self.preset, keep=self.keep)


class CullParams(Judging, Placed):
    model: str | None = Field(None, description="a language model whose word is one more voice")
    uris: list[str] = Field([], description="file: URIs of photos and folders")
    items: list[AnalyzeItem] = Field([], max_length=MAX_ITEMS, description="a host's photos, instead of uris")
    recursive: bool = Field(False, description="folders with all their subfolders")
    exclude: list[str] = Field([], description="glob patterns of names or paths to leave out")
    session: str | None = Field(None, max_length=200, description="items with one session key join one open run")

    @model_validator(mode="after")
    def _one_of_both(self) -> CullParams:
        if bool(self.uris) is bool(self.items):
            raise ValueError("either uris or items")
        return self


class JudgeParams(Judging, CullJob):
    pass


class CullResultsParams(CullJob):
    after: Id = Field(0, description="next of the page before")
    limit: int = Field(200, ge=1, le=1000)


class CullPhotosParams(CullJob):
    items: list[Id] = Field(min_length=1, max_length=1000, description="of cull.stacks: whole stacks")


class CullPick(Params):
    uri: str
    id: str = Field("", max_length=200, description="the host's own id of the photo")
    pick: Literal[1, 0, -1] | None = Field(description="1 pick, -1 reject, 0 neither; none = as the run says")


class DecideParams(CullJob):
    photos: list[CullPick] = Field(min_length=1, max_length=1000, description="decided in one step")


class CullUndoParams(CullJob):
    decision: Id | None = Field(None, description="none = the latest that stands")


class DecisionsParams(CullJob):
    limit: int = Field(100, ge=1, le=1000)


class FlagParams(CullJob):
    write: bool = Field(False, description="write them; without it the plan is only shown")
    flags: FlagsAs | None = Field(
        None, description="pick flags, colour labels or ratings; none = as the asking program shows it"
    )
    flag_stars: int = Field(5, ge=1, le=5, description="stars of a pick, where flags are ratings")
    replace_flags: bool = Field(False, description="flags that a person set give way in this run")
    host: Literal["lightroom", "captureone", "darktable", "digikam"] | None = None
    apply: Literal["daemon", "host"] = Field("daemon", description="host: by metadata.plan, as for photos.analyze")
    sidecar: SidecarRule | None = None
    session: str | None = Field(None, max_length=200)

    @model_validator(mode="after")
    def _fits(self) -> FlagParams:
        try:
            self.options()
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error
        return self

    def options(self) -> RunOptions:
        return RunOptions(
            write=self.write,
            flags=self.flags,
            flag_stars=self.flag_stars,
            replace_flags=self.replace_flags,
            host=self.host,
            apply=self.apply,
            sidecar=self.sidecar,
        )


class LearnParams(CullJob):
    hold: bool = Field(False, description="the new limits are in force from now on; without it they are only shown")


def cull_methods(service: Service) -> list[Method]:
    cull = service.cull

    def run(params: CullParams) -> Submitted:
        asked = {"model": params.model, "engine": params.engine, "address": params.address}
        request = params.request().model_copy(update=asked)
        if params.items:
            return service.hosts.cull([item.photo() for item in params.items], request, params.session)
        places = [from_uri(uri) for uri in params.uris]
        return cull.run(places, request, recursive=params.recursive, exclude=params.exclude)

    return [
        Method("cull.run", CullParams, Submitted, run, "Measure photos and say what to pick and what to reject."),
        Method(
            "cull.results",
            CullResultsParams,
            CullResults,
            lambda p: cull.results(p.job, p.after, p.limit),
            "What a run says of each photo, and why; once it has ended.",
        ),
        Method("cull.groups", CullJob, CullGroups, lambda p: cull.groups(p.job), "Moments, near-duplicates, series."),
        Method("cull.summary", CullJob, CullSummary, lambda p: cull.summary(p.job), "How many it picks and rejects."),
        Method(
            "cull.judge",
            JudgeParams,
            CullSummary,
            lambda p: cull.judge(p.job, p.request()),
            "Say it once more by another preset; nothing is measured again.",
        ),
        Method(
            "cull.stacks",
            CullJob,
            CullStacks,
            lambda p: cull.stacks(p.job),
            "The photos of a run as a person looks at them: group by group, then those that stand alone.",
        ),
        Method(
            "cull.photos",
            CullPhotosParams,
            CullPhotos,
            lambda p: cull.photos(p.job, p.items),
            "Photos to be compared, with their faces and which of these are one person's.",
        ),
        Method(
            "cull.decide",
            DecideParams,
            CullDecided,
            lambda p: cull.decide(p.job, [(from_uri(photo.uri), photo.id, photo.pick) for photo in p.photos]),
            "Say yourself what to pick and to reject: it holds in the place of the verdict.",
        ),
        Method(
            "cull.undo",
            CullUndoParams,
            CullUndone,
            lambda p: cull.undo(p.job, p.decision),
            "Take a decision of yours back.",
        ),
        Method(
            "cull.decisions",
            DecisionsParams,
            CullDecisions,
            lambda p: cull.decisions(p.job, p.limit),
            "What you decided in a run, newest first.",
        ),
        Method(
            "cull.flag",
            FlagParams,
            Submitted,
            lambda p: cull.flag(p.job, p.options(), p.session),
            "Write what you decided, and else what the run says, as flags, labels or ratings, in a run like any other.",
        ),
        Method("cull.presets", NoParams, CullPresets, lambda _: cull.presets(), "Presets with all their limits."),
        Method(
            "cull.learn",
            LearnParams,
            Learned,
            lambda p: cull.learn(p.job, hold=p.hold),
            "Fit the limits to the flags that a person gave the photos of a run.",
        ),
        Method("cull.unlearn", NoParams, CullPresets, lambda _: cull.unlearn(), "Take the last fit back."),
    ]
