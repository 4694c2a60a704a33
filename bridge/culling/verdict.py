"""From measures to verdicts: pick, reject or undecided, each with a score and its reasons. Pure.

A picture out of focus can be art: one weak signal rejects nothing. A series made on purpose is never broken. Of each
moment the best photos stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bridge.culling.candidate import Group
from bridge.culling.measures import Code, Measures
from bridge.culling.presets import Preset
from bridge.culling.reasons import text_of
from bridge.values import Voice

LEANS = 0.6
"""Share of a weak amount from which a language model's voice makes it weak: never by its word alone."""
COMPARED = 0.7
"""Share of a photo's pixels that another must have to be compared with it: sharpness is told pixel for pixel."""
UNTOLD = 0.6
"""What counts as sharpness where it cannot be told."""
CODES = {"soft_relative": Code.SOFT, **{str(code): code for code in Code}}
"""By the names of limits."""


@dataclass(frozen=True, slots=True)
class Reason:
    code: Code
    text: str
    """For a person."""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    pick: int
    """1 pick, -1 reject, 0 undecided."""
    score: float
    """0..1, to be compared within a moment."""
    reasons: tuple[Reason, ...] = ()
    group: int | None = None
    """Its moment, duplicates or series; None where it stands alone."""
    rank: int | None = None
    """1 is the best of the group; None where it stands alone."""
    kind: str | None = None
    """The kind of its group."""


@dataclass(frozen=True, slots=True)
class Signal:
    code: Code
    amount: float
    text: str
    strong: bool


def verdicts(
    photos: Mapping[int, Measures],
    groups: Sequence[Group],
    preset: Preset,
    *,
    keep: int | None = None,
    voices: Mapping[int, Voice] | None = None,
) -> dict[int, Verdict]:
    """One for each photo, by its number. ``keep`` in the place of the preset's."""
    keep, voices = max(1, preset.keep if keep is None else keep), voices or {}
    found: dict[int, Verdict] = {}
    for number, group in enumerate(groups, 1):
        members = [photo for photo in group.members if isinstance(photo, int) and photo in photos]
        if len(members) > 1:
            found |= _of_group(number, group, members, photos, preset, keep, voices)
    for photo, measures in photos.items():
        if photo not in found:
            found[photo] = _alone(measures, preset, voices.get(photo, Voice()))
    return found


def score(measures: Measures, preset: Preset) -> float:
    """0..1, the more the better."""
    weights = preset.weights
    sharp = measures.sharpness * (1 - measures.motion / 2) if measures.detail >= preset.detail else UNTOLD
    shut = shut_share(measures, preset)
    return round(
        weights.sharpness * sharp
        + weights.exposure * (1 - max(measures.overexposed, measures.underexposed))
        + weights.eyes * (1 - (shut or 0.0))
        + weights.frame * (1 - measures.cut_off),
        4,
    )


def shut_share(measures: Measures, preset: Preset) -> float | None:
    """The share of the people whose eyes are shut; None where it can be told of nobody."""
    told = measures.eyes_told
    return sum(eyes < preset.eyes_shut for eyes in told) / len(told) if told else None


def amounts(measures: Measures, preset: Preset, *, sharpest: float | None = None) -> dict[str, float]:
    """How much of each signal a photo has, 0..1, by the name of its limit; without those that cannot be told.

    ``sharpest``: the sharpness of the sharpest photo of its moment.
    """
    told = {
        "overexposed": measures.overexposed,
        "underexposed": measures.underexposed,
        "cut_off": measures.cut_off,
        "watermark": max(measures.watermark, measures.date_stamp),
    }
    if measures.detail >= preset.detail:
        told |= {"soft": 1 - measures.sharpness, "motion": measures.motion}
        if sharpest:
            told["soft_relative"] = 1 - measures.sharpness / sharpest
    shut = shut_share(measures, preset)
    return told if shut is None else {**told, "eyes": shut}


