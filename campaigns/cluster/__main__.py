"""Runs on a real Ray of two nodes on this machine, beside the same runs without it.

    python -m campaigns.cluster --form ci|full [--keep]

Generated JPEGs with real metadata. One daemon tags them with the starter models and writes; another one, on a cluster,
does the same to copies of them, and half-way one of the two nodes is killed: what is in the files afterwards is
compared. The same for culling, which writes nothing. Then a model that only waits, 100 ms a photo, one server a node:
what two nodes are worth over one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.rpc.client import Client
from campaigns.endurance.__main__ import said
from campaigns.endurance.photos import make_library
from campaigns.report import Figure, Report, publish
from tests.cluster.machines import Cluster
from tests.system.daemon import running

SEED = 20261130
MODEL = "llava:13b"
WAITS_S = 0.1
ENDED = ("done", "skipped", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Form:
    photos: int
    waiting: int
    """Photos for the model that waits."""


FORMS = {"ci": Form(120, 60), "full": Form(2_000, 200)}


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind of run, here and on the cluster."""

    photos: int
    here_s: float
    cluster_s: float
    ended: int
    """Photos of the cluster's run that are done."""
    items: int
    """Results of it: more than photos, and one was done twice."""
    unlike: int
    killed_after: int
    """Photos that had ended when the node was killed."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--form", choices=FORMS, default="full")
    parser.add_argument("--keep", action="store_true", help="write the report into docs/reports/")
    options = parser.parse_args()
    form = FORMS[options.form]
    with tempfile.TemporaryDirectory(prefix="cluster-", dir="/var/tmp") as folder:
        top = Path(folder)
        make_library(top / "photos", form.photos, SEED)
        tagged, doubled = tagging(top)
        culled = culling(top)
        one, two = scaling(top, form.waiting)
    report = Report(
        name=f"cluster-{options.form}",
        title=f"A cluster of two nodes: {form.photos:,} photos",
        command=f"make cluster FORM={options.form}",
        seed=SEED,
        figures=(
            *compared("tagged by the starter models and written", tagged),
            Figure("photos with a keyword twice", f"{doubled:,}", "0", doubled == 0),
            *compared("culled", culled),
            Figure("photos a second with a model that waits 100 ms, one node", f"{one:.2f}"),
            Figure("the same, two nodes", f"{two:.2f}"),
            Figure("two nodes over one", f"{two / one:.2f}", "at least 1.8", two / one >= 1.8),
        ),
        notes=(
            "Both nodes, the daemons and the fake servers share the cores of this machine, so that the seconds of the"
            " starter models say nothing of what a second machine is worth; the model that waits does. One of the two"
            " nodes is killed (SIGKILL to each of its processes) when half of the photos have ended.",
            f"Load at the end (1, 5, 15 minutes): {', '.join(f'{load:.1f}' for load in os.getloadavg())}.",
        ),
    )
    return publish(report, keep=options.keep)


def compared(what: str, run: Compared) -> tuple[Figure, ...]:
    return (
        Figure(
            f"{what}: photos done, of one node killed after {run.killed_after:,}",
            f"{run.ended:,}",
            f"{run.photos:,}",
            run.ended == run.photos,
        ),
        Figure(f"{what}: results", f"{run.items:,}", f"{run.photos:,}", run.items == run.photos),
        Figure(f"{what}: photos of which something else was said than here", f"{run.unlike:,}", "0", run.unlike == 0),
        Figure(f"{what}: seconds here, on the cluster", f"{run.here_s:.0f}, {run.cluster_s:.0f}"),
    )


def tagging(top: Path) -> tuple[Compared, int]:
    """And how many photos have a keyword twice."""

    def run(client: Client, photos: Path, options: dict[str, Any]) -> str:
        asked = {"model": "starter", "write": True, **options}
        return str(client.call("photos.analyze", uris=[photos.as_uri()], recursive=True, options=asked)["job"])

    copies = [Path(shutil.copytree(top / "photos", top / name)) for name in ("here", "there")]
    done, here, there = beside(top, "tag", run, copies)
    files = [sorted(folder.rglob("*.jpg")) for folder in copies]
    written = [said(some) for some in files]
    unlike = sum(
        written[0][str(mine)] != written[1][str(theirs)] or _said(here, mine) != _said(there, theirs)
        for mine, theirs in zip(*files, strict=True)
    )
    subjects = [document.get("XMP-dc:Subject", []) for document in written[1].values()]
    doubled = sum(len(words) != len({word.casefold() for word in words}) for words in subjects)
    return Compared(**done, unlike=unlike), doubled


def culling(top: Path) -> Compared:
    def run(client: Client, photos: Path, options: dict[str, Any]) -> str:
        return str(client.call("cull.run", uris=[photos.as_uri()], recursive=True, **options)["job"])

    done, here, there = beside(top, "cull", run, [top / "photos"] * 2)
    return Compared(**done, unlike=sum(here[uri] != there.get(uri) for uri in here))


def beside(
    top: Path, name: str, run: Callable[[Client, Path, dict[str, Any]], str], photos: list[Path]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What ``Compared`` is made of, and the results here and there by URI."""
    mine, theirs = photos
    with running(top / f"{name}-home") as bridge, bridge.client() as client:
        begun = time.perf_counter()
        job = run(client, mine, {})
        follow(client, job)
        here_s = time.perf_counter() - begun
        here = results(client, job)
    home = top / f"{name}-cluster"
    with Cluster(home, [{}, {}]) as cluster, running(home) as bridge, bridge.client() as client:
        begun = time.perf_counter()
        job = run(client, theirs, {"engine": "ray", "address": cluster.address})
        killed_after = follow(client, job, cluster.nodes[1].kill).half_way
        there_s = time.perf_counter() - begun
        there = results(client, job)
        status = client.call("jobs.status", job=job)
    done = {
        "photos": len(here),
        "here_s": here_s,
        "cluster_s": there_s,
        "ended": status["done"],
        "items": sum(status[state] for state in ENDED),
        "killed_after": killed_after,
    }
    return done, here, there


