"""What this machine says of its heat and its power: the GPUs' temperature and draw, and whether it is plugged in.

NVIDIA's cards tell by NVML, through nvidia-ml-py where that is installed (the extra ``nvidia``). Others tell nothing.
"""

from __future__ import annotations

import importlib
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["GpuReading", "MachineSensors", "Sensors"]

AGAIN_S = 60.0
"""After NVML failed: until it is asked again. A driver is updated, a card is plugged in or comes back."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GpuReading:
    """One card at one moment."""

    name: str
    celsius: float | None = None
    """None where the card does not tell."""
    watts: float | None = None
    """Of the whole card, an average over the last moment; None where it does not tell."""


class Sensors(ABC):
    """What is asked every few seconds while photos are worked on, from one thread at a time."""

    @abstractmethod
    def gpus(self) -> tuple[GpuReading, ...]:
        """Every card that tells anything, as it is now. Never raises; empty where nothing can be told."""

    @abstractmethod
    def plugged_in(self) -> bool:
        """Whether the machine draws on its plug. Never raises; a machine without a battery, and one that does not
        tell, count as plugged in."""


class MachineSensors(Sensors):
    """The machine that we run on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._nvml: Any = None
        self._again = 0.0
        self._battery_told = False

    def gpus(self) -> tuple[GpuReading, ...]:
        if self._nvml is None and not self._begin():
            return ()
        nvml = self._nvml
        try:
            handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
        except nvml.NVMLError as error:
            self._give_up(f"NVML does not tell which cards there are: {error}")
            return ()
        readings = (self._reading(handle) for handle in handles)
        return tuple(one for one in readings if one.celsius is not None or one.watts is not None)

    def plugged_in(self) -> bool:
        import psutil

        ask = getattr(psutil, "sensors_battery", None)
        try:
            battery = None if ask is None else ask()
        except Exception as error:  # what drivers write where psutil reads is as varied as they are
            if not self._battery_told:
                _log.warning("the battery cannot be asked, so the machine counts as plugged in: %s", error)
            self._battery_told = True
            return True
        return battery is None or battery.power_plugged is not False

    def _begin(self) -> bool:
        if self._clock() < self._again:
            return False
        try:
            nvml = importlib.import_module("pynvml")
        except ImportError:
            self._again = float("inf")
            return False
        try:
            nvml.nvmlInit()
        except nvml.NVMLError as error:
            self._give_up(f"no NVIDIA card can be asked for its temperature: {error}")
            return False
        self._nvml = nvml
        return True

    def _give_up(self, why: str) -> None:
        if not self._again:  # once is enough: most machines have no such card
            _log.info("%s", why)
        self._nvml = None
        self._again = self._clock() + AGAIN_S

    def _reading(self, handle: Any) -> GpuReading:
        nvml = self._nvml
        name = self._asked(nvml.nvmlDeviceGetName, handle)
        milliwatts = self._asked(nvml.nvmlDeviceGetPowerUsage, handle)
        return GpuReading(
            name="GPU" if name is None else name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name),
            celsius=self._celsius(handle),
            watts=None if milliwatts is None else milliwatts / 1000,
        )

    def _celsius(self, handle: Any) -> float | None:
        """By the call that goes on after CUDA 13, or by that of drivers and packages that do not have it."""
        nvml = self._nvml
        degrees = None
        if hasattr(nvml, "nvmlDeviceGetTemperatureV"):
            degrees = self._asked(nvml.nvmlDeviceGetTemperatureV, handle, nvml.NVML_TEMPERATURE_GPU)
        if degrees is None and hasattr(nvml, "nvmlDeviceGetTemperature"):
            degrees = self._asked(nvml.nvmlDeviceGetTemperature, handle, nvml.NVML_TEMPERATURE_GPU)
        return None if degrees is None else float(degrees)

    def _asked(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """What NVML says; None where this card or this driver cannot (Not Supported, GPU is lost …)."""
        try:
            return call(*arguments)
        except self._nvml.NVMLError:
            return None
