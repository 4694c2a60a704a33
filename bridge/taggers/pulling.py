"""Bringing the weights of ``clip`` and ``blip2`` to this machine: what goes online alone, and when a person asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import NotAvailable


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` bytes, files that were there already included; ``total`` is None until it is known.
    ``what`` says what is going on, for a person: ``asking``, ``downloading NAME``, ``checking NAME``, ``ready``."""

    done: int
    total: int | None
    what: str


def can_pull(name: str) -> bool:
    """Whether ``pull_weights`` knows the name: ``clip``, ``clip:MODEL/PRETRAINED`` or ``blip2``. Never raises."""
    return name == "blip2" or name == "clip" or name.startswith("clip:")


def pull_weights(
    name: str,
    home: Path,  # noqa: ARG001 - the form is settled, the work follows
    progress: Callable[[Progress], None],  # noqa: ARG001
    cancelled: Callable[[], bool],  # noqa: ARG001
) -> None:
    """Download a model's weights into ``<home>/models``, check them, and write their manifest.

    The first ``Progress`` that has a ``total`` comes before the first byte of a weight. What an earlier pull left is
    taken up where it stopped; a model that is there already costs one question to the hub, and its hashes are checked
    again. Blocks until it is done: call it on a thread. ``progress`` is called a few times a second on that thread.

    Raises InvalidParams (no such name), PullFailed (no network, no such model there, a hash that differs), DiskFull
    (before anything is downloaded), ``bridge.taggers.contract.Cancelled`` when ``cancelled`` said so: what has been
    downloaded by then is kept for the next pull.
    """
    raise NotAvailable(f"{name} cannot be pulled yet.")