def scaling(top: Path, photos: int) -> tuple[float, float]:
    """Photos a second on one node and on two."""
    some = top / "some"
    some.mkdir()
    for path in sorted((top / "photos").rglob("*.jpg"))[:photos]:
        shutil.copyfile(path, some / path.name)
    return rate(top, some, 1), rate(top, some, 2)


def rate(top: Path, photos: Path, nodes: int) -> float:
    """Photos a second with a server that waits on each node, once all are at work."""
    home = top / f"waiting-{nodes}"
    with ExitStack() as stack:
        servers = [stack.enter_context(fake_server(WAITS_S)) for _ in range(nodes)]
        environments = [{"PHOTO_BRIDGE_OLLAMA_URL": url, "PHOTO_BRIDGE_MODEL_IN_FLIGHT": "1"} for url in servers]
        cluster = stack.enter_context(Cluster(home, environments))
        bridge = stack.enter_context(running(home))
        client = stack.enter_context(bridge.client())
        options = {"model": f"ollama:{MODEL}", "engine": "ray", "address": cluster.address}
        job = client.call("photos.analyze", uris=[photos.as_uri()], recursive=True, options=options)["job"]
        return follow(client, job).rate


@contextmanager
def fake_server(delay: float) -> Iterator[str]:
    """The address of an Ollama in a process of its own that takes ``delay`` seconds for a photo, one at a time."""
    asked = [sys.executable, "-m", "tests.fakes.ollama", "--port", "0", "--slots", "1", "--delay", str(delay)]
    server = subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().split()[-1]
    finally:
        server.terminate()
        server.wait()


@dataclass(slots=True)
class Followed:
    half_way: int = 0
    """Photos that had ended when half of them had."""
    rate: float = 0.0
    """Photos a second from the first tenth on."""


def follow(client: Client, job: str, at_half: Callable[[], None] = lambda: None) -> Followed:
    """To its end."""
    told, begun, before = Followed(), 0.0, 0
    while True:
        status = client.call("jobs.status", job=job, wait_ms=200)
        ended, now = sum(status[state] for state in ENDED), time.perf_counter()
        if not begun and 10 * ended >= status["total"] > 0:
            begun, before = now, ended
        if not told.half_way and 2 * ended >= status["total"] > 0:
            told.half_way = ended
            at_half()
        if status["state"] != "open":
            told.rate = (ended - before) / max(now - begun, 1e-9)
            return told


def results(client: Client, job: str) -> dict[str, Any]:
    """By URI, without the name of the run."""
    found: dict[str, Any] = {}
    after = 0
    while True:
        page = client.call("jobs.results", job=job, after=after)
        for result in page["results"]:
            found[result["uri"]] = {name: value for name, value in result.items() if name != "job"}
        if page["next"] == after:
            return found
        after = page["next"]


def _said(found: dict[str, Any], path: Path) -> Any:
    """What does not name the place of the file."""
    return {name: value for name, value in found[path.as_uri()].items() if name not in ("path", "uri", "written_to")}


if __name__ == "__main__":
    sys.exit(main())
