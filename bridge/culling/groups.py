"""Which photos belong together: copies of one picture, tries at one moment, series made on purpose.

Every photo is in one group at most, and the answer does not depend on the order of the question.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from bridge.culling._alike import Alike
from bridge.culling.candidate import Candidate, Group, GroupKind
from bridge.culling.candidates import Pairs, close_hashes, near_overviews
from bridge.culling.series import series

__all__ = ["Candidate", "Group", "GroupKind", "groups"]

_NEXT = 4
"""Each shot is compared with so many that follow."""
_SOME = 4
"""So many members of each of two groups are compared before the groups become one."""
_SHARE = 0.5
"""And so many of those pairs must be alike, or a long burst would join photos that have nothing in common."""


def groups(photos: Sequence[Candidate]) -> list[Group]:
    """In the order of their first members. Photos that belong to no other are in none.

    Seconds for a thousand photos: about 0.5 ms for each pair that may be alike.
    """
    ordered = sorted(photos, key=_order)
    alike = Alike(ordered)
    known = [at for at in range(len(ordered)) if alike.known(at)]
    found = series(alike, known)
    whole = {at for _, members in found for at in members}
    found.extend(_of_likeness(alike, [at for at in known if at not in whole]))
    found.sort(key=lambda group: group[1][0])
    return [Group(kind, tuple(ordered[at].id for at in members)) for kind, members in found]


def _order(photo: Candidate) -> tuple[float, bool, int, str]:
    time = photo.shot.captured
    number = photo.id if isinstance(photo.id, int) else 0
    return math.inf if time is None else time, isinstance(photo.id, str), number, str(photo.id)


def _of_likeness(alike: Alike, free: Sequence[int]) -> Iterable[tuple[GroupKind, list[int]]]:
    group_of = {at: [at] for at in free}
    # The most alike first, at a glance; the pairs of one group need no look at their corners.
    for one, other in sorted(_pairs(alike, free), key=lambda pair: (-alike.look(*pair), pair)):
        left, right = group_of[one], group_of[other]
        if left is right or not alike.belong(one, other) or not _one_group(alike, left, right):
            continue
        left.extend(right)
        left.sort()
        for member in right:
            group_of[member] = left
    together = {id(members): members for members in group_of.values() if len(members) > 1}
    return [(_kind(alike, members), members) for members in together.values()]


def _pairs(alike: Alike, free: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Positions of photos that may be alike, each pair once."""
    places = np.array(free, np.int64)
    found: list[Pairs] = [
        places[close_hashes([alike.photos[at].phash for at in free])],
        places[near_overviews(alike.overviews_of(free))] if free else np.empty((0, 2), np.int64),
        np.array(
            [
                (one, other)
                for start, one in enumerate(free)
                for other in free[start + 1 : start + 1 + _NEXT]
                if alike.at_one_moment(one, other)
            ],
            np.int64,
        ).reshape(-1, 2),
    ]
    return [(int(one), int(other)) for one, other in np.unique(np.concatenate(found), axis=0)]


def _one_group(alike: Alike, left: Sequence[int], right: Sequence[int]) -> bool:
    pairs = [(one, other) for one in _spread(left) for other in _spread(right)]
    return sum(alike.belong(one, other) for one, other in pairs) >= _SHARE * len(pairs)


def _spread(members: Sequence[int]) -> Sequence[int]:
    if len(members) <= _SOME:
        return members
    return [members[round(step * (len(members) - 1) / (_SOME - 1))] for step in range(_SOME)]


def _kind(alike: Alike, members: Sequence[int]) -> GroupKind:
    """Copies and edits keep the time of capture, and show the same."""
    first = members[0]
    same = all(alike.one_picture(first, other) for other in members[1:])
    return GroupKind.DUPLICATES if same else GroupKind.MOMENT
