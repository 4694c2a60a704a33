"""A whole daemon in this process, without its socket, around a tagger of the test's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bridge.cluster import Nodes
from bridge.compose import Models, build
from bridge.engines.sensors import Sensors
from bridge.errors import ModelMissing
from bridge.faces.contract import FaceModel
from bridge.jobs.request import PhotoResult
from bridge.service import JobStatus, Service
from bridge.settings import Settings
from bridge.taggers import Choice, pull_model
from bridge.taggers.contract import Tagger
from bridge.taggers.embedding import Embedder
from bridge.taggers.starter import Sight
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.faces import FakeFaceModel
from tests.fakes.nodes import FakeNodes
from tests.fakes.sensors import FakeSensors

WAIT_MS = 20_000


def search_by(*embedders: Embedder) -> dict[str, Any]:
    """The part of ``Models`` that search sees by: the first of these, or a fake one."""
    known = {one.name: one for one in embedders or [FakeEmbedder()]}
    return {
        "choose_embedder": lambda name, _: Choice(next(iter(known)) if name == "auto" else name, "It is there."),
        "embedder": lambda name, _: known[name],
        "sight": lambda _: Sight(None, None, 0, None, ()),
    }


@contextmanager
def service_around(
    home: Path,
    tagger: Tagger,
    *others: Tagger,
    settings: Settings | None = None,
    embedders: Sequence[Embedder] = (),
    faces: FaceModel | None = None,
    sensors: Sensors | None = None,
    nodes: Nodes | None = None,
) -> Iterator[Service]:
    """A service whose models these are; the first is chosen where none is named. What is pulled, is pulled as
    ``settings`` say. Search sees by the first of ``embedders``, or by a fake one; faces are found by ``faces``, or a
    fake model; the machine is cool and plugged in, or as ``sensors`` tell; a cluster is ``nodes``, or two
    machines with the same models."""
    known = {one.name: one for one in (tagger, *others)}

    def choose(name: str, _: Settings, __: str) -> Choice:
        if name not in ("auto", *known):
            raise ModelMissing(f"There is no model named {name}.")
        return Choice(tagger.name if name == "auto" else name, "It is the only one.")

    models = Models(
        choose=choose,
        make=lambda name, *_: known[name],
        list=lambda _: [
            {"name": name, "state": "ready", "message": "", "hint": "", "capabilities": ["keywords"]} for name in known
        ],
        pull=pull_model,
        faces=lambda _, __: faces or FakeFaceModel(),
        cluster=lambda address, *_: nodes or FakeNodes(address=address, tagger=tagger, faces=faces),
        **search_by(*embedders),
    )
    settings = settings or Settings(port=0, index_while_tagging=True)
    daemon = build(home, settings, models, sensors=sensors or FakeSensors())
    try:
        yield daemon.service
    finally:
        daemon.close()


def finish(service: Service, job: str) -> JobStatus:
    """Wait until a run has ended, or waits for a person."""
    status = service.jobs.status(job)
    while status.state == "open":
        status = service.jobs.status(job, WAIT_MS)
    return status


def results(service: Service, job: str) -> dict[str, PhotoResult]:
    """Every result of a run that has ended, by file name."""
    finish(service, job)
    return {Path(result.path).name: result for result in service.jobs.results(job, limit=1000).results}
