"""One item of digiKam's Batch Queue Manager: what its script was given, what the daemon made of it, what digiKam gets.

digiKam gives a script 60 seconds, takes a filled output file for success whatever the exit code says, and moves it over
the original (seen in 7.9; KDE/digikam userscript.cpp, task.cpp). So the output is filled at once and whole, or not.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.errors import InvalidParams, PhotoChanged
from bridge.hosts.daemon import Call, batches, causes
from bridge.hosts.digikam_config import Reading
from bridge.paths import shown, to_uri

POLL_MS = 5_000
WANTS = {"keywords": "keywords", "captions": "caption"}


@dataclass(frozen=True, slots=True)
class Item:
    input: Path
    output: Path


def parse(told: bytes, token: str) -> Item:
    """The two paths between the lines of the here-document. Raises InvalidParams.

    digiKam puts ``"path"`` for ``$INPUT`` first and then for every ``$OUTPUT`` in the text, that of a file name
    included: there it is turned back.
    """
    parts = told.removeprefix(b'"').removesuffix(b'"\n').split(b'"\n' + token.encode() + b'-output\n"')
    if len(parts) != 2:
        raise InvalidParams("digiKam did not say one input and one output file.", hint="Install the adapter again.")
    source = parts[0].replace(b'"' + parts[1] + b'"', b"$OUTPUT")
    return Item(Path(os.fsdecode(source)), Path(os.fsdecode(parts[1])))


def options(want: str, tree: str | None = None) -> dict[str, Any]:
    """What a run from digiKam asks for. Everything else is as the daemon's settings say. Raises InvalidParams."""
    if want not in WANTS:
        raise InvalidParams(f"{want} is nothing to ask for.", hint=f"Say one of: {', '.join(WANTS)}")
    return {"write": True, "host": "digikam", "want": WANTS[want], "tree": tree}


def submit(call: Call, items: Sequence[dict[str, Any]], asked: dict[str, Any], session: str) -> str:
    """Give photos, at least one, to the run of a session. Returns the run."""
    for batch in batches(items):
        job = call("photos.analyze", items=batch, options=asked, session=session)["job"]
    return str(job)


def wait(call: Call, job: str, photo: Path, deadline: float) -> str | None:
    """How the photo ended; None where it has not by then (``time.monotonic()``), or the run waits for a person."""
    after, last = 0, False
    while True:
        left_ms = max(0, int((deadline - time.monotonic()) * 1000))
        wait_ms = 0 if last else min(POLL_MS, left_ms)
        page = call("jobs.events", job=job, after=after, wait_ms=wait_ms, uris=[to_uri(photo)])
        if page["events"]:
            return str(page["events"][-1]["status"])
        if page["next"] > after:
            after = page["next"]
            continue
        if last:
            return None
        # It may have ended since the page was read: that is looked at once more.
        last = not left_ms or call("jobs.status", job=job)["state"] != "open"


def fill(item: Item) -> None:
    """Make the output a copy of the input, in one step: half a copy would be moved over the photo.

    Raises PhotoChanged where the input changed meanwhile; the output then stays empty.
    """
    before = item.input.stat()
    handle, name = tempfile.mkstemp(dir=item.output.parent, prefix=".photo-bridge-", suffix=".tmp")
    fresh = Path(name)
    try:
        shutil.copy2(item.input, fresh)
        os.fsync(handle)
        after = item.input.stat()
        if (before.st_ino, before.st_size, before.st_mtime_ns) != (after.st_ino, after.st_size, after.st_mtime_ns):
            raise PhotoChanged(f"{shown(item.input)} was written by another program.")
        fresh.replace(item.output)
    finally:
        os.close(handle)
        fresh.unlink(missing_ok=True)


def config_of(arguments: list[str], default: Path) -> Path:
    """The ``digikamrc`` of a digiKam that was started with these arguments."""
    for number, argument in enumerate(arguments):
        if argument == "--config" and number + 1 < len(arguments):
            return Path(arguments[number + 1])
        if argument.startswith("--config="):
            return Path(argument.removeprefix("--config="))
    return default


def summary(status: dict[str, Any], results: list[dict[str, Any]], now: Reading) -> list[str]:
    """The end of a run for a person: how many, why not, how to see it in digiKam, how to take it back."""
    changed = [result for result in results if result["written_to"]]
    unchanged = len(results) - len(changed) - status["failed"] - status["cancelled"]
    undo = status["kind"] == "undo"
    lines = [f"{len(changed)} {'taken back' if undo else 'written'}, {unchanged} unchanged, {status['failed']} failed"]
    lines += causes([result["error"] for result in results] + [status["error"]])
    if undo and changed:
        lines.append("digiKam keeps tags that it has read: remove them there, in Tags, or they may be saved again.")
    elif changed:
        if not now.rescan:
            lines.append("To see the tags in digiKam: select the album, then Album > Reread Metadata From Files.")
        if not now.sidecars and any(name.lower().endswith(".xmp") for photo in changed for name in photo["written_to"]):
            lines.append(
                "Some are in sidecars: Settings > Configure digiKam > Metadata > Sidecars > Read from sidecar."
            )
        lines.append(f"To take it back: photo-bridge undo {status['job']}")
    return lines
