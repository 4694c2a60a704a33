"""A machine whose heat and plug a test sets, and NVIDIA's library for Python as it behaves by its documentation."""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from typing import Any

from bridge.engines.sensors import GpuReading, Sensors

NOT_SUPPORTED, DRIVER_NOT_LOADED, FUNCTION_NOT_FOUND, GPU_IS_LOST, UNINITIALIZED = 3, 9, 13, 15, 1


class FakeSensors(Sensors):
    """Tells what the test last said."""

    def __init__(self, *gpus: GpuReading, plugged: bool = True) -> None:
        self.readings = gpus
        self.plugged = plugged

    def heat(self, celsius: float | None = None, watts: float | None = None) -> None:
        self.readings = (GpuReading("GPU", celsius, watts),)

    def gpus(self) -> tuple[GpuReading, ...]:
        return self.readings

    def plugged_in(self) -> bool:
        return self.plugged


class NVMLError(Exception):
    """As pynvml raises it: ``value`` is NVML's return code."""

    def __init__(self, value: int) -> None:
        super().__init__(value)
        self.value = value


@dataclass
class Card:
    """One card. None: the card does not support the question."""

    name: str | bytes = "NVIDIA GeForce RTX 4070"
    celsius: int | None = 45
    milliwatts: int | None = 30_000
    lost: bool = False


@dataclass
class FakeNvml:
    """The part of pynvml that we call: whole degrees, milliwatts, an NVMLError for each failure, handles by index.
    ``old_driver``: it has no nvmlDeviceGetTemperatureV yet. ``driver``: without one nvmlInit fails."""

    cards: list[Card] = field(default_factory=lambda: [Card()])
    driver: bool = True
    old_driver: bool = False
    inits: int = 0
    up: bool = False

    def module(self) -> types.ModuleType:
        """To be put into ``sys.modules["pynvml"]``."""
        made: Any = types.ModuleType("pynvml")
        made.NVMLError, made.NVML_TEMPERATURE_GPU = NVMLError, 0
        made.nvmlInit = self._init
        made.nvmlDeviceGetCount = lambda: self._called(len(self.cards))
        made.nvmlDeviceGetHandleByIndex = lambda index: self._called(self.cards[index])
        made.nvmlDeviceGetName = lambda card: self._told(card, card.name)
        made.nvmlDeviceGetPowerUsage = lambda card: self._told(card, card.milliwatts)
        made.nvmlDeviceGetTemperature = lambda card, _: self._told(card, card.celsius)
        made.nvmlDeviceGetTemperatureV = self._temperature
        return made  # type: ignore[no-any-return]

    def _init(self) -> None:
        self.inits += 1
        if not self.driver:
            raise NVMLError(DRIVER_NOT_LOADED)
        self.up = True

    def _called(self, value: Any) -> Any:
        if not self.up or not self.driver:
            raise NVMLError(UNINITIALIZED)
        return value

    def _told(self, card: Card, value: Any) -> Any:
        self._called(None)
        if card.lost:
            raise NVMLError(GPU_IS_LOST)
        if value is None:
            raise NVMLError(NOT_SUPPORTED)
        return value

    def _temperature(self, card: Card, _sensor: int) -> Any:
        if self.old_driver:
            raise NVMLError(FUNCTION_NOT_FOUND)
        return self._told(card, card.celsius)
