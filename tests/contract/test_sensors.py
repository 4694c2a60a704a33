"""What every way to ask a machine for its heat and its plug promises."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from bridge.engines.sensors import GpuReading, MachineSensors, Sensors
from tests.fakes.sensors import Card, FakeNvml, FakeSensors


class SensorsContract:
    @pytest.fixture
    def sensors(self) -> Sensors:
        raise NotImplementedError

    def test_readings_are_in_degrees_and_watts_of_a_card(self, sensors: Sensors) -> None:
        for one in sensors.gpus():
            assert one.name
            assert one.celsius is None or 0 < one.celsius < 150
            assert one.watts is None or 0 <= one.watts < 2000
            assert (one.celsius, one.watts) != (None, None), "a card that tells nothing is left out"

    def test_it_can_be_asked_again_and_again(self, sensors: Sensors) -> None:
        assert [type(sensors.gpus()) for _ in range(3)] == [tuple] * 3
        assert {type(sensors.plugged_in()) for _ in range(3)} == {bool}


class TestFakeSensors(SensorsContract):
    @pytest.fixture
    def sensors(self) -> Sensors:
        return FakeSensors(GpuReading("GPU", 60.0, 120.0))


class TestThisMachine(SensorsContract):
    """Whatever it has."""

    @pytest.fixture
    def sensors(self) -> Sensors:
        return MachineSensors()


class TestWithNvml(SensorsContract):
    @pytest.fixture
    def nvml(self, monkeypatch: pytest.MonkeyPatch) -> FakeNvml:
        nvml = FakeNvml([Card(celsius=71, milliwatts=182_500), Card(name=b"Tesla T4", celsius=None, milliwatts=20_000)])
        monkeypatch.setitem(sys.modules, "pynvml", nvml.module())
        return nvml

    @pytest.fixture
    def sensors(self, nvml: FakeNvml) -> Sensors:  # noqa: ARG002 - it is in place
        return MachineSensors()

    def test_every_card_is_told(self, sensors: Sensors) -> None:
        first, second = sensors.gpus()
        assert first == GpuReading("NVIDIA GeForce RTX 4070", 71.0, 182.5)
        assert second == GpuReading("Tesla T4", None, 20.0)

    def test_a_driver_without_the_new_call_is_asked_by_the_old_one(self, sensors: Sensors, nvml: FakeNvml) -> None:
        nvml.old_driver = True
        assert sensors.gpus()[0].celsius == 71.0

    def test_a_lost_card_is_left_out_and_the_others_are_told(self, sensors: Sensors, nvml: FakeNvml) -> None:
        nvml.cards[0].lost = True
        assert [one.name for one in sensors.gpus()] == ["Tesla T4"]

    def test_a_driver_that_goes_and_comes_is_asked_again_after_a_while(self, nvml: FakeNvml) -> None:
        now = [100.0]
        sensors = MachineSensors(lambda: now[0])
        assert len(sensors.gpus()) == 2
        nvml.driver = False
        assert sensors.gpus() == sensors.gpus() == ()
        assert nvml.inits == 1, "not with every question"
        nvml.driver = True
        now[0] += 61
        assert len(sensors.gpus()) == 2

    def test_without_a_driver_there_is_nothing_to_tell(self, nvml: FakeNvml) -> None:
        nvml.driver = False
        sensors = MachineSensors()
        assert sensors.gpus() == sensors.gpus() == ()
        assert nvml.inits == 1


def test_without_the_library_there_is_nothing_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert MachineSensors().gpus() == ()


@pytest.mark.parametrize(
    ("power_plugged", "counts"), [(True, True), (False, False), (None, True)], ids=["plug", "battery", "not known"]
)
def test_a_battery_is_asked_by_psutil(
    power_plugged: bool | None, counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psutil

    battery = SimpleNamespace(percent=80, secsleft=3600, power_plugged=power_plugged)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert MachineSensors().plugged_in() is counts


def test_a_machine_without_a_battery_or_that_cannot_tell_counts_as_plugged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    def odd() -> None:
        raise ValueError("what is in /sys")

    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    assert MachineSensors().plugged_in()
    monkeypatch.setattr(psutil, "sensors_battery", odd, raising=False)
    assert MachineSensors().plugged_in()
    monkeypatch.delattr(psutil, "sensors_battery", raising=False)
    assert MachineSensors().plugged_in()
