"""How fast photos may be put before a model: full speed, slowly, or not now, and why. Decided from readings and the
clock alone; no device, no thread.

Heat holds back all work. Quiet hours and a missing plug hold back long work, in which nobody waits in front of the
screen, unless a person said of the run that it is to go on anyway.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bridge.engines.sensors import GpuReading
from bridge.quiet import ALWAYS_LOUD, QuietHours, clock
from bridge.settings import Settings

COOLER = 8.0
"""Degrees below the temperature of a pause at which work goes on."""
COOL = 5.0
"""Degrees below the temperature of slow work at which it goes fast again."""
OVER, UNDER = 1.15, 0.85
"""Times the power limit: from there on work pauses; below there it goes on as if nothing had been."""
POWER_SECONDS = 15.0
"""Power is averaged over about so long: it jumps with every photo."""
SLOW_CODES = frozenset({"gpu_warm", "gpu_power"})
"""What only slows a run down."""


class Pace(IntEnum):
    """The later, the slower."""

    FULL = 0
    SLOW = 1
    """One photo at a time in the whole daemon, and after each a rest as long as it took."""
    WAIT = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person set. None and empty: no such limit."""

    slow_c: float | None = None
    pause_c: float | None = None
    watts: float | None = None
    quiet: QuietHours = ALWAYS_LOUD
    only_plugged_in: bool = False

    @property
    def of_gpu(self) -> bool:
        return not (self.slow_c is None and self.pause_c is None and self.watts is None)


@dataclass(frozen=True, slots=True)
class Heat:
    """What the GPUs were found to be, and what has not ended since: a limit once reached holds until it is clearly
    passed again."""

    celsius: float | None = None
    """Of the hottest card."""
    watts: float | None = None
    """Of the card that draws most, averaged."""
    at: float = 0.0
    """When that was read, seconds of a clock that only goes forward."""
    warm: bool = False
    hot: bool = False
    drawing: bool = False
    overdrawing: bool = False

    @property
    def pace(self) -> Pace:
        if self.hot or self.overdrawing:
            return Pace.WAIT
        return Pace.SLOW if self.warm or self.drawing else Pace.FULL


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a run is to a person. ``long``: nobody waits in front of the screen; ``anyway``: it is to go on in quiet
    hours and on battery too."""

    long: bool = False
    anyway: bool = False


SHORT = Purpose()
"""A person waits for it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a run is slow or waits: the texts of a ``Waiting``. ``{job}`` in the hint stands for the run's name."""

    code: str
    message: str
    hint: str
    pace: Pace


@dataclass(frozen=True, slots=True)
class Machine:
    """How the machine stands now."""

    heat: Heat
    now: datetime
    """Local time."""
    plugged_in: bool = True


def limits_of(settings: Settings) -> Limits:
    return Limits(
        slow_c=settings.gpu_slow_c or None,
        pause_c=settings.gpu_pause_c or None,
        watts=settings.gpu_watts or None,
        quiet=settings.quiet_spans,
        only_plugged_in=settings.only_plugged_in,
    )


def felt(limits: Limits, before: Heat, gpus: Sequence[GpuReading], at: float) -> Heat:
    """The heat after one more reading. Cards that tell nothing hold nothing back."""
    celsius = max((one.celsius for one in gpus if one.celsius is not None), default=None)
    drawn = max((one.watts for one in gpus if one.watts is not None), default=None)
    watts = _averaged(before, drawn, at)
    return Heat(
        celsius=celsius,
        watts=watts,
        at=at,
        warm=_latched(before.warm, celsius, limits.slow_c, _less(limits.slow_c, COOL)),
        hot=_latched(before.hot, celsius, limits.pause_c, _less(limits.pause_c, COOLER)),
        drawing=_latched(before.drawing, watts, limits.watts, _times(limits.watts, UNDER)),
        overdrawing=_latched(before.overdrawing, watts, _times(limits.watts, OVER), _times(limits.watts, UNDER)),
    )


def hold(limits: Limits, machine: Machine, purpose: Purpose) -> Hold | None:
    """What holds a run of this purpose back now; None: full speed. Where there are several causes, one that makes it
    wait is told before one that makes it slow, and what lasts longest first."""
    patient = purpose.long and not purpose.anyway
    if patient and (ends := limits.quiet.ends(machine.now)) is not None:
        return Hold(
            "quiet_hours",
            f"It is quiet until {clock(ends)}.",
            "It goes on by itself then. To go on now: photo-bridge resume {job} --now",
            Pace.WAIT,
        )
    if patient and limits.only_plugged_in and not machine.plugged_in:
        return Hold(
            "unplugged",
            "The computer runs on its battery.",
            "Plug it in and it goes on by itself. To go on now: photo-bridge resume {job} --now",
            Pace.WAIT,
        )
    return _too_hot(limits, machine.heat)


def _too_hot(limits: Limits, heat: Heat) -> Hold | None:
    air = "It goes on by itself. More air helps; the limits are in the settings (docs/long-runs.md)."
    if heat.hot:
        below = _less(limits.pause_c, COOLER)
        return Hold("gpu_hot", f"GPU at {_n(heat.celsius)} °C, goes on below {_n(below)} °C.", air, Pace.WAIT)
    if heat.overdrawing:
        below = _times(limits.watts, UNDER)
        return Hold("gpu_overpower", f"GPU draws {_n(heat.watts)} W, goes on below {_n(below)} W.", air, Pace.WAIT)
    if heat.warm:
        below = _less(limits.slow_c, COOL)
        return Hold("gpu_warm", f"Slower: GPU at {_n(heat.celsius)} °C, until below {_n(below)} °C.", air, Pace.SLOW)
    if heat.drawing:
        below = _times(limits.watts, UNDER)
        return Hold("gpu_power", f"Slower: GPU draws {_n(heat.watts)} W, until below {_n(below)} W.", air, Pace.SLOW)
    return None


def _latched(before: bool, value: float | None, reached: float | None, below: float | None) -> bool:
    if value is None or reached is None or below is None:
        return False
    return value >= reached or (before and value >= below)


def _averaged(before: Heat, watts: float | None, at: float) -> float | None:
    if watts is None or before.watts is None:
        return watts
    share = 1 - math.exp(-max(0.0, at - before.at) / POWER_SECONDS)
    return before.watts + share * (watts - before.watts)


def _less(limit: float | None, by: float) -> float | None:
    return None if limit is None else limit - by


def _times(limit: float | None, by: float) -> float | None:
    return None if limit is None else limit * by


def _n(number: float | None) -> str:
    return "?" if number is None else f"{number:.0f}"
