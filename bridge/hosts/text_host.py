"""A host that speaks the text protocol asks: what it says becomes calls of the daemon, the answers become lines."""

from __future__ import annotations

import json
import math
import os
import secrets
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.errors import InvalidParams
from bridge.hosts.daemon import Call, all_results, batches, sync_tree
from bridge.hosts.dialect import Dialect
from bridge.hosts.names import HOSTS
from bridge.hosts.records import Photo, line
from bridge.hosts.tally import Tally
from bridge.paths import from_uri, to_uri

SETTLE_SECONDS = 1.5
WANTS = ("keywords", "caption", "all")
NOT_SHOWN = "The photo is not in what is open now. Open the catalogue or session that it is in, and undo again."
IN_FORCE = "It is in force now."
IN_FORCE_LATER = "It is in force once the runs at work have ended, after: photo-bridge stop"
LAST_RUNS = 100
"""Of so many runs the keywords are exported."""
ENDED = ("done", "skipped", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class TextHost:
    """One host of the protocol, and the daemon that it is talking to."""

    name: str
    dialect: Dialect
    home: Path
    call: Call
    put: Callable[[str, bytes], None]
    """``put(name, jpeg)``: hand over a proxy."""


def submit(host: TextHost, want: str, photos: Sequence[Photo], session: str | None) -> str:
    """Hand photos over, batch by batch, so that the model begins with the first. Returns the run."""
    if want not in WANTS:
        raise InvalidParams(f"{want} is nothing to ask for.", hint=f"Say one of: {', '.join(WANTS)}")
    options: dict[str, Any] = {"apply": "host", "host": host.name, "want": want}
    if host.dialect.tree:
        options["tree"] = sync_tree(host.call, host.dialect.tree)
    session = session or f"{host.name} {uuid.uuid4()}"
    job = ""
    for batch in batches(photos):
        items = [{**item(host, photo), "proxy": _proxy(host, photo)} for photo in batch]
        job = str(host.call("photos.analyze", items=items, options=options, session=session)["job"])
    Tally.of(host.home, host.name, job).tidy()
    return job


def proxies(host: TextHost, photos: Sequence[Photo]) -> Iterator[str]:
    """The photos that the daemon cannot read as they are to be seen, and why."""
    count = 0
    for batch in batches(photos):
        items = [{**name(host, photo), "virtual": photo.virtual, "edited": photo.edited} for photo in batch]
        for need in host.call("photos.find_proxies_needed", items=items)["needed"]:
            count += 1
            yield line("photo", host.dialect.id_in(need["id"]), path_of(need["uri"]), need["why"], need["edge"])
    yield line("done", count)


def poll(host: TextHost, job: str, wait: float) -> str:
    """Where a run stands, on one line. ``wait``: at most so many seconds for one more photo to end."""
    status = host.call("jobs.status", job=job, wait_ms=int(wait * 1000))
    ended = sum(int(status[name]) for name in ENDED)
    error, waiting = status["error"] or {}, status["waiting"]
    left = status["seconds_left"] if status["state"] == "open" else None
    message = error.get("message") or progress_text(status["state"], ended, status["total"], left)
    if waiting:  # few hosts show more than one text
        message = f"{progress_text(status['state'], ended, status['total'], None)}. {waiting['message']}"
    seconds = "" if left is None else math.ceil(left)
    counts = (ended, status["total"], status["failed"])
    return line(status["state"], *counts, seconds, message, error.get("hint", ""))


def ended(host: TextHost, job: str, after: int, limit: int) -> Iterator[str]:
    """The photos that ended since ``after``."""
    page = host.call("jobs.results", job=job, after=after, limit=limit)
    for result in page["results"]:
        error = result["error"] or {}
        message = error.get("message") or result["reason"] or ""
        id, path = host.dialect.id_in(result["id"]), path_of(result["uri"])
        yield line("photo", id, path, result["status"], message, error.get("hint", ""))
    yield line("next", page["next"], int(page["ended"]))


def cancel(host: TextHost, job: str) -> None:
    """Stop a run, and give the photos under way a moment, so that the sum that is told next is the last one."""
    status = host.call("jobs.cancel", job=job)
    deadline = time.monotonic() + SETTLE_SECONDS
    while status["state"] == "open" and (left := deadline - time.monotonic()) > 0:
        status = host.call("jobs.status", job=status["job"], wait_ms=int(left * 1000))


def undo(host: TextHost) -> Iterator[str]:
    """The newest run of this host that wrote, and its photos: the host then asks for what takes them back."""
    found = host.call("metadata.undo", job="last", host=host.name)
    tally = Tally.of(host.home, host.name, found["undoes"], undo=True)
    tally.forget()
    tally.planned((path_of(photo["uri"]), host.dialect.id_in(photo["id"]), "", NOT_SHOWN) for photo in found["items"])
    yield line("run", found["undoes"])
    yield line("job", found["job"] or "")
    for photo in found["items"]:
        yield line("photo", host.dialect.id_in(photo["id"]), path_of(photo["uri"]))
    yield line("done", len(found["items"]))


def settings(host: TextHost) -> Iterator[str]:
    """Name and value of each setting."""
    for name, value in host.call("settings.get").items():
        yield line(name, _shown(value))


def change(host: TextHost, name: str, value: str) -> str:
    """Change one setting: its name, its value from now on, and when that is for a person."""
    meant = _meant(value, host.call("settings.get").get(name))
    now = host.call("settings.set", name=name, value=meant)
    # The daemon reads its settings as it starts; the next action starts it.
    idle = not host.call("system.health")["open_jobs"] and host.call("system.stop")
    return line(name, _shown(now[name]), IN_FORCE if idle else IN_FORCE_LATER)


def words(host: TextHost) -> list[tuple[str, ...]]:
    """Every keyword that the last runs proposed."""
    found: dict[tuple[str, ...], None] = {}
    for run in host.call("jobs.list", limit=LAST_RUNS):
        if run["kind"] == "tag":
            for result in all_results(host.call, run["job"]):
                found |= {HOSTS[host.name].keyword(tuple(word["path"])): None for word in result["keywords"]}
    return list(found)


def progress_text(state: str, ended: int, total: int, seconds_left: float | None) -> str:
    """Where a run stands, for a person."""
    text = f"{ended} of {total}"
    if state == "cancelled":
        return f"{text}, cancelled"
    if seconds_left is None:
        return text
    if seconds_left < 60:
        return f"{text}, less than a minute left"
    minutes = math.ceil(seconds_left / 60)
    return f"{text}, about {minutes} minutes left" if minutes < 90 else f"{text}, about {minutes / 60:.0f} hours left"


def name(host: TextHost, photo: Photo) -> dict[str, str]:
    """What a photo is called as it travels."""
    return {"uri": to_uri(photo.path), "id": host.dialect.id_out(photo.id, os.fspath(photo.path))}


def item(host: TextHost, photo: Photo) -> dict[str, Any]:
    """A photo as it travels, with what the host knows of it."""
    return {**name(host, photo), "known": photo.known}


def path_of(uri: str) -> str:
    return os.fspath(from_uri(uri))


def _proxy(host: TextHost, photo: Photo) -> str | None:
    if photo.proxy is None:
        return None
    name = secrets.token_hex(16)
    try:
        host.put(name, photo.proxy.read_bytes())
    except OSError:
        return None  # the daemon then reads the photo itself, or says why it cannot
    return name


def _meant(value: str, before: Any) -> Any:
    """What was typed, as the kind of thing that the setting holds."""
    if isinstance(before, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
