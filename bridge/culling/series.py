"""Series made on purpose: exposure brackets, focus stacks and panoramas, known by EXIF and by likeness."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import partial
from itertools import pairwise

from bridge.culling._alike import Alike, is_one_picture
from bridge.culling.candidate import GroupKind
from bridge.culling.likeness import Likeness
from bridge.culling.measures import Shot
from bridge.values import Facts

__all__ = ["series", "shot_of"]

Series = tuple[GroupKind, list[int]]

_FEWEST, _MOST_EXPOSURES = 3, 9
_BRACKET_GAP_S, _STACK_GAP_S, _PANORAMA_GAP_S = 4.0, 4.0, 20.0
"""From the end of one exposure to the start of the next, at most."""

_OPEN = 3
"""Chains of photos that may go on at the same time."""

_BIAS_STEP = 0.29
"""EV between two frames of a bracket that the camera counts as compensation: a third of a stop."""
_EXPOSURE_STEP = 0.6
"""EV where only time and ISO say so: metering in changing light moves by thirds."""
_SAME_EV = 0.15
_BRACKET_LOOK = 0.6
"""Cosine of the overviews of frames that are too dark and too bright for corners."""

_STILL_SHIFT, _STILL_SCALE, _STILL_TURN = 0.06, 1.12, 2.0
"""The same framing: focus alone changes the scale by some percent."""
_LEAST_MOVE = 0.15
"""Of the sharpest place over a focus stack, shares of the picture."""

_PANORAMA_CORNERS, _PANORAMA_AGREEMENT = 5, 0.3
_PANORAMA_OVERLAP = (0.10, 0.80)
_PANORAMA_SCALE, _PANORAMA_TURN, _PANORAMA_EV = 1.15, 10.0, 1.0
_NEW_VIEW = 0.18
"""Shares of the frame by which each view of a panorama lies beside all the others."""


def shot_of(facts: Facts) -> Shot:
    """What culling asks of a photo's EXIF."""
    captured = None if facts.captured is None else facts.captured.replace(tzinfo=UTC).timestamp()
    return Shot(
        captured=captured,
        camera=" ".join(part for part in (facts.make, facts.model) if part),
        exposure_bias=facts.exposure_bias,
        exposure_s=facts.exposure_s,
        f_number=facts.f_number,
        iso=facts.iso,
        focal_length_mm=facts.focal_length_mm,
        focus_distance_m=facts.subject_distance_m,
    )


def series(alike: Alike, free: Sequence[int]) -> list[Series]:
    """Among the photos at ``free``, in the order of their capture. No photo is in two."""
    found: list[Series] = []
    taken: set[int] = set()
    for kind, find in (
        (GroupKind.BRACKET, _brackets),
        (GroupKind.FOCUS_STACK, _stacks),
        (GroupKind.PANORAMA, _panoramas),
    ):
        for run in _by_camera(alike, [at for at in free if at not in taken]):
            for members in find(alike, run):
                found.append((kind, members))
                taken.update(members)
    return found


def _by_camera(alike: Alike, free: Sequence[int]) -> list[list[int]]:
    cameras: dict[str, list[int]] = {}
    for at in free:
        shot = alike.photos[at].shot
        if shot.captured is not None:
            cameras.setdefault(shot.camera, []).append(at)
    return list(cameras.values())


def _chains(run: Sequence[int], joins: Callable[[list[int], int], bool]) -> list[list[int]]:
    """Each photo goes to the latest chain that it joins, or begins one: another photographer with the same camera may
    have shot in between."""
    chains: list[list[int]] = []
    for at in run:
        for chain in reversed(chains[-_OPEN:]):
            if joins(chain, at):
                chain.append(at)
                break
        else:
            chains.append([at])
    return chains


def _soon(alike: Alike, one: int, other: int, seconds: float) -> bool:
    gap = alike.gap(one, other)
    return gap is not None and gap <= seconds + (alike.photos[one].shot.exposure_s or 0.0)


