"""What the sides of several hosts ask of the daemon alike."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Call = Callable[..., Any]
"""``call(method, **params)`` of the daemon."""

T = TypeVar("T")
BATCH = 500


def batches(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many at once as one call may hold."""
    for start in range(0, len(things), BATCH):
        yield things[start : start + BATCH]


def all_results(call: Call, job: str) -> Iterator[dict[str, Any]]:
    """What a run says of all its photos so far."""
    after = 0
    while (page := call("jobs.results", job=job, after=after, limit=1000))["results"]:
        yield from page["results"]
        after = page["next"]


def cull_results(call: Call, job: str) -> Iterator[dict[str, Any]]:
    """What a culling run says of all its photos, once it has ended."""
    page: dict[str, Any] = {"next": 0, "ended": False}
    while not page["ended"]:
        page = call("cull.results", job=job, after=page["next"], limit=1000)
        yield from page["results"]


def causes(errors: Sequence[dict[str, str] | None]) -> list[str]:
    """A line a kind of failure: the first of them, how many more, what helps."""
    met = [error for error in errors if error]
    lines = []
    for code, count in Counter(error["code"] for error in met).items():
        first = next(error for error in met if error["code"] == code)
        lines.append(f"{first['message']}{f' And {count - 1} more.' if count > 1 else ''} {first['hint']}".strip())
    return lines


def sync_tree(call: Call, paths: Sequence[tuple[str, ...]]) -> str:
    """See to it that the daemon has a host's keywords as they are now. Returns the hash that runs name them by."""
    tree = hashlib.sha256(json.dumps(paths).encode()).hexdigest()
    if not call("vocabulary.sync", tree=tree)["known"]:
        call("vocabulary.sync", tree=tree, keywords=[{"path": path} for path in paths])
    return tree
