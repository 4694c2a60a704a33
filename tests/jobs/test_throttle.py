"""How fast photos may be worked on, from readings and the clock."""

from __future__ import annotations

from datetime import datetime

import pytest

from bridge.engines.sensors import GpuReading
from bridge.jobs.throttle import Heat, Hold, Limits, Machine, Pace, Purpose, felt, hold, limits_of
from bridge.quiet import parse_quiet
from bridge.settings import Settings

LIMITS = Limits(slow_c=80, pause_c=86, watts=200)
NOON, NIGHT = datetime(2026, 11, 30, 12), datetime(2026, 11, 30, 23)
HOST, PASS = Purpose(), Purpose(long=True)


def after(*celsius: float | None, limits: Limits = LIMITS) -> Heat:
    """The heat after these temperatures, two seconds apart."""
    heat = Heat()
    for number, value in enumerate(celsius):
        heat = felt(limits, heat, [GpuReading("GPU", value)], 2.0 * number)
    return heat


def drawing(*watts: float, every: float = 2.0) -> Heat:
    heat = Heat()
    for number, value in enumerate(watts):
        heat = felt(LIMITS, heat, [GpuReading("GPU", None, value)], every * number)
    return heat


@pytest.mark.parametrize(
    ("celsius", "pace"),
    [
        ([70], Pace.FULL),
        ([79.9], Pace.FULL),
        ([80], Pace.SLOW),
        ([80, 75], Pace.SLOW),
        ([80, 74.9], Pace.FULL),
        ([75], Pace.FULL),
        ([86], Pace.WAIT),
        ([86, 78], Pace.WAIT),
        ([86, 77], Pace.SLOW),
        ([86, 77, 85], Pace.SLOW),
        ([86, 77, 86], Pace.WAIT),
        ([86, 77, 74], Pace.FULL),
        ([90, None], Pace.FULL),
    ],
)
def test_a_limit_holds_until_it_is_clearly_passed_again(celsius: list[float | None], pace: Pace) -> None:
    assert after(*celsius).pace is pace


def test_the_hottest_card_counts() -> None:
    cards = [GpuReading("one", 50.0), GpuReading("two", None), GpuReading("three", 88.0)]
    heat = felt(LIMITS, Heat(), cards, 0.0)
    assert (heat.celsius, heat.pace) == (88.0, Pace.WAIT)


def test_what_is_not_set_holds_nothing_back() -> None:
    heat = felt(Limits(), Heat(), [GpuReading("GPU", 119.0, 900.0)], 0.0)
    assert heat.pace is Pace.FULL
    assert not Limits().of_gpu
    assert felt(Limits(pause_c=86), Heat(), [GpuReading("GPU", 85.0)], 0.0).pace is Pace.FULL


def test_power_is_averaged_so_that_one_photo_is_no_cause() -> None:
    assert drawing(150, 250, 150).pace is Pace.FULL
    assert drawing(*[210] * 30).pace is Pace.SLOW
    assert drawing(*[260] * 30).pace is Pace.WAIT
    assert drawing(*[260] * 30, 90).pace is Pace.WAIT, "it draws less at once: the average does not"
    assert drawing(*[260] * 30, *[90] * 30).pace is Pace.FULL
    assert drawing(260, 90, every=120).pace is Pace.FULL, "after a sleep only what is now counts"


def said(limits: Limits, machine: Machine, purpose: Purpose) -> Hold:
    told = hold(limits, machine, purpose)
    assert told is not None
    return told


def test_heat_holds_back_every_run_and_says_when_it_goes_on() -> None:
    machine = Machine(after(86), NOON)
    for purpose in (HOST, PASS, Purpose(long=True, anyway=True)):
        told = said(LIMITS, machine, purpose)
        assert (told.code, told.pace) == ("gpu_hot", Pace.WAIT)
        assert told.message == "GPU at 86 °C, goes on below 78 °C."
    told = said(LIMITS, Machine(after(82), NOON), HOST)
    assert (told.code, told.pace) == ("gpu_warm", Pace.SLOW)
    assert told.message == "Slower: GPU at 82 °C, until below 75 °C."
    assert said(LIMITS, Machine(drawing(210), NOON), HOST).message == "Slower: GPU draws 210 W, until below 170 W."
    assert said(LIMITS, Machine(drawing(240), NOON), HOST).message == "GPU draws 240 W, goes on below 170 W."
    assert hold(LIMITS, Machine(after(70), NOON), HOST) is None


def test_quiet_hours_hold_back_what_nobody_waits_for() -> None:
    limits = Limits(quiet=parse_quiet("22:00-07:00"))
    told = said(limits, Machine(Heat(), NIGHT), PASS)
    assert (told.code, told.message, told.pace) == ("quiet_hours", "It is quiet until 07:00.", Pace.WAIT)
    assert "resume {job} --now" in told.hint
    assert hold(limits, Machine(Heat(), NOON), PASS) is None
    assert hold(limits, Machine(Heat(), NIGHT), HOST) is None
    assert hold(limits, Machine(Heat(), NIGHT), Purpose(long=True, anyway=True)) is None


def test_on_battery_long_work_waits_where_that_is_wanted() -> None:
    limits, machine = Limits(only_plugged_in=True), Machine(Heat(), NOON, plugged_in=False)
    assert said(limits, machine, PASS).code == "unplugged"
    assert hold(limits, machine, HOST) is None
    assert hold(limits, machine, Purpose(long=True, anyway=True)) is None
    assert hold(limits, Machine(Heat(), NOON), PASS) is None
    assert hold(Limits(), machine, PASS) is None


def test_limits_are_those_of_the_settings() -> None:
    assert limits_of(Settings()) == Limits(slow_c=80, pause_c=86)
    own = Settings(gpu_slow_c=0, gpu_pause_c=0, gpu_watts=150, quiet_hours="22:00-07:00", only_plugged_in=True)
    assert limits_of(own) == Limits(watts=150, quiet=parse_quiet("22:00-07:00"), only_plugged_in=True)
