"""The methods about models themselves: which there are, bringing them here, how fast they are."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import NoParams, Params
from bridge.service import ModelService, TaskReply


class PullParams(Params):
    name: str = Field(max_length=300, description="clip, clip:MODEL/PRETRAINED, blip2, or a model of Ollama")
    yes: bool = Field(False, description="download however large it is; else it waits for tasks.confirm from 100 MB on")


class BenchParams(Params):
    uris: list[str] = Field(min_length=1, description="file: URIs of photos and folders")
    models: list[str] = Field([], max_length=50, description="as for photos.analyze; none = every model that is ready")
    photos: int = Field(20, ge=2, le=500, description="how many of them are asked about")
    recursive: bool = False


class TaskParams(Params):
    task: str


class WaitParams(TaskParams):
    seen: int = Field(0, ge=0, description="the last answer's seen")
    wait_ms: int = Field(0, ge=0, description="answer as soon as something changed; at most 25,000")


def model_methods(models: ModelService) -> list[Method]:
    return [
        Method(
            "models.list",
            NoParams,
            list[dict[str, Any]],
            lambda _: models.list(),
            "Models and whether they are ready.",
        ),
        Method(
            "models.pull",
            PullParams,
            TaskReply,
            lambda p: models.pull(p.name, yes=p.yes),
            "Begin to bring a model to this machine, or join who does.",
        ),
        Method(
            "bench.run",
            BenchParams,
            TaskReply,
            lambda p: models.bench([from_uri(uri) for uri in p.uris], p.models, p.photos, recursive=p.recursive),
            "Begin to measure models on some photos. Nothing is stored of their answers.",
        ),
        Method(
            "tasks.status",
            WaitParams,
            TaskReply,
            lambda p: models.task(p.task, p.seen, p.wait_ms),
            "Where a download or a benchmark stands.",
        ),
        Method("tasks.confirm", TaskParams, TaskReply, lambda p: models.confirm(p.task), "A person says yes to it."),
        Method("tasks.cancel", TaskParams, TaskReply, lambda p: models.cancel(p.task), "End it."),
    ]
