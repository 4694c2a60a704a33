"""A run of 100,000 photos: does anything grow or slow down?

    python -m campaigns.endurance --form ci|full [--keep] [--progress FILE]

Generated JPEGs with real metadata, a fake model server in a process of its own, and real everything else: the daemon,
its ExifTool, its store; asked over the wire, keywords written into every photo. Beside it, in turn with it, loops that
write the same fields blindly.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaigns.endurance.figures import Result, figures
from campaigns.endurance.model import MODEL
from campaigns.endurance.photos import make_library
from campaigns.endurance.reference import Blind
from campaigns.endurance.stored import Stored, changed_segments, what_is_stored
from campaigns.endurance.watching import Pace, Watch
from campaigns.report import Report, publish
from tests.system.daemon import Bridge

SEED = 20261130
MASTERS = 64
STARTS = 5
ASKED_AFTER = 500
UNDONE = 20
TAGS = ("XMP-dc:Subject", "IPTC:Keywords", "XMP-lr:HierarchicalSubject", "XMP-dc:Description", "IPTC:Caption-Abstract")


@dataclass(frozen=True, slots=True)
class Form:
    photos: int
    early: int
    share: float
    kept: int
    """Photos of which the originals are kept, to look at what was changed."""
    pace: Pace


FORMS = {
    "ci": Form(2_000, 200, 0.5, 100, Pace(window=4.0, writes=60, sample=0.5)),
    "full": Form(100_000, 5_000, 0.25, 400, Pace(window=20.0, writes=200)),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--form", choices=FORMS, default="full")
    parser.add_argument("--keep", action="store_true", help="write the report into docs/reports/")
    parser.add_argument("--progress", type=Path, help="a file that is told how far it is")
    options = parser.parse_args()
    form = FORMS[options.form]
    with tempfile.TemporaryDirectory(prefix="endurance-", dir="/var/tmp") as folder:
        result = measure(Path(folder), form, options.progress)
    report = Report(
        name=f"endurance-{options.form}",
        title=f"Endurance: one run of {form.photos:,} photos",
        command=f"make bench-endurance FORM={options.form}",
        seed=SEED,
        figures=figures(result),
        notes=notes(result),
    )
    return publish(report, keep=options.keep)


def measure(folder: Path, form: Form, progress: Path | None) -> Result:
    def tell(text: str) -> None:
        if progress is not None:
            with progress.open("a") as file:
                file.write(f"{time.strftime('%H:%M:%S')} {text}\n")

    paths = make_library(
        folder / "photos", form.photos, SEED, lambda made: None if made % 10_000 else tell(f"made {made}")
    )
    kept = copies(paths[:: len(paths) // form.kept], folder / "kept")
    masters = [*copies(paths[:MASTERS], folder / "masters").values()]
    with model_server() as url, Blind(masters, folder / "blind") as blind:
        environ = {"PHOTO_BRIDGE_OLLAMA_URL": url, "PHOTO_BRIDGE_INDEX_WHILE_TAGGING": "false"}
        bridge, empty = Bridge(folder / "home", environ), Bridge(folder / "empty", environ)
        for one in (bridge, empty):
            one.home.mkdir(mode=0o700)
        with started(bridge), bridge.client() as client:
            begun = time.perf_counter()
            options = {"model": f"ollama:{MODEL}", "write": True}
            places = [(folder / "photos").as_uri()]
            job = client.call("photos.analyze", uris=places, recursive=True, options=options)["job"]
            submitted = time.perf_counter() - begun
            watch = Watch(client, job, blind, form.pace, progress)
            seen, asked_after = watch.follow(), watch.ask_often(ASKED_AFTER)
        tell("the run has ended")
        stored = what_is_stored(bridge.home / "bridge.db")
        starts = [(start_seconds(empty), start_seconds(bridge)) for _ in range(STARTS + 1)][1:]
        pairs = ((before.read_bytes(), path.read_bytes()) for path, before in kept.items())
        segments = changed_segments(pairs)
        lost = what_was_lost(kept)
        some = dict(list(kept.items())[:UNDONE])
        with started(bridge), bridge.client() as client:
            not_undone = [str(path) for path, before in some.items() if not comes_back(client, job, path, before)]
    return Result(
        photos=form.photos,
        early=form.early,
        share=form.share,
        seen=seen,
        asked_after=asked_after,
        submitted=submitted,
        stored=stored,
        segments=segments,
        starts_empty=[empty_s for empty_s, _ in starts],
        starts_full=[full_s for _, full_s in starts],
        lost=lost,
        checked=len(kept),
        not_undone=not_undone,
        undone=len(some),
    )


def copies(paths: Sequence[Path], folder: Path) -> dict[Path, Path]:
    folder.mkdir()
    return {path: Path(shutil.copyfile(path, folder / path.name)) for path in paths}


@contextmanager
def model_server() -> Iterator[str]:
    """The address of the fake server."""
    asked = [sys.executable, "-m", "campaigns.endurance.model"]
    server = subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().split()[-1]
    finally:
        server.terminate()
        server.wait()


@contextmanager
def started(bridge: Bridge) -> Iterator[None]:
    bridge.start()
    try:
        yield
    finally:
        bridge.stop()


def start_seconds(bridge: Bridge) -> float:
    """From the command to the ready line."""
    begun = time.perf_counter()
    bridge.start()
    seconds = time.perf_counter() - begun
    bridge.stop()
    return seconds


def what_was_lost(kept: dict[Path, Path]) -> list[str]:
    """Photos in which something is missing that a person had written, or that have no word of ours."""
    before, after = said(kept.values()), said(kept)
    lost = []
    for path, old in kept.items():
        then, now = before[str(old)], after[str(path)]
        stays = all(set(then.get(tag, ())) <= set(now.get(tag, ())) for tag in TAGS)
        if not stays or not set(now["XMP-dc:Subject"]) > set(then.get("XMP-dc:Subject", ())):
            lost.append(str(path))
    return lost


def said(photos: Any) -> dict[str, dict[str, list[str]]]:
    """By file, then by tag: what another program reads."""
    asked = ["exiftool", "-j", "-G1", "-charset", "iptc=UTF8", *(f"-{tag}" for tag in TAGS), *map(str, photos)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return {
        document.pop("SourceFile"): {
            tag: [str(one) for one in value] if isinstance(value, list) else [str(value)]
            for tag, value in document.items()
        }
        for document in json.loads(done.stdout)
    }


def comes_back(client: Any, job: str, path: Path, before: Path) -> bool:
    """Whether the undo of one photo brings back every byte."""
    undo = client.call("metadata.undo", job=job, uri=path.as_uri())["job"]
    status = {"state": "open"}
    while status["state"] == "open":
        status = client.call("jobs.status", job=undo, wait_ms=10_000)
    return path.read_bytes() == before.read_bytes()


def notes(result: Result) -> tuple[str, ...]:
    stored: Stored = result.stored
    tables = ", ".join(f"{name} {size / result.photos:,.0f}" for name, size in list(stored.tables.items())[:9])
    old, both = result.segments
    return (
        "Each photo is a JPEG of 320 x 240 of its own with EXIF of a camera; one of three has keywords and a caption by"
        " a person in IPTC and XMP, one of twenty knows its place. The model is a fake Ollama in a process of its own"
        " that answers at once; daemon, ExifTool and store are the real ones with the settings as they are shipped, but"
        " for `index_while_tagging`, which is off: to look at a photo for search took 0.44 s of processor time beside"
        " 0.045 s for all the rest (120 photos, 2026-11-30). So what search keeps is not in these figures.",
        "Memory: PSS of the daemon and all its children, sampled as the run went on; what is compared are the highest"
        " samples. Rate: photos a second over writes a second of the reference loops, two side by side as the daemon"
        " has two writers. They take turns with the daemon: one stands still while the other works. Start and end are"
        f" the first and the last {100 * result.share:.0f} % of the photos after the first {result.early:,}.",
        f"Bytes a photo in the database, indexes included: {tables}. The journal's before-images are"
        f" {stored.before_images / stored.journal_entries:,.0f} of its bytes; the rest is what an undo needs after"
        f" another program wrote: paths, digests, each word and text. It is measured beside all segments that a write"
        f" changed, took away or added, old and new ({both:,.0f} bytes compressed), which is our reading of the"
        f" figure. The old ones alone are {old:,.0f}, since two photos of three had none; over these it would be"
        f" {stored.journal / stored.journal_entries / max(old, 1):.1f}.",
        f"Load of the machine at the end (1, 5, 15 minutes): {', '.join(f'{load:.1f}' for load in os.getloadavg())}.",
    )


if __name__ == "__main__":
    sys.exit(main())
