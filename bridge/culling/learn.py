"""Limits fitted to a person's own flags: only where there are enough of them, never far, and shown before they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.culling.presets import Limit, Preset

LEAST_FLAGS = 30
"""Photos with a flag of the person's own, before anything is fitted."""
LEAST_REJECTS = 8
"""Rejected photos beyond a limit, before it is moved."""
SURE = 0.9
"""Share of the photos beyond a limit that the person rejected, for it to be strong."""
NEAREST = 0.5
"""A limit falls at most to this share of what it was."""
FITTED = ("soft", "soft_relative", "motion", "overexposed", "underexposed")


@dataclass(frozen=True, slots=True)
class Flagged:
    """One photo that a person flagged, and how much of each signal it has, by the name of the limit."""

    rejected: bool
    amounts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Change:
    """How one limit moves."""

    name: str
    old: Limit
    new: Limit
    beyond: int
    """Flagged photos beyond the new strong limit …"""
    rejected: int
    """… and how many of them the person rejected."""


def fit(photos: Sequence[Flagged], preset: Preset) -> list[Change]:
    """The limits that would move; empty where the flags are too few or say nothing else."""
    if len(photos) < LEAST_FLAGS:
        return []
    limits = preset.limits()
    changes = (_change(name, limits[name], photos) for name in FITTED)
    return [change for change in changes if change is not None]


def _change(name: str, old: Limit, photos: Sequence[Flagged]) -> Change | None:
    if old.strong is None:
        return None
    told = sorted(((photo.amounts[name], photo.rejected) for photo in photos if name in photo.amounts), reverse=True)
    strong = _strong(told, old.strong)
    if strong is None or abs(strong - old.strong) < 0.01:
        return None
    new = Limit(round(max(0.0, strong - (old.strong - old.weak)), 3), round(strong, 3))
    beyond = [rejected for amount, rejected in told if amount >= strong]
    return Change(name, old, new, len(beyond), sum(beyond))


def _strong(told: Sequence[tuple[float, bool]], old: float) -> float | None:
    """The least amount from which on the person rejects nearly all; just above what they keep, where they keep much
    beyond the old one. None where too little is told."""
    best: float | None = None
    rejects = 0
    for count, (amount, rejected) in enumerate(told, 1):
        rejects += rejected
        last = count == len(told) or told[count][0] < amount
        if last and amount >= old * NEAREST and rejects >= LEAST_REJECTS and rejects / count >= SURE:
            best = amount
    if best is not None:
        # Nothing between the last photo that is beyond it and the next: in the middle of both is as well.
        beneath = [amount for amount, _ in told if amount < best]
        return (best + max(beneath[0], old * NEAREST)) / 2 if beneath else best
    kept = [amount for amount, rejected in told if amount >= old and not rejected]
    return min(1.01, max(kept) + 0.01) if len(kept) >= LEAST_REJECTS else None