def signals(measures: Measures, preset: Preset, voice: Voice, *, sharpest: float | None = None) -> list[Signal]:
    """What speaks against a photo."""
    limits = preset.limits()
    found: list[Signal] = []
    fine = {
        "soft": voice.sharp,
        "soft_relative": voice.sharp,
        "motion": voice.sharp,
        "eyes": voice.eyes_open,
        "cut_off": voice.subject_in_frame,
        "watermark": None if voice.watermark is None else not voice.watermark,
    }
    for name, amount in amounts(measures, preset, sharpest=sharpest).items():
        limit, denied = limits[name], fine.get(name) is False
        if amount <= 0 or amount < limit.weak * (LEANS if denied else 1.0):
            continue
        confirmed = denied and limit.strong is not None and amount >= limit.weak
        strong = limit.is_strong(amount) or confirmed
        found.append(Signal(CODES[name], amount, text_of(name, measures, preset), strong))
    return _one_each(found)


def _one_each(found: Sequence[Signal]) -> list[Signal]:
    """The strongest of each code; of a blur that has a direction only that, where it is clear."""
    best: dict[Code, Signal] = {}
    for signal in found:
        other = best.get(signal.code)
        if other is None or (signal.strong, signal.amount) > (other.strong, other.amount):
            best[signal.code] = signal
    if Code.MOTION in best and Code.SOFT in best:
        # Both are one blur: its direction says which it is, and the worse of both how bad.
        soft = best.pop(Code.SOFT)
        best[Code.MOTION] = replace(best[Code.MOTION], strong=best[Code.MOTION].strong or soft.strong)
    return list(best.values())


def _rejects(found: Sequence[Signal]) -> bool:
    return any(signal.strong for signal in found) or len(found) > 1


def _alone(measures: Measures, preset: Preset, voice: Voice) -> Verdict:
    found, worth = signals(measures, preset, voice), score(measures, preset)
    pick = -1 if _rejects(found) else int(not found and worth >= preset.pick_single)
    return Verdict(pick, worth, _reasons(found))


def _of_group(
    number: int,
    group: Group,
    members: Sequence[int],
    photos: Mapping[int, Measures],
    preset: Preset,
    keep: int,
    voices: Mapping[int, Voice],
) -> dict[int, Verdict]:
    scores = {photo: score(photos[photo], preset) for photo in members}
    sizes = {photo: photos[photo].width * photos[photo].height for photo in members}
    # What is measured of a RAW may be its preview: it is nobody's smaller copy.
    originals = {photo for photo in members if photos[photo].headroom_ev or _as_many(sizes[photo], max(sizes.values()))}
    order = sorted(members, key=lambda photo: (photo not in originals, -scores[photo], members.index(photo)))
    sharpest_of: dict[int, float] = {}
    for photo, size in sizes.items():
        sharpest_of[size] = max(sharpest_of.get(size, 0.0), photos[photo].sharpness)
    made: dict[int, Verdict] = {}
    for rank, photo in enumerate(order, 1):
        if group.kind.on_purpose:
            made[photo] = Verdict(0, scores[photo], (), number, members.index(photo) + 1, group.kind)
            continue
        # A copy that was shrunk is sharper, pixel for pixel, than its original: it says nothing against it.
        sharpest = max(sharpness for size, sharpness in sharpest_of.items() if _as_many(size, sizes[photo]))
        found = signals(photos[photo], preset, voices.get(photo, Voice()), sharpest=sharpest)
        kept = rank <= keep
        better = [other for other in order[:keep] if _as_many(sizes[other], sizes[photo])]
        if not kept and better:
            found += _duplicate(scores[better[-1]] - scores[photo], preset, rank, len(order))
        pick = 0 if kept else -int(_rejects(found))
        if rank == 1 and not found and scores[photo] >= preset.pick:
            pick = 1
        made[photo] = Verdict(pick, scores[photo], _reasons(found), number, rank, group.kind)
    return made


def _as_many(pixels: int, others: int) -> bool:
    """Whether so many pixels are about as many as another photo's, or more."""
    return pixels >= COMPARED * others


def _duplicate(worse: float, preset: Preset, rank: int, of: int) -> list[Signal]:
    limit = preset.duplicate
    if worse < limit.weak:
        return []
    text = f"Number {rank} of {of} photos of one moment."
    return [Signal(Code.DUPLICATE, worse, text, limit.is_strong(worse))]


def _reasons(found: Sequence[Signal]) -> tuple[Reason, ...]:
    ordered = sorted(found, key=lambda signal: (not signal.strong, -signal.amount))
    return tuple(Reason(signal.code, signal.text, signal.strong) for signal in ordered)
