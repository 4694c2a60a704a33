"""A sample of a library that shows all of it: by day and camera, and no series of one picture. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Stratum:
    """Photos of one day by one camera. Empty where the file does not say."""

    day: str = ""
    camera: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.day, self.camera))) or "nothing known"


def places(counts: Mapping[Stratum, int], size: int, seed: int) -> dict[Stratum, int]:
    """How many photos of each stratum make a sample of ``size``: one of each while that lasts, the others by size.

    Where there are more strata than places, ``seed`` draws those that get one. The sum is ``size``, or all photos there
    are.
    """
    strata = sorted(stratum for stratum, count in counts.items() if count > 0)
    if len(strata) >= size:
        return dict.fromkeys(sorted(Random(seed).sample(strata, size)), 1)
    given = dict.fromkeys(strata, 1)
    left = min(size, sum(counts.values())) - len(strata)
    rest = sum(counts[stratum] - 1 for stratum in strata)
    if left <= 0:
        return given
    shares = {stratum: left * (counts[stratum] - 1) / rest for stratum in strata}
    for stratum in strata:
        given[stratum] += int(shares[stratum])
    # Hare's largest remainders; a stratum never gets more than it has, since left <= rest.
    by_remainder = sorted(strata, key=lambda stratum: (int(shares[stratum]) - shares[stratum], stratum))
    for stratum in by_remainder[: left - sum(int(share) for share in shares.values())]:
        given[stratum] += 1
    return given


def unlike(candidates: Sequence[T], count: int, alike: Callable[[T, T], bool]) -> list[T]:
    """The first ``count`` candidates of which no two are alike; filled up with the others where these are too few."""
    chosen: list[T] = []
    passed: list[T] = []
    for candidate in candidates:
        if len(chosen) == count:
            break
        (passed if any(alike(candidate, other) for other in chosen) else chosen).append(candidate)
    return chosen + passed[: count - len(chosen)]