def _equal(one: float | None, other: float | None, share: float = 0.01) -> bool:
    """Both unknown, or the same but for rounding."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= share * max(abs(one), abs(other))


def _light(shot: Shot) -> float | None:
    """EV by time and ISO; the f-number is compared by itself."""
    return None if shot.exposure_s is None else math.log2(shot.exposure_s * (shot.iso or 100) / 100)


# -- brackets ---------------------------------------------------------------------------------------------------------


def _brackets(alike: Alike, run: Sequence[int]) -> Iterator[list[int]]:
    for step, ev in ((_BIAS_STEP, _bias_of), (_EXPOSURE_STEP, _light_of)):
        taken: set[int] = set()
        for chain in _chains(run, partial(_joins_bracket, alike, ev, step)):
            values = [ev(alike, at) for at in chain]
            distinct = _distinct([value for value in values if value is not None], step)
            if None not in values and _FEWEST <= distinct <= _MOST_EXPOSURES:
                taken.update(chain)
                yield chain
        run = [at for at in run if at not in taken]


def _bias_of(alike: Alike, at: int) -> float | None:
    return alike.photos[at].shot.exposure_bias


def _light_of(alike: Alike, at: int) -> float | None:
    return _light(alike.photos[at].shot)


def _distinct(values: Sequence[float], step: float) -> int:
    ordered = sorted(values)
    return 1 + sum(after - before >= step for before, after in pairwise(ordered))


def _joins_bracket(
    alike: Alike, ev: Callable[[Alike, int], float | None], step: float, chain: list[int], at: int
) -> bool:
    last, shot = alike.photos[chain[-1]].shot, alike.photos[at].shot
    here = ev(alike, at)
    if here is None or not _soon(alike, chain[-1], at, _BRACKET_GAP_S):
        return False
    if not (_equal(last.f_number, shot.f_number) and _equal(last.focal_length_mm, shot.focal_length_mm)):
        return False
    others = [(abs(here - value), member) for member in chain if (value := ev(alike, member)) is not None]
    if len(others) < len(chain):
        return False
    nearest, member = min(others)
    if nearest <= _SAME_EV:  # the RAW and the JPEG of one frame, or the next bracket begins
        return alike.one_picture(member, at) and alike.gap(member, at) == 0 and member == chain[-1]
    return nearest >= step and any(
        alike.look(one, at) >= _BRACKET_LOOK or alike.shows_the_same(one, at) for _, one in sorted(others)
    )


# -- focus stacks -----------------------------------------------------------------------------------------------------


def _stacks(alike: Alike, run: Sequence[int]) -> Iterator[list[int]]:
    for chain in _chains(run, partial(_joins_stack, alike)):
        if len(chain) >= _FEWEST and (_focus_moves(alike, chain) or _sharpness_moves(alike, chain)):
            yield chain


def _joins_stack(alike: Alike, chain: list[int], at: int) -> bool:
    last, shot = alike.photos[chain[-1]].shot, alike.photos[at].shot
    return (
        _soon(alike, chain[-1], at, _STACK_GAP_S)
        and _same_exposure(last, shot)
        and _knows_focus(alike, chain[-1])
        and _knows_focus(alike, at)
        and _is_still(alike.likeness(chain[-1], at))
    )


def _same_exposure(one: Shot, other: Shot) -> bool:
    return (
        _equal(one.exposure_s, other.exposure_s)
        and _equal(one.f_number, other.f_number)
        and _equal(one.iso, other.iso)
        and _equal(one.focal_length_mm, other.focal_length_mm)
    )


def _knows_focus(alike: Alike, at: int) -> bool:
    photo = alike.photos[at]
    return photo.shot.focus_distance_m is not None or photo.sharpest is not None


def _is_still(found: Likeness) -> bool:
    moved = max(abs(part) for part in found.shift)
    framed = moved <= _STILL_SHIFT and found.scale <= _STILL_SCALE and found.turn <= _STILL_TURN
    return framed and found.corners >= _PANORAMA_CORNERS and found.agreement >= _PANORAMA_AGREEMENT


def _focus_moves(alike: Alike, chain: Sequence[int]) -> bool:
    """Always nearer, or always farther."""
    known = [alike.photos[at].shot.focus_distance_m for at in chain]
    distances = [distance for distance in known if distance is not None]
    steps = [after - before for before, after in pairwise(distances)]
    one_way = all(step >= 0 for step in steps) or all(step <= 0 for step in steps)
    return len(distances) == len(chain) and one_way and len(set(distances)) >= _FEWEST


def _sharpness_moves(alike: Alike, chain: Sequence[int]) -> bool:
    """The sharpest place goes one way, step by step, and not just to and fro between two sharp places."""
    places = [place for at in chain if (place := alike.photos[at].sharpest) is not None]
    if len(places) < max(len(chain), _FEWEST + 1):
        return False
    way = [places[-1][axis] - places[0][axis] for axis in (0, 1)]
    length = math.hypot(*way)
    if length < _LEAST_MOVE:
        return False
    along = [(place[0] * way[0] + place[1] * way[1]) / length for place in places]
    return all(after > before for before, after in pairwise(along))


# -- panoramas --------------------------------------------------------------------------------------------------------


def _panoramas(alike: Alike, run: Sequence[int]) -> Iterator[list[int]]:
    for chain in _chains(run, partial(_joins_panorama, alike)):
        members = _trimmed(alike, chain)
        if len(_views(alike, members)) >= _FEWEST:
            yield members


def _joins_panorama(alike: Alike, chain: list[int], at: int) -> bool:
    last, shot = alike.photos[chain[-1]].shot, alike.photos[at].shot
    if not _soon(alike, chain[-1], at, _PANORAMA_GAP_S) or not _equal(last.focal_length_mm, shot.focal_length_mm):
        return False
    lights = _light(last), _light(shot)
    if lights[0] is not None and lights[1] is not None and abs(lights[0] - lights[1]) > _PANORAMA_EV:
        return False
    return _step(alike, chain[-1], at) is not None or _is_retake(alike.likeness(chain[-1], at))


def _step(alike: Alike, one: int, other: int) -> Likeness | None:
    """How the next view lies beside the one before; None where it does not."""
    found = alike.likeness(one, other)
    if _is_beside(found):
        return found
    # 2 ms: only for shots that follow each other.
    return None if is_one_picture(found) or other - one > 1 else alike.beside(one, other)


def _is_beside(found: Likeness) -> bool:
    least, most = _PANORAMA_OVERLAP
    return (
        found.corners >= _PANORAMA_CORNERS
        and found.agreement >= _PANORAMA_AGREEMENT
        and least <= found.overlap <= most
        and found.scale <= _PANORAMA_SCALE
        and found.turn <= _PANORAMA_TURN
        and math.hypot(*found.shift) >= _NEW_VIEW
    )


def _is_retake(found: Likeness) -> bool:
    return is_one_picture(found) and math.hypot(*found.shift) < _NEW_VIEW


def _trimmed(alike: Alike, chain: list[int]) -> list[int]:
    """Without the tries before the first step aside and after the last one: they are a moment of their own."""
    steps = [
        at
        for at in range(1, len(chain))
        if _step(alike, chain[at - 1], chain[at]) or alike.gap(chain[at - 1], chain[at]) == 0
    ]
    return chain[steps[0] - 1 : steps[-1] + 1] if steps else []


def _views(alike: Alike, members: Sequence[int]) -> list[tuple[float, float]]:
    """Where the different views of a panorama lie, in shares of a frame."""
    views: list[tuple[float, float]] = []
    x = y = 0.0
    for number, at in enumerate(members):
        if number:
            before = members[number - 1]
            right, down = (_step(alike, before, at) or alike.likeness(before, at)).shift
            x, y = x - right, y - down
        if all(math.hypot(x - other[0], y - other[1]) >= _NEW_VIEW for other in views):
            views.append((x, y))
    return views
