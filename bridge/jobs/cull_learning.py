"""Limits of culling, fitted to the flags that a person gave the photos of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bridge.codec import from_json, to_json
from bridge.culling.learn import Change, Flagged, fit
from bridge.culling.measures import Measures
from bridge.culling.presets import Preset
from bridge.culling.verdict import amounts
from bridge.hosts import HOSTS
from bridge.jobs.culling import each_photo, fitted_limits, preset_in_force
from bridge.jobs.reading import AT_ONCE, states_of
from bridge.jobs.tools import Tools
from bridge.journal import place_of
from bridge.metadata import marks_of
from bridge.paths import canonical
from bridge.store import CullRow


@dataclass(frozen=True, slots=True)
class Learning:
    """What a person's flags say of the limits."""

    flags: int
    changes: tuple[Change, ...]
    agreed_before: float | None
    """Share of the flags with which one strong signal agrees; None without flags."""
    agreed_after: float | None
    holds: bool


def learn(tools: Tools, job: str, preset_name: str, *, hold: bool) -> Learning:
    """Fit, and where ``hold`` is set let the new limits be in force. What we flagged ourselves teaches nothing."""
    moved = fitted_limits(tools.culls)
    preset = preset_in_force(tools.culls, preset_name)
    flagged = list(_flagged(tools, job, preset))
    changes = fit(flagged, preset)
    fitted = preset.fitted({change.name: change.new for change in changes})
    holds = hold and bool(changes)
    if holds:
        limits = {**moved, **{change.name: change.new for change in changes}}
        tools.culls.fit(to_json(limits), to_json(changes))
    return Learning(len(flagged), tuple(changes), _agreed(flagged, preset), _agreed(flagged, fitted), holds)


def _flagged(tools: Tools, job: str, preset: Preset) -> Iterator[Flagged]:
    best = _sharpest(tools, job)
    rows = each_photo(tools.culls, job)
    while batch := list(islice(rows, AT_ONCE)):
        for row, pick in zip(batch, _picks(tools, batch), strict=True):
            if pick:
                moment = None if row.verdict is None else row.verdict.moment
                sharpest = None if moment is None else best.get(moment)
                measures = from_json(Measures, row.measured.measures)
                yield Flagged(pick < 0, amounts(measures, preset, sharpest=sharpest))


def _sharpest(tools: Tools, job: str) -> dict[int, float]:
    """The sharpness of the sharpest photo of each moment."""
    found: dict[int, float] = {}
    for row in each_photo(tools.culls, job):
        if row.verdict is not None and row.verdict.moment is not None:
            sharpness = from_json(Measures, row.measured.measures).sharpness
            found[row.verdict.moment] = max(found.get(row.verdict.moment, 0.0), sharpness)
    return found


def _picks(tools: Tools, rows: list[CullRow]) -> list[int]:
    """The person's own flags: as they decided within the run, else as their program said when it asked, else as the
    files say now; 0 where there is none."""
    picks: list[int] = []
    for row, state in zip(rows, states_of(tools.exiftool, [row.path for row in rows]), strict=True):
        if row.yours is not None:
            picks.append(row.yours)
            continue
        known = tools.jobs.item(row.item).known
        if known is not None:
            rejected = known.rating is not None and known.rating < 0
            pick = -1 if rejected else known.pick or 0
        else:
            pick = 0 if state is None else marks_of(state).pick or 0
        picks.append(0 if pick and _is_ours(tools, row, pick) else pick)
    return picks


def _is_ours(tools: Tools, row: CullRow, pick: int) -> bool:
    """Whether we gave it, in the files or in a program's catalogue."""
    catalogues = (tools.host_writes.base(place_of(host, row.path, row.host_id)) for host in HOSTS)
    given = (base.flags for base in (tools.written.get(canonical(row.path), ""), *catalogues) if base is not None)
    return any(flags.pick == pick or (pick < 0 and flags.rating == pick) for flags in given)


def _agreed(flagged: list[Flagged], preset: Preset) -> float | None:
    if not flagged:
        return None
    limits = preset.limits()
    agreed = 0
    for photo in flagged:
        strong = any(limits[name].is_strong(amount) for name, amount in photo.amounts.items())
        agreed += strong is photo.rejected
    return round(agreed / len(flagged), 3)
