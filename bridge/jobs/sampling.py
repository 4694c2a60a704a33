"""Drawing a sample of photos: what their files say tells the strata, a small look tells a series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bridge.engines.likeness import Look, are_alike, look_of
from bridge.errors import BridgeError
from bridge.jobs.tools import Tools
from bridge.photos import ReadLimits, decode, glance
from bridge.quality import Stratum, places, unlike
from bridge.taggers.contract import Cancelled
from bridge.values import Facts, Format

LOOKED_AT = 3
"""Candidates for each place that are decoded, so that of a series one is taken."""
LOOK_EDGE = 64
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Candidate:
    photo: Path
    look: Look | None
    """None where its pixels cannot be read: its run will tell."""


def sample(
    tools: Tools,
    photos: Sequence[Path],
    size: int,
    seed: int,
    *,
    tell: Callable[[int], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[tuple[Path, Stratum]]:
    """At most ``size`` photos that can be read, each with its stratum; the same again for the same photos and seed.

    ``tell`` hears how many photos have been glanced at. Raises Cancelled.
    """
    strata: dict[Stratum, list[Path]] = defaultdict(list)
    for photo, stratum in _glances(tools, photos, tell, cancelled):
        if stratum is not None:
            strata[stratum].append(photo)
    drawn: list[tuple[Path, Stratum]] = []
    for stratum, count in places({key: len(each) for key, each in strata.items()}, size, seed).items():
        there = strata[stratum]
        candidates = Random(f"{seed} {stratum}").sample(there, min(len(there), LOOKED_AT * count))
        if count < len(there):
            looks = list(tools.readers.map(lambda photo: _look(tools, photo), candidates))
            candidates = [one.photo for one in unlike(looks, count, _alike)]
        drawn += [(photo, stratum) for photo in candidates[:count]]
        if cancelled():
            raise Cancelled
    return drawn


def _glances(
    tools: Tools, photos: Sequence[Path], tell: Callable[[int], None], cancelled: Callable[[], bool]
) -> Iterator[tuple[Path, Stratum | None]]:
    ended = 0
    for batch in _batches(photos):
        if cancelled():
            raise Cancelled
        yield from zip(batch, tools.readers.map(_stratum, batch), strict=True)
        ended += len(batch)
        tell(ended)


def _batches(photos: Sequence[Path]) -> Iterator[Sequence[Path]]:
    return (photos[at : at + AT_ONCE] for at in range(0, len(photos), AT_ONCE))


def _stratum(photo: Path) -> Stratum | None:
    """None where it is no photo that can be tagged."""
    try:
        seen = glance(photo)
    except BridgeError:
        return None
    return None if seen.format is Format.VIDEO else stratum_of(seen.facts)


def stratum_of(facts: Facts) -> Stratum:
    day = "" if facts.captured is None else facts.captured.strftime("%Y-%m-%d")
    return Stratum(day, " ".join(filter(None, (facts.make, facts.model))))


def _look(tools: Tools, photo: Path) -> _Candidate:
    limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)
    try:
        return _Candidate(photo, look_of(decode(glance(photo), LOOK_EDGE, limits=limits).rgb))
    except BridgeError:
        return _Candidate(photo, None)


def _alike(one: _Candidate, other: _Candidate) -> bool:
    return one.look is not None and other.look is not None and are_alike(one.look, other.look)
